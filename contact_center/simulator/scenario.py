"""Scenarios: a centre and its traffic in a file of TOML or JSON, whole, or only what differs from another. Pure.

docs/simulator.md says what stands in one; docs/examples/ has one to begin with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from contact_center.queues.easing import Asks
from contact_center.routing.policy import Weight
from contact_center.simulator.reading import DAY, BadScenario, Table, parsed
from contact_center.simulator.setting import (
    BONUS,
    STARVED,
    AgentSetting,
    ChannelSetting,
    QueueSetting,
    Setting,
)

WHENS = ("wait", "expected_wait", "idle_agents")
SHAPES = ("exponential", "lognormal", "fixed")
MOST_AGENTS = 5000
_NOTHING = Setting({}, {}, ())


@dataclass(frozen=True, slots=True)
class Stream:
    """Traffic of one kind: where to, how many an hour, of which tiers, how long it takes."""

    queue: int
    channel: str
    per_hour: Sequence[float]  # one, or one an hour from the beginning
    tiers: Mapping[str, float]
    handle: float
    shape: str
    spread: float
    patience: float
    asks: Asks


@dataclass(frozen=True, slots=True)
class Scenario:
    """A centre, its traffic, and from when until when it comes (seconds of the day)."""

    setting: Setting
    streams: Sequence[Stream]
    begin: float
    until: float
    seed: int


def read(text: str | bytes) -> Scenario:
    """A whole scenario. Raises BadScenario."""
    table = Table(parsed(text))
    begin, until = table.clock("from", 0), table.clock("until", DAY)
    if until <= begin:
        until += DAY
    seed = int(table.number("seed", 1))
    found = table.tables("arrivals")
    if not found:
        table.wrong("arrivals", "is missing")
    setting = _setting(table, replace(_NOTHING, begin=begin, until=until))
    names = _Names(setting)
    streams = [_stream(one, names) for one in found]
    table.done()
    return Scenario(replace(setting, skill_names=names.skill_names()), streams, begin, until, seed)


def changed(text: str | bytes, base: Setting) -> Setting:
    """*base* with what the file says instead; its traffic, if it has any, is left out. Raises BadScenario."""
    table = Table(parsed(text))
    table.forget("arrivals", "from", "until", "seed")
    setting = _setting(table, base)
    table.done()
    return setting


def _setting(table: Table, base: Setting) -> Setting:
    name = table.text("name", base.name)
    channels = {
        **base.channels,
        **{key: _channel(one, base.channels.get(key)) for key, one in _inner(table, "channels")},
    }
    names = _Names(base)
    queues = dict(base.queues)
    found = _inner(table, "queues")
    for key, one in found:  # before any of them says where it flows over to
        names.queue(key, one.where, is_new=True)
    for key, one in found:
        queue = _queue(one, names.queue(key, one.where), key, queues, names)
        queues[queue.id] = queue
    agents = _agents(table, base, names)
    bonus = _per_tier(table, "bonus", base.bonus if base.queues else BONUS)
    response = _per_tier(table, "response", base.response, 0)
    return Setting(
        queues, channels, agents, name, bonus, response, base.risk,
        is_strict=table.text("policy", "strict" if base.is_strict else "shipped", ("strict", "shipped")) == "strict",
        away_seconds=table.number("away_after_missed", base.away_seconds),
        starved_seconds=table.number("starved_after", base.starved_seconds if base.queues else STARVED),
        begin=base.begin, until=base.until, skill_names=names.skill_names(),
    )  # fmt: skip


def _inner(table: Table, name: str) -> list[tuple[str, Table]]:
    inner = table.table(name)
    return [(key, inner.table(key)) for key in inner.names()]


def _per_tier(table: Table, name: str, base: Mapping[str, float], least: float = -1e6) -> Mapping[str, float]:
    inner = table.table(name)
    return {**base, **{tier: inner.number(tier, 0, least, 1e6) for tier in inner.names()}}


def _channel(table: Table, base: ChannelSetting | None) -> ChannelSetting:
    base = base or ChannelSetting()
    units = table.units("weight") if "weight" in table else base.weight.units
    made = ChannelSetting(
        Weight(units, table.flag("interruptible") if "interruptible" in table else base.weight.is_interruptible),
        table.number("ring", base.ring_seconds, 1, 3600), table.number("accept", base.accept_seconds, 0, 3600),
        table.number("missed", base.missed, 0, 0.95),
    )  # fmt: skip
    if made.weight.units is None and made.weight.is_interruptible:
        table.wrong("interruptible", "what fills an agent is not set aside for anything")
    table.done()
    return made


def _queue(table: Table, queue_id: int, name: str, known: Mapping[int, QueueSetting], names: _Names) -> QueueSetting:
    base = known.get(queue_id) or QueueSetting(queue_id, name)
    made = replace(
        base,
        asks=names.asks(table) if "asks" in table else base.asks,
        easing=[_step(step) for step in table.tables("easing")] if "easing" in table else base.easing,
        prefer_seconds=table.number("prefer", base.prefer_seconds, 0, DAY),
        wrap_up_seconds=table.number("wrap_up", base.wrap_up_seconds, 0, DAY),
        target_seconds=table.number("target", base.target_seconds),
        target_percent=table.number("target_percent", base.target_percent, 1, 100),
        head_start_minutes=table.number("head_start", base.head_start_minutes, -1440, 1440),
        overflow=[_over(step, names) for step in table.tables("overflow")] if "overflow" in table else base.overflow,
        max_size=int(table.number("max_size", 1, 1)) if "max_size" in table else base.max_size,
    )
    table.done()
    return made


def _step(table: Table) -> Mapping[str, float | bool]:
    after = table.number("after", 0)
    made: dict[str, float | bool] = {"after": after}
    made |= {"anyone": True} if table.flag("anyone") else {"lower": table.number("lower", 1, 1, 5)}
    table.done()
    return made


def _over(table: Table, names: _Names) -> Mapping[str, str | float]:
    made: dict[str, str | float] = {"when": table.text("when", "wait", WHENS), "at": table.number("at", 0)}
    made |= {"to": "queue", "queue_id": names.queue(table.text("to"), table.where)}
    table.done()
    return made


def _agents(table: Table, base: Setting, names: _Names) -> list[AgentSetting]:
    """Those of the file instead of the others, and `more_agents` beside them."""
    without = set(table.words("without_agents"))
    if unknown := without - {agent.name for agent in base.agents}:
        table.wrong("without_agents", f"nobody is called {min(unknown)}")
    found = [agent for agent in base.agents if agent.name not in without]
    if "agents" in table:
        found = []
    for one in table.tables("agents") + table.tables("more_agents"):
        found += _agent(one, names, 1 + max((agent.id for agent in found), default=-1), base.begin)
    if len(found) > MOST_AGENTS:
        table.wrong("agents", f"more than {MOST_AGENTS} agents")
    return found


def _agent(table: Table, names: _Names, number: int, begin: float) -> list[AgentSetting]:
    name, count = table.text("name", "Agent"), int(table.number("count", 1, 0, MOST_AGENTS))
    levels = {names.queue(key, table.where): level for key, level in table.levels("queues", 5).items()}
    if not levels:
        table.wrong("queues", "is missing: an agent serves some queue")
    skills = {names.skill(key): level for key, level in table.levels("skills", 5).items()}
    capacity = int(table.number("capacity", 1, 1, 100))
    shift = _beyond((table.clock("from", -inf), table.clock("until", inf)), begin)
    table.done()
    return [
        AgentSetting(number + n, name if count == 1 else f"{name} {n + 1}", levels, skills, capacity, [shift])
        for n in range(count)
    ]


def _beyond(shift: tuple[float, float], begin: float) -> tuple[float, float]:
    """A shift that ends past midnight; of a day that goes on past midnight, those in the small hours are its last."""
    since, until = shift
    if until <= since:
        until += DAY
    return (since + DAY, until + DAY) if until <= begin else (since, until)


def _stream(table: Table, names: _Names) -> Stream:
    tiers = table.table("tiers")
    made = Stream(
        names.queue(table.text("queue"), table.where), table.text("channel", "phone"),
        table.numbers("per_hour", 0, 1e6),
        {tier: tiers.number(tier, 0) for tier in tiers.names()}, table.number("handle", 300, 0, DAY),
        table.text("shape", "exponential", SHAPES), table.number("spread", 0.8, 0, 5),
        table.number("patience", 0) if "patience" in table else inf, names.asks(table),
    )  # fmt: skip
    if made.tiers and not sum(made.tiers.values()):
        table.wrong("tiers", "some tier needs a share")
    table.done()
    return made


class _Names:
    """Names of queues and skills and the numbers they have for routing; a new skill gets the next."""

    def __init__(self, setting: Setting) -> None:
        self._queues = {queue.name: queue.id for queue in setting.queues.values()}
        self._skills = {name: number for number, name in setting.skill_names.items()}

    def queue(self, name: str, where: str, *, is_new: bool = False) -> int:
        if name not in self._queues:
            if not is_new:
                raise BadScenario(f"{where}: there is no queue called {name}")
            self._queues[name] = 1 + max(self._queues.values(), default=0)
        return self._queues[name]

    def skill(self, name: str) -> int:
        return self._skills.setdefault(name, 1 + max(self._skills.values(), default=0))

    def asks(self, table: Table) -> Asks:
        return tuple(sorted((self.skill(name), level) for name, level in table.levels("asks", 5).items()))

    def skill_names(self) -> dict[int, str]:
        return {number: name for name, number in self._skills.items()}
