"""When the next run is due by itself, in the hours of the installation's zone.

Called by the clock every few minutes. A night that was missed is made up for; a run that a crash left is carried on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select

from contact_center import clock
from contact_center.extensions import db
from contact_center.tiers import ranking
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.models import Origin, RunState, TierRun
from contact_center.tiers.settings import Schedule, Settings

_LOCK = 7_461_002


def last_due(settings: Settings, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The newest instant at which a run was due; None where none ever is."""
    if settings.schedule is Schedule.OFF:
        return None
    local = now.astimezone(zone)
    due = local.replace(hour=settings.hour, minute=0, second=0, microsecond=0)
    if due > local:
        due -= timedelta(days=1)
    if settings.schedule is Schedule.WEEK:
        due -= timedelta(days=due.weekday())
    if settings.schedule is Schedule.MONTH:
        due = due.replace(day=1)
    return due


def next_due(settings: Settings, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The next instant at which a run is due."""
    due = last_due(settings, now, zone)
    if due is None:
        return None
    if settings.schedule is Schedule.MONTH:
        return (due + timedelta(days=32)).replace(day=1)
    return due + timedelta(days=7 if settings.schedule is Schedule.WEEK else 1)


def open_due() -> None:
    """Write down the run that is due, once, however many clocks ask."""
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    settings, changed_at = tier_settings.current(), tier_settings.row().changed_at
    due = last_due(settings, clock.now(), ZoneInfo(current_app.config["CC"].time_zone))
    if due is None or (changed_at is not None and due < changed_at):  # switched on after that hour
        return
    since = select(TierRun.id).where(TierRun.origin == Origin.SCHEDULE, TierRun.asked_at >= due).limit(1)
    if db.session.scalar(since) is None:
        ranking.ask(settings, Origin.SCHEDULE, applies=True)


def pending() -> list[int]:
    """The runs that wait to be done, oldest first."""
    return list(db.session.scalars(select(TierRun.id).where(TierRun.state == RunState.PENDING).order_by(TierRun.id)))
