"""From the floor's counts to what one view shows: numbers, how bad they are, and what they are made of. Pure.

Times are instants, so that the browser lets them run; shares come with their counts. `formulas` in docs/wallboard.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from contact_center.satisfaction.figures import ENOUGH, wilson
from contact_center.tickets.models import ref_of
from contact_center.wall import crew
from contact_center.wall.day import SLOT
from contact_center.wall.facts import Facts
from contact_center.wall.limits import TIMERS, Limits, Tone, judge
from contact_center.wall.models import Figure
from contact_center.wall.views import Part

FEW = 10  # shares of fewer are shown, and not judged: one of two callers is no alarm
SPOKEN = "phone"
_SERVICE = ("offered", "answered", "in_time", "abandoned", "short", "wait")
_HANDLING = ("handled", "handle", "talk", "hold", "wrap")


class Judge:
    """Judges figures of one view after what they were a moment ago, and remembers what they are now."""

    def __init__(self, limits: Limits, before: Mapping[str, int]) -> None:
        self.limits = limits
        self.tones: dict[str, int] = {}
        self._before = before

    def __call__(self, figure: Figure, value: float | None, queues: Sequence[int], name: str = "") -> int:
        key = name or figure.value
        limit = self.limits.of(figure, queues)
        self.tones[key] = judge(limit, figure, value, self._before.get(key, Tone.CALM))
        return self.tones[key]

    def edges(self, figure: Figure, queues: Sequence[int]) -> dict[str, Any]:
        """The limit beside a figure, for the sentence below it and the sound."""
        limit = self.limits.of(figure, queues)
        return {"warn": limit.warn, "alarm": limit.alarm, "sounds": limit.sounds} if limit else {}


def picture(
    facts: Facts, part: Part, limits: Limits, before: Mapping[str, int]
) -> tuple[dict[str, Any], dict[str, int]]:
    """What *part* of the floor shows, as JSON, and the tones by which the next one is judged."""
    judged = Judge(limits, before)
    waits = [row for row in facts.waits if part.has(row.queue_id, row.tier, row.channel)]
    served = [row for row in facts.served if part.has(row.queue_id, row.tier, row.channel)]
    made = {
        "key": part.key,
        "at": facts.now.isoformat(),
        "day": facts.day.isoformat(),
        "waiting": _waiting(waits, part, judged),
        "longest": _longest(facts, waits, part, judged),
        "level": _level(facts, served, part, judged),
        "abandoned": _abandoned(served, part, judged),
        "asa": _asa(served, part, judged),
        "aht": _aht(facts, part, judged),
        "csat": _csat(facts, part, judged),
        "due": _due(facts, part, judged),
        "queues": [_queue(facts, one, waits, served, judged) for one in facts.queues if one in part.queues],
        "agents": crew.shown(facts, part),
        "timers": {figure.value: judged.edges(figure, part.queues) for figure in sorted(TIMERS)},
    }  # fmt: skip
    return made, judged.tones


def summed(rows: Iterable[Any], names: Sequence[str]) -> dict[str, int]:
    """The sums of these counters."""
    kept = list(rows)
    return {name: sum(int(getattr(row, name)) for row in kept) for name in names}


def service_level(counts: Mapping[str, int]) -> tuple[int, float | None]:
    """Of how many, and the percentage answered in time: of all answered and abandoned, short abandons left out."""
    of = counts["answered"] + counts["abandoned"] - counts["short"]
    return of, 100 * counts["in_time"] / of if of else None


def _waiting(waits: Sequence[Any], part: Part, judged: Judge) -> dict[str, Any]:
    tiers: dict[str, int] = {}
    for row in waits:
        tiers[row.tier] = tiers.get(row.tier, 0) + row.n
    n = sum(tiers.values())
    tone = judged(Figure.WAITING, n, part.queues)
    return {"n": n, "tiers": tiers, "tone": tone} | judged.edges(Figure.WAITING, part.queues)


def _longest(facts: Facts, waits: Sequence[Any], part: Part, judged: Judge) -> dict[str, Any]:
    """The wait that is furthest beyond its queue's target, or nearest to it: two hours may be long, or nothing."""
    ours = [(_over(facts, row.queue_id, row.since), row) for row in waits if row.queue_id in facts.queues]
    over, row = max(ours, key=lambda pair: pair[0], default=(None, None))
    queues = (row.queue_id,) if row is not None else part.queues
    made = {"tone": judged(Figure.LONGEST, over, queues)} | judged.edges(Figure.LONGEST, queues)
    if row is None:
        return made
    queue = facts.queues[row.queue_id]
    return made | {"since": row.since.isoformat(), "queue": queue.name, "target": queue.target_seconds}


