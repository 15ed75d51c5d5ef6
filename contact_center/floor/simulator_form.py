"""What the simulator's form asks for: a recorded day or a made one, and what would be otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from contact_center.customers.models import TIERS
from contact_center.simulator import recorded, scenario, traffic
from contact_center.simulator.recorded import Came
from contact_center.simulator.setting import AgentSetting, Arrival, Setting
from contact_center.text import amounts

MADE = "made"
MOST = 20_000  # arrivals that a page plays while somebody waits for it
_HOUR = 3600
# What a made day is like until somebody says otherwise: name → (usual, least, most).
_DAY = {
    "calls": (60, 0, 2000), "call_minutes": (4, 1, 120), "patience": (3, 1, 240), "mails": (20, 0, 2000),
    "mail_minutes": (7, 1, 240), "agents": (8, 0, 500), "begin": (8, 0, 23), "until": (18, 1, 24),
}  # fmt: skip
_MORE = {"more": (0, 0, 500), "more_from": (0, 0, 23), "more_until": (24, 1, 24)}


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as read. `problems` are sentences by field; with any of them nothing is played."""

    day: str  # a date, MADE, or nothing yet
    typed: Mapping[str, str]
    numbers: Mapping[str, int]
    problems: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What stands in a field."""
        if name in self.typed:
            return self.typed[name]
        return str(self.numbers[name]) if name in self.numbers else ""


@dataclass(frozen=True, slots=True)
class Played:
    """What is to be played."""

    arrivals: Sequence[Arrival]
    setting: Setting
    other: Setting | None


def read(args: Mapping[str, str], days: Mapping[date, Came]) -> Asked:
    """The form of an address; without a day the newest on which somebody took something, or a made one."""
    typed = {name: value.replace("\0", "").strip()[:40] for name, value in args.items()}
    served = next((day.isoformat() for day, came in days.items() if came.taken), MADE)
    chosen = typed.get("day") or served
    numbers, problems = {}, {}
    for name, (usual, least, most) in (_DAY | _MORE).items():
        try:
            numbers[name] = amounts.whole(typed[name], least, most) if typed.get(name) else usual
        except ValueError as error:
            numbers[name], problems[name] = usual, str(error)
    if numbers["until"] <= numbers["begin"]:
        problems["until"] = _("The day ends before it begins.")
    if numbers["more_until"] <= numbers["more_from"]:
        problems["more_until"] = _("They go before they come.")
    if chosen != MADE and _date(chosen) is None:
        problems["day"] = _("Choose one of the days.")
    return Asked(chosen, typed, numbers, problems)


def base(asked: Asked, zone: ZoneInfo) -> Played:
    """The day as it was, or as the form makes it."""
    day = _date(asked.day)
    if asked.day == MADE or day is None:
        made = scenario.read(json.dumps(_made(asked.numbers)))
        return Played(traffic.drawn(made), made.setting, None)
    found = recorded.day(day, zone)
    return Played(found.arrivals, found.setting, None)


def changed(asked: Asked, setting: Setting) -> Setting | None:
    """The setting with what the form changes; None if it changes nothing. Problems are added to the form's."""
    bonus, response = (_per_tier(asked, name, setting) for name in ("bonus", "response"))
    extra = _more(asked, setting)
    other = replace(setting, bonus=bonus, response=response, agents=[*setting.agents, *extra])
    return None if other == replace(setting, agents=list(setting.agents)) else other


def _per_tier(asked: Asked, name: str, setting: Setting) -> Mapping[str, float]:
    found = dict(getattr(setting, name))
    for tier in TIERS:
        typed = asked.typed.get(f"{name}_{tier}")
        if typed:
            try:
                found[tier] = float(amounts.whole(typed, 0 if name == "bonus" else 1, 10_080))
            except ValueError as error:
                asked.problems[f"{name}_{tier}"] = str(error)
    return found


def _more(asked: Asked, setting: Setting) -> list[AgentSetting]:
    """People who are not there yet: for one queue or all, with one skill at its best or none."""
    numbers = asked.numbers
    queue, skill = _id(asked, "more_queue", setting.queues), _id(asked, "more_skill", setting.skill_names)
    levels = dict.fromkeys([queue] if queue else setting.queues, 3)
    number = 1 + max((agent.id for agent in setting.agents), default=0)
    capacity = max((agent.capacity for agent in setting.agents), default=6)
    shift = [(float(numbers["more_from"] * _HOUR), float(numbers["more_until"] * _HOUR))]
    return [
        AgentSetting(number + n, f"+{n + 1}", levels, {skill: 5} if skill else {}, capacity, shift)
        for n in range(numbers["more"])
    ]


def _id(asked: Asked, name: str, known: Mapping[int, Any]) -> int | None:
    typed = asked.typed.get(name, "")
    return next((one for one in known if str(one) == typed), None)


def _made(numbers: Mapping[str, int]) -> dict[str, Any]:
    tiers = {"A": 6, "B": 20, "C": 30, "D": 44}
    streams = [
        {"queue": str(_("Calls")), "channel": "phone", "per_hour": numbers["calls"], "tiers": tiers,
         "handle": 60 * numbers["call_minutes"], "patience": 60 * numbers["patience"]},
        {"queue": str(_("Mails")), "channel": "email", "per_hour": numbers["mails"], "tiers": tiers,
         "handle": 60 * numbers["mail_minutes"], "shape": "lognormal"},
    ]  # fmt: skip
    clock = {"from": f"{numbers['begin']}:00", "until": f"{numbers['until']}:00"}
    return clock | {
        "response": {"A": 30, "B": 120, "C": 480, "D": 1440},
        "channels": {"phone": {"weight": "whole"}, "email": {"weight": 2, "interruptible": True}},
        "queues": {str(_("Calls")): {"target": 20}, str(_("Mails")): {"target": 3600}},
        "arrivals": streams,
        "agents": [
            {"name": "#", "count": numbers["agents"], "queues": [str(_("Calls")), str(_("Mails"))], "capacity": 6}
            | clock
        ],
    }


def _date(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if recorded.can_be(found) else None
