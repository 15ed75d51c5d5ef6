"""The recording of a talk, kept with the message that its call is in the ticket: who talked, since when, how long."""

from __future__ import annotations

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.calls import recordings
from contact_center.calls.models import CallStage, CallState
from contact_center.calls.recordings import Of, Recording, RecordingState
from contact_center.channels.phone import keeping
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.remarks import remark
from contact_center.tickets.messages import Message


@keeping.files(Of.TALK)
def file(one: Recording, data: bytes | None) -> None:
    """Put the sound to the call's message, or say there that it is lost."""
    message = _message(one)
    if not recordings.settle(one, RecordingState.KEPT if data and message else RecordingState.LOST):
        return
    if message is None:
        return
    if data:
        keeping.attach(one, message.id, f"call-{one.call_id}.mp3", data)
        log.record(Name.RECORDING_KEPT, one.call, seconds=round(one.seconds), agents=_agents(one))
    else:
        message.notes = [*message.notes, remark("The recording could not be fetched from the telephone company.")]
        log.record(Name.RECORDING_LOST, one.call)


def _message(one: Recording) -> Message | None:
    """What the call is in its ticket: the newest message of its interaction."""
    asked = select(Message).where(Message.interaction_id == one.call.interaction_id, Message.channel == "phone")
    return db.session.scalar(asked.order_by(Message.id.desc()).limit(1))


def _agents(one: Recording) -> list[str]:
    talked = (CallStage.call_id == one.call_id, CallStage.state == CallState.TALKING)
    asked = select(Agent.name).join(CallStage, CallStage.agent_id == Agent.id).where(*talked)
    return list(db.session.scalars(asked.group_by(Agent.name).order_by(Agent.name)))
