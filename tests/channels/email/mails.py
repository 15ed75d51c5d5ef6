"""Recorded mails, read: what the tests of this folder have in common."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contact_center.channels.base import RawMessage
from contact_center.channels.email.normalise import normalise
from contact_center.tickets.inbound import InboundMessage

PAYLOADS = Path(__file__).parents[2] / "payloads" / "email"
RECEIVED = datetime(2025, 3, 3, 9, 12, 45, tzinfo=UTC)


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.eml").read_bytes()


def all_names() -> list[str]:
    return sorted(path.stem for path in PAYLOADS.glob("*.eml"))


def read_bytes(data: bytes, **facts: Any) -> InboundMessage:
    return normalise(RawMessage("email", "1", data, RECEIVED, facts=facts))


def read(name: str, **facts: Any) -> InboundMessage:
    return read_bytes(payload(name), **facts)


def plain(body: str, *, headers: str = "", charset: str = "utf-8") -> bytes:
    """A small mail with *body*; *headers* are further header lines."""
    head = f"From: bo@basic.example\nTo: support@norra.example\nMessage-ID: <1@basic.example>\n{headers}"
    return f"{head}Content-Type: text/plain; charset={charset}\n\n".encode() + body.encode(charset)


def page(markup: str, *, headers: str = "") -> bytes:
    """A small mail with HTML only."""
    head = f"From: bo@basic.example\nTo: support@norra.example\nMessage-ID: <1@basic.example>\n{headers}"
    return f"{head}Content-Type: text/html; charset=utf-8\n\n{markup}".encode()


@contextmanager
def cpu_budget(seconds: float) -> Iterator[None]:
    """Stop what needs more computing time than one mail may cost; how busy the machine is does not matter."""

    def overdrawn(_number: int, _frame: object) -> None:
        raise AssertionError(f"more than {seconds} s of computing time")

    before = signal.signal(signal.SIGVTALRM, overdrawn)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
