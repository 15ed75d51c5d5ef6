"""E-mail as a channel: what arrives becomes raw messages, raw messages become values, values leave as mails.

`inbox` and `delivery` call this through the registry; mail room, SMTP listener and `contact-center mail` feed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contact_center import clock
from contact_center.channels.base import OutboundMessage, RawMessage
from contact_center.channels.email import normalise, sending
from contact_center.errors import Unreadable
from contact_center.mailboxes import places
from contact_center.text.sayings import gettext
from contact_center.tickets.inbound import InboundMessage

HELD_BACK = "held_back"  # the fact that says why a mail's bytes are not here: "size" or "unfetchable"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A whole mail handed to us for one mailbox: `via` "smtp" or "pipe"; `facts` are the envelope."""

    via: str
    mailbox_id: int
    payload: bytes = field(repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict)


class EmailChannel:
    """Mail in by IMAP, SMTP or pipe; mail out by SMTP."""

    name = "email"

    def receive(self, source: Parcel) -> Iterable[RawMessage]:
        """One raw message; the same bytes for the same mailbox are the same message, handed in twice or not."""
        digest = hashlib.sha256(source.payload + b"\0%d" % source.mailbox_id).hexdigest()
        external_id = f"{source.via}:{digest}"
        mailbox = places.mailboxes().get(source.mailbox_id)
        facts = {**source.facts, **({"authserv_id": mailbox.authserv_id} if mailbox and mailbox.authserv_id else {})}
        return [RawMessage(self.name, external_id, source.payload, clock.now(), source.mailbox_id, facts)]

    def normalise(self, raw: RawMessage) -> InboundMessage:
        """Read the mail. Raises Unreadable for one that is still on its server."""
        if why := raw.facts.get(HELD_BACK):
            raise Unreadable(_held_back(why, raw.facts.get("size", 0)))
        return normalise.normalise(raw)

    def send(self, message: OutboundMessage) -> str:
        """Send by the mailbox's server; the Message-ID is the provider's id."""
        return sending.send(message)


def _held_back(why: str, size: int) -> str:
    if why == "size":
        return gettext(
            "The mail has %(size)s megabytes, more than MAX_MAIL_BYTES allows. It is still on the mail server: "
            "raise the limit and try again, or read it there.",
            size=f"{size / 1_000_000:.0f}",
        )
    return gettext("The mail server did not hand this mail out, however often it was asked. It is still there.")
