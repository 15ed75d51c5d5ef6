"""Edit what a ticket says of itself: subject, kind, priority, tags, order number, language.

The desk calls `change` with the version of the ticket that the person had before them. Two people may edit different
fields at once, and a message may arrive meanwhile; only where somebody else has changed the very same field is the
edit refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.config import LANGUAGES
from contact_center.entitlements import checks
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import lines, tokens
from contact_center.tickets import deadlines, interactions, moves, tags
from contact_center.tickets.models import Priority, RequestKind, Ticket

MAX_SUBJECT = 300
MAX_ORDER_NUMBER = 64
Difference = dict[str, tuple[object, object]]


def change(ticket: Ticket, agent: Agent, version: int, **fields: Any) -> dict[str, tuple[Any, Any]]:
    """Set *fields*; returns field → (old, new) for what really changed.

    Raises Stale with field → (yours, now) where somebody has changed a field since *version*, Invalid for bad values.
    Nothing is written then.
    """
    wanted = _checked(fields)
    db.session.refresh(ticket, with_for_update={"of": Ticket})
    found = {name: (getattr(ticket, name), value) for name, value in wanted.items()}
    changes = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    if stale := _conflicts(ticket, version, changes):
        raise Stale(_("Somebody else has changed this in the meantime. Compare before you save."), stale)
    if changes:
        _store(ticket, agent, changes)
    return changes


def _store(ticket: Ticket, agent: Agent, changes: dict[str, tuple[Any, Any]]) -> None:
    values = {name: new for name, (_old, new) in changes.items()}
    after = {name: values.get(name, getattr(ticket, name)) for name in ("subject", "order_number", "tags")}
    customer = ticket.customer.name if ticket.customer else ""
    search = tokens.vector(after["subject"], after["order_number"] or "", customer, *after["tags"])
    moves.make(ticket, search=search, **values)
    log.record(
        Name.TICKET_CHANGED, ticket, agent, changes={name: list(pair) for name, pair in changes.items()},
        version=ticket.version,
    )  # fmt: skip
    if changes.keys() & {"kind", "priority"}:
        interactions.place_anew(ticket)
    if "kind" in changes:
        checks.again(ticket, by=agent)
        deadlines.follow(ticket, agent)


def _conflicts(ticket: Ticket, version: int, changes: dict[str, tuple[Any, Any]]) -> Difference:
    """The fields that are now neither as the person saw them nor as they want them."""
    if ticket.version == version or not changes:
        return {}
    seen = _as_seen(ticket, version)
    return {
        name: (yours, now) for name, (now, yours) in changes.items() if name in seen and seen[name] != now
    }  # fmt: skip


def _as_seen(ticket: Ticket, version: int) -> dict[str, Any]:
    """What the fields that were changed after *version* held at that version."""
    asked = (
        select(Event.data)
        .where(Event.ticket_id == ticket.id, Event.name == Name.TICKET_CHANGED)
        .where(Event.data["version"].as_integer() > version)
        .order_by(Event.id.desc())
    )
    seen: dict[str, Any] = {}
    for data in db.session.scalars(asked):  # from the newest back: the oldest "old" stays
        seen.update({name: old for name, (old, _new) in data["changes"].items()})
    return seen


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    checked, wrong = {}, {}
    for name, value in fields.items():
        try:
            checked[name] = _READERS[name](value)
        except Invalid as error:
            wrong[name] = error.sentence
        except ValueError as error:
            wrong[name] = str(error)
    Invalid.raise_for(wrong)
    return checked


def _subject(value: Any) -> str:
    subject = lines.one_line(value, MAX_SUBJECT)
    if not subject:
        raise ValueError(_("Please write a subject."))
    return subject


def _order_number(value: Any) -> str | None:
    return lines.one_line(value, MAX_ORDER_NUMBER) or None


def _tags(value: Iterable[str] | str) -> list[str]:
    return tags.checked(value.split(",") if isinstance(value, str) else value)


def _language(value: Any) -> str | None:
    if value and value not in LANGUAGES:
        raise ValueError(_("This language is not one of ours."))
    return value or None


def _one_of(words: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def read(value: Any) -> StrEnum:
        if value not in words.__members__:
            raise ValueError(_("Choose one from the list."))
        return words(value)

    return read


def _none_or(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: reader(value) if value else None


_READERS: dict[str, Callable[[Any], Any]] = {
    "subject": _subject,
    "priority": _one_of(Priority),
    "kind": _none_or(_one_of(RequestKind)),
    "tags": _tags,
    "order_number": _order_number,
    "language": _language,
}
