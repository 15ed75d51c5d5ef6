"""What every arriving thing becomes: one frozen value, the same for phone, SMS, mail and web.

Channels make it (`Channel.normalise`), rules and `tickets.intake` read it. Nothing here is named after a provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from contact_center.text.addresses import Address

CHANNELS = ("email", "web", "phone", "sms")  # over which customers come


class Kind(StrEnum):
    CALL = "CALL"
    TEXT = "TEXT"
    MAIL = "MAIL"
    FORM = "FORM"
    VOICEMAIL = "VOICEMAIL"
    CALLBACK = "CALLBACK"  # somebody waits to be called by us
    PROMISE = "PROMISE"  # no message: what we undertook to do, come due


class Automatic(StrEnum):
    """Who wrote it: a person (NONE) or a machine."""

    NONE = "NONE"
    REPLY = "REPLY"  # vacation notes and other automatic answers
    BOUNCE = "BOUNCE"  # a report about something we sent
    LIST = "LIST"  # newsletters, mailing lists, bulk
    LOOP = "LOOP"  # our own words coming back


@dataclass(frozen=True, slots=True)
class InboundFile:
    """One attachment: a safe name, the sender's claim of its type, its bytes. Inline images carry a content id."""

    name: str
    content_type: str
    data: bytes = field(repr=False)
    content_id: str | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One thing somebody said to us.

    `text` is what the person wrote, without quoted history and signature; `full_text` is everything. `html` is
    sanitised, quoted parts wrapped in <blockquote class="cc-quote">; both texts are free of NUL and lone surrogates.
    `thread_keys` are external ids and tokens, strongest first; a token is written "token:<value>", a number in the
    subject "number:<value>". `content_hash` is over the decoded body parts, no headers. `received_at` is when
    we got it. `authenticated`: True, the sender is proven, by our mail server's word or by the private page's address;
    False, our mail server says that the sender's domain did not send this; None, nobody has checked. `customer_id` is
    set where the channel itself knows who it is, because they were signed in; `candidate_ids` beside it are people of
    that company, one of whom it is. `opens_prospect`: whoever writes from an unknown address becomes a prospect.
    """

    channel: str
    kind: Kind
    external_id: str
    content_hash: bytes
    sender: Address | None
    sender_name: str
    subject: str
    text: str
    received_at: datetime
    full_text: str = ""
    html: str = ""
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    authenticated: bool | None = None
    automatic: Automatic = Automatic.NONE
    may_acknowledge: bool = True
    about: str | None = None
    failed_address: str | None = None
    thread_keys: tuple[str, ...] = ()
    language: str | None = None
    attachments: tuple[InboundFile, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    customer_id: int | None = None
    candidate_ids: tuple[int, ...] = ()
    opens_prospect: bool = True
