"""Book a visit into a weekly window of a region, move it, cancel it. The customer chooses, the agent sees a task and
may move it too; the customer is written to each time.

How many fit is held by a guarded statement on one row per window and day: of two who want the last place one gets it.
Called by the portal and the desk; verbs never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.selfservice import look, visit_letters
from contact_center.selfservice.models import Visit, VisitClosure, VisitDay, VisitState, VisitWindow
from contact_center.statement import Statement
from contact_center.tickets import tasks
from contact_center.tickets.models import Task, TaskState, Ticket

AHEAD = timedelta(weeks=4)
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Slot:
    """A window on a day with places left."""

    window_id: int
    on: date
    begins_at: datetime
    ends_at: datetime
    left: int

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.window_id}.{self.on.isoformat()}"


def slots(region: str | None, agent: Agent | None = None) -> list[Slot]:
    """What can still be booked in *region* in the next weeks; windows for everywhere count in every region.

    The customer keeps the notice; an *agent*, who can ask those who go out, does not.
    """
    now, zone = clock.now(), _zone()
    notice = 0 if agent else look.current().visit_notice_hours
    first = (now + timedelta(hours=notice)).astimezone(zone)
    last = (now + AHEAD).astimezone(zone).date()
    windows = _windows(region)
    taken = _taken([window.id for window in windows], first.date(), last)
    closed = set(db.session.scalars(select(VisitClosure.on).where(VisitClosure.on.between(first.date(), last))))
    found = [
        slot
        for day in range((last - first.date()).days + 1)
        if (on := first.date() + timedelta(days=day)) not in closed
        for window in windows
        if window.weekday == on.weekday()
        and (slot := _slot(window, on, taken.get((window.id, on), 0))).left > 0
        and slot.begins_at >= first
    ]
    return sorted(found, key=lambda slot: (slot.begins_at, slot.window_id))[:MOST_SHOWN]


def regions() -> list[str]:
    """The regions that have windows of their own, by name."""
    asked = select(VisitWindow.region).where(VisitWindow.is_active, VisitWindow.region != "").distinct()
    return sorted(db.session.scalars(asked))


def of(ticket_id: int) -> Visit | None:
    """The visit that is booked for a ticket."""
    booked = select(Visit).where(Visit.ticket_id == ticket_id, Visit.state == VisitState.BOOKED)
    return db.session.scalar(booked.execution_options(populate_existing=True))


def is_of(task: Task) -> bool:
    """Whether *task* is that of a booked visit."""
    booked = of(task.ticket_id)
    return booked is not None and booked.task_id == task.id


def coming(customer_ids: Sequence[int]) -> list[Visit]:
    """Booked visits that are not over, the next one first."""
    asked = select(Visit).where(Visit.customer_id.in_(customer_ids), Visit.state == VisitState.BOOKED)
    return list(db.session.scalars(asked.where(Visit.ends_at > clock.now()).order_by(Visit.begins_at).limit(10)))


def book(ticket: Ticket, region: str | None, key: str) -> Visit:
    """Take a place for *ticket* in the slot *key*, and give the agents a task. Booked again, the visit is moved.

    Raises AlreadyTaken if somebody took the last place.
    """
    _hold(ticket)
    if (booked := of(ticket.id)) is not None:
        return booked if booked_key(booked) == key else move(booked, ticket, region, key)
    slot = _bookable(region, key)
    _take(slot)
    task = tasks.add(ticket, None, _title(slot), due_at=slot.begins_at, visit=True)
    visit = Visit(
        ticket_id=ticket.id, customer_id=ticket.customer_id, window_id=slot.window_id, task_id=task.id, on=slot.on,
        begins_at=slot.begins_at, ends_at=slot.ends_at, state=VisitState.BOOKED, booked_at=clock.now(),
    )  # fmt: skip
    db.session.add(visit)
    db.session.flush()
    _tell(Name.VISIT_BOOKED, ticket, visit, visit_letters.tell(ticket, visit))
    return visit


def reschedule(ticket: Ticket, agent: Agent, region: str | None, key: str) -> Visit:
    """Move the visit for the customer, at whatever notice.

    Raises AlreadyTaken if somebody took the last place, IllegalMove if no visit is booked any more.
    """
    _hold(ticket)
    visit = of(ticket.id)
    if visit is None:
        raise IllegalMove(_("No visit is booked any more."))
    return visit if booked_key(visit) == key else move(visit, ticket, region, key, agent)


def move(visit: Visit, ticket: Ticket, region: str | None, key: str, agent: Agent | None = None) -> Visit:
    """Take a place in another slot and give this one back. Raises AlreadyTaken, and IllegalMove if it is too late."""
    if agent is None:
        _check_time(visit)
    slot, before = _bookable(region, key, agent), (visit.begins_at, visit.ends_at)
    for window_id, on in sorted({(slot.window_id, slot.on), (visit.window_id, visit.on)}):  # both, in one order
        db.session.execute(select(VisitDay).where(VisitDay.window_id == window_id, VisitDay.on == on).with_for_update())
    _take(slot)
    _give_back(visit)
    visit.window_id, visit.on = slot.window_id, slot.on
    visit.begins_at, visit.ends_at, visit.booked_at = slot.begins_at, slot.ends_at, clock.now()
    db.session.flush()
    if task := _open_task(visit):
        tasks.change(task, ticket, agent, title=_title(slot), owner=task.owner, due_at=slot.begins_at, visit=True)
    else:
        visit.task_id = tasks.add(ticket, agent, _title(slot), due_at=slot.begins_at, visit=True).id
    told = visit_letters.tell(ticket, visit, before)
    _tell(Name.VISIT_MOVED, ticket, visit, told, agent, before=before[0].isoformat())
    return visit


def cancel(ticket: Ticket) -> bool:
    """Give the place back; False if there is none. Raises IllegalMove if it is too late."""
    _hold(ticket)
    visit = of(ticket.id)
    if visit is None:
        return False
    _check_time(visit)
    visit.state, visit.cancelled_at = VisitState.CANCELLED, clock.now()
    _give_back(visit)
    if task := _open_task(visit):
        tasks.cancel(task, ticket, None, visit=True)
    _tell(Name.VISIT_CANCELLED, ticket, visit, visit_letters.tell_cancelled(ticket, visit))
    return True


def follow_task(ticket_id: int) -> bool:
    """Give the place back when an agent has cancelled the visit's task; returns whether that was so."""
    visit = of(ticket_id)
    task = db.session.get(Task, visit.task_id) if visit is not None and visit.task_id else None
    if visit is None or task is None or task.state is not TaskState.CANCELLED:
        return False
    ended = update(Visit).where(Visit.id == visit.id, Visit.state == VisitState.BOOKED)
    ended = ended.values(state=VisitState.CANCELLED, cancelled_at=clock.now()).returning(Visit.id)
    if db.session.scalar(ended) is None:
        return False
    _give_back(visit)
    ticket = db.session.get_one(Ticket, ticket_id)
    _tell(Name.VISIT_CANCELLED, ticket, visit, visit_letters.tell_cancelled(ticket, visit))
    return True


