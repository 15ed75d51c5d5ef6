"""What a carrier must be able to do for texts, in our own words: take them in, send them, say how far they are.

The channel and its door know this protocol only; `registry` names who fulfils it. References are opaque text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from flask import Request

from contact_center.outbox.models import OutgoingState


class Transport(StrEnum):
    """What carries a text; it is answered over the same."""

    SMS = "sms"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text as it came. `asked` is the carrier's own word on it (stop, start, help), if it acted on one already."""

    ref: str
    sender: str
    recipient: str
    transport: Transport
    body: str
    name: str = ""
    asked: str = ""
    media: tuple[tuple[str, str], ...] = ()  # address and type


@dataclass(frozen=True, slots=True)
class Written:
    """A text to be sent. `tracking` comes back with every receipt."""

    tracking: int
    sender: str
    recipient: str
    transport: Transport
    body: str
    media: tuple[str, ...] = ()  # where the carrier fetches its files


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far a text is. `rank` orders what a carrier says: of two receipts the one of the higher rank holds."""

    ref: str
    state: OutgoingState
    rank: int
    code: int | None = None
    tracking: int | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way to us, in pieces."""

    content_type: str
    pieces: Iterator[bytes] = field(repr=False)


SENT_RANK = 3  # from here on the network has it: the next text of a thread may follow


class MessageProvider(Protocol):
    """A carrier of texts. What it raises are `channels.twilio.failures` or their like."""

    name: str

    def verify(self, request: Request) -> None:
        """Raise Untrusted unless the request comes from the carrier."""
        ...

    def incoming(self, payload: bytes) -> Incoming:
        """Read a text out of what the carrier sent. Pure. Raises Unreadable."""
        ...

    def answers_help(self, body: str, transport: Transport) -> bool:
        """Whether the carrier itself answers a text that asks for help with these words."""
        ...

    def receipt(self, request: Request) -> Receipt | None:
        """Read how far a text is; None for what says nothing."""
        ...

    def send(self, text: Written) -> Receipt:
        """Hand a text over."""
        ...

    def find(self, text: Written, since: datetime) -> Receipt | None:
        """A text that was handed over since then, though nobody heard so."""
        ...

    def look(self, ref: str) -> Receipt:
        """How far a text is now."""
        ...

    def download(self, url: str) -> Download:
        """A file of a text. Raises Refused for an address that is not the carrier's."""
        ...

    def remove(self, url: str) -> None:
        """Have the carrier delete a file that we keep now."""
        ...
