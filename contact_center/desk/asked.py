"""What the desk's routes share: the row that a URL names, or 404; what a form asks; and the answer after an act.

An act answers scripts with JSON (a toast, perhaps with the way back, or a page to go to); they then refetch the places
that show it, so nothing typed elsewhere is lost. A browser without scripts is sent on to a page.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import to_user_timezone
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contact_center import access, pages, rows
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.tickets import scope
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Task, Ticket

TYPED = "%Y-%m-%dT%H:%M"  # what a field for a moment sends


def ticket_or_404(ref: str) -> Ticket:
    """The ticket, if the reader may see it."""
    try:
        return scope.get(access.me(), ref)
    except scope.NotVisible:
        abort(404)


def message_or_404(message_id: int) -> Message:
    """The message, if the reader may see its ticket."""
    asked = select(Message).join(Ticket, Ticket.id == Message.ticket_id)
    message = db.session.scalar(asked.where(Message.id == message_id, scope.visible_to(access.me())))
    return message if message is not None else abort(404)


def task_or_404(ticket: Ticket, task_id: int) -> Task:
    """A task under this very ticket."""
    task = db.session.get(Task, task_id)
    return task if task is not None and task.ticket_id == ticket.id else abort(404)


def number(name: str) -> int:
    """A number that the request carries; 0 where it does not, or carries something else."""
    return whole(request.values.get(name, ""))


def numbers(name: str) -> list[int]:
    """The numbers of a field that may be there several times; what is none is passed over."""
    return [found for found in map(whole, request.values.getlist(name)) if found]


def whole(typed: str) -> int:
    """*typed* as a number that fits a row's id, else 0."""
    return rows.number(typed) or 0


def instant(name: str) -> datetime | None:
    """The moment that was typed, on the reader's clock; None where nothing was. Raises Invalid."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    try:
        return datetime.strptime(typed[:16], TYPED).replace(tzinfo=pages.zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        sentence = _("Write the date and the time, or leave it empty.")
        raise Invalid(sentence, {name: sentence}) from None


def typed(instant: datetime) -> str:
    """A moment as the reader would type it."""
    return to_user_timezone(instant).strftime(TYPED)


def owners() -> list[tuple[int, str]]:
    """Who may be given something: all who work here, by name."""
    active = select(Agent).where(Agent.active).order_by(Agent.name).options(lazyload(Agent.roles))
    return [(agent.id, agent.name) for agent in db.session.scalars(active)]


def owner() -> Agent | None:
    """Who was chosen, or nobody."""
    chosen = number("owner")
    return (db.session.get(Agent, chosen) or abort(404)) if chosen else None


def done(text: str = "", *, url: str = "", otherwise: str = "", undo: str = "", label: str = "", **more: Any) -> Any:
    """The answer after an act: *text* for a toast whose button posts to *undo*; *url* is where to go on.

    *otherwise* is the page for a browser without scripts, which stays where it is with scripts.
    """
    if not pages.wants_fragment():
        if text:
            flash(text, "success")
        return redirect(url or otherwise or url_for("desk.home"), 303)
    answer: dict[str, Any] = {**more}
    if text:
        answer["toast"] = {"text": text, **({"undo": undo, "label": label or _("Undo")} if undo else {})}
    if url:
        answer["url"] = url
    return jsonify(answer)


def page_of(ticket: Ticket) -> str:
    """The ticket's page."""
    return url_for("tickets.page.show", ref=ticket.ref)
