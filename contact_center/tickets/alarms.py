"""When a deadline is at risk or missed: who is told, by a notice on their desk or by letter, and what else is done.

Called by the clock every few seconds. At 75 % its agent is told, at 90 % also the supervisors where nobody has it; what
happens when it is missed the policy says. Nobody is told outside the hours that a deadline counts in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.sla import clocks
from contact_center.sla.models import Deadline, DeadlineState, Target
from contact_center.sla.policies import WITHOUT_POLICY, Step
from contact_center.tickets import complaints, deadlines, lifecycle, moves, scope
from contact_center.tickets.models import UNSETTLED, Priority, Ticket
from contact_center.tickets.notices import DeadlineNotice

_HIGHER = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH, Priority.HIGH: Priority.URGENT}
_SHOWN = 3


def sweep(limit: int = 100, *, quietly: bool = False) -> list[tuple[int, int]] | None:
    """Tell of deadlines that are at risk or missed; returns (ticket, stage) of those, None when nothing was due.

    Each stage once: the ticket is locked, and the row takes the step only from where it stood. *quietly* notes what
    lies behind and tells nobody: history that was brought in.
    """
    now = clock.now()
    due = (Deadline.state == DeadlineState.RUNNING, Deadline.next_at <= now)
    ids = db.session.scalars(select(Deadline.ticket_id).where(*due).order_by(Deadline.next_at).limit(limit)).all()
    if not ids:
        return None
    locked = select(Ticket).where(Ticket.id.in_(set(ids))).order_by(Ticket.id)
    locked = locked.with_for_update(skip_locked=True, of=Ticket, key_share=True).execution_options(
        populate_existing=True
    )
    told: list[tuple[int, int]] = []
    for ticket in db.session.scalars(locked).all():
        for row in db.session.scalars(select(Deadline).where(Deadline.ticket_id == ticket.id, *due)).all():
            stage = _step(row, now, quietly=quietly)
            if stage is not None and not quietly:
                _tell(ticket, row, stage)
                told.append((ticket.id, stage))
    return told


def pass_over(ticket_ids: Sequence[int]) -> None:
    """Note what lies behind on these tickets, and tell nobody."""
    now = clock.now()
    due = (Deadline.state == DeadlineState.RUNNING, Deadline.next_at <= now, Deadline.ticket_id.in_(ticket_ids))
    for row in db.session.scalars(select(Deadline).where(*due)).all():
        _step(row, now, quietly=True)


def unseen(agent: Agent) -> Sequence[DeadlineNotice]:
    """The notices on the desk of *agent*, what is due first on top; of what is owed no more there are none."""
    mine = (DeadlineNotice.agent_id == agent.id) & DeadlineNotice.seen_at.is_(None)
    asked = select(DeadlineNotice).join(Deadline, Deadline.id == DeadlineNotice.deadline_id)
    asked = asked.join(Ticket, Ticket.id == DeadlineNotice.ticket_id).where(mine, scope.state_in(UNSETTLED))
    owed = asked.where(Deadline.state == DeadlineState.RUNNING, scope.visible_to(agent))
    return db.session.scalars(owed.order_by(Deadline.due_at).limit(_SHOWN)).all()


def see(ticket: Ticket, agent: Agent) -> None:
    """Take the notice off the desk of *agent*."""
    mine = (DeadlineNotice.ticket_id == ticket.id) & (DeadlineNotice.agent_id == agent.id)
    db.session.execute(update(DeadlineNotice).where(mine).values(seen_at=clock.now()))


def _step(row: Deadline, now: datetime, *, quietly: bool) -> int | None:
    """Let a deadline take its next stage; None if that has to wait until its hours begin, or somebody was faster."""
    found = deadlines.value_of(row)
    later = None if quietly else clocks.postponed(found, deadlines.hours_of, now)
    if later is not None:
        row.next_at = later
        return None
    after = clocks.crossed(found, deadlines.hours_of, now)
    taken = update(Deadline).where(Deadline.id == row.id, Deadline.stage == row.stage)
    taken = taken.where(Deadline.state == DeadlineState.RUNNING).values(stage=after.stage, next_at=after.next_at)
    is_ours = db.session.scalar(taken.returning(Deadline.id).execution_options(synchronize_session=False)) is not None
    is_further = is_ours and after.stage > row.stage
    db.session.refresh(row)
    return after.stage if is_further else None


def _tell(ticket: Ticket, row: Deadline, stage: int) -> None:
    if stage == 100:
        _missed(ticket, row)
        return
    told = [ticket.assignee] if ticket.assignee else _supervisors(ticket) if stage == 90 else []
    _notify(ticket, row, told)
    names = [agent.name for agent in told]
    log.record(Name.DEADLINE_WARNED, ticket, target=row.target, stage=stage, due=row.due_at.isoformat(), people=names)


def _missed(ticket: Ticket, row: Deadline) -> None:
    """Do what the policy says; where none does, tell the agent and the supervisors."""
    done, told, written = [], dict[int, Agent](), dict[int, Agent]()
    for step in row.because.get("on_breach", WITHOUT_POLICY):
        if step == Step.NOTIFY_ASSIGNEE and ticket.assignee is not None:
            told[ticket.assignee.id] = ticket.assignee
        elif step == Step.NOTIFY_SUPERVISORS:
            told |= {agent.id: agent for agent in _supervisors(ticket)}
        elif step == Step.PAGE_SUPERVISOR:
            written |= {agent.id: agent for agent in _supervisors(ticket)}
        elif step in _ACTS and _ACTS[step](ticket):
            done.append(step)
    _notify(ticket, row, told.values())
    for agent in written.values():
        _write(ticket, row, agent)
    names = sorted(agent.name for agent in {**told, **written}.values())
    log.record(
        Name.DEADLINE_MISSED, ticket, target=row.target, due=row.due_at.isoformat(), people=names,
        written=[agent.name for agent in written.values()], done=done,
    )  # fmt: skip


def _raise_priority(ticket: Ticket) -> bool:
    """One higher; False if there is none."""
    old, new = ticket.priority, _HIGHER.get(ticket.priority)
    if new is None or moves.make(ticket, Ticket.state.in_(UNSETTLED), priority=new) is None:
        return False
    changes = {"priority": [old, new]}
    log.record(Name.TICKET_CHANGED, ticket, None, changes=changes, version=ticket.version, because="late")
    return True


def _give_back(ticket: Ticket) -> bool:
    """Back to the queue; False if nobody has it."""
    return ticket.assignee_id is not None and lifecycle.recover(ticket, because="late")


_ACTS: dict[str, Callable[[Ticket], bool]] = {Step.RAISE_PRIORITY: _raise_priority, Step.REASSIGN: _give_back}


def _supervisors(ticket: Ticket) -> list[Agent]:
    return complaints.supervisors_of(ticket.queue)


def _notify(ticket: Ticket, row: Deadline, people: Iterable[Agent]) -> None:
    """Put it on their desks; what stood there of this ticket gives way."""
    for agent in people:
        values = {"deadline_id": row.id, "stage": row.stage, "at": clock.now(), "seen_at": None}
        new = insert(DeadlineNotice).values(ticket_id=ticket.id, agent_id=agent.id, **values)
        db.session.execute(new.on_conflict_do_update(index_elements=["ticket_id", "agent_id"], set_=values))
        bus.after_commit(Name.DEADLINE_WARNED, {"agent": agent.id})


def _write(ticket: Ticket, row: Deadline, agent: Agent) -> None:
    url = current_app.config["CC"].public_url
    with force_locale(agent.language):
        what = target_word(row.target)
        subject = _("%(target)s is late: %(ref)s", target=what, ref=ticket.ref)
        text = _(
            "%(target)s was due and is not done.\n\n%(ref)s: %(subject)s\n%(link)s",
            target=what, ref=ticket.ref, subject=ticket.subject, link=f"{url}/desk/tickets/{ticket.ref}",
        )  # fmt: skip
    post.queue(
        Letter(
            purpose=Purpose.ALARM, recipient=agent.email, subject=subject, text=text, ticket_id=ticket.id,
            domain=urlsplit(url).hostname or "localhost", payload={"automatic": True, "language": agent.language},
        )
    )  # fmt: skip


def target_word(target: str) -> str:
    """What a target is called."""
    return {
        Target.FIRST_RESPONSE: _("First answer"),
        Target.NEXT_RESPONSE: _("Next answer"),
        Target.RESOLUTION: _("Solution"),
    }[Target(target)]
