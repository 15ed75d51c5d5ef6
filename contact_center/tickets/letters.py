"""Letters that the product itself writes to the customer of a ticket: about a visit, or that it takes longer.

Each is a row of the outbox, in the customer's language, from the ticket's mailbox, or a text where the customer wrote
one last; an answer to it joins the ticket.
"""

from __future__ import annotations

from flask import current_app

from contact_center.errors import Invalid
from contact_center.mailboxes import places
from contact_center.mailboxes.places import OwnMailbox
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.text import segments
from contact_center.text.languages import locale_of
from contact_center.tickets import addressing, mails, texts
from contact_center.tickets.models import Ticket


def write(ticket: Ticket, purpose: Purpose, subject: str, said: list[str]) -> str | None:
    """Queue a letter of these paragraphs. Returns the address.

    None where there is no address or no mailbox, or where no letter may leave now.
    """
    if (number := addressing.number(ticket)) is not None:
        return _text(ticket, purpose, number, said)
    to = addressing.proposed(ticket, places.own_addresses()).to
    mailbox = _mailbox(ticket) if to else None
    if mailbox is None:
        return None
    brand = mailbox.from_name or str(current_app.config["CC"].brand)
    letter = Letter(
        purpose=purpose, recipient=to[0], subject=subject, text="\n\n".join([*said, brand]), domain=mailbox.domain,
        place_id=mailbox.id, customer_id=ticket.customer_id, ticket_id=ticket.id,
        payload={"reply_to": mailbox.reply_address(ticket.token), "automatic": True, "language": language(ticket)},
    )  # fmt: skip
    return to[0] if post.queue(letter) is not None else None


def _text(ticket: Ticket, purpose: Purpose, number: str, said: list[str]) -> str | None:
    brand = str(current_app.config["CC"].brand)
    text = "\n\n".join([f"{brand} [{ticket.ref}]", *said])[: segments.MOST_CHARACTERS]
    letter = texts.letter(ticket, number, text, purpose, language=language(ticket))
    return number if letter is not None and post.queue(letter) is not None else None


def language(ticket: Ticket) -> str:
    """The locale in which the ticket's customer reads."""
    known = ticket.language or (ticket.customer.language if ticket.customer else None)
    return locale_of(known, str(current_app.config["CC"].default_language))


def _mailbox(ticket: Ticket) -> OwnMailbox | None:
    try:
        return mails.mailbox_of(ticket)
    except Invalid:  # no mailbox at all: nothing to write from
        return None
