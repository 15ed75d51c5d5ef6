"""A text message, in or out: data, and how many segments it takes. `texting` moves them.

Sources: "Message resource"; "What the heck is a segment?": GSM-7 160/153 characters, UCS-2 70/67 code units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from carrier.legs import Subscription

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
LONGEST = 1600


@dataclass(eq=False, slots=True)
class Media:
    """A file that goes with a text."""

    sid: str
    content_type: str
    content: bytes
    url: str
    created_at: datetime


@dataclass(eq=False, slots=True)
class Text:
    """A text message."""

    sid: str
    direction: str  # inbound, outbound-api, outbound-reply
    from_: str
    to: str
    body: str
    created_at: datetime
    updated_at: datetime
    status: str
    segments: int
    service_sid: str = ""
    media: dict[str, Media] = field(default_factory=dict)
    subscription: Subscription | None = None
    sent_at: datetime | None = None
    error_code: int | None = None
    error_message: str = ""
    history: list[str] = field(default_factory=list)


def encoding(body: str) -> str:
    """GSM-7 when every character is in its alphabet, else UCS-2."""
    return "GSM-7" if all(letter in GSM or letter in GSM_EXTENDED for letter in body) else "UCS-2"


def segments(body: str) -> int:
    """How many parts a text is sent in."""
    if encoding(body) == "GSM-7":
        units, single, part = len(body) + sum(letter in GSM_EXTENDED for letter in body), 160, 153
    else:
        units, single, part = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if units <= single else -(-units // part)
