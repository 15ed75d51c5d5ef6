"""The mail that answers a web request: its number and its private link, and nothing that anybody typed.

`channels.acknowledgement` calls it while the request is being filed. Anybody can type anybody's address, so an address
that is not proven gets at most one such mail a day; who is not mailed sees the link in their own browser instead.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import select

from contact_center.customers.models import ContactPoint, PointSource
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.places import OwnMailbox, Place
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.text.addresses import Scheme
from contact_center.tickets.inbound import InboundMessage
from contact_center.tickets.intake import Filed
from contact_center.tickets.models import Ticket


def queue(filed: Filed, message: InboundMessage, place: Place) -> bool:
    """Queue the status link of a newly opened web ticket; False if there is none to send, or not today."""
    sender = message.sender
    if not (filed.is_new and message.may_acknowledge and sender and sender.scheme is Scheme.EMAIL):
        return False
    mailbox = places.mailbox_of(place.place_id)
    if mailbox is None:
        return False
    return post.queue(_letter(filed, sender.value, mailbox, message.language or mailbox.language)) is not None


def link_of(ticket: Ticket) -> str:
    """The private page's full address."""
    return f"{current_app.config['CC'].public_url}/r/{ticket.portal_token}"


def may_show_link(ticket: Ticket, sender: str) -> bool:
    """Whether the browser that typed *sender* may see the link itself.

    Not for an address that a customer uses in other ways too: somebody else may have typed it, to read what we answer.
    """
    if "@" not in sender:
        return True
    point = select(ContactPoint.id).where(
        ContactPoint.customer_id == ticket.customer_id,
        ContactPoint.value == sender,
        ContactPoint.source == PointSource.FORM,
        ContactPoint.verified_at.is_(None),
    )
    return db.session.scalar(point.limit(1)) is not None


def _letter(filed: Filed, recipient: str, mailbox: OwnMailbox, language: str) -> Letter:
    ticket = db.session.get_one(Ticket, filed.ticket_id)
    with force_locale(language):
        subject = gettext("We have received your request [%(ref)s]", ref=ticket.ref)
        text = _text(ticket, mailbox)
    return Letter(
        purpose=Purpose.STATUS_LINK,
        recipient=recipient,
        subject=subject,
        text=text,
        domain=mailbox.domain,
        place_id=mailbox.id,
        customer_id=filed.customer_id,
        ticket_id=filed.ticket_id,
        payload={"reply_to": mailbox.reply_address(ticket.token), "automatic": True, "language": language},
        is_verified=_is_verified(filed.customer_id, recipient),
    )


def _text(ticket: Ticket, mailbox: OwnMailbox) -> str:
    return str(
        gettext(
            "Thank you for your request. Its number is %(ref)s.\n\n"
            "On this private page you see how far it is, read our answers and can add to it:\n%(link)s\n\n"
            "Whoever has this link can read the request, so please keep it to yourself. You can also simply reply to "
            "this e-mail.\n\n"
            "If you did not send a request, somebody mistyped an address. You need not do anything.\n\n%(brand)s",
            ref=ticket.ref,
            link=link_of(ticket),
            brand=mailbox.from_name or current_app.config["CC"].brand,
        )
    )


def _is_verified(customer_id: int | None, address: str) -> bool:
    asked = select(ContactPoint.id).where(
        ContactPoint.scheme == Scheme.EMAIL,
        ContactPoint.value == address,
        ContactPoint.customer_id == customer_id,
        ContactPoint.verified_at.is_not(None),
    )
    return db.session.scalar(asked.limit(1)) is not None
