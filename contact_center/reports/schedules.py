"""When a saved report is sent by mail: daily, weekly or monthly at an hour of a zone. Each reader has their own.

Called by the report pages; `letters` sends what is due. `next_at` is the truth about when.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import Base, BigId, db, states
from contact_center.reports.saved import SavedReport

LAST_DAY = 28  # of a month: every month has it


class Every(StrEnum):
    """How often."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


class Pause(StrEnum):
    """Why nothing is sent for the time being."""

    BY_HAND = "BY_HAND"
    LEFT = "LEFT"  # the reader's account is closed, or is no supervisor's any more
    WITHDRAWN = "WITHDRAWN"  # the report is not shared any more
    UNREADABLE = "UNREADABLE"  # the report cannot be made from what was saved


class ReportSchedule(Base):
    """One reader's letters of one report. `day` counts from Monday = 0 in a week, from 1 in a month."""

    __tablename__ = "report_schedule"

    id: Mapped[BigId]
    report_id: Mapped[int] = mapped_column(ForeignKey("report_saved.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    every: Mapped[Every] = mapped_column(states(Every))
    day: Mapped[int]
    hour: Mapped[int]
    zone: Mapped[str]
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    pause: Mapped[Pause | None] = mapped_column(states(Pause))

    report: Mapped[SavedReport] = relationship()
    agent: Mapped[Agent] = relationship()

    __table_args__ = (
        UniqueConstraint("report_id", "agent_id"),
        Index(None, "agent_id"),
        Index("ix_report_schedule_due", "next_at", postgresql_where=text("pause IS NULL")),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("day BETWEEN 0 AND 28", name="day"),
    )


class ReportSending(Base):
    """A letter that was made: for which time, and the file that went with it, kept for a while."""

    __tablename__ = "report_sending"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedule.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"))

    __table_args__ = (Index(None, "made_at"), Index(None, "file_id"))


def put(report: SavedReport, agent: Agent, every: Every, day: int, hour: int, zone: str) -> ReportSchedule:
    """Send *report* to *agent* from now on, at the new times if it was sent before. Raises Invalid."""
    most = {Every.DAY: 0, Every.WEEK: 6, Every.MONTH: LAST_DAY}[every]
    day = 0 if every is Every.DAY else day
    if not int(every is Every.MONTH) <= day <= most or not 0 <= hour <= 23:
        raise Invalid(_("Choose a day and an hour."))
    schedule = of(report, agent)
    if schedule is None:
        schedule = ReportSchedule(report_id=report.id, agent_id=agent.id)
        db.session.add(schedule)
    schedule.every, schedule.day, schedule.hour, schedule.zone = every, day, hour, zone
    schedule.next_at, schedule.pause = following(schedule, clock.now()), None
    db.session.flush()
    return schedule


def of(report: SavedReport, agent: Agent) -> ReportSchedule | None:
    """*agent*'s letters of *report*."""
    mine = (ReportSchedule.report_id == report.id) & (ReportSchedule.agent_id == agent.id)
    return db.session.scalar(select(ReportSchedule).where(mine))


def all_of(agent: Agent) -> dict[int, ReportSchedule]:
    """*agent*'s letters by the report's id."""
    found = db.session.scalars(select(ReportSchedule).where(ReportSchedule.agent_id == agent.id))
    return {schedule.report_id: schedule for schedule in found}


def pause(schedule: ReportSchedule) -> None:
    """Send nothing until it is resumed."""
    schedule.pause = Pause.BY_HAND


def resume(schedule: ReportSchedule) -> None:
    """Send again, from the next time on: what was missed is not sent after."""
    schedule.pause, schedule.next_at = None, following(schedule, clock.now())


def remove(schedule: ReportSchedule) -> None:
    """Send it no more."""
    db.session.delete(schedule)


def following(schedule: ReportSchedule, after: datetime) -> datetime:
    """The first time behind *after*."""
    zone = ZoneInfo(schedule.zone)
    day = after.astimezone(zone).date()
    while (at := _at(_on(schedule, day), schedule.hour, zone)) <= after:
        day = _next(schedule, day)
    return at


def _on(schedule: ReportSchedule, day: date) -> date:
    """The day of the letter in the week or month of *day*, or that very day."""
    if schedule.every is Every.WEEK:
        return day - timedelta(days=day.weekday() - schedule.day)
    return day.replace(day=schedule.day) if schedule.every is Every.MONTH else day


def _next(schedule: ReportSchedule, day: date) -> date:
    if schedule.every is Every.MONTH:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if schedule.every is Every.WEEK else 1)


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
