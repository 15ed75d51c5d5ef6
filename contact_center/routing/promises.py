"""Promises: dated undertakings to a customer, "we call you on Thursday at ten", with an owner and an end.

The desk makes, changes, keeps and cancels them; a clock calls `sweep`. Some minutes before it is due a promise becomes
work that waits in the queue of its ticket and is offered to its owner first. Whoever settles it too late has broken it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing import promised_work
from contact_center.routing.models import Promise, PromiseReader, PromiseState
from contact_center.text import lines
from contact_center.tickets import scope
from contact_center.tickets.models import Ticket

MAX_WORDS = 200
GRACE = timedelta(minutes=5)  # whoever calls at three past ten has kept "at ten"
FARTHEST = timedelta(days=366)


def make(ticket: Ticket, agent: Agent | None, words: str, due_at: datetime | None, owner: Agent | None) -> Promise:
    """Promise something to the customer of *ticket*; *owner* None: whoever serves its queue. Raises Invalid."""
    wanted = _checked(ticket, words, due_at, owner)
    promise = Promise(
        ticket_id=ticket.id, made_at=clock.now(), made_by_id=agent.id if agent else None, state=PromiseState.OPEN,
        **wanted,
    )  # fmt: skip
    db.session.add(promise)
    db.session.flush()
    _tell(Name.PROMISE_MADE, ticket, promise, agent, owner=owner.name if owner else None)
    return promise


def change(promise: Promise, ticket: Ticket, agent: Agent, words: str, due_at: datetime, owner: Agent | None) -> bool:
    """Say anew what is promised, until when, by whom; False if nothing differs. Raises Invalid, IllegalMove."""
    db.session.refresh(promise, with_for_update=True)
    if promise.state is not PromiseState.OPEN:
        raise IllegalMove(_("This promise is settled already."))
    wanted = _checked(ticket, words, due_at if due_at != promise.due_at else None, owner, promise)
    former = {name: getattr(promise, name) for name in wanted}
    if former == wanted:
        return False
    changes = _changes(promise, wanted, owner)
    for name, value in wanted.items():
        setattr(promise, name, value)
    if former["due_at"] != promise.due_at:
        promise.alarmed_at = None
        db.session.execute(delete(PromiseReader).where(PromiseReader.promise_id == promise.id))
    promised_work.follow(promise, is_moved=former["due_at"] != promise.due_at)
    db.session.flush()
    _tell(Name.PROMISE_CHANGED, ticket, promise, agent, former["owner_id"], changes=changes)
    return True


def keep(promise: Promise, ticket: Ticket, agent: Agent) -> None:
    """It is done; too late it is broken all the same. Raises IllegalMove if it was settled before."""
    is_late = _is_late(promise)
    _settle(promise, PromiseState.BROKEN if is_late else PromiseState.KEPT, agent)
    late = _minutes_late(promise) if is_late else 0
    _tell(Name.PROMISE_BROKEN if is_late else Name.PROMISE_KEPT, ticket, promise, agent, late=late, how="kept")


def called(promise: Promise, agent: Agent | None) -> None:
    """Whom we promised to call is being called: it is kept by that, or too late. What was settled before stays so."""
    is_late = clock.now() > promise.due_at + GRACE
    open_ = (Promise.id == promise.id, Promise.state == PromiseState.OPEN)
    settling = update(Promise).where(*open_).returning(Promise.id)
    settling = settling.values(state=PromiseState.BROKEN if is_late else PromiseState.KEPT, settled_at=clock.now())
    if db.session.scalar(settling, execution_options={"synchronize_session": False}) is None:
        return
    db.session.refresh(promise)
    late = _minutes_late(promise) if is_late else 0
    name = Name.PROMISE_BROKEN if is_late else Name.PROMISE_KEPT
    _tell(name, promise.ticket, promise, agent, late=late, how="kept")


def cancel(promise: Promise, ticket: Ticket, agent: Agent) -> None:
    """It need not be kept any more; after its time it is broken. Raises IllegalMove if it was settled before."""
    is_late = clock.now() > promise.due_at + GRACE
    _settle(promise, PromiseState.BROKEN if is_late else PromiseState.CANCELLED, agent, "cancelled")
    name = Name.PROMISE_BROKEN if is_late else Name.PROMISE_CANCELLED
    _tell(name, ticket, promise, agent, late=_minutes_late(promise) if is_late else 0, how="cancelled")


def of(ticket: Ticket) -> list[Promise]:
    """The promises of a ticket: open ones by their time, then the settled ones, the newest first."""
    asked = select(Promise).where(Promise.ticket_id == ticket.id)
    asked = asked.options(joinedload(Promise.owner).lazyload(Agent.roles)).order_by(Promise.due_at, Promise.id)
    found = list(db.session.scalars(asked))
    settled = [promise for promise in found if promise.state is not PromiseState.OPEN]
    return [promise for promise in found if promise.state is PromiseState.OPEN] + settled[::-1]


def mine(agent: Agent, *, limit: int = 100) -> Sequence[Promise]:
    """The open promises of *agent* with their tickets and customers, the next first."""
    asked = select(Promise).where(Promise.owner_id == agent.id, Promise.state == PromiseState.OPEN)
    together = joinedload(Promise.ticket).joinedload(Ticket.customer)
    return db.session.scalars(asked.options(together).order_by(Promise.due_at, Promise.id).limit(limit)).all()


def unseen(agent: Agent) -> Sequence[Promise]:
    """Missed promises whose alarm stands on the desk of *agent*, the oldest first."""
    readers = (PromiseReader.promise_id == Promise.id) & (PromiseReader.agent_id == agent.id)
    asked = select(Promise).join(PromiseReader, readers).join(Ticket, Ticket.id == Promise.ticket_id)
    asked = asked.where(PromiseReader.seen_at.is_(None), Promise.state == PromiseState.OPEN, scope.visible_to(agent))
    together = joinedload(Promise.ticket).joinedload(Ticket.customer)
    return db.session.scalars(asked.options(together).order_by(Promise.due_at).limit(5)).all()


def see(promise: Promise, agent: Agent) -> None:
    """Take the alarm off the desk of *agent*."""
    mine = (PromiseReader.promise_id == promise.id) & (PromiseReader.agent_id == agent.id)
    db.session.execute(update(PromiseReader).where(mine).values(seen_at=clock.now()))


def _settle(promise: Promise, state: PromiseState, agent: Agent, disposition: str | None = None) -> None:
    open_ = (Promise.id == promise.id, Promise.state == PromiseState.OPEN)
    settling = update(Promise).where(*open_).values(state=state, settled_at=clock.now()).returning(Promise.id)
    is_mine = db.session.scalar(settling, execution_options={"synchronize_session": False}) is not None
    db.session.refresh(promise)
    if not is_mine:
        raise IllegalMove(_("This promise is settled already."))
    promised_work.end(promise.interaction_id, None if disposition else agent.id, disposition)


def _is_late(promise: Promise) -> bool:
    """Whether it is past its time, and nobody was at it in time."""
    begun = promised_work.begun_at(promise.interaction_id)
    return min(filter(None, (begun, clock.now()))) > promise.due_at + GRACE


def _minutes_late(promise: Promise) -> int:
    return int((clock.now() - promise.due_at).total_seconds() // 60)


def _checked(
    ticket: Ticket, words: str, due_at: datetime | None, owner: Agent | None, former: Promise | None = None
) -> dict[str, Any]:
    """The columns that were asked for; the former time may stay though it has passed."""
    wrong: dict[str, str] = {}
    try:
        words = lines.one_line(words, MAX_WORDS)
    except ValueError as error:
        wrong["words"] = str(error)
    now = clock.now()
    due_at = due_at or (former.due_at if former else None)
    if not words:
        wrong["words"] = _("Please write what is promised.")
    if due_at is None:
        wrong["due"] = _("Say until when.")
    elif due_at != (former.due_at if former else None) and not now <= due_at <= now + FARTHEST:
        wrong["due"] = _("This time has passed.") if due_at < now else _("At most a year ahead.")
    if owner is not None and not (former and owner.id == former.owner_id) and not _may_own(owner, ticket):
        wrong["owner"] = _("%(name)s cannot see this ticket.", name=owner.name)
    Invalid.raise_for(wrong)
    return {"words": words, "due_at": due_at, "owner_id": owner.id if owner else None}


def _may_own(owner: Agent, ticket: Ticket) -> bool:
    return owner.active and scope.sees(owner, ticket.id)


def _changes(promise: Promise, wanted: dict[str, Any], owner: Agent | None) -> dict[str, list[Any]]:
    new = {"words": wanted["words"], "due_at": wanted["due_at"].isoformat(), "owner": owner.name if owner else None}
    former = promise.owner.name if promise.owner else None
    old = {"words": promise.words, "due_at": promise.due_at.isoformat(), "owner": former}
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}


def _tell(
    name: Name, ticket: Ticket, promise: Promise, agent: Agent | None, former: int | None = None, **data: Any
) -> None:
    """The event, and a nudge for those whose day it changes."""
    due_at = promise.due_at.isoformat()
    log.record(name, ticket, agent, promise=promise.id, words=promise.words, due_at=due_at, **data)
    for owner_id in filter(None, {promise.owner_id, former}):
        bus.after_commit(name, {"ticket": ticket.id, "agent": owner_id})
