"""Leave a message: what a caller says after the tone becomes a ticket with the sound, and the provider keeps no copy.

The steps are heard by the caller; `keeping` fetches the sound, and has it filed here.
"""

from __future__ import annotations

from sqlalchemy import update

from contact_center.calls import lines, missed, moves, queueing, recordings
from contact_center.calls.models import Call, CallState, Outcome
from contact_center.calls.recordings import Of, Recording, RecordingState
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, keeping, spoken, taking_in
from contact_center.channels.phone.plan import End, Go, Plan, Record
from contact_center.channels.phone.provider import Answer
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.remarks import remark
from contact_center.tickets import interactions
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Message

SHORTEST = 2.0  # seconds: less is a missed call
_WAITED = (CallState.QUEUED, CallState.RECOVERING)


@flow.adds("voicemail")
def record(call: Call, _answer: Answer) -> Plan:
    """After the tone; whoever waited waits no more."""
    line = lines.of(call.number_id)
    if line is None or not line.takes_voicemail:
        return flow.STEPS["queue"](call, _answer)
    waited = call.state in _WAITED
    if not moves.make(call, CallState.VOICEMAIL):
        return (End(),)
    if waited:
        queueing.leave(call)
    flow.remember(call, outcome=Outcome.VOICEMAIL)
    return (spoken.prompt(call, Prompt.VOICEMAIL, line), Record("voicemail-done", "recording"), Go("voicemail-done"))


@flow.adds("voicemail-done")
def recorded(call: Call, _answer: Answer) -> Plan:
    """Thanks."""
    return (spoken.prompt(call, Prompt.VOICEMAIL_KEPT), End())


def heard(call: Call, ref: str, seconds: float, *, is_ready: bool) -> None:
    """The provider has what was said after the tone, or has nothing."""
    if call.flow.get("outcome") == Outcome.VOICEMAIL:
        recordings.note(call, ref, seconds if is_ready else 0.0)


@keeping.files(Of.VOICEMAIL)
def file(one: Recording, data: bytes | None) -> None:
    """The ticket of a message: with its sound, or saying that it could not be fetched."""
    if data is not None and one.seconds < SHORTEST:
        _missed(one)
        return
    call = one.call
    filed = taking_in.file(call, Kind.VOICEMAIL)
    if not recordings.settle(one, RecordingState.KEPT if data else RecordingState.LOST):
        return
    db.session.execute(
        update(Call).where(Call.id == call.id, Call.ticket_id.is_(None)).values(ticket_id=filed.ticket_id)
    )
    if data:
        keeping.attach(one, filed.message_id, "voicemail.mp3", data)
    else:
        message = db.session.get_one(Message, filed.message_id)
        message.notes = [*message.notes, remark("The recording could not be fetched from the telephone company.")]
    db.session.refresh(call)
    log.record(Name.VOICEMAIL_KEPT, call, seconds=round(one.seconds))


def _missed(one: Recording) -> None:
    """Nothing was said: a call that somebody should return."""
    call = one.call
    if call.ticket_id is None:
        filed = taking_in.file(call)
        values = {"ticket_id": filed.ticket_id, "interaction_id": filed.interaction_id}
        db.session.execute(update(Call).where(Call.id == call.id).values(values))
        db.session.refresh(call)
        interactions.give_up(filed.interaction_id)
    if recordings.settle(one, RecordingState.KEPT):
        db.session.refresh(call)
        missed.left(call, was_short=False)
