"""Who is offered what: the pure part of routing. State in, decisions out; no clock, no database, no randomness.

The dispatcher feeds it rows and makes offers of its matches; the simulator feeds it a virtual day. Two rules:

- The waiting are served by their `order`, the smallest first. As shipped that is the instant they came in less all
  bonus minutes: a constant, so whoever waits long enough outranks any newcomer, and nobody starves.
- Work goes to who serves its queue with the highest proficiency, then to the least busy, then to the longest idle.

Waiting work that the same agents can take forms a *lane*. `matching` keeps the lanes and finds the pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from contact_center.queues import easing
from contact_center.queues.easing import Asks

Order = Any  # whatever compares: seconds, or (class, seconds)


class Lane(NamedTuple):
    """Work that any agent can take all of or none of."""

    queue: int
    channel: str
    asks: Asks = ()
    held_for: tuple[int, ...] = ()  # only these for now; nobody: everybody
    not_for: tuple[int, ...] = ()

    @classmethod
    def of(cls, row: Any) -> Lane:
        """The lane of a waiting interaction's row."""
        return cls(row.queue_id, row.channel, easing.parse(row.asks), tuple(row.held_for), tuple(row.not_for))


class Weight(NamedTuple):
    """What work of a channel costs: so many units of a capacity, or the whole agent (None)."""

    units: int | None = 1
    is_interruptible: bool = False


class Waiting(NamedTuple):
    """A piece of waiting work."""

    order: Order
    id: int
    lane: Lane


class Out(StrEnum):
    """Why an agent of the queue was not offered it."""

    AWAY = "AWAY"
    RINGING = "RINGING"
    FULL = "FULL"
    PAUSED = "PAUSED"
    MUTE = "MUTE"  # no telephone of theirs is ready
    SKILL = "SKILL"
    HELD = "HELD"  # it is kept for somebody else at first
    DECLINED = "DECLINED"


@dataclass(slots=True, eq=False)
class Candidate:
    """An agent as routing sees them. `load` counts in the weights of channels; `loose` of it can be set aside."""

    id: int
    levels: Mapping[int, int]  # queue → proficiency
    skills: Mapping[int, int] = field(default_factory=dict)
    capacity: int = 1
    load: int = 0
    loose: int = 0
    idle_since: float = 0.0
    paused: frozenset[str] = frozenset()
    mute: frozenset[str] = frozenset()  # of the paused channels those that take a telephone, which is not ready
    hindered: Out | None = None  # AWAY or RINGING: on the list of the queue, and not to be asked
    rings: bool = False  # something rings at their desk
    kept_free: int = 0  # of the load: nothing in hand, but nothing else may be offered meanwhile
    turn: int = 0  # of the entry in its group that counts

    def take(self, weight: Weight) -> None:
        """Count work of that weight."""
        if weight.units is None:
            self.load, self.loose = self.capacity, 0
            return
        self.load += weight.units
        self.loose += weight.units if weight.is_interruptible else 0

    def ring(self, weight: Weight) -> None:
        """Something of that weight rings at their desk. What may be set aside makes way for what fills an agent."""
        self.rings = True
        if weight.is_interruptible and self.load == self.loose:
            self.kept_free = self.capacity - self.load
            self.load = self.loose = self.capacity
        else:
            self.hindered = Out.RINGING

    def drop(self, weight: Weight) -> None:
        """Count it no more."""
        if weight.units is None:
            self.load, self.loose = 0, 0
            return
        self.load -= weight.units
        self.loose -= weight.units if weight.is_interruptible else 0

    def has_room(self, weight: Weight) -> bool:
        """Whether work of that weight fits. What fills an agent sets aside what is interruptible, never the reverse."""
        if weight.units is None:
            return self.load == self.loose
        return self.load + weight.units <= self.capacity


@dataclass(frozen=True, slots=True)
class Decision:
    """Why this agent, and why not the others: of the queue's members who are not offline."""

    winner: int
    ranked: tuple[tuple[int, int, int, float], ...]  # who could: (agent, proficiency, load, idle since), best first
    out: Mapping[Out, tuple[int, ...]]  # who could not, and why

    def as_json(self) -> dict[str, Any]:
        """For the row of the offer; at most twenty of those who could."""
        return {
            "winner": self.winner,
            "ranked": [list(one) for one in self.ranked[:20]],
            "could": len(self.ranked),
            "out": {reason: list(agents) for reason, agents in self.out.items()},
        }


def decide(lane: Lane, weight: Weight, members: Collection[Candidate], winner: Candidate | None = None) -> Decision:
    """Say of every one of *members* whether they could take work of that lane now; *winner* is who it was given to."""
    ranked: list[tuple[int, int, float, int]] = []
    out: dict[Out, list[int]] = {}
    for one in members:
        reason = None if one is winner else hindrance(lane, weight, one)
        if reason is Out.PAUSED and lane.channel in one.mute:
            reason = Out.MUTE
        elif reason is Out.FULL and one.rings:
            reason = Out.RINGING
        if reason is None:
            ranked.append((-one.levels[lane.queue], one.load, one.idle_since, one.id))
        else:
            out.setdefault(reason, []).append(one.id)
    ranked.sort()
    return Decision(
        winner.id if winner else 0,
        tuple((agent, -level, load, since) for level, load, since, agent in ranked),
        {reason: tuple(agents) for reason, agents in out.items()},
    )


def hindrance(lane: Lane, weight: Weight, candidate: Candidate) -> Out | None:
    """Why a member of the queue cannot take work of that lane now; None: nothing hinders."""
    if candidate.hindered:
        return candidate.hindered
    if candidate.id in lane.not_for:
        return Out.DECLINED
    unfit = misfit(candidate, lane)
    if unfit:
        return unfit
    if lane.held_for and candidate.id not in lane.held_for:
        return Out.HELD
    return None if candidate.has_room(weight) else Out.FULL


def order_of(queued_at: float, bonus: Mapping[str, float]) -> float:
    """The place in the queue as shipped: seconds of the instant it came in, less its bonus minutes."""
    return queued_at - 60 * sum(bonus.values())


class Serving(Protocol):
    """Whoever serves queues: a candidate, or a group of those alike."""

    @property
    def levels(self) -> Mapping[int, int]: ...
    @property
    def skills(self) -> Mapping[int, int]: ...
    @property
    def paused(self) -> frozenset[str]: ...


def misfit(one: Serving, lane: Lane) -> Out | None:
    """Why they do not serve that lane, whatever they are doing at the moment."""
    if lane.channel in one.paused:
        return Out.PAUSED
    if lane.queue not in one.levels:
        return Out.SKILL
    skills = one.skills
    return None if all(skills.get(skill, 0) >= level for skill, level in lane.asks) else Out.SKILL
