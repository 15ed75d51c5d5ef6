"""When, whom and what we ask, and how long a recovery may take: the one row of settings, and its screen's verb."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.calendars import typed as calendars
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.satisfaction.models import Scale, SurveySettings
from contact_center.tickets.inbound import CHANNELS

LIMITS = {  # name: (least, most), as the table's constraints
    "delay_minutes": (0, 20160),
    "valid_days": (1, 60),
    "cool_down_days": (0, 365),
    "low_score": (1, 4),
    "nps_low": (0, 8),
    "ces_low": (1, 4),
    "nps_days": (1, 3650),
    "follow_up_hours": (1, 720),
}
MOST_TAGS = 20
MOST_MINUTES = 100_000  # of a recovery's term
ALL = 100


def current() -> SurveySettings:
    """The settings; the migration has written the row."""
    return db.session.get_one(SurveySettings, 1)


def change(agent: Agent, version: int, wanted: Mapping[str, str], *, is_on: bool) -> bool:
    """Take over what the screen sent; False if nothing differed. Raises Invalid with a sentence per field, Stale."""
    row = db.session.scalars(select(SurveySettings).with_for_update().execution_options(populate_existing=True)).one()
    if row.version != version:
        raise Stale(_("Somebody changed the settings meanwhile. Look at them again."), {})
    new = _read(wanted) | {"is_on": is_on}
    changes = {name: [getattr(row, name), value] for name, value in new.items() if getattr(row, name) != value}
    if not changes:
        return False
    for name, (_old, value) in changes.items():
        setattr(row, name, value)
    row.version += 1
    log.record(Name.SURVEY_SETTINGS_CHANGED, None, agent, changes=changes)
    return True


def typed(row: SurveySettings) -> dict[str, str]:
    """What the screen's fields hold: the names that `change` reads."""
    fields = {name: str(getattr(row, name)) for name in LIMITS} | {"excluded_tags": ", ".join(row.excluded_tags)}
    fields["recovery_calendar_id"] = str(row.recovery_calendar_id or "")
    for tier in TIERS:
        fields[f"term_{tier}"] = str(row.recovery_minutes.get(tier, ""))
    for channel in CHANNELS:
        fields[f"scale_{channel}"] = Scale.CES if channel in row.ces_channels else Scale.CSAT
        fields[f"delay_{channel}"] = str(row.delays.get(channel, ""))
        fields[f"nps_{channel}"] = "1" if channel in row.nps_channels else ""
        for tier in TIERS:
            fields[f"sample_{channel}_{tier}"] = str(row.sampling.get(channel, {}).get(tier, ALL))
    return fields


def _read(wanted: Mapping[str, str]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    new: dict[str, Any] = {name: _number(wanted, name, *ends, wrong) for name, ends in LIMITS.items()}
    new["excluded_tags"] = _tags(wanted.get("excluded_tags", ""), wrong)
    new["ces_channels"] = [channel for channel in CHANNELS if wanted.get(f"scale_{channel}") == Scale.CES]
    new["nps_channels"] = [channel for channel in CHANNELS if wanted.get(f"nps_{channel}") == "1"]
    new["sampling"] = _sampling(wanted, wrong)
    new["delays"] = _given(wanted, "delay", CHANNELS, LIMITS["delay_minutes"], wrong)
    new["recovery_minutes"] = _given(wanted, "term", TIERS, (1, MOST_MINUTES), wrong)
    try:
        new["recovery_calendar_id"] = calendars.chosen(wanted.get("recovery_calendar_id", ""))
    except ValueError as error:
        wrong["recovery_calendar_id"] = str(error)
    Invalid.raise_for(wrong)
    return new


def _number(wanted: Mapping[str, str], name: str, least: int, most: int, wrong: dict[str, str]) -> int:
    typed = wanted.get(name, "").strip()
    if typed.isascii() and typed.isdecimal() and len(typed) < 8 and least <= int(typed) <= most:
        return int(typed)
    wrong[name] = _("A number from %(least)d to %(most)d.", least=least, most=most)
    return least


def _given(
    wanted: Mapping[str, str], kind: str, names: Iterable[str], ends: tuple[int, int], wrong: dict[str, str]
) -> dict[str, int]:
    """Only of those whose field is filled in."""
    return {
        name: _number(wanted, f"{kind}_{name}", *ends, wrong)
        for name in names
        if wanted.get(f"{kind}_{name}", "").strip()
    }


def _tags(typed: str, wrong: dict[str, str]) -> list[str]:
    tags = [tag for tag in dict.fromkeys(word.strip().lower() for word in typed.split(",")) if tag]
    if len(tags) > MOST_TAGS or any(len(tag) > 50 or "\x00" in tag for tag in tags):
        wrong["excluded_tags"] = _("At most %(most)d tags of 50 characters.", most=MOST_TAGS)
    return tags


def _sampling(wanted: Mapping[str, str], wrong: dict[str, str]) -> dict[str, dict[str, int]]:
    """Only what is less than all of them."""
    found: dict[str, dict[str, int]] = {}
    for channel in CHANNELS:
        for tier in TIERS:
            percent = _number(wanted, f"sample_{channel}_{tier}", 0, ALL, wrong)
            if percent < ALL:
                found.setdefault(channel, {})[tier] = percent
    return found
