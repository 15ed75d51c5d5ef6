"""Single channels that an agent takes no new work over: a hoarse throat pauses calls, mails go on.

The agent's desk pauses and resumes, routing asks who has paused what. Going offline ends all pauses, so that nobody
begins a day without mails because of yesterday's. One open stretch per agent and channel, held by an index.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent, ChannelPause
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db

CHANNELS = ("phone", "sms", "email", "web", "promise")  # what work may come over; `queues.channels` has their costs


def pause(agent: Agent, channel: str) -> None:
    """Offer *agent* nothing over *channel* from now on; what they have in hand stays theirs. Raises Invalid."""
    opening = insert(ChannelPause).values(agent_id=agent.id, channel=_known(channel), started_at=clock.now())
    # Paused in another tab already: the partial unique index decides.
    opened = db.session.scalars(opening.on_conflict_do_nothing().returning(ChannelPause)).one_or_none()
    if opened is not None:
        log.record(Name.CHANNEL_PAUSED, opened, agent, person_id=agent.id, channel=channel)


def resume(agent: Agent, channel: str) -> None:
    """Take work over *channel* again. Raises Invalid."""
    _end(agent.id, agent, _known(channel))


def resume_all(agent_id: int) -> None:
    """End all pauses of somebody who went offline."""
    _end(agent_id, None, *CHANNELS)


def paused(agent_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The channels each of them has paused now; who has paused none is missing."""
    asked = select(ChannelPause.agent_id, func.array_agg(ChannelPause.channel)).group_by(ChannelPause.agent_id)
    asked = asked.where(ChannelPause.agent_id.in_(agent_ids), ChannelPause.ended_at.is_(None))
    return {agent_id: frozenset(channels) for agent_id, channels in db.session.execute(asked)}


def of(agent: Agent) -> list[str]:
    """The channels *agent* has paused now, in the order of `CHANNELS`."""
    return sorted(paused([agent.id]).get(agent.id, ()), key=CHANNELS.index)


def stretches(agent: Agent, start: datetime, end: datetime) -> list[ChannelPause]:
    """The pauses that reach into the time between two instants, in their order."""
    reaches = or_(ChannelPause.ended_at.is_(None), ChannelPause.ended_at > start)
    asked = select(ChannelPause).where(ChannelPause.agent_id == agent.id, ChannelPause.started_at < end, reaches)
    return list(db.session.scalars(asked.order_by(ChannelPause.started_at, ChannelPause.id)))


def _end(agent_id: int, actor: Agent | None, *channels: str) -> None:
    open_ones = (ChannelPause.agent_id == agent_id, ChannelPause.ended_at.is_(None), ChannelPause.channel.in_(channels))
    ended_at = func.greatest(ChannelPause.started_at, clock.now())
    ending = update(ChannelPause).where(*open_ones).values(ended_at=ended_at).returning(ChannelPause)
    ended = list(db.session.scalars(ending))
    for row in ended:
        log.record(Name.CHANNEL_RESUMED, row, actor, person_id=agent_id, channel=row.channel)


def _known(channel: str) -> str:
    if channel not in CHANNELS:
        raise Invalid(_("There is no such channel."), {"channel": _("There is no such channel.")})
    return channel
