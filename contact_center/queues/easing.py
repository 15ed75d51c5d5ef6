"""Skills that a queue or a rule asks for, and how the asking eases while somebody waits. Pure.

Written in a row as `3:4 7:2`: skill 3 at level 4 or better, skill 7 at level 2. Routing and its simulator call this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

Asks = tuple[tuple[int, int], ...]  # (skill id, least level), by skill id


def parse(text: str) -> Asks:
    """What `write` wrote."""
    return tuple((int(skill), int(level)) for skill, _colon, level in (word.partition(":") for word in text.split()))


def write(asks: Asks | Mapping[Any, Any]) -> str:
    """In a row, by skill; a mapping is skill id → least level, as queues and rules keep it."""
    pairs = asks.items() if isinstance(asks, Mapping) else asks
    return " ".join(f"{skill}:{level}" for skill, level in sorted((int(skill), int(level)) for skill, level in pairs))


def both(*several: Iterable[tuple[int, int]]) -> Asks:
    """What several ask for together: of each skill the highest level."""
    highest: dict[int, int] = {}
    for asks in several:
        for skill, level in asks:
            highest[skill] = max(level, highest.get(skill, 0))
    return tuple(sorted(highest.items()))


def eased(asked: Asks, steps: Sequence[Mapping[str, Any]], waited: float) -> tuple[Asks, float | None]:
    """What is still asked for after *waited* seconds, and after how many the next step comes (None: no more).

    Steps are {"after": seconds, "lower": levels} or {"after": seconds, "anyone": true}; each counts from the level that
    was asked for at first, and the last one whose time has come is the one that holds.
    """
    now, later = asked, None
    for step in sorted(steps, key=lambda step: float(step["after"])):
        if not now:
            break
        if float(step["after"]) > waited:
            later = float(step["after"])
            break
        now = () if step.get("anyone") else _lowered(asked, int(step.get("lower", 0)))
    return now, later


def standing(
    asked: Asks, steps: Sequence[Mapping[str, Any]], since: datetime, now: datetime
) -> tuple[str, datetime | None]:
    """What is still asked for by what has waited *since*, as `write` writes it, and when the next step comes."""
    asks, later = eased(asked, steps, (now - since).total_seconds())
    return write(asks), None if later is None else since + timedelta(seconds=later)


def _lowered(asked: Asks, levels: int) -> Asks:
    return tuple((skill, level - levels) for skill, level in asked if level - levels >= 1)
