"""The shape of a channel. Copy the nearest folder and keep these three functions; see docs/adding-a-channel.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from contact_center.tickets.inbound import InboundMessage


@dataclass(frozen=True, slots=True)
class RawMessage:
    """What arrived, byte for byte. `external_id` is unique within the channel: the same thing again has the same id.

    `place` says where it came in (mailbox id for mail, form name for web), `facts` what the bytes do not tell.
    """

    channel: str
    external_id: str
    payload: bytes = field(repr=False)
    received_at: datetime
    place: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutboundFile:
    name: str
    content_type: str
    data: bytes = field(repr=False)
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """What leaves, complete: the channel adds only its own wire format. `external_id` was chosen before commit.

    `written_at` stays the same however often it is tried; `reached` are receivers that an earlier try served already.
    Of texts: `transport` carries it, receipts name `tracking`, files are fetched from `links`; since `unsure_since` an
    earlier try may have been heard.
    """

    external_id: str
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str = ""
    copies: tuple[str, ...] = ()
    reply_to: str | None = None
    references: tuple[str, ...] = ()
    automatic: bool = False
    language: str = "en"
    attachments: tuple[OutboundFile, ...] = ()
    place: int | None = None
    written_at: datetime | None = None
    reached: tuple[str, ...] = ()
    transport: str = ""
    tracking: int = 0
    links: tuple[str, ...] = ()
    unsure_since: datetime | None = None


class Channel(Protocol):
    """One way customers reach us and are answered. No transaction of its own: `inbox` and `delivery` commit."""

    name: str

    def receive(self, source: Any) -> Iterable[RawMessage]:
        """Prove the source genuine and split it into raw messages. Raises Untrusted."""
        ...

    def normalise(self, raw: RawMessage) -> InboundMessage:
        """Read one raw message. Pure. Raises Unreadable."""
        ...

    def send(self, message: OutboundMessage) -> str:
        """Hand one message to the outside world; returns the provider's id. Raises DeliveryError."""
        ...
