"""The agents of the wall, by what they do: on a call, wrapping up, writing, ready, away. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from contact_center.wall.facts import Facts
from contact_center.wall.views import Part

_BUSY = ("TALKING", "HOLDING", "WRAPPING", "WRITING")
SHOWN = 20  # of one group: more do not fit on a wall


class Doing(StrEnum):
    """In the order of the wall."""

    NOT_RESPONDING = "NOT_RESPONDING"
    RINGING = "RINGING"
    TALKING = "TALKING"
    HOLDING = "HOLDING"  # the caller hears music, or a colleague is asked
    WRAPPING = "WRAPPING"
    WRITING = "WRITING"
    READY = "READY"
    NO_DESK = "NO_DESK"  # says that they are available, and has no desk open
    FINISHING = "FINISHING"
    AWAY = "AWAY"


def shown(facts: Facts, part: Part) -> list[dict[str, Any]]:
    """Who serves a queue of *part*, by what they do, in the order of the wall; the longest first, as many as fit.

    `n` counts all. Without names there is one line: how long the longest has been at it.
    """
    ours = set(part.queues)
    groups: dict[Doing, list[dict[str, Any]]] = {what: [] for what in Doing}
    for row in facts.agents:
        if ours.intersection(row.queues or ()):
            line = _line(row, part)
            groups[line.pop("doing")].append(line)
    most = SHOWN if part.names_agents else 1
    return [
        {"doing": what, "n": len(lines), "people": sorted(lines, key=lambda line: str(line["since"]))[:most]}
        for what, lines in groups.items()
        if lines
    ]


def free(facts: Facts, queue_id: int) -> int:
    """How many of a queue could take something at once."""
    return sum(doing(row) is Doing.READY for row in facts.agents if queue_id in (row.queues or ()))


def doing(row: Any) -> Doing:
    """What somebody does now."""
    if row.state == "NOT_RESPONDING":
        return Doing.NOT_RESPONDING
    if row.held_state is not None and row.channel == "phone":
        return _in_hand(row)
    if row.state == "AWAY":  # whatever is left on their desk meanwhile
        return Doing.AWAY
    if row.rings_since is not None:
        return Doing.RINGING
    if row.held_state is not None and row.sits:
        return _in_hand(row)
    if row.state == "FINISHING":
        return Doing.FINISHING
    return Doing.READY if row.sits else Doing.NO_DESK


def _in_hand(row: Any) -> Doing:
    if row.held_state == "WRAPPING":
        return Doing.WRAPPING
    if row.channel != "phone":
        return Doing.WRITING
    return Doing.HOLDING if row.call_state in ("HELD", "CONSULTING") else Doing.TALKING


def _line(row: Any, part: Part) -> dict[str, Any]:
    what = doing(row)
    begun = {
        Doing.READY: row.idle_since, Doing.RINGING: row.rings_since, **dict.fromkeys(_BUSY, row.since),
    }.get(what) or row.started_at  # fmt: skip
    reason = row.reason if what is Doing.AWAY and part.names_agents else None
    return {
        "doing": what, "name": row.name if part.names_agents else None, "since": begun.isoformat(timespec="seconds"),
    } | ({"reason": reason} if reason else {})  # fmt: skip
