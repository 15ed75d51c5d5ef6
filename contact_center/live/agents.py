"""The agents as a supervisor watches them: their state, what they have in hand, and what rings.

The supervisors' live page asks. Five statements, whatever the number of agents; at most `SHOWN` of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from contact_center.agents.models import Agent
from contact_center.live import queues
from contact_center.routing.policy import Candidate, Out
from contact_center.statement import Statement
from contact_center.tickets.models import ref_of

SHOWN = 200


class Doing(StrEnum):
    """What somebody does now, in the order in which a supervisor wants to know."""

    NOT_RESPONDING = "NOT_RESPONDING"
    RINGING = "RINGING"
    BUSY = "BUSY"
    FREE = "FREE"
    NO_DESK = "NO_DESK"  # says that they are available, and has no desk open
    FINISHING = "FINISHING"
    AWAY = "AWAY"


@dataclass(frozen=True, slots=True)
class Held:
    """Something in hand: handled, set aside, or being wrapped up."""

    id: int
    ticket_id: int
    channel: str
    since: datetime
    is_set_aside: bool
    wraps: bool
    is_visible: bool

    @property
    def ref(self) -> str:
        return ref_of(self.ticket_id)


@dataclass(frozen=True, slots=True)
class Ringing:
    """An offer that rings at somebody's desks."""

    ticket_id: int
    channel: str
    until: datetime

    @property
    def ref(self) -> str:
        return ref_of(self.ticket_id)


@dataclass(frozen=True, slots=True)
class AgentLine:
    """One agent who is not offline. `because` is why their state began, where somebody or something else began it."""

    id: int
    name: str
    doing: Doing
    since: datetime
    reason: str | None
    because: str
    load: int
    capacity: int
    paused: tuple[str, ...]
    held: tuple[Held, ...]
    ringing: Ringing | None
    is_looked_after: bool


def lines(viewer: Agent, seated: Collection[Candidate], find: str = "") -> list[AgentLine]:
    """Who serves a queue that *viewer* sees, or belongs to a team of theirs, and is not offline.

    *seated* are all who are not offline, as routing sees them; *find* is a part of the name.
    """
    seats = {one.id: one for one in seated}
    asked = {"viewer": viewer.id, "all": viewer.is_administrator, "supervises": viewer.is_supervisor}
    people = _PEOPLE.rows(asked | {"ids": list(seats), "find": f"%{_escaped(find)}%", "most": SHOWN})
    ids = [row.id for row in people]
    held, ringing = _held(ids, viewer), _ringing(ids)
    found = [_line(row, seats[row.id], held.get(row.id, ()), ringing.get(row.id)) for row in people]
    return sorted(found, key=lambda line: (list(Doing).index(line.doing), line.since, line.name))


def _line(row: Any, seat: Candidate, held: tuple[Held, ...], ringing: Ringing | None) -> AgentLine:
    return AgentLine(
        row.id, row.name, _doing(row.state, seat, held), row.started_at, row.reason, row.because,
        seat.load - seat.kept_free, seat.capacity, tuple(sorted(seat.paused)), held, ringing, row.is_looked_after,
    )  # fmt: skip


def _doing(state: str, seat: Candidate, held: tuple[Held, ...]) -> Doing:
    if state in (Doing.NOT_RESPONDING, Doing.FINISHING, Doing.AWAY):
        return Doing(state)
    if seat.rings:
        return Doing.RINGING
    if seat.hindered is Out.AWAY:
        return Doing.NO_DESK
    return Doing.BUSY if held else Doing.FREE


_PEOPLE = Statement("""
    WITH mine AS (SELECT team_id FROM team_member WHERE agent_id = :viewer),
    watched AS (
        SELECT queue_id AS id FROM queue_member WHERE agent_id = :viewer
        UNION SELECT id FROM queue WHERE :supervises AND team_id IN (SELECT team_id FROM mine)
    )
    SELECT a.id, a.name, p.state, p.started_at, p.reason, p.because, :all OR team.is_mine AS is_looked_after
    FROM agent a
    JOIN presence p ON p.agent_id = a.id AND p.ended_at IS NULL AND p.state <> 'OFFLINE'
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM team_member m WHERE m.agent_id = a.id AND m.team_id IN (SELECT team_id FROM mine)
    ) AS is_mine) team
    WHERE a.active AND a.id = ANY(:ids) AND a.name ILIKE :find
    AND (:all OR team.is_mine OR EXISTS (
        SELECT FROM queue_member m WHERE m.agent_id = a.id AND m.queue_id IN (SELECT id FROM watched)
    ))
    ORDER BY p.state = 'NOT_RESPONDING' DESC, p.state = 'AWAY', lower(a.name), a.id LIMIT :most
""")
_HELD = Statement("""
    SELECT i.id, i.agent_id, i.ticket_id, i.channel,
           i.set_aside_at IS NOT NULL AS is_set_aside, i.state = 'WRAPPING' AS wraps,
           coalesce(CASE WHEN i.state = 'WRAPPING' THEN i.ended_at ELSE i.accepted_at END, i.queued_at) AS since,
           :all OR i.queue_id = ANY(:queues) AS is_visible
    FROM interaction i
    WHERE i.state IN ('HANDLING', 'WRAPPING') AND i.agent_id = ANY(:ids)
    ORDER BY i.agent_id, i.set_aside_at IS NOT NULL, since
""")
_RINGING = Statement("""
    SELECT o.agent_id, i.ticket_id, i.channel, o.expires_at FROM offer o JOIN interaction i ON i.id = o.interaction_id
    WHERE o.state = 'PENDING' AND o.agent_id = ANY(:ids)
""")


def _held(ids: list[int], viewer: Agent) -> Mapping[int, tuple[Held, ...]]:
    found: dict[int, list[Held]] = {}
    asked = {"ids": ids, "all": viewer.is_administrator, "queues": queues.watched_by(viewer)}
    for row in _HELD.rows(asked):
        one = Held(row.id, row.ticket_id, row.channel, row.since, row.is_set_aside, row.wraps, row.is_visible)
        found.setdefault(row.agent_id, []).append(one)
    return {agent_id: tuple(several) for agent_id, several in found.items()}


def _ringing(ids: list[int]) -> Mapping[int, Ringing]:
    rows = _RINGING.rows({"ids": ids})
    return {row.agent_id: Ringing(row.ticket_id, row.channel, row.expires_at) for row in rows}


def _escaped(find: str) -> str:
    """What is looked for, with nothing in it that a pattern understands."""
    return find.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
