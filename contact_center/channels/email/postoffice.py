"""A post office in a folder: takes any mail by SMTP and stores it, so that a demo's mail really leaves and can be read.

Run by `contact-center postoffice`, or as a module; knows nothing of the contact centre. For loopback only: it takes
mail for everybody.
"""

from __future__ import annotations

import email
import itertools
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from contact_center.channels.email.listener import Listener


@dataclass(frozen=True, slots=True)
class Stored:
    """One mail in the folder."""

    file: str
    at: str
    sender: str
    recipients: list[str]
    subject: str
    message_id: str


class PostOffice:
    """aiosmtpd's handler that writes every mail to *folder*, as maildirs do: complete in `tmp`, then moved to `new`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        for name in ("tmp", "new"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%S.%f}.{os.getpid()}.{next(self._numbers)}.eml"
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        lines = [f"Return-Path: <{sender}>", *(f"Delivered-To: {to}" for to in envelope.rcpt_tos)]
        part = self.folder / "tmp" / name
        part.write_bytes("".join(f"{line}\r\n" for line in lines).encode() + content)
        part.rename(self.folder / "new" / name)
        return "250 2.0.0 Stored"


def stored(folder: Path) -> list[Stored]:
    """What lies in *folder*, oldest first."""
    return [_read(path) for path in sorted((folder / "new").glob("*.eml"))]


def _read(path: Path) -> Stored:
    with path.open("rb") as file:
        head = email.message_from_binary_file(file)
    return Stored(
        file=str(path),
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds"),
        sender=_words(head.get("From")),
        recipients=[str(value) for value in head.get_all("Delivered-To", [])],
        subject=_words(head.get("Subject")),
        message_id=str(head.get("Message-ID", "")).strip(),
    )


def _words(value: Any) -> str:
    return str(make_header(decode_header(value))) if value else ""


def listing(folder: Path) -> list[dict[str, Any]]:
    """`stored` as plain data."""
    return [asdict(each) for each in stored(folder)]


def serve(folder: Path, host: str, port: int) -> None:
    """Take mail until SIGTERM or SIGINT."""
    listening = Listener(PostOffice(folder), host, port)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    listening.start()
    try:
        stopping.wait()
    finally:
        listening.stop()


if __name__ == "__main__":  # FOLDER HOST PORT: without the application, for whoever wants it small
    serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
