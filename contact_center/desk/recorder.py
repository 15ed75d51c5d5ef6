"""The recorder's strip below the call's bar: how it stands, the agent's pause, and what the caller says about it.

The strip never says that nothing is recorded before the carrier has; and where it hears nothing for too long, it says
so by itself (`frontend/src/phone/recorder.ts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint

from contact_center import access, clock
from contact_center.calls import consents, pausing, recorder
from contact_center.calls.models import Call
from contact_center.calls.pausing import Shown
from contact_center.desk import asked
from contact_center.desk.calls import mine_or_404
from contact_center.extensions import db

blueprint = Blueprint("recorder", __name__, url_prefix="/desk/calls/<int:call_id>/recording")
LATE = timedelta(seconds=5)  # so long a pause may be on its way
SOON = timedelta(seconds=20)  # so long before its end a pause says so
NOT_RECORDING = frozenset({Shown.PAUSED, Shown.AWAY, Shown.RESUMING, Shown.RESUME_FAILED})


@dataclass(frozen=True, slots=True)
class Strip:
    """What the strip shows. Seconds are those until it has to say something by itself; `stamp` makes each state new."""

    shown: Shown
    until: datetime | None
    late_in: float
    soon_in: float
    over_in: float
    stamp: str

    @property
    def is_silent(self) -> bool:
        """Whether the carrier has said that nothing is recorded."""
        return self.shown in NOT_RECORDING


@blueprint.app_template_global("recorder_of")
def of(call: Call) -> Strip | None:
    """How the recorder of *call* stands; None where its number's calls are never recorded."""
    recording, now = recorder.of(call), clock.now()
    shown = pausing.shown(call, recording)
    if shown is Shown.NEVER or call.ended_at is not None:
        return None
    since = recording.changed_at if recording is not None else call.since
    until = recording.paused_until if recording is not None and shown is Shown.PAUSED else None
    left = (until - now).total_seconds() if until else 0.0
    late = (since + LATE - now).total_seconds()
    return Strip(shown, until, max(0.0, late), max(0.0, left - SOON.total_seconds()), max(0.0, left + 3),
                 f"{shown}-{int(since.timestamp())}")  # fmt: skip


@blueprint.post("/pause")
@access.agent
def pause(call_id: int) -> Any:
    """Record nothing for three minutes."""
    return _do(pausing.pause, call_id)


@blueprint.post("/extend")
@access.agent
def extend(call_id: int) -> Any:
    """Three minutes more, from now."""
    return _do(pausing.extend, call_id)


@blueprint.post("/resume")
@access.agent
def resume(call_id: int) -> Any:
    """Record again."""
    return _do(pausing.resume, call_id)


@blueprint.post("/agree")
@access.agent
def agree(call_id: int) -> Any:
    """The caller has agreed, in words."""
    return _do(consents.agree, call_id)


@blueprint.post("/withdraw")
@access.agent
def withdraw(call_id: int) -> Any:
    """The caller wants no recording: it stops and is deleted."""
    return _do(consents.withdraw, call_id)


def _do(verb: Any, call_id: int) -> Any:
    verb(mine_or_404(call_id), access.me())
    db.session.commit()
    return asked.done()