def _over(facts: Facts, queue_id: int, since: datetime) -> float:
    return 100 * (facts.now - since).total_seconds() / facts.queues[queue_id].target_seconds


def _level(facts: Facts, served: Sequence[Any], part: Part, judged: Judge) -> dict[str, Any]:
    counts = summed(served, _SERVICE)
    of, percent = service_level(counts)
    target = _target(facts, served, part)
    under = None if percent is None or of < FEW or target is None else target - percent
    slots = sorted({row.slot for row in served})
    points = [[slot * SLOT, _percent(row for row in served if row.slot == slot)] for slot in slots]
    return {
        "value": percent, "in_time": counts["in_time"], "of": of, "short": counts["short"], "target": target,
        "answered": counts["answered"], "abandoned": counts["abandoned"],
        "points": [point for point in points if point[1] is not None], "is_few": of < FEW,
        "seconds": _seconds(facts, part), "tone": judged(Figure.LEVEL, under, part.queues),
    } | judged.edges(Figure.LEVEL, part.queues)  # fmt: skip


def _percent(rows: Iterable[Any]) -> float | None:
    return service_level(summed(rows, _SERVICE))[1]


def _target(facts: Facts, served: Sequence[Any], part: Part) -> float | None:
    """The target of several queues is that of their contacts on average; of one it is its own."""
    weights = {queue_id: 0 for queue_id in part.queues if queue_id in facts.queues}
    for row in served:
        if row.queue_id in weights:
            weights[row.queue_id] += row.offered
    total = sum(weights.values())
    if not weights:
        return None
    if not total:
        return sum(facts.queues[one].target_percent for one in weights) / len(weights)
    return sum(facts.queues[one].target_percent * n for one, n in weights.items()) / total


def _seconds(facts: Facts, part: Part) -> int | None:
    """The seconds of the target, where all queues have the same."""
    found = {facts.queues[one].target_seconds for one in part.queues if one in facts.queues}
    return found.pop() if len(found) == 1 else None


def _abandoned(served: Sequence[Any], part: Part, judged: Judge) -> dict[str, Any]:
    counts = summed(served, _SERVICE)
    n, of = counts["abandoned"] - counts["short"], counts["offered"] - counts["short"]
    value = 100 * n / of if of else None
    tone = judged(Figure.ABANDONED, value if of >= FEW else None, part.queues)
    return {
        "value": value,
        "n": n,
        "of": of,
        "short": counts["short"],
        "tone": tone,
        "is_few": of < FEW,
    } | judged.edges(Figure.ABANDONED, part.queues)


def _asa(served: Sequence[Any], part: Part, judged: Judge) -> dict[str, Any]:
    """Of calls where everything is shown and there are any: a mean of minutes and days says nothing."""
    calls = [row for row in served if row.channel == SPOKEN and row.answered]
    channel = SPOKEN if calls and not part.channel else part.channel
    counts = summed(calls if calls and not part.channel else served, _SERVICE)
    value = counts["wait"] / counts["answered"] if counts["answered"] else None
    is_judged = channel == SPOKEN or judged.limits.of(Figure.ASA, part.queues) is not judged.limits.of(Figure.ASA)
    tone = judged(Figure.ASA, value if is_judged else None, part.queues)
    return {"value": value, "n": counts["answered"], "channel": channel, "tone": tone} | (
        judged.edges(Figure.ASA, part.queues) if is_judged else {}
    )


