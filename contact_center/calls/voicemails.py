"""Recordings that lie at the provider and are to be ours: noted when they are ready, claimed, kept or given up.

`channels.phone` fetches them; what a voicemail is filed as, it says too. Verbs never commit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center import clock
from contact_center.calls.models import Call
from contact_center.events import bus
from contact_center.extensions import Base, BigId, db, states

NOTED = "voicemail.noted"  # a nudge, no event
MOST_TRIES = 8
LEASE = timedelta(minutes=2)


class Fetching(StrEnum):
    WAITING = "WAITING"
    KEPT = "KEPT"
    LOST = "LOST"  # it could not be fetched


class Voicemail(Base):
    """What a caller left on the telephone. `ref` is the provider's name for the recording."""

    __tablename__ = "voicemail"

    id: Mapped[BigId]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), unique=True)
    ref: Mapped[str] = mapped_column(unique=True)
    seconds: Mapped[float]
    state: Mapped[Fetching] = mapped_column(states(Fetching), server_default=Fetching.WAITING)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime]
    is_removed: Mapped[bool] = mapped_column(server_default=text("false"))  # at the provider's

    call: Mapped[Call] = relationship()

    __table_args__ = (Index("ix_voicemail_due", "due_at", postgresql_where=text("state = 'WAITING'")),)


def note(call: Call, ref: str, seconds: float) -> None:
    """The recording of *call* can be fetched; told of twice, it is one."""
    row = {"call_id": call.id, "ref": ref, "seconds": seconds, "due_at": clock.now()}
    added = insert(Voicemail).values(row).on_conflict_do_nothing().returning(Voicemail.id)
    noted = db.session.scalar(added)
    if noted is not None:
        bus.after_commit(NOTED, {"voicemail": noted})


def waiting(limit: int = 50) -> list[int]:
    """Those whose time has come."""
    due = select(Voicemail.id).where(Voicemail.state == Fetching.WAITING, Voicemail.due_at <= clock.now())
    return list(db.session.scalars(due.order_by(Voicemail.due_at).limit(limit)))


def unremoved(limit: int = 50) -> list[int]:
    """Those that still lie at the provider's."""
    asked = select(Voicemail.id).where(Voicemail.state != Fetching.WAITING, ~Voicemail.is_removed)
    return list(db.session.scalars(asked.order_by(Voicemail.id).limit(limit)))


def claim(voicemail_id: int) -> Voicemail | None:
    """Count a try, and have it for a while; None if somebody else has, or it is done. Commit before fetching."""
    taking = update(Voicemail).where(
        Voicemail.id == voicemail_id, Voicemail.state == Fetching.WAITING, Voicemail.due_at <= clock.now()
    )
    taking = taking.values(attempts=Voicemail.attempts + 1, due_at=clock.now() + LEASE)
    return db.session.scalar(taking.returning(Voicemail).execution_options(populate_existing=True))


def settle(voicemail: Voicemail, state: Fetching) -> bool:
    """It is kept, or lost. Returns False if another job was faster."""
    settling = update(Voicemail).where(Voicemail.id == voicemail.id, Voicemail.state == Fetching.WAITING)
    return db.session.scalar(settling.values(state=state).returning(Voicemail.id)) is not None


def later(voicemail: Voicemail) -> bool:
    """Try again in a while. Returns False if that was the last try."""
    if voicemail.attempts >= MOST_TRIES:
        return False
    again = update(Voicemail).where(Voicemail.id == voicemail.id, Voicemail.state == Fetching.WAITING)
    db.session.execute(again.values(due_at=clock.now() + timedelta(seconds=2 * 2**voicemail.attempts)))
    return True


def removed(voicemail: Voicemail) -> None:
    """It lies with us alone."""
    db.session.execute(update(Voicemail).where(Voicemail.id == voicemail.id).values(is_removed=True))
