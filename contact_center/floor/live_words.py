"""What goes on now, in words: places in the queue with their parts, and what people do; filters of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center import clock
from contact_center.live.agents import Doing
from contact_center.live.waiting import Waiting
from contact_center.queues import asking


def doing_word(doing: str) -> str:
    return {
        Doing.NOT_RESPONDING: _("Not responding"),
        Doing.RINGING: _("Ringing"),
        Doing.BUSY: _("Busy"),
        Doing.FREE: _("Free"),
        Doing.NO_DESK: _("No desk open"),
        Doing.FINISHING: _("Finishing"),
        Doing.AWAY: _("Away"),
    }[Doing(doing)]


def doing_dot(doing: str) -> str:
    """Which dot of presence stands for it."""
    states = {Doing.FREE: "AVAILABLE", Doing.RINGING: "AVAILABLE", Doing.BUSY: "BUSY", Doing.NO_DESK: "OFFLINE"}
    return str(states.get(Doing(doing), doing))


def bonus_word(key: str, tier: str | None = None) -> str:
    """What bonus minutes are given for."""
    return {
        "tier": _("tier %(tier)s", tier=tier or "D"),
        "maybe": _("best tier of those it may be"),
        "complaint": _("complaint"),
        "reopened": _("reopened"),
        "recovered": _("returned to the queue"),
        "promise": _("promised for a time"),
        "priority": _("priority"),
        "queue": _("queue"),
        "risk": _("target at risk"),
    }.get(key, key)


def place_told(item: Waiting) -> str:
    """How its place came about: minutes waited, and what was added or taken off for what; empty without such."""
    if not item.bonus:
        return ""
    waited = int((clock.now() - item.queued_at).total_seconds() // 60)
    parts = sorted(item.bonus.items(), key=lambda part: -abs(part[1]))
    added = [f"{'+' if minutes > 0 else '−'} {bonus_word(key, item.tier)} {abs(minutes)}" for key, minutes in parts]
    return " ".join([_("waited %(minutes)d min", minutes=waited), *added, f"= {waited + sum(item.bonus.values())}"])


def asks_told(asks: Mapping[str, int]) -> list[str]:
    """Skills with the least level that is asked for."""
    return [asking.least(skill, level) for skill, level in asks.items()]


FILTERS: dict[str, Callable[..., Any]] = {
    "doing_word": doing_word,
    "doing_dot": doing_dot,
    "place_told": place_told,
    "asks_told": asks_told,
}