def _aht(facts: Facts, part: Part, judged: Judge) -> dict[str, Any]:
    ours = [row for row in facts.handled if part.has(row.queue_id, row.tier, row.channel)]
    calls = [row for row in ours if row.channel == SPOKEN]
    channel = SPOKEN if calls and not part.channel else part.channel
    counts = summed(calls if calls and not part.channel else ours, _HANDLING)
    n = counts["handled"]
    means = {name: counts[name] / n if n else None for name in ("talk", "hold", "wrap")}
    value = counts["handle"] / n if n else None
    is_judged = channel == SPOKEN or judged.limits.of(Figure.AHT, part.queues) is not judged.limits.of(Figure.AHT)
    tone = judged(Figure.AHT, value if is_judged else None, part.queues)
    return (
        {"value": value, "n": n, "channel": channel, "tone": tone}
        | means
        | (judged.edges(Figure.AHT, part.queues) if is_judged else {})
    )


def _csat(facts: Facts, part: Part, judged: Judge) -> dict[str, Any]:
    ours = [row for row in facts.answers if part.has(row.queue_id, row.tier, row.channel)]
    counts = summed(ours, ("asked", "answered", "satisfied"))
    n = counts["answered"]
    value = 100 * counts["satisfied"] / n if n else None
    low, high = wilson(counts["satisfied"], n) or (None, None)
    tone = judged(Figure.CSAT, value if n >= ENOUGH else None, part.queues)
    return {
        "value": value, "n": n, "satisfied": counts["satisfied"], "asked": counts["asked"], "low": low, "high": high,
        "enough": ENOUGH, "tone": tone,
    } | judged.edges(Figure.CSAT, part.queues)  # fmt: skip


def _due(facts: Facts, part: Part, judged: Judge) -> dict[str, Any]:
    ours = [row for row in facts.due if part.has(row.queue_id, row.tier, row.channel)]
    coming = sorted((row for row in ours if row.due_at >= facts.now), key=lambda row: row.due_at)
    shown = [
        {"ref": ref_of(row.ticket_id), "tier": row.tier, "target": row.target, "at": row.due_at.isoformat(),
         "owner": row.owner if part.names_agents else None}
        for row in coming[:6]
    ]  # fmt: skip
    tone = judged(Figure.DUE, len(coming), part.queues)
    return {"n": len(coming), "past": len(ours) - len(coming), "shown": shown, "tone": tone} | judged.edges(
        Figure.DUE, part.queues
    )


def _queue(facts: Facts, queue_id: int, waits: Sequence[Any], served: Sequence[Any], judged: Judge) -> dict[str, Any]:
    queue = facts.queues[queue_id]
    mine = [row for row in waits if row.queue_id == queue_id]
    today = [row for row in served if row.queue_id == queue_id]
    of, percent = service_level(summed(today, _SERVICE))
    since = min((row.since for row in mine), default=None)
    over = _over(facts, queue_id, since) if since else None
    under = queue.target_percent - percent if percent is not None and of >= FEW else None
    tiers: dict[str, int] = {}
    for row in mine:
        tiers[row.tier] = tiers.get(row.tier, 0) + row.n
    return {
        "id": queue_id, "name": queue.name, "tiers": tiers, "n": sum(tiers.values()),
        "channels": sorted({row.channel for row in (*mine, *today)}), "free": crew.free(facts, queue_id),
        "since": since.isoformat() if since else None, "target": queue.target_seconds, "level": percent,
        "longest_tone": judged(Figure.LONGEST, over, (queue_id,), f"longest {queue_id}"),
        "level_tone": judged(Figure.LEVEL, under, (queue_id,), f"level {queue_id}"),
    }  # fmt: skip
