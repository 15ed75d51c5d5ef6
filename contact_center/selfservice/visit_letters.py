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

from contact_center.outbox.models import Purpose
from contact_center.selfservice import look
from contact_center.selfservice.models import Visit
from contact_center.tickets import letters
from contact_center.tickets.models import Ticket


def tell(ticket: Ticket, visit: Visit, before: tuple[datetime, datetime] | None = None) -> str | None:
    """Write to the customer that *visit* stands; with *before* that it was then. Returns the address.

    None where there is no address or no mailbox, or where no letter may leave now.
    """
    with force_locale(letters.language(ticket)):
        when = _said(visit.begins_at, visit.ends_at)
        subject = _("Your visit: %(when)s [%(ref)s]", when=when, ref=ticket.ref)
        if before is None:
            said = _("Your visit for the request %(ref)s is booked: %(when)s.", ref=ticket.ref, when=when)
        else:
            said = _("Your visit is moved: we come on %(when)s instead of %(old)s.", when=when, old=_said(*before))
        return letters.write(ticket, Purpose.VISIT, subject, [said, _how_to_change(ticket)])


def tell_cancelled(ticket: Ticket, visit: Visit) -> str | None:
    """Write to the customer that nobody comes. Returns the address, or None."""
    with force_locale(letters.language(ticket)):
        when = _said(visit.begins_at, visit.ends_at)
        subject = _("Your visit is cancelled [%(ref)s]", ref=ticket.ref)
        said = _("Your visit on %(when)s for the request %(ref)s is cancelled.", when=when, ref=ticket.ref)
        return letters.write(
            ticket, Purpose.VISIT, subject, [said, _("Do you still need us? Simply reply to this message.")]
        )


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
            "You can move or cancel it until %(hours)d hours before:\n%(link)s\n\nOr simply reply to this message.",
            hours=look.current().visit_notice_hours,
            link=f"{current_app.config['CC'].public_url}/my/requests/{ticket.ref}",
        )
    )
