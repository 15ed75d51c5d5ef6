"""Who gets an answer: the last who wrote, with those they copied in, and never ourselves.

The composer asks for the proposal (`proposed`), `replies` checks what the agent made of it. All addresses are e-mail,
in normal form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contact_center.customers.models import ContactPoint
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.text import addresses
from contact_center.text.addresses import Scheme
from contact_center.tickets.inbound import Automatic
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Participant, Ticket

MOST = 20  # To and Cc together
_TAG = re.compile(r"\+cc-[a-z0-9]+(?=@)")  # the ticket's token in our reply address


@dataclass(frozen=True, slots=True)
class Addressing:
    """The To and Cc of an answer."""

    to: tuple[str, ...]
    copies: tuple[str, ...]


def proposed(ticket: Ticket, own_addresses: frozenset[str]) -> Addressing:
    """Reply to all: whoever wrote last, else the customer's e-mail address; the last Cc is kept."""
    return proposed_after(ticket, last_inbound(ticket), own_addresses)


def proposed_after(ticket: Ticket, last: Message | None, own_addresses: frozenset[str]) -> Addressing:
    """The same where it is known what they wrote last."""
    to = _first((last.reply_to, last.sender) if last else (), own_addresses) or _of_customer(ticket)
    others = (*last.recipients, *last.copies) if last and to else ()
    copies = [each for each in _normal(others) if each != to and not is_own(each, own_addresses)]
    return Addressing((to,) if to else (), tuple(copies[: MOST - 1]))


def number(ticket: Ticket) -> str | None:
    """The number that is answered by text: of whoever wrote last, if it was a text; what we wrote to, if nobody has."""
    return number_after(ticket, last_inbound(ticket))


def number_after(ticket: Ticket, last: Message | None) -> str | None:
    """The same where it is known what they wrote last."""
    if last is not None:
        return last.sender if last.channel == "sms" else None
    return _written_to(ticket) if ticket.channel == "sms" else None


def number_to_write_to(ticket: Ticket, last: Message | None) -> str | None:
    """What the composer proposes: as `number_after`; also the number of a caller who has no e-mail address we know."""
    if last is None or last.channel != "phone" or places.texting_number(ticket.number_id, ticket.queue_id) is None:
        return number_after(ticket, last)
    return last.sender if _of_customer(ticket) is None else None


def checked(to: Sequence[str], copies: Sequence[str], own_addresses: frozenset[str]) -> Addressing:
    """What the agent asked for in normal form, without our own addresses and repetitions; raises Invalid."""
    wrong = {}
    for field, wanted in (("to", to), ("copies", copies)):
        if bad := [each for each in wanted if each.strip() and addresses.email_normal(each) is None]:
            wrong[field] = _("This is not an e-mail address: %(address)s", address=bad[0].strip()[:100])
    kept = [each for each in _normal(to) if not is_own(each, own_addresses)]
    also = [each for each in _normal(copies) if each not in kept and not is_own(each, own_addresses)]
    if not kept and "to" not in wrong:
        wrong["to"] = _("There is nobody to send this to. Add an e-mail address.")
    if len(kept) + len(also) > MOST:
        wrong["copies"] = _("At most %(most)s people can get one e-mail.", most=MOST)
    Invalid.raise_for(wrong)
    return Addressing(tuple(kept), tuple(also))


def is_own(address: str, own_addresses: frozenset[str]) -> bool:
    """Whether mail to *address* comes back to us; a reply address with a ticket's token is ours too."""
    return address in own_addresses or _TAG.sub("", address) in own_addresses


def last_inbound(ticket: Ticket) -> Message | None:
    """What a person wrote to us last in this ticket; an automatic answer is nobody's word."""
    asked = select(Message).where(
        Message.ticket_id == ticket.id, Message.author == Author.CUSTOMER, Message.automatic == Automatic.NONE
    )
    return db.session.scalars(asked.order_by(Message.id.desc()).limit(1)).one_or_none()


def let_take_part(ticket: Ticket, to: Iterable[str]) -> None:
    """Whom an agent writes to may answer into the ticket. A Cc may not."""
    rows = [{"ticket_id": ticket.id, "scheme": Scheme.EMAIL, "value": address} for address in to]
    if rows:
        db.session.execute(insert(Participant).on_conflict_do_nothing(), rows)


def _first(candidates: Iterable[str | None], own_addresses: frozenset[str]) -> str | None:
    found = _normal(each for each in candidates if each)
    return next((each for each in found if not is_own(each, own_addresses)), None)


def _written_to(ticket: Ticket) -> str | None:
    numbers = select(Participant.value).where(Participant.ticket_id == ticket.id, Participant.scheme == Scheme.PHONE)
    return db.session.scalar(numbers.limit(1))


def _of_customer(ticket: Ticket) -> str | None:
    if ticket.customer_id is None:
        return None
    asked = select(ContactPoint.value).where(
        ContactPoint.customer_id == ticket.customer_id, ContactPoint.scheme == Scheme.EMAIL
    )
    best = (ContactPoint.bounced_at.is_(None).desc(), ContactPoint.is_preferred.desc(), ContactPoint.verified_at)
    return db.session.scalar(asked.order_by(*best, ContactPoint.id).limit(1))


def _normal(values: Iterable[str]) -> list[str]:
    normal = (addresses.email_normal(value) for value in values)
    return list(dict.fromkeys(each for each in normal if each))