def without_task(limit: int = 200) -> list[int]:
    """Tickets whose visit has a cancelled task: their nudge was lost."""
    asked = select(Visit.ticket_id).join(Task, Task.id == Visit.task_id)
    asked = asked.where(Visit.state == VisitState.BOOKED, Task.state == TaskState.CANCELLED)
    return list(db.session.scalars(asked.limit(limit)))


def may_change(visit: Visit) -> bool:
    """Whether the customer may still move or cancel it."""
    return visit.begins_at > clock.now() + timedelta(hours=look.current().visit_notice_hours)


def booked_key(visit: Visit) -> str:
    """How a form names the slot of *visit*."""
    return f"{visit.window_id}.{visit.on.isoformat()}"


# The row of the day appears with its first visit; the condition is the capacity as it is now.
_TAKE = Statement("""
    INSERT INTO visit_day AS d (window_id, "on", booked)
    SELECT id, CAST(:on AS date), 1 FROM visit_window WHERE id = :window_id AND is_active
    ON CONFLICT (window_id, "on") DO UPDATE SET booked = d.booked + 1
        WHERE d.booked < (SELECT capacity FROM visit_window w WHERE w.id = d.window_id AND w.is_active)
    RETURNING booked
""")


def _take(slot: Slot) -> None:
    if _TAKE.one({"window_id": slot.window_id, "on": slot.on}) is None:
        raise AlreadyTaken(_("Somebody has just taken the last place at that time. Choose another one."))


def _give_back(visit: Visit) -> None:
    day = update(VisitDay).where(VisitDay.window_id == visit.window_id, VisitDay.on == visit.on, VisitDay.booked > 0)
    db.session.execute(day.values(booked=VisitDay.booked - 1).execution_options(synchronize_session=False))


def _bookable(region: str | None, key: str, agent: Agent | None = None) -> Slot:
    slot = next((slot for slot in slots(region, agent) if slot.key == key), None)
    if slot is None:
        raise AlreadyTaken(_("This time is not to be had any more. Choose another one."))
    return slot


def _check_time(visit: Visit) -> None:
    if not may_change(visit):
        raise IllegalMove(_("It is too late to change this visit here. Please call us, or write to us below."))


def _hold(ticket: Ticket) -> None:
    """Two posts about one ticket's visit come one after the other."""
    db.session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update())


def _open_task(visit: Visit) -> Task | None:
    task = db.session.get(Task, visit.task_id) if visit.task_id else None
    return task if task is not None and task.state is TaskState.OPEN else None


def _windows(region: str | None) -> list[VisitWindow]:
    wanted = ("", region) if region else ("",)
    return list(db.session.scalars(select(VisitWindow).where(VisitWindow.is_active, VisitWindow.region.in_(wanted))))


def _taken(window_ids: list[int], since: date, until: date) -> dict[tuple[int, date], int]:
    asked = select(VisitDay).where(VisitDay.window_id.in_(window_ids), VisitDay.on.between(since, until))
    rows = db.session.scalars(asked.execution_options(populate_existing=True)) if window_ids else ()
    return {(row.window_id, row.on): row.booked for row in rows}


def _slot(window: VisitWindow, on: date, taken: int) -> Slot:
    begins, ends = (datetime.combine(on, hour, _zone()) for hour in (window.begins, window.ends))
    return Slot(window.id, on, begins, ends, window.capacity - taken)


def _title(slot: Slot) -> str:
    """The task's words, in the firm's language."""
    with force_locale(current_app.config["CC"].default_language):
        day, hours = visit_letters.day_and_hours(slot.begins_at, slot.ends_at)
        return str(_("Visit on %(day)s, %(hours)s", day=day, hours=hours))


def _tell(name: Name, ticket: Ticket, visit: Visit, told: str | None, agent: Agent | None = None, **more: Any) -> None:
    """The event; *told* is the address that was written to."""
    begins, ends = visit.begins_at.isoformat(), visit.ends_at.isoformat()
    log.record(name, ticket, agent, begins_at=begins, ends_at=ends, told=told, **more)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["CC"].time_zone)
