"""When and whom we ask: the one row of settings, and its screen's verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.satisfaction.models import SurveySettings

LIMITS = {  # name: (least, most), as the table's constraints
    "delay_minutes": (0, 20160),
    "valid_days": (1, 60),
    "cool_down_days": (0, 365),
    "low_score": (1, 4),
    "follow_up_hours": (1, 720),
}
MOST_TAGS = 20


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


def _read(wanted: Mapping[str, str]) -> dict[str, Any]:
    new: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, (least, most) in LIMITS.items():
        typed = wanted.get(name, "").strip()
        if typed.isascii() and typed.isdecimal() and len(typed) < 8 and least <= int(typed) <= most:
            new[name] = int(typed)
        else:
            wrong[name] = _("A number from %(least)d to %(most)d.", least=least, most=most)
    tags = dict.fromkeys(word.strip().lower() for word in wanted.get("excluded_tags", "").split(","))
    new["excluded_tags"] = [tag for tag in tags if tag]
    if len(new["excluded_tags"]) > MOST_TAGS or any(len(tag) > 50 or "\x00" in tag for tag in new["excluded_tags"]):
        wrong["excluded_tags"] = _("At most %(most)d tags of 50 characters.", most=MOST_TAGS)
    Invalid.raise_for(wrong)
    return new
