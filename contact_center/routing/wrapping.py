"""Wrap-up: the minutes after the work with a customer, as the queue asks for them.

Mandatory until the agent says how it ended, with a timeout, or forced for so many seconds; see `queues.models.WrapUp`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue, WrapUp
from contact_center.statement import Statement
from contact_center.tickets import interactions
from contact_center.tickets.messages import Handling, Interaction, InteractionState

LATE = timedelta(minutes=2)  # after which an optional wrap-up cannot begin any more

_OVER = Statement("SELECT id, wrap_until FROM interaction WHERE state = 'WRAPPING' AND wrap_until <= :now")


def of(agent: Agent) -> list[Interaction]:
    """What *agent* is wrapping up, the oldest first."""
    asked = select(Interaction).where(Interaction.agent_id == agent.id, Interaction.state == InteractionState.WRAPPING)
    return list(db.session.scalars(asked.order_by(Interaction.ended_at)))


def begin(interaction_id: int, agent: Agent) -> None:
    """Ask for the time where the queue leaves it to the agent. Raises IllegalMove if it is not to be had any more."""
    interaction = _own(interaction_id, agent)
    queue = db.session.get_one(Queue, interaction.queue_id)
    lately = interaction.ended_at is not None and interaction.ended_at > clock.now() - LATE
    if queue.wrap_up is not WrapUp.OPTIONAL or not lately:
        raise IllegalMove(_("There is no wrap-up for this any more."))
    until = clock.now() + timedelta(seconds=queue.wrap_up_seconds)
    if not _move(interaction_id, InteractionState.DONE, InteractionState.WRAPPING, wrap_until=until):
        raise IllegalMove(_("There is no wrap-up for this any more."))
    db.session.add(Handling(interaction_id=interaction_id, agent_id=agent.id, started_at=clock.now()))
    db.session.flush()


def finish(interaction_id: int, agent: Agent, disposition: str | None = None) -> None:
    """End the wrap-up; again changes nothing. Raises Invalid without a disposition where the queue wants one."""
    interaction = _own(interaction_id, agent)
    if interaction.state is not InteractionState.WRAPPING:
        return
    queue = db.session.get_one(Queue, interaction.queue_id)
    disposition = disposition or interaction.disposition
    if queue.wrap_up is WrapUp.MANDATORY and not disposition:
        sentence = _("Say how it ended.")
        raise Invalid(sentence, {"disposition": sentence})
    if queue.wrap_up is WrapUp.FORCED and interaction.wrap_until and interaction.wrap_until > clock.now():
        raise IllegalMove(_("This queue asks for its whole wrap-up time."))
    _end(interaction_id, disposition)


def end(interaction_id: int) -> bool:
    """End somebody's wrap-up for them, whatever their queue asks for. Returns False if it is over."""
    return _end(interaction_id, None)


def sweep() -> int:
    """End the wrap-ups whose time is over, as of when it was; returns how many."""
    return sum(_end(row.id, None, row.wrap_until) for row in _OVER.rows({"now": clock.now()}))


def _own(interaction_id: int, agent: Agent) -> Interaction:
    interaction = db.session.get(Interaction, interaction_id, populate_existing=True)
    if interaction is None or interaction.agent_id != agent.id:
        raise IllegalMove(_("This is not yours."))
    return interaction


def _end(interaction_id: int, disposition: str | None, at: datetime | None = None) -> bool:
    values: dict[str, object] = {"wrapped_at": at or clock.now(), "wrap_until": None}
    values |= {"disposition": disposition} if disposition else {}
    ended = _move(interaction_id, InteractionState.WRAPPING, InteractionState.DONE, **values)
    if ended:
        interactions.let_go([interaction_id], at)
    return ended


def _move(interaction_id: int, origin: InteractionState, to: InteractionState, **values: object) -> bool:
    moving = update(Interaction).where(Interaction.id == interaction_id, Interaction.state == origin)
    moved = db.session.execute(
        moving.values(state=to, **values).returning(Interaction.ticket_id, Interaction.agent_id),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if moved:
        bus.after_commit(Name.INTERACTION_WRAPPED, {"ticket": moved.ticket_id, "agent": moved.agent_id})
    return moved is not None
