"""In which order a run serves the waiting: as shipped (`policy.order_of`), or strictly by class. Pure."""

from __future__ import annotations

from math import inf
from typing import Any, Protocol

from contact_center.routing import policy
from contact_center.simulator.setting import Setting
from contact_center.simulator.work import Work


class Ordering(Protocol):
    def __call__(self, work: Work, now: float, /) -> Any: ...
    def next(self, work: Work, now: float, /) -> float: ...


def made_for(setting: Setting) -> Ordering:
    """The ordering that a setting asks for."""
    return Strict() if setting.is_strict else Shipped(setting)


def rank(cls: Any) -> tuple[int, float, str]:
    """The place of a class: numbers first, the smaller before the larger; then words as they sort; then none."""
    if cls is None:
        return (2, 0, "")
    if isinstance(cls, (int, float)):
        return (0, cls, "")
    return (1, 0, str(cls))


class Strict:
    """One class after the other, first come first served inside each: slope 0."""

    def __init__(self) -> None:
        self._ranks: dict[Any, tuple[int, float, str]] = {}

    def __call__(self, work: Work, _now: float) -> Any:
        tier = work.arrival.tier
        found = self._ranks.get(tier)
        if found is None:
            found = self._ranks[tier] = rank(tier)
        return (found, work.arrival.at)

    def next(self, _work: Work, _now: float) -> float:
        return inf


class Shipped:
    """The instant somebody came in, less the bonus minutes, and the steps as a target comes near."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def __call__(self, work: Work, now: float) -> Any:
        arrival, setting = work.arrival, self._setting
        bonus = {"tier": setting.bonus.get(arrival.tier, 0)}
        if arrival.minutes:
            bonus["other"] = arrival.minutes
        head_start = setting.queues[work.queue].head_start_minutes
        if head_start:
            bonus["queue"] = head_start
        if setting.response and (target := setting.response.get(arrival.tier)):
            due = [minutes for part, minutes in setting.risk if now >= arrival.at + 60 * target * part]
            bonus["risk"] = max(due, default=0)
        return policy.order_of(arrival.at, bonus)

    def next(self, work: Work, now: float) -> float:
        """When it next moves forward by itself."""
        target = self._setting.response.get(work.arrival.tier) if self._setting.response else None
        if not target:
            return inf
        steps = (work.arrival.at + 60 * target * part for part, _minutes in self._setting.risk)
        return min((step for step in steps if step > now), default=inf)
