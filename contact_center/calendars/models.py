"""Calendars: the hours of a week, the holidays of a country, and a firm's own days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.extensions import Base, BigId


class Calendar(Base):
    """Working hours in one time zone. Without any slot it is never closed (24x7)."""

    __tablename__ = "calendar"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    time_zone: Mapped[str]  # IANA name
    country: Mapped[str | None]  # ISO 3166 code whose public holidays are free, as the library `holidays` knows them
    subdivision: Mapped[str | None]
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))

    slots: Mapped[list[CalendarSlot]] = relationship(
        order_by="(CalendarSlot.weekday, CalendarSlot.begins)", cascade="all, delete-orphan", lazy="selectin"
    )
    days: Mapped[list[CalendarDay]] = relationship(
        order_by="CalendarDay.day", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (Index("uq_calendar_default", "is_default", unique=True, postgresql_where=text("is_default")),)


class CalendarSlot(Base):
    """One stretch of every such weekday, in minutes of the local day; 1440 is midnight."""

    __tablename__ = "calendar_slot"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)  # 0: Monday
    begins: Mapped[int] = mapped_column(primary_key=True)
    ends: Mapped[int]

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name="minutes"),
    )


class CalendarDay(Base):
    """A day of its own: free, or worked with the hours of another weekday (a make-up day, 调休)."""

    __tablename__ = "calendar_day"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(server_default="")
    works_as: Mapped[int | None]  # the weekday whose slots count; None: free

    __table_args__ = (CheckConstraint("works_as BETWEEN 0 AND 6", name="works_as"),)
