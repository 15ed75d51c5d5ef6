"""Who changed what at a customer, and who looked: read from the event log, which also keeps what was removed.

Called by the desk, and by `points` and `notes` to bring things back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import inspect, literal, select, true, union_all
from sqlalchemy.orm import aliased

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer, Merge
from contact_center.events import log
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import Base, db

LOOKED_FOR = timedelta(minutes=10)  # one look per person and customer in this time is enough to know who looked
_LOOKED_THROUGH = 500  # newest looks at a customer in which a recent one is sought
CHANGES = (
    Name.CUSTOMER_OPENED, Name.CUSTOMER_CHANGED, Name.CUSTOMER_NOTED, Name.CUSTOMER_NOTE_CHANGED,
    Name.CUSTOMER_NOTE_REMOVED, Name.CONTACT_POINT_ADDED, Name.CONTACT_POINT_CHANGED, Name.CONTACT_POINT_REMOVED,
    Name.CONTACT_POINT_VERIFIED, Name.CONTACT_POINT_BOUNCED, Name.CONSENT_GIVEN, Name.CONSENT_WITHDRAWN,
    Name.DOCUMENT_ADDED, Name.DOCUMENT_CHANGED, Name.DOCUMENT_REMOVED, Name.CUSTOMER_MERGED, Name.CUSTOMER_UNMERGED,
    Name.DUPLICATE_DISMISSED, Name.DUPLICATE_REVIVED, Name.PROMPT_ANSWERED,
)  # fmt: skip
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `who` is None for the system and the customer."""

    id: int
    name: Name
    at: datetime
    who: str | None
    data: dict[str, Any]


def page(
    customer: Customer, *, before: int | None = None, limit: int = 50, looks: bool = False, changes: bool = True
) -> Sequence[Entry]:
    """The newest changes before event *before*; with *looks* also who looked at the customer.

    What happened to customers who were merged into this one is among it: events keep the id of their time.
    """
    names = [*(CHANGES if changes else ()), *([Name.CUSTOMER_VIEWED] if looks else [])]
    merged = select(Merge.merged_id).where(Merge.survivor_id == customer.id, Merge.undone_at.is_(None))
    whose = union_all(select(literal(customer.id).label("id")), merged).subquery("whose")
    newest = select(Event).where(Event.customer_id == whose.c.id, Event.name.in_(names))
    newest = newest.where(Event.id < before) if before else newest
    each = aliased(Event, newest.order_by(Event.id.desc()).limit(limit).lateral("newest"))
    asked = (
        select(each.id, each.name, each.at, Agent.name.label("who"), each.data)
        .select_from(whose)
        .join(each, true())
        .outerjoin(Agent, Agent.id == each.agent_id)
        .order_by(each.id.desc())
        .limit(limit)
    )
    return [Entry(row.id, Name(row.name), row.at, row.who, row.data) for row in db.session.execute(asked)]


def record_look(customer: Customer, agent: Agent) -> None:
    """Record that *agent* looked at *customer*, unless they did a moment ago."""
    looks = select(Event.agent_id, Event.at).where(Event.customer_id == customer.id, Event.name == Name.CUSTOMER_VIEWED)
    newest = looks.order_by(Event.id.desc()).limit(_LOOKED_THROUGH).subquery()
    recent = select(newest.c.at).where(newest.c.agent_id == agent.id, newest.c.at > clock.now() - LOOKED_FOR).limit(1)
    if db.session.scalar(recent) is None:
        log.record(Name.CUSTOMER_VIEWED, customer, agent)


def row_of(row: Base) -> dict[str, Any]:
    """All columns of a row, fit for an event's data."""
    return {column.key: plain(getattr(row, column.key)) for column in inspect(type(row)).column_attrs}


def row_from(model: type[Row], kept: dict[str, Any]) -> Row:
    """A new row of *model* from what `row_of` kept, with its old id."""
    values = {}
    for column in inspect(model).column_attrs:
        value, python_type = kept.get(column.key), column.columns[0].type.python_type
        if value is not None and issubclass(python_type, date):  # a datetime is one as well
            value = python_type.fromisoformat(value)
        elif value is not None and issubclass(python_type, StrEnum):
            value = python_type(value)
        values[column.key] = value
    return model(**values)


def removed(customer_id: int, name: Name, row_id: int) -> dict[str, Any] | None:
    """The data of the newest event that removed this row; what `row_of` kept is under "row"."""
    asked = select(Event.data).where(Event.customer_id == customer_id, Event.name == name)
    asked = asked.where(Event.data["row"]["id"].as_integer() == row_id).order_by(Event.id.desc()).limit(1)
    return db.session.scalar(asked)


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value
