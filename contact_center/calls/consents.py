"""What callers say about being recorded: told or asked as their number's policy wants, or by word of mouth.

Each answer is an event and the state of the call; without a yes nothing is recorded (see `recorder`), and whoever
withdraws it has nothing kept. The policy is the number's at that moment: later changes concern later calls. Verbs
never commit.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import holding, lines, recorder
from contact_center.calls.models import Call, Consent, Policy
from contact_center.calls.recordings import NOTED, Of, Recording, RecordingState
from contact_center.errors import IllegalMove
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.files import store
from contact_center.tickets.messages import Attachment


def policy(call: Call) -> Policy:
    """What holds for *call*, from the first time that anybody asks."""
    line = lines.of(call.number_id)
    if call.records is Policy.NEVER and line is not None and line.records is not Policy.NEVER:
        call.records = line.records
        db.session.flush()
    return call.records


def is_open(call: Call) -> bool:
    """Whether the caller is still to be told or asked: once a call."""
    return call.consent is Consent.NONE and "may_record" not in call.flow and policy(call) is not Policy.NEVER


def note(call: Call, consent: Consent) -> None:
    """The caller has said so; `told` makes it an event as soon as there is a ticket to tell it."""
    call.consent = consent
    if consent is Consent.GIVEN:
        call.consented_at = clock.now()
    db.session.flush()


def told(call: Call, method: str, agent: Agent | None = None) -> None:
    """How: by an `announcement` to which nobody objected, the `keypad`, or in words to an `agent`."""
    log.record(Name.RECORDING_CONSENT, call, agent, method=method, value=call.consent.lower())


def agree(call: Call, agent: Agent) -> None:
    """The caller has agreed in words. Again changes nothing. Raises IllegalMove if calls here are never recorded."""
    holding.check_own(call, agent)
    if policy(call) is Policy.NEVER:
        raise IllegalMove(_("Calls to this number are not recorded."))
    if call.consent is not Consent.GIVEN:
        note(call, Consent.GIVEN)
        told(call, "agent", agent)
    recorder.follow(call)
    recorder.tell(call)


def withdraw(call: Call, agent: Agent) -> None:
    """The caller wants no recording: it stops, and what was recorded of this call is deleted, here and there."""
    holding.check_own(call, agent)
    if call.consent in (Consent.NONE, Consent.GIVEN):
        note(call, Consent.WITHDRAWN if call.consent is Consent.GIVEN else Consent.REFUSED)
        told(call, "agent", agent)
    made = select(Recording).where(
        Recording.call_id == call.id, Recording.of == Of.TALK, Recording.state != RecordingState.DISCARDED
    )
    now = clock.now()
    for recording in db.session.scalars(made.with_for_update(of=Recording)).all():
        recording.is_unwanted, recording.due_at = True, now
        if not recording.is_live:
            _discard(recording)
    recorder.follow(call)
    recorder.tell(call)


def _discard(recording: Recording) -> None:
    if recording.attachment is not None:
        file_id = recording.attachment.file_id
        db.session.execute(delete(Attachment).where(Attachment.id == recording.attachment_id))
        store.discard(file_id)
    recording.state, recording.changed_at = RecordingState.DISCARDED, clock.now()
    db.session.flush()
    bus.after_commit(NOTED, {"recording": recording.id})
