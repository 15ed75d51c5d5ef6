"""What serving costs, and from which contribution on a customer is green or red. Currency and rates are of `tiers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import amounts
from contact_center.value.models import ValueSettings

CHANNELS = ("email", "web", "sms", "phone")
Amounts = dict[str, Decimal]


def _each(email: str, web: str, sms: str, phone: str) -> Any:
    return lambda: dict(zip(CHANNELS, map(Decimal, (email, web, sms, phone)), strict=True))


@dataclass(frozen=True, slots=True)
class Settings:
    """Minutes go from taking an interaction to its end, at least and at most so many: a mail may lie for days."""

    months: int = 12
    minute_rate: Decimal = Decimal("0.60")
    least: Amounts = field(default_factory=_each("3", "3", "1", "0"))
    most: Amounts = field(default_factory=_each("20", "20", "10", "120"))
    charges: Amounts = field(default_factory=_each("0", "0", "0.05", "0"))  # of each message that leaves
    green_from: Decimal = Decimal(0)
    red_below: Decimal = Decimal(-50)

    def said(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "months": self.months,
            **{name: str(getattr(self, name)) for name in ("minute_rate", "green_from", "red_below")},
            **{name: {c: str(v) for c, v in getattr(self, name).items()} for name in ("least", "most", "charges")},
        }


def heard(said: Mapping[str, Any]) -> Settings:
    """Settings from what `said` kept."""
    made: dict[str, Any] = {"months": int(said["months"])} if "months" in said else {}
    made |= {name: Decimal(said[name]) for name in ("minute_rate", "green_from", "red_below") if name in said}
    for name in ("least", "most", "charges"):
        if name in said:
            made[name] = {channel: Decimal(said[name].get(channel, "0")) for channel in CHANNELS}
    return Settings(**made)


def current() -> Settings:
    """The settings in use."""
    return heard(row().said)


def row() -> ValueSettings:
    """Their row, made on first use; it also remembers the last counting."""
    found = db.session.get(ValueSettings, 1)
    if found is None:
        db.session.execute(text("INSERT INTO value_settings (id) VALUES (1) ON CONFLICT DO NOTHING"))
        found = db.session.get_one(ValueSettings, 1)
    return found


def save(wanted: Settings, actor: Agent | None, version: int | None = None) -> bool:
    """Use *wanted* from the next counting on; False if nothing differed. Raises Stale."""
    kept = row()
    db.session.refresh(kept, with_for_update=True)
    changes = rows.say(kept, heard(kept.said).said(), wanted.said(), version)
    if changes:
        log.record(Name.VALUE_SETTINGS_CHANGED, None, actor, changes=changes)
    return bool(changes)


def read(form: Mapping[str, str]) -> Settings:
    """What a form says; raises Invalid with everything that is wrong."""
    wrong: dict[str, str] = {}

    def number(name: str, least: int, most: int) -> Decimal:
        try:
            return amounts.decimal(form.get(name, ""), Decimal(least), Decimal(most), places=4)
        except ValueError as error:
            wrong[name] = str(error)
            return Decimal(0)

    months = number("months", 1, 60)
    if months != int(months):
        wrong["months"] = _("Write a whole number.")
    made = Settings(
        months=int(months),
        minute_rate=number("minute_rate", 0, 1000),
        green_from=number("green_from", -1_000_000_000, 1_000_000_000),
        red_below=number("red_below", -1_000_000_000, 1_000_000_000),
        least={c: number(f"least_{c}", 0, 480) for c in CHANNELS},
        most={c: number(f"most_{c}", 0, 1440) for c in CHANNELS},
        charges={c: number(f"charges_{c}", 0, 1000) for c in CHANNELS},
    )
    if not wrong and made.green_from < made.red_below:
        wrong["green_from"] = _("Green begins where red has ended.")
    for channel in CHANNELS:
        if made.most[channel] < made.least[channel]:
            wrong.setdefault(f"most_{channel}", _("At most is less than at least."))
    Invalid.raise_for(wrong)
    return made
