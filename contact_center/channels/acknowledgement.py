"""Tell a sender that their message arrived, where that is allowed: a person, a new ticket, a mailbox that wants it.

The text holds nothing the sender wrote, so that nobody can use us to write to a third person.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale, gettext

from contact_center.channels.sms.adapter import TRANSPORT
from contact_center.channels.web import receipt
from contact_center.mailboxes import places
from contact_center.mailboxes.places import OwnMailbox, Place
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.text.addresses import Scheme
from contact_center.text.languages import locale_of
from contact_center.tickets.inbound import Automatic, InboundMessage, Kind
from contact_center.tickets.intake import Filed
from contact_center.tickets.models import ref_of


def queue(filed: Filed, message: InboundMessage, place: Place) -> bool:
    """Queue the acknowledgement of a newly opened ticket; False if there is none to send."""
    if message.kind is Kind.FORM:
        return receipt.queue(filed, message, place)
    if message.channel == "sms":
        return _queue_text(filed, message, place)
    if not _is_due(filed, message):
        return False
    mailbox = places.mailbox_of(place.place_id)
    if mailbox is None or not mailbox.acknowledges:
        return False
    return post.queue(_letter(filed, message, mailbox)) is not None


def _queue_text(filed: Filed, message: InboundMessage, place: Place) -> bool:
    """A text for the first text of a ticket, over what it came by."""
    number = places.numbers().get(place.number_id or 0)
    wants = number is not None and number.acknowledges and number.takes_texts
    if not wants or not filed.is_new or not message.may_acknowledge or message.sender is None or number is None:
        return False
    language = locale_of(message.language, number.language)
    with force_locale(language):
        text = gettext(
            "%(brand)s: We have your message (%(ref)s). A person will answer you here. STOP ends all texts.",
            brand=current_app.config["CC"].brand,
            ref=ref_of(filed.ticket_id),
        )
    payload = {"automatic": True, "language": language, TRANSPORT: message.fields.get(TRANSPORT, "")}
    letter = Letter(
        Purpose.ACKNOWLEDGEMENT, message.sender.value, "", text, channel="sms", place_id=number.id,
        customer_id=filed.customer_id, ticket_id=filed.ticket_id, payload=payload,
    )  # fmt: skip
    return post.queue(letter) is not None


def _is_due(filed: Filed, message: InboundMessage) -> bool:
    return (
        message.channel == "email"
        and filed.is_new
        and message.may_acknowledge
        and message.automatic is Automatic.NONE
        and message.sender is not None
        and message.sender.scheme is Scheme.EMAIL
    )


def _letter(filed: Filed, message: InboundMessage, mailbox: OwnMailbox) -> Letter:
    assert message.sender is not None
    language = locale_of(message.language, mailbox.language)
    with force_locale(language):
        subject = gettext("We have received your message [%(ref)s]", ref=ref_of(filed.ticket_id))
        text = gettext(
            "Thank you for writing to us.\n\nYour message has reached us under the number %(ref)s. A person will read "
            "it and answer you at this address. If you want to add something, reply to this e-mail.\n\n%(brand)s",
            ref=ref_of(filed.ticket_id),
            brand=mailbox.from_name or current_app.config["CC"].brand,
        )
    return Letter(
        purpose=Purpose.ACKNOWLEDGEMENT,
        recipient=message.sender.value,
        subject=subject,
        text=text,
        domain=mailbox.domain,
        place_id=mailbox.id,
        customer_id=filed.customer_id,
        ticket_id=filed.ticket_id,
        payload={
            "reply_to": mailbox.reply_address(filed.token),
            "references": [message.external_id],
            "automatic": True,
            "language": language,
        },
    )
