"""Sounds of calls that lie at the provider, or are being made there: messages that were left, and talks by consent.

One row is one sound: `recorder` (talks) and the carrier's word (messages) say when it is over; then it is fetched by
`channels.phone.keeping`, kept with us, and deleted there. Verbs never commit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center import clock
from contact_center.calls.models import Call, Verb
from contact_center.events import bus
from contact_center.extensions import Base, BigId, db, states
from contact_center.tickets.messages import Attachment

NOTED = "recording.noted"  # a nudge, no event
MOST_TRIES = 8
LEASE = timedelta(minutes=2)


class Of(StrEnum):
    """What can be heard in it."""

    VOICEMAIL = "VOICEMAIL"
    TALK = "TALK"


class RecordingState(StrEnum):
    """How far it is: made, fetched, ours."""

    STARTING = "STARTING"  # the provider was asked for it
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    WAITING = "WAITING"  # over, and to be fetched
    KEPT = "KEPT"
    LOST = "LOST"  # it could not be fetched
    DISCARDED = "DISCARDED"  # the caller wants none: nobody keeps it


LIVE = (RecordingState.STARTING, RecordingState.RUNNING, RecordingState.PAUSED)
SETTLED = (RecordingState.KEPT, RecordingState.LOST, RecordingState.DISCARDED)


class Because(StrEnum):
    """Why a talk is not recorded for a while."""

    AGENT = "AGENT"  # they paused it
    HOLD = "HOLD"
    COLLEAGUE = "COLLEAGUE"  # the caller hears music while they confer
    WAIT = "WAIT"  # on the way to somebody else


class Recording(Base):
    """One sound. `ref` is the provider's name for it; `asked` what it has not answered yet, since `changed_at`.

    `failed` says why the last thing asked for was not done; it is asked for again at `due_at`. Of a talk nothing is
    recorded before somebody has agreed: a constraint holds that.
    """

    __tablename__ = "recording"

    id: Mapped[BigId]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    of: Mapped[Of] = mapped_column(states(Of))
    ref: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[RecordingState] = mapped_column(states(RecordingState))
    asked: Mapped[Verb | None] = mapped_column(states(Verb, "asked"))
    changed_at: Mapped[datetime]
    failed: Mapped[str] = mapped_column(server_default="")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime]
    paused_until: Mapped[datetime | None]  # the agent's pause
    is_unwanted: Mapped[bool] = mapped_column(server_default=text("false"))  # the caller has withdrawn
    consented_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    seconds: Mapped[float] = mapped_column(server_default=text("0"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id", ondelete="SET NULL"), index=True)
    is_removed: Mapped[bool] = mapped_column(server_default=text("false"))  # at the provider's

    call: Mapped[Call] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
    gaps: Mapped[list[RecordingGap]] = relationship(order_by="RecordingGap.started_at")

    __table_args__ = (
        Index("uq_recording_live", "call_id", unique=True,
              postgresql_where=text("state IN ('STARTING', 'RUNNING', 'PAUSED')")),
        Index("uq_recording_voicemail", "call_id", unique=True, postgresql_where=text("of = 'VOICEMAIL'")),
        Index("ix_recording_due", "due_at", postgresql_where=text("state = 'WAITING'")),
        Index("ix_recording_unremoved", "id",
              postgresql_where=text("NOT is_removed AND state IN ('KEPT', 'LOST', 'DISCARDED')")),
        CheckConstraint("of = 'VOICEMAIL' OR state = 'DISCARDED' OR (consented_at IS NOT NULL AND (started_at IS NULL"
                        " OR started_at >= consented_at))", name="consented"),
        CheckConstraint("of = 'TALK' OR state NOT IN ('STARTING', 'RUNNING', 'PAUSED')", name="made"),
    )  # fmt: skip

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class RecordingGap(Base):
    """A stretch of a talk that is not in its recording, from the provider's yes to its next."""

    __tablename__ = "recording_gap"

    id: Mapped[BigId]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    because: Mapped[Because] = mapped_column(states(Because))

    __table_args__ = (
        Index("uq_recording_gap_open", "recording_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("ended_at >= started_at", name="order"),
    )


def note(call: Call, ref: str, seconds: float) -> None:
    """The message that was left in *call* can be fetched; told of twice, it is one."""
    now = clock.now()
    row = {
        "call_id": call.id, "of": Of.VOICEMAIL, "ref": ref, "state": RecordingState.WAITING, "seconds": seconds,
        "changed_at": now, "due_at": now,
    }  # fmt: skip
    noted = db.session.scalar(insert(Recording).values(row).on_conflict_do_nothing().returning(Recording.id))
    if noted is not None:
        bus.after_commit(NOTED, {"recording": noted})


def unknown(call: Call, ref: str) -> Recording:
    """A talk that somebody else has had recorded: nobody keeps it."""
    now = clock.now()
    recording = Recording(
        call_id=call.id, of=Of.TALK, ref=ref, state=RecordingState.DISCARDED, is_unwanted=True, changed_at=now,
        due_at=now, is_removed=False,
    )  # fmt: skip
    db.session.add(recording)
    db.session.flush()
    return recording


def waiting(limit: int = 50) -> list[int]:
    """Those whose time to be fetched has come."""
    due = select(Recording.id).where(Recording.state == RecordingState.WAITING, Recording.due_at <= clock.now())
    return list(db.session.scalars(due.order_by(Recording.due_at).limit(limit)))


def unremoved(limit: int = 50) -> list[int]:
    """Those that still lie at the provider's."""
    asked = select(Recording.id).where(Recording.state.in_(SETTLED), ~Recording.is_removed)
    return list(db.session.scalars(asked.order_by(Recording.id).limit(limit)))


def claim(recording_id: int) -> Recording | None:
    """Count a try, and have it for a while; None if somebody else has, or it is done. Commit before fetching."""
    taking = update(Recording).where(
        Recording.id == recording_id, Recording.state == RecordingState.WAITING, Recording.due_at <= clock.now()
    )
    taking = taking.values(attempts=Recording.attempts + 1, due_at=clock.now() + LEASE)
    return db.session.scalar(taking.returning(Recording).execution_options(populate_existing=True))


def settle(recording: Recording, state: RecordingState) -> bool:
    """It is kept, or lost. Returns False if another job was faster, or nobody wants it any more."""
    settling = update(Recording).where(Recording.id == recording.id, Recording.state == RecordingState.WAITING)
    settling = settling.values(state=state, changed_at=clock.now())
    return db.session.scalar(settling.returning(Recording.id)) is not None


def later(recording: Recording) -> bool:
    """Try again in a while. Returns False if that was the last try."""
    if recording.attempts >= MOST_TRIES:
        return False
    again = update(Recording).where(Recording.id == recording.id, Recording.state == RecordingState.WAITING)
    db.session.execute(again.values(due_at=clock.now() + timedelta(seconds=2 * 2**recording.attempts)))
    return True


def removed(recording: Recording) -> None:
    """Nobody but us has it, if even we have."""
    db.session.execute(update(Recording).where(Recording.id == recording.id).values(is_removed=True))
