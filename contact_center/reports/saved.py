"""Reports that somebody named: the address they stand at, whose they are, and who else may open them.

Called by the report pages and by the letters' clock. What a report shows is decided when it is opened, by what the
reader may see; a saved report is a question, never an answer.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center import clock, rows
from contact_center.agents.models import Agent
from contact_center.errors import Invalid, NotAllowed
from contact_center.extensions import Base, BigId, db

LONGEST = 80  # characters of a name
MOST = 200  # that one person may have


class SavedReport(Base):
    """A report with a name: the page, and what its address said behind the question mark."""

    __tablename__ = "report_saved"

    id: Mapped[BigId]
    owner_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    name: Mapped[str]
    page: Mapped[str]
    query: Mapped[str]
    is_shared: Mapped[bool]
    saved_at: Mapped[datetime]

    owner: Mapped[Agent] = relationship()

    __table_args__ = (
        Index("uq_report_saved_name", "owner_id", text("lower(name)"), unique=True),
        Index("ix_report_saved_shared", "name", postgresql_where=text("is_shared")),
    )


def save(owner: Agent, name: str, page: str, query: str, *, is_shared: bool) -> SavedReport:
    """Keep a question under a name; one of the same name is replaced. Raises Invalid."""
    name = rows.name(name, LONGEST)
    same = (SavedReport.owner_id == owner.id) & (func.lower(SavedReport.name) == name.lower())
    found = db.session.scalar(select(SavedReport).where(same))
    if found is None:
        if _count(owner) >= MOST:
            raise Invalid(_("You have %(most)s saved reports. Delete one first.", most=MOST))
        found = SavedReport(owner_id=owner.id, name=name)
        db.session.add(found)
    found.name, found.page, found.query = name, page, query
    found.is_shared, found.saved_at = is_shared, clock.now()
    return _flushed(found)


def change(report: SavedReport, by: Agent, name: str, *, is_shared: bool) -> None:
    """Rename it, or let others open it or not; only its owner may. Raises Invalid, NotAllowed."""
    _check_owner(report, by)
    report.name, report.is_shared = rows.name(name, LONGEST), is_shared
    _flushed(report)


def remove(report: SavedReport, by: Agent) -> None:
    """Forget it, and all letters with it; its owner may, and an administrator a shared one."""
    if not (by.is_administrator and report.is_shared):
        _check_owner(report, by)
    db.session.delete(report)


def all_of(agent: Agent) -> list[SavedReport]:
    """One's own and what others share, by name."""
    visible = or_(SavedReport.owner_id == agent.id, SavedReport.is_shared)
    return list(db.session.scalars(select(SavedReport).where(visible).order_by(func.lower(SavedReport.name))))


def get(agent: Agent, report_id: int) -> SavedReport | None:
    """The report, if it is *agent*'s or shared."""
    visible = or_(SavedReport.owner_id == agent.id, SavedReport.is_shared)
    return db.session.scalar(select(SavedReport).where(SavedReport.id == report_id, visible))


def _check_owner(report: SavedReport, by: Agent) -> None:
    if report.owner_id != by.id:
        raise NotAllowed(_("This report is %(name)s's. Save it under a name of your own.", name=report.owner.name))


def _count(owner: Agent) -> int:
    return db.session.scalar(select(func.count()).where(SavedReport.owner_id == owner.id)) or 0


def _flushed(report: SavedReport) -> SavedReport:
    with rows.unique(name=_("You have a report of this name already.")):
        db.session.flush()
    return report
