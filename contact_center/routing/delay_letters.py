"""What customers are told when it takes longer: once for a ticket, in their language, by letter.

Called by `overflow`, in the transaction of the step. Without an address or a mailbox nobody is told.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy import exists, select

from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.tickets import letters
from contact_center.tickets.models import Ticket


def call_words() -> str:
    """What the promise to call is called, in the firm's language."""
    with force_locale(_firm()):
        return str(_("Call back: it took too long"))


def of_call(ticket: Ticket, due_at: datetime) -> str | None:
    """Tell that we call, and by when. Returns the address, or None."""
    with force_locale(letters.language(ticket)):
        locale, zone = str(get_locale() or "en"), ZoneInfo(current_app.config["CC"].time_zone)
        pattern = "M月d日 EEE HH:mm" if locale.startswith("zh") else "EEE d MMM, HH:mm"
        when = format_datetime(due_at.astimezone(zone), pattern, locale=locale)
        subject = _("We will call you [%(ref)s]", ref=ticket.ref)
        said = _(
            "It takes longer than usual today, and we do not want you to wait. We will call you by %(when)s about your "
            "request %(ref)s.\n\nYou need not do anything. If a call does not suit you, simply reply to this message.",
            when=when, ref=ticket.ref,
        )  # fmt: skip
        return letters.write(ticket, Purpose.DELAY, str(subject), [str(said)])


def of_waiting(ticket: Ticket, text: str, text_zh: str) -> str | None:
    """Tell that it takes longer, in the words of the queue's step or in ours. Returns the address, or None."""
    language = letters.language(ticket)
    with force_locale(language):
        subject = _("It takes a little longer [%(ref)s]", ref=ticket.ref)
        own = (text_zh or text) if language.startswith("zh") else (text or text_zh)
        said = own.strip() or _(
            "We have your request %(ref)s and have not forgotten it. It takes longer than usual today; you keep your "
            "place in the queue.",
            ref=ticket.ref,
        )  # fmt: skip
        return letters.write(ticket, Purpose.DELAY, str(subject), [str(said)])


def was_sent(ticket: Ticket) -> bool:
    """Whether they were told of this ticket's delay before."""
    letter = exists().where(Outgoing.ticket_id == ticket.id, Outgoing.purpose == Purpose.DELAY)
    return bool(db.session.scalar(select(letter)))


def _firm() -> str:
    return str(current_app.config["CC"].default_language)
