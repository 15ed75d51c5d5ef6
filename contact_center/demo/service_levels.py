"""How fast the demo's firm has promised to be: policies, and the days on which nobody works.

`installing` sets it up before the year begins, and afterwards lets what is late be late without telling anybody.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.calendars.models import Calendar
from contact_center.extensions import db
from contact_center.sla import policies
from contact_center.sla.policies import Step
from contact_center.tickets import alarms

_TOLD = [Step.NOTIFY_ASSIGNEE, Step.NOTIFY_SUPERVISORS]
POLICIES: tuple[dict[str, Any], ...] = (
    {
        "name": "Complaints of A and B", "tiers": ["A", "B"], "kinds": ["COMPLAINT"], "first_response_minutes": 30,
        "next_response_minutes": 60, "resolution_minutes": 540,
        "on_breach": [*_TOLD, Step.PAGE_SUPERVISOR, Step.RAISE_PRIORITY],
    },
    {
        "name": "VIP · 贵宾", "tiers": ["A"], "first_response_minutes": 45, "next_response_minutes": 90,
        "resolution_minutes": 1080, "on_breach": [*_TOLD, Step.RAISE_PRIORITY],
    },
    {
        "name": "Deliveries that are late", "kinds": ["DELIVERY"], "channels": ["email", "web"],
        "with_contract": False, "first_response_minutes": 240, "on_breach": [*_TOLD, Step.REASSIGN],
    },
)  # fmt: skip
CLOSED = {"Hamburg": (((12, 24), "Heiligabend"), ((12, 31), "Silvester"))}


def set_up(administrator: Agent, year: int) -> None:
    """Write the policies, and the firm's own free days of two years."""
    for policy in POLICIES:
        policies.create(policy, administrator)
    for name, days in CLOSED.items():
        calendar = db.session.scalars(select(Calendar).where(Calendar.name == name)).one()
        calendars.make_default(calendar, administrator)
        for (month, day), what_for in days:
            for each in (year - 1, year, year + 1):
                calendars.set_day(calendar, administrator, date(each, month, day), what_for, None)


def conclude() -> None:
    """Note what is late by now; it has happened before anybody is here to be told. Commits."""
    while alarms.sweep(quietly=True) is not None:
        db.session.commit()
