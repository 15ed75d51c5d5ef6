"""Promises on a ticket: "we call you on Thursday at ten". One click makes one for a usual time, another keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import get_locale, ngettext, to_user_timezone
from flask_babel import gettext as _

from contact_center import access, clock, once, pages
from contact_center.agents.models import Agent
from contact_center.desk import asked
from contact_center.extensions import db
from contact_center.routing import promises
from contact_center.routing.models import Promise, PromiseState
from contact_center.tickets.models import Ticket, TicketState

blueprint = Blueprint("promises", __name__, url_prefix="/<ref>/promises")
_ACTS: dict[str, Callable[[Promise, Ticket, Agent], None]] = {"keep": promises.keep, "cancel": promises.cancel}
_STEP = timedelta(minutes=5)
_SATURDAY = 5


@blueprint.get("/new")
@access.agent
def new(ref: str) -> str:
    """The dialogue that makes a promise: mine, at one of the usual times or at another."""
    return _dialogue(asked.ticket_or_404(ref), None, {"owner": access.me().id})


@blueprint.get("/<int:promise_id>")
@access.agent
def edit(ref: str, promise_id: int) -> str:
    """The dialogue that changes one."""
    ticket = asked.ticket_or_404(ref)
    promise = _promise_or_404(ticket, promise_id)
    values = {"words": promise.words, "owner": promise.owner_id or "", "due": asked.typed(promise.due_at)}
    return _dialogue(ticket, promise, values)


@blueprint.post("")
@access.agent
def make(ref: str) -> Any:
    """Promise it."""
    ticket = asked.ticket_or_404(ref)
    words, due_at, owner = request.form.get("words", ""), _due(), asked.owner()
    once.made(Promise, lambda: promises.make(ticket, access.me(), words, due_at, owner))
    return _finished(ticket)


@blueprint.post("/<int:promise_id>")
@access.agent
def change(ref: str, promise_id: int) -> Any:
    """Say anew what is promised, until when, by whom."""
    ticket = asked.ticket_or_404(ref)
    promise = _promise_or_404(ticket, promise_id)
    due_at = _due()
    if due_at is None or due_at == promise.due_at.replace(second=0, microsecond=0):  # the field knows no seconds
        due_at = promise.due_at
    promises.change(promise, ticket, access.me(), request.form.get("words", ""), due_at, asked.owner())
    return _finished(ticket)


@blueprint.post("/<int:promise_id>/<any(keep, cancel):act>")
@access.agent
def settle(ref: str, promise_id: int, act: str) -> Any:
    """It is kept, or need not be."""
    ticket = asked.ticket_or_404(ref)
    _ACTS[act](_promise_or_404(ticket, promise_id), ticket, access.me())
    return _finished(ticket)


@blueprint.post("/keep")
@access.agent
def keep_all(ref: str) -> Any:
    """All that are open are kept."""
    ticket = asked.ticket_or_404(ref)
    for promise in _open(ticket):
        promises.keep(promise, ticket, access.me())
    return _finished(ticket)


def left_open(ticket: Ticket) -> dict[str, str]:
    """What to say when *ticket* was resolved and something is promised still, and where all of it is kept.

    Whoever says nothing to it leaves the promises open: they come up at their time as before.
    """
    found = _open(ticket) if ticket.state is TicketState.RESOLVED else []
    if not found:
        return {}
    words = pages.listed(f"{promise.words} ({pages.when(promise.due_at)})" for promise in found)
    text = ngettext("A promise stays open: %(words)s", "%(num)d promises stay open: %(words)s", len(found), words=words)
    kept = ngettext("It is kept", "They are kept", len(found))
    return {"text": text, "undo": url_for("tickets.promises.keep_all", ref=ticket.ref), "label": kept}


def usual() -> Iterator[tuple[str, str]]:
    """The times that one click promises, as (what it is called, what a field would send)."""
    now = to_user_timezone(clock.now()).replace(second=0, microsecond=0)
    hour = now + timedelta(hours=1) + _STEP - timedelta(minutes=now.minute % 5)
    yield _("In an hour, %(time)s", time=f"{hour:%H:%M}"), hour.strftime(asked.TYPED)
    if now.hour < 15:
        yield _("Today %(time)s", time="16:00"), _at(now, 16)
    tomorrow = now + timedelta(days=1)
    yield _("Tomorrow %(time)s", time="10:00"), _at(tomorrow, 10)
    for nth in _workdays(tomorrow, 3):
        yield f"{format_date(nth, 'EEEE', locale=str(get_locale() or 'en'))} 10:00", _at(nth, 10)


def _workdays(after: datetime, number: int) -> Iterator[datetime]:
    day = after
    while number:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY:
            number -= 1
            yield day


def _at(day: datetime, hour: int) -> str:
    return day.replace(hour=hour, minute=0).strftime(asked.TYPED)


def _due() -> datetime | None:
    """The usual time whose button was pressed, else what was typed."""
    return asked.instant("quick") or asked.instant("due")


def _dialogue(ticket: Ticket, promise: Promise | None, values: dict[str, Any]) -> str:
    said = {"ticket": ticket, "promise": promise, "values": values, "owners": asked.owners(), "usual": list(usual())}
    return render_template("desk/tickets/_promise_form.html", **said)


def _open(ticket: Ticket) -> list[Promise]:
    return [promise for promise in promises.of(ticket) if promise.state is PromiseState.OPEN]


def _promise_or_404(ticket: Ticket, promise_id: int) -> Promise:
    promise = db.session.get(Promise, promise_id)
    return promise if promise is not None and promise.ticket_id == ticket.id else abort(404)


def _finished(ticket: Ticket) -> Any:
    db.session.commit()
    return asked.done(otherwise=asked.page_of(ticket))
