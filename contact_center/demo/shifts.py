"""Who was here on the demo's last days: shifts with a break and lunch, as the presence ledger keeps them.

Written by the desk's own verb under a standing clock, when the year's history is done; today ends with everybody
offline, for nobody sits at a desk yet.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from contact_center import clock
from contact_center.agents import channel_pauses, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.demo import people
from contact_center.extensions import db

DAYS = 7
_AVAILABLE, _AWAY = PresenceState.AVAILABLE, PresenceState.AWAY
# Minutes after eight o'clock, and by how many they differ from person to person and day to day.
_SHIFT = (
    (0, 25, _AVAILABLE, None), (150, 20, _AWAY, "Break"), (170, 10, _AVAILABLE, None), (255, 30, _AWAY, "Lunch"),
    (300, 15, _AVAILABLE, None), (420, 30, _AWAY, "Meeting"), (455, 20, _AVAILABLE, None),
    (510, 10, PresenceState.FINISHING, None), (535, 15, PresenceState.OFFLINE, None),
)  # fmt: skip


def write(now: datetime, seed: int) -> None:
    """Write the shifts of the agents up to *now*; commits."""
    agents = {agent.name: agent for agent in db.session.scalars(select(Agent))}
    for colleague in people.COLLEAGUES:
        if not colleague.queues:
            continue
        rng, agent = random.Random(f"{seed}.{colleague.name}"), agents[colleague.name]
        zone = people.zone(colleague.language)
        for day in _working_days(now, zone):
            _work(agent, day, zone, now, rng)
    db.session.commit()


def _working_days(now: datetime, zone: ZoneInfo) -> Iterator[date]:
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=back) for back in range(DAYS, -1, -1))
    return (day for day in days if day.weekday() < 5)


def _work(agent: Agent, day: date, zone: ZoneInfo, now: datetime, rng: random.Random) -> None:
    """One shift; on the present day the rest of it has not happened, and the desk is closed."""
    eight = datetime.combine(day, time(8), zone).astimezone(UTC)
    pauses = rng.random() < 0.3
    for minute, spread, state, reason in _SHIFT:
        instant = eight + timedelta(minutes=minute + rng.randint(0, spread), seconds=rng.randint(0, 59))
        if instant >= now:
            break
        with clock.standing_at(instant):
            presence.set_presence(agent, state, reason)
            if pauses and state is _AVAILABLE and minute == 170:
                channel_pauses.pause(agent, "web")
            elif pauses and minute == 420:
                channel_pauses.resume(agent, "web")
    with clock.standing_at(now - timedelta(seconds=1)):
        if (standing := presence.current(agent)) and standing.state is not PresenceState.OFFLINE:
            presence.set_presence(agent, PresenceState.OFFLINE)
