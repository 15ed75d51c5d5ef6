"""What a simulated centre is like: queues, channels, agents and their shifts, and how waiting work is ordered. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from contact_center.queues.easing import Asks
from contact_center.routing.policy import Weight

# As shipped; an installation's own are in its tier policies and routing settings.
BONUS: Mapping[str, float] = {"A": 60, "B": 30, "C": 10, "D": 0}
RISK: Sequence[tuple[float, float]] = ((0.75, 15), (0.9, 30))  # part of the response target → bonus minutes
STARVED = 4 * 3600.0
_ONE = Weight(1)


@dataclass(frozen=True, slots=True)
class QueueSetting:
    """A queue, as `queues.models.Queue` keeps it. Seconds."""

    id: int
    name: str
    asks: Asks = ()
    easing: Sequence[Mapping[str, Any]] = ()
    prefer_seconds: float = 0
    wrap_up_seconds: float = 0
    target_seconds: float = 3600
    target_percent: float = 80
    head_start_minutes: float = 0
    overflow: Sequence[Mapping[str, Any]] = ()
    max_size: int | None = None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class ChannelSetting:
    """What work of a channel costs, and what ringing is like: how soon it is accepted, which part rings out."""

    weight: Weight = _ONE
    ring_seconds: float = 20
    accept_seconds: float = 0
    missed: float = 0.0

    @property
    def rings(self) -> bool:
        return self.accept_seconds > 0 or self.missed > 0


@dataclass(frozen=True, slots=True)
class AgentSetting:
    """An agent: what they serve and how well, and when they are there (from, until; seconds of the day)."""

    id: int
    name: str
    levels: Mapping[int, int]
    skills: Mapping[int, int] = field(default_factory=dict)
    capacity: int = 1
    shifts: Sequence[tuple[float, float]] = ((-inf, inf),)
    paused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Setting:
    """All of it. `is_strict`: classes are served in their order whatever anybody has waited (slope 0)."""

    queues: Mapping[int, QueueSetting]
    channels: Mapping[str, ChannelSetting]
    agents: Sequence[AgentSetting]
    name: str = ""
    bonus: Mapping[str, float] = field(default_factory=lambda: dict(BONUS))
    response: Mapping[str, float] = field(default_factory=dict)  # tier → minutes of its target for the first answer
    risk: Sequence[tuple[float, float]] = RISK
    is_strict: bool = False
    away_seconds: float = 120  # how long somebody who let it ring out is gone
    starved_seconds: float = STARVED
    begin: float = 0.0  # of the day's traffic; shifts that end before it are those of the next morning
    until: float = -inf  # the end of the day: as long those have waited whom nobody answers
    skill_names: Mapping[int, str] = field(default_factory=dict)

    def channel(self, name: str) -> ChannelSetting:
        """How a channel is set up; one that nobody has set up fills an agent."""
        return self.channels.get(name, _FULL)


_FULL = ChannelSetting(Weight(None))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A piece of work that comes in, whatever the setting. Seconds; `minutes` are bonus other than the tier's,
    `asks` skills beside those of its queue."""

    at: float
    service: float
    queue: int = 1
    channel: str = "phone"
    tier: Any = None
    patience: float = inf
    asks: Asks = ()
    prefers: tuple[int, ...] = ()
    minutes: float = 0
    key: Any = None  # what it is called elsewhere
