"""The settings of routing: how many minutes of head start what is worth, and what agents may do by hand.

One row, made by the migration. Routing reads `current()`; the settings' door reads a form and changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing.models import RoutingSetting
from contact_center.text import amounts

MINUTES = {  # field -> the least it may be; the most is a day
    "complaint_minutes": 0, "reopened_minutes": 0, "recovered_minutes": 0, "urgent_minutes": 0, "high_minutes": 0,
    "low_minutes": -1440, "risk_75_minutes": 0, "risk_90_minutes": 0, "promise_minutes": 0,
}  # fmt: skip
FLAGS = ("agents_may_pick", "agents_may_pull")
_DAY = 1440


def current() -> RoutingSetting:
    """The settings in use."""
    return db.session.get_one(RoutingSetting, 1)


def read(form: Mapping[str, str]) -> dict[str, Any]:
    """All fields out of a form. Raises Invalid with everything that is wrong."""
    fields: dict[str, Any] = {flag: form.get(flag) == "1" for flag in FLAGS}
    wrong: dict[str, str] = {}
    for name, least in MINUTES.items():
        try:
            fields[name] = amounts.whole(form.get(name, ""), least, 0 if least < 0 else _DAY)
        except ValueError as error:
            wrong[name] = str(error)
    if not wrong and fields["risk_90_minutes"] < fields["risk_75_minutes"]:
        wrong["risk_90_minutes"] = _("At nine tenths it cannot be less than at three quarters: time only gets shorter.")
    if not wrong and fields["urgent_minutes"] < fields["high_minutes"]:
        wrong["urgent_minutes"] = _("Urgent cannot be worth less than high.")
    Invalid.raise_for(wrong)
    return fields


def change(fields: Mapping[str, Any], version: int, actor: Agent) -> bool:
    """Change them together, for what arrives from now on; returns whether anything did. Raises Stale."""
    row = current()
    db.session.refresh(row, with_for_update=True)
    changes = rows.change(row, fields, version, _("Somebody else has changed these settings in the meantime."))
    if changes:
        log.record(Name.ROUTING_SETTING_CHANGED, None, actor, changes=changes)
    return bool(changes)
