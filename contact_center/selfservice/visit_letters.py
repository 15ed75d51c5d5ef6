"""The letters about visits: booked, moved, cancelled. Each is a row in the outbox, in the customer's language.

Called by `visits`, in the transaction of what they tell. Hours are those of the place that is visited: the firm's.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from contact_center.errors import Invalid
from contact_center.mailboxes import places
from contact_center.mailboxes.places import OwnMailbox
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.selfservice import look
from contact_center.selfservice.models import Visit
from contact_center.text.languages import locale_of
from contact_center.tickets import addressing, mails
from contact_center.tickets.models import Ticket


def tell(ticket: Ticket, visit: Visit, before: tuple[datetime, datetime] | None = None) -> str | None:
    """Write to the customer that *visit* stands; with *before* that it was then. Returns the address.

    None where there is no address or no mailbox, or where no letter may leave now.
    """
    with force_locale(_language(ticket)):
        when = _said(visit.begins_at, visit.ends_at)
        subject = _("Your visit: %(when)s [%(ref)s]", when=when, ref=ticket.ref)
        if before is None:
            said = _("Your visit for the request %(ref)s is booked: %(when)s.", ref=ticket.ref, when=when)
        else:
            said = _("Your visit is moved: we come on %(when)s instead of %(old)s.", when=when, old=_said(*before))
        return _send(ticket, subject, [said, _how_to_change(ticket)])


def tell_cancelled(ticket: Ticket, visit: Visit) -> str | None:
    """Write to the customer that nobody comes. Returns the address, or None."""
    with force_locale(_language(ticket)):
        when = _said(visit.begins_at, visit.ends_at)
        subject = _("Your visit is cancelled [%(ref)s]", ref=ticket.ref)
        said = _("Your visit on %(when)s for the request %(ref)s is cancelled.", when=when, ref=ticket.ref)
        return _send(ticket, subject, [said, _("Do you still need us? Simply reply to this e-mail.")])


def day_and_hours(begins_at: datetime, ends_at: datetime) -> tuple[str, str]:
    """Wed 24 Mar, and 09:00–11:00, in the language of the moment."""
    zone, locale = ZoneInfo(current_app.config["CC"].time_zone), str(get_locale() or "en")
    begins, ends = begins_at.astimezone(zone), ends_at.astimezone(zone)
    pattern = "M月d日 EEE" if locale.startswith("zh") else "EEE d MMM"
    return str(format_date(begins.date(), pattern, locale=locale)), f"{begins:%H:%M}–{ends:%H:%M}"


def _said(begins_at: datetime, ends_at: datetime) -> str:
    day, hours = day_and_hours(begins_at, ends_at)
    return str(_("%(day)s, %(hours)s", day=day, hours=hours))


def _how_to_change(ticket: Ticket) -> str:
    return str(
        _(
            "You can move or cancel it until %(hours)d hours before:\n%(link)s\n\nOr simply reply to this e-mail.",
            hours=look.current().visit_notice_hours,
            link=f"{current_app.config['CC'].public_url}/my/requests/{ticket.ref}",
        )
    )


def _send(ticket: Ticket, subject: str, said: list[str]) -> str | None:
    to = addressing.proposed(ticket, places.own_addresses()).to
    mailbox = _mailbox(ticket) if to else None
    if mailbox is None:
        return None
    brand = mailbox.from_name or str(current_app.config["CC"].brand)
    letter = Letter(
        purpose=Purpose.VISIT, recipient=to[0], subject=subject, text="\n\n".join([*said, brand]),
        domain=mailbox.domain, place_id=mailbox.id, customer_id=ticket.customer_id, ticket_id=ticket.id,
        payload={"reply_to": mailbox.reply_address(ticket.token), "automatic": True, "language": _language(ticket)},
    )  # fmt: skip
    return to[0] if post.queue(letter) is not None else None


def _mailbox(ticket: Ticket) -> OwnMailbox | None:
    try:
        return mails.mailbox_of(ticket)
    except Invalid:  # no mailbox at all: nothing to write from
        return None


def _language(ticket: Ticket) -> str:
    known = ticket.language or (ticket.customer.language if ticket.customer else None)
    return locale_of(known, str(current_app.config["CC"].default_language))
