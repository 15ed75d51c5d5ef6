"""Moving the visit that a customer has booked: the windows that have room, in a dialogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from contact_center import access
from contact_center.desk import asked
from contact_center.errors import AlreadyTaken, IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.selfservice import visit_letters, visits
from contact_center.selfservice.models import Visit
from contact_center.selfservice.visits import Slot
from contact_center.tickets.models import Ticket

blueprint = Blueprint("visit", __name__, url_prefix="/<ref>/visit")


@blueprint.get("")
@access.agent
def choose(ref: str) -> str:
    """The dialogue with the times that can be had, of the region where the visit is now or of another one."""
    ticket = asked.ticket_or_404(ref)
    booked = visits.of(ticket.id)
    if booked is None:
        raise IllegalMove(_("No visit is booked any more."))
    regions = visits.regions()
    region = _asked_region() if "region" in request.args else _region(ticket, booked)
    return render_template(
        "desk/tickets/_visit_form.html",
        ticket=ticket,
        now=visit_letters.day_and_hours(booked.begins_at, booked.ends_at),
        days=_days(visits.slots(region, access.me()), visits.booked_key(booked)),
        regions=[("", _("Other region")), *((one, one) for one in regions)] if regions else [],
        region=region,
    )


@blueprint.post("")
@access.agent
def move(ref: str) -> Any:
    """Take the chosen time and give the old one back; the customer is written to."""
    ticket = asked.ticket_or_404(ref)
    if not request.form.get("slot"):
        raise _refused(_("Choose a time for the visit."))
    try:
        visits.reschedule(ticket, access.me(), _asked_region(), request.form["slot"])
    except AlreadyTaken as taken:
        raise _refused(taken.sentence) from None
    db.session.commit()
    return asked.done(_("The visit is moved"), otherwise=asked.page_of(ticket))


def _region(ticket: Ticket, booked: Visit) -> str:
    return booked.window.region or (ticket.customer.region if ticket.customer else None) or ""


def _asked_region() -> str:
    return request.values.get("region", "").replace("\x00", "")[:200]


def _days(slots: Sequence[Slot], now: str) -> dict[str, list[tuple[str, str, int]]]:
    """Under each day its times as (key, hours, places left), without the one that is booked *now*."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for slot in slots:
        if slot.key != now:
            day, hours = visit_letters.day_and_hours(slot.begins_at, slot.ends_at)
            found.setdefault(day, []).append((slot.key, hours, slot.left))
    return found


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, {"slot": sentence})
