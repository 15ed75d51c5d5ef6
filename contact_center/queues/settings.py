"""Queues as an administrator sets them up: name, team, order, members, which one takes web requests, active or not, and
how it is served (the fields that `serving.read` makes).

Called by the admin door and the demo. Verbs never commit. Whether a queue may be closed while tickets or mailboxes
still hang on it is decided by the door, which knows both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import rows
from contact_center.agents.models import Agent, Team
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues import overflow
from contact_center.queues.models import Queue, QueueMember

_TAKEN = lazy_gettext("There is a queue with this name already.")


def listed() -> list[Queue]:
    """All queues, the active ones first, in their order."""
    return list(db.session.scalars(select(Queue).order_by(Queue.is_active.desc(), Queue.position, Queue.id)))


def members() -> dict[int, list[Agent]]:
    """Who serves each queue, by name; queue id → people, deactivated ones left out."""
    asked = select(QueueMember.queue_id, Agent).join(Agent, Agent.id == QueueMember.agent_id).where(Agent.active)
    found: dict[int, list[Agent]] = {}
    for queue_id, agent in db.session.execute(asked.order_by(func.lower(Agent.name), Agent.id)):
        found.setdefault(queue_id, []).append(agent)
    return found


def ids_of(agent: Agent) -> set[int]:
    """The queues *agent* serves."""
    return set(db.session.scalars(select(QueueMember.queue_id).where(QueueMember.agent_id == agent.id)))


def create(name: str, team_id: int | None, actor: Agent) -> Queue:
    """Open a queue at the end of the list; the first one takes the web requests. Raises Invalid."""
    queue = Queue(name=rows.name(name), team_id=_team(team_id), position=rows.last_position(Queue))
    queue.takes_web_requests = db.session.scalar(select(Queue.id).where(Queue.takes_web_requests)) is None
    with rows.unique(name=_TAKEN):
        db.session.add(queue)
    _record(queue, actor, changes={"name": [None, queue.name], "team_id": [None, queue.team_id]})
    return queue


def change(queue: Queue, actor: Agent, version: int, *, name: str, team_id: int | None, **serving: Any) -> bool:
    """Change name, team and how it is served; returns whether anything did.

    Raises Stale with the difference, or Invalid.
    """
    wanted = {"name": rows.name(name), "team_id": _team(team_id), **serving}
    db.session.execute(select(Queue.id).order_by(Queue.id).with_for_update())  # overflow leads from one to another
    db.session.refresh(queue)
    if overflow.circle(queue.id, wanted.get("overflow", [])):
        raise Invalid(_("These queues would overflow in a circle."))
    stale = _("Somebody else has changed this queue in the meantime.")
    changes = rows.change(queue, wanted, version, stale, name=_TAKEN)
    if not changes:
        return False
    _record(queue, actor, changes=changes)
    return True


def levels(queue_id: int) -> dict[int, int]:
    """How proficient each member is here: agent id → 1 to 5."""
    asked = select(QueueMember.agent_id, QueueMember.level).where(QueueMember.queue_id == queue_id)
    return dict(db.session.execute(asked).all())


def set_levels(queue_id: int, wanted: Mapping[int, int], actor: Agent) -> None:
    """Set how proficient members are here; who is no member is passed over. Raises Invalid."""
    if any(level not in range(1, 6) for level in wanted.values()):
        raise Invalid(_("A level is a number from 1 to 5."))
    old = levels(queue_id)
    changed = {agent_id: level for agent_id, level in wanted.items() if old.get(agent_id, level) != level}
    for agent_id, level in sorted(changed.items()):
        member = (QueueMember.queue_id == queue_id, QueueMember.agent_id == agent_id)
        db.session.execute(update(QueueMember).where(*member).values(level=level))
    if changed:
        said = {str(agent_id): [old[agent_id], level] for agent_id, level in changed.items()}
        _record(db.session.get_one(Queue, queue_id), actor, levels=said)


def join(queue_id: int, agent_ids: Collection[int], actor: Agent) -> None:
    """Let people serve a queue; who serves it already stays, who does not exist is passed over."""
    known = select(literal(queue_id), Agent.id).where(Agent.id.in_(agent_ids))
    joining = insert(QueueMember).from_select(["queue_id", "agent_id"], known)
    joined = db.session.scalars(joining.on_conflict_do_nothing().returning(QueueMember.agent_id)).all()
    _record_members(queue_id, actor, joined=sorted(joined))


def leave(queue_id: int, agent_ids: Collection[int], actor: Agent) -> None:
    """Take people off a queue; tickets they have taken stay theirs."""
    leaving = delete(QueueMember).where(QueueMember.queue_id == queue_id, QueueMember.agent_id.in_(agent_ids))
    left = db.session.scalars(leaving.returning(QueueMember.agent_id)).all()
    _record_members(queue_id, actor, left=sorted(left))


def move(queue: Queue, by: int, actor: Agent) -> None:
    """Move a queue up (-1) or down (+1) in everybody's list."""
    if rows.move(queue, by):
        _record(queue, actor, moved=by)


def take_web_requests(queue: Queue, actor: Agent) -> None:
    """Send the request form's tickets to *queue* from now on. Raises IllegalMove if it is inactive."""
    if not queue.is_active:
        raise IllegalMove(_("“%(name)s” is deactivated. Reactivate it first.", name=queue.name))
    if queue.takes_web_requests:
        return
    before = update(Queue).where(Queue.takes_web_requests).values(takes_web_requests=False, version=Queue.version + 1)
    old = db.session.scalar(before.returning(Queue.id))
    db.session.flush()
    queue.takes_web_requests = True
    queue.version += 1
    db.session.flush()
    _record(queue, actor, web_requests_from=old)


def deactivate(queue: Queue, actor: Agent) -> None:
    """Close a queue for new work. Raises IllegalMove for the last active one and the one that takes web requests."""
    active = list(db.session.scalars(select(Queue).where(Queue.is_active).order_by(Queue.id).with_for_update()))
    if queue not in active:
        raise IllegalMove(_("“%(name)s” is deactivated already.", name=queue.name))
    if len(active) == 1:
        raise IllegalMove(_("“%(name)s” is the last active queue. Work must arrive somewhere.", name=queue.name))
    if queue.takes_web_requests:
        raise IllegalMove(_("“%(name)s” takes the web requests. Choose another queue for them first.", name=queue.name))
    _activate(queue, False, actor)


def reactivate(queue: Queue, actor: Agent) -> None:
    """Open a queue again. Raises IllegalMove if it is active."""
    if queue.is_active:
        raise IllegalMove(_("“%(name)s” is active already.", name=queue.name))
    _activate(queue, True, actor)


def _activate(queue: Queue, active: bool, actor: Agent) -> None:
    queue.is_active = active
    queue.version += 1
    db.session.flush()
    _record(queue, actor, changes={"is_active": [not active, active]})


def _team(team_id: int | None) -> int | None:
    if team_id is not None and db.session.get(Team, team_id) is None:
        sentence = _("This team does not exist any more.")
        raise Invalid(sentence, {"team_id": sentence})
    return team_id


def _record_members(queue_id: int, actor: Agent, **who: list[int]) -> None:
    if any(who.values()):
        _record(db.session.get_one(Queue, queue_id), actor, **who)


def _record(queue: Queue, actor: Agent, **data: object) -> None:
    log.record(Name.QUEUE_CHANGED, queue, actor, queue_id=queue.id, **data)
