"""The sheet that one shift hands to the next: who has what, what is promised and at risk, and notes about the queues.

The desk shows and prints it. Everybody sees the queues they see on their desk; a note stands until somebody settles it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import joinedload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.errors import IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.routing.models import Promise, PromiseState, ShiftNote
from contact_center.sla.models import Deadline, DeadlineState
from contact_center.text import lines
from contact_center.tickets import scope
from contact_center.tickets.models import UNSETTLED, Ticket

AHEAD = timedelta(hours=24)  # promises
AT_RISK = timedelta(hours=4)  # targets that end so soon, or are three quarters gone
MOST = 200  # tickets in hand, and at risk
MAX_NOTE = 1000


@dataclass(slots=True)
class QueueLine:
    """What is open in one queue. `people`: who has how many of them."""

    id: int
    name: str
    waiting: int = 0
    longest_since: datetime | None = None
    people: dict[str, int] = field(default_factory=dict)

    @property
    def in_hand(self) -> int:
        return sum(self.people.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """`in_hand`: (ticket, customer's name, tier) by the name of who has them; `at_risk`: the same with the deadline."""

    at: datetime
    queues: Sequence[QueueLine]
    in_hand: dict[str, list[Row[*tuple[Any, ...]]]]
    promises: Sequence[Promise]
    at_risk: Sequence[Row[*tuple[Any, ...]]]
    notes: Sequence[ShiftNote]
    is_cut: bool


def sheet(agent: Agent, queue: Queue | None = None) -> Sheet:
    """What *agent* hands over, or of one *queue* only."""
    queues = [queue] if queue else membership.queues_of(agent)
    ids = [each.id for each in queues]
    open_ = (Ticket.queue_id.in_(ids), scope.state_in(UNSETTLED))
    rows = _in_hand(open_)
    in_hand: dict[str, list[Row[*tuple[Any, ...]]]] = {}
    for row in rows[:MOST]:
        in_hand.setdefault(row.person, []).append(row)
    return Sheet(
        clock.now(), _lines(queues, open_), in_hand, _promises(ids), _at_risk(open_), notes(ids), len(rows) > MOST
    )


def notes(queue_ids: Sequence[int]) -> Sequence[ShiftNote]:
    """What stands for these queues, the newest first."""
    asked = select(ShiftNote).where(ShiftNote.queue_id.in_(queue_ids), ShiftNote.settled_at.is_(None))
    together = (joinedload(ShiftNote.queue), joinedload(ShiftNote.agent).lazyload(Agent.roles))
    return db.session.scalars(asked.options(*together).order_by(ShiftNote.at.desc()).limit(50)).all()


def note(agent: Agent, queue: Queue | None, text: str) -> ShiftNote:
    """Tell the next shift something about a queue of one's own. Raises Invalid."""
    wrong: dict[str, str] = {}
    try:
        text = lines.several_lines(text, MAX_NOTE)
    except ValueError as error:
        wrong["text"] = str(error)
    if not text:
        wrong["text"] = _("Please write something.")
    if queue is None or queue not in membership.queues_of(agent):
        wrong["queue"] = _("Choose one of your queues.")
    if wrong or queue is None:
        raise Invalid(next(iter(wrong.values())), wrong)
    row = ShiftNote(queue_id=queue.id, agent_id=agent.id, text=text, at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row


def settle(row: ShiftNote, agent: Agent) -> None:
    """It is known, or done. Raises IllegalMove if somebody said so before."""
    open_ = (ShiftNote.id == row.id, ShiftNote.settled_at.is_(None))
    settling = update(ShiftNote).where(*open_).values(settled_at=clock.now(), settled_by_id=agent.id)
    settled = db.session.scalar(settling.returning(ShiftNote.id), execution_options={"synchronize_session": False})
    if settled is None:
        raise IllegalMove(_("Somebody else has settled this note."))
    db.session.refresh(row)


def _lines(queues: Sequence[Queue], open_: tuple[Any, ...]) -> list[QueueLine]:
    found = {queue.id: QueueLine(queue.id, queue.name) for queue in queues}
    counted = select(Ticket.queue_id, Agent.name, func.count(), func.min(Ticket.waiting_since))
    counted = counted.outerjoin(Agent, Agent.id == Ticket.assignee_id).where(*open_)
    for row in db.session.execute(counted.group_by(Ticket.queue_id, Agent.name)):
        line, person = found[row[0]], cast("str | None", row[1])
        if person is None:
            line.waiting, line.longest_since = row[2], row[3]
        else:
            line.people[person] = row[2]
    return list(found.values())


def _in_hand(open_: tuple[Any, ...]) -> Sequence[Row[*tuple[Any, ...]]]:
    asked = select(Ticket, Agent.name.label("person"), Customer.name.label("customer"), Customer.tier)
    asked = asked.join(Agent, Agent.id == Ticket.assignee_id).outerjoin(Customer, Customer.id == Ticket.customer_id)
    ordered = asked.where(*open_).order_by(Agent.name, Ticket.waiting_since.nulls_last(), Ticket.id)
    return db.session.execute(ordered.limit(MOST + 1)).all()


def _promises(queue_ids: Sequence[int]) -> Sequence[Promise]:
    asked = select(Promise).join(Ticket, Ticket.id == Promise.ticket_id).where(Ticket.queue_id.in_(queue_ids))
    asked = asked.where(Promise.state == PromiseState.OPEN, Promise.due_at < clock.now() + AHEAD)
    together = (joinedload(Promise.owner).lazyload(Agent.roles), joinedload(Promise.ticket).joinedload(Ticket.customer))
    return db.session.scalars(asked.options(*together).order_by(Promise.due_at).limit(MOST)).all()


def _at_risk(open_: tuple[Any, ...]) -> Sequence[Row[*tuple[Any, ...]]]:
    asked = select(Deadline, Ticket, Agent.name.label("person"), Customer.name.label("customer"), Customer.tier)
    asked = asked.join(Ticket, Ticket.id == Deadline.ticket_id).outerjoin(Agent, Agent.id == Ticket.assignee_id)
    soon = (Deadline.due_at < clock.now() + AT_RISK) | (Deadline.stage >= 75)
    asked = asked.outerjoin(Customer, Customer.id == Ticket.customer_id).where(*open_, soon)
    running = asked.where(Deadline.state == DeadlineState.RUNNING)
    return db.session.execute(running.order_by(Deadline.due_at).limit(MOST)).all()
