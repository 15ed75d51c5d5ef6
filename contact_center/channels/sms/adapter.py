"""Texts as a channel: what the carrier brings becomes raw messages, raw messages values, values leave as texts.

`inbox` and `delivery` call this through the registry. Whom a text is from is only what the carrier was told: a sender's
number can be forged, so it tells who probably writes, and never lets anybody in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

from contact_center import clock
from contact_center.channels.base import OutboundMessage, RawMessage
from contact_center.channels.sms.provider import Incoming, Receipt, Transport, Written
from contact_center.channels.sms.registry import PROVIDER
from contact_center.channels.twilio import failures
from contact_center.channels.twilio.failures import Failure
from contact_center.errors import DeliveryError
from contact_center.mailboxes import places
from contact_center.text import addresses
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.inbound import InboundMessage, Kind

KEPT = "text.kept"  # a nudge, no event
TRANSPORT = "transport"  # the field of a message that says what it came by
ASKED = "asked"  # …, and the carrier's own word for a command
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the carrier sent, byte for byte, its signature checked."""

    payload: bytes = field(repr=False)


class SmsChannel:
    """Texts in and out."""

    name = "sms"

    def receive(self, source: Parcel) -> Iterable[RawMessage]:
        """One raw message; the carrier's reference tells a repeat."""
        text = PROVIDER.incoming(source.payload)
        digest = hashlib.sha256(source.payload).hexdigest()
        own = places.number_with(normal(text.recipient) or "")
        yield RawMessage(
            self.name, text.ref[:100] or f"unnamed:{digest}", source.payload, clock.now(), own.id if own else None
        )

    def normalise(self, raw: RawMessage) -> InboundMessage:
        """Read a kept text. Raises Unreadable."""
        text = PROVIDER.incoming(raw.payload)
        number = normal(text.sender)
        return InboundMessage(
            channel=self.name,
            kind=Kind.TEXT,
            external_id=raw.external_id,
            content_hash=_hash(text),
            sender=Address(Scheme.PHONE, number) if number else None,
            sender_name=text.name.strip()[:100] or ("" if number else text.sender[:100]),
            subject="",
            text=_clean(text.body),
            received_at=raw.received_at,
            recipients=tuple(each for each in (normal(text.recipient),) if each),
            may_acknowledge=number is not None,
            language=_language(text.body),
            fields=MappingProxyType(_fields(text)),
        )

    def send(self, message: OutboundMessage) -> str:
        """Hand a text over; the carrier's reference. Looks first, if an earlier try may have been heard."""
        return self.hand_over(message).ref

    def hand_over(self, message: OutboundMessage) -> Receipt:
        """The same, with how far it is."""
        text = Written(
            message.tracking, message.sender, message.recipients[0], Transport(message.transport or Transport.SMS),
            message.text, message.links,
        )  # fmt: skip
        try:
            if message.unsure_since is not None and (found := PROVIDER.find(text, message.unsure_since)):
                return found
            return PROVIDER.send(text)
        except failures.Retry as error:
            raise DeliveryError(error.sentence, after=error.after) from error
        except failures.Unknown as error:
            raise DeliveryError(error.sentence, is_unsure=True) from error
        except Failure as error:
            raise DeliveryError(error.sentence, permanent=True, code=error.code) from error


def normal(typed: str) -> str | None:
    """The number of a sender, or None: withheld, a short code, or a name."""
    typed = typed.strip()
    return addresses.phone_normal(typed, "ZZ") if _NUMBER.fullmatch(typed) else None


def _fields(text: Incoming) -> dict[str, str]:
    said = {TRANSPORT: str(text.transport), ASKED: text.asked, "files": str(len(text.media) or "")}
    return {name: value for name, value in said.items() if value}


def _hash(text: Incoming) -> bytes:
    said = "\0".join((text.sender, text.recipient, text.body, *(url for url, _kind in text.media)))
    return hashlib.sha256(said.encode("utf-8", "replace")).digest()


def _clean(body: str) -> str:
    body = body.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in body if c in "\n\t" or ord(c) >= 32).strip()


def _language(body: str) -> str | None:
    """By its script only: a word or two tells no more."""
    if _KANA.search(body):
        return "ja"
    return "zh" if _HAN.search(body) else None
