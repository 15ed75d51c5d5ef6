"""Leave a message: what a caller says after the tone becomes a ticket with the sound, and the provider keeps no copy.

The steps are heard by the caller; `keep` is a job, safe to kill at any line and to run twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import insert, update

from contact_center.calls import lines, missed, moves, queueing, voicemails
from contact_center.calls.models import Call, CallState, Outcome
from contact_center.calls.voicemails import Fetching, Voicemail
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, spoken, taking_in
from contact_center.channels.phone.plan import End, Go, Plan, Record
from contact_center.channels.phone.provider import Again, Answer, Gone, Refused
from contact_center.channels.phone.registry import PROVIDERS
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.files import store
from contact_center.text.remarks import remark
from contact_center.tickets import interactions
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Attachment, Message

SHORTEST = 2.0  # seconds: less is a missed call
MOST_BYTES = 20 * 1024 * 1024
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
    """The provider has a recording of *call*, or has none."""
    if call.flow.get("outcome") == Outcome.VOICEMAIL:
        voicemails.note(call, ref, seconds if is_ready else 0.0)


def keep(voicemail_id: int) -> None:
    """Fetch one, file it, keep its sound, delete it at the provider's. Commits."""
    one = voicemails.claim(voicemail_id)
    db.session.commit()
    if one is None:
        return
    try:
        data = _sound(one) if one.seconds >= SHORTEST else b""
    except (Gone, Again):
        if voicemails.later(one):
            db.session.commit()
            return
        data = None
    except Refused:
        data = None
    if data == b"":
        _missed(one)
    else:
        _file(one, data)
    db.session.commit()
    remove(one.id)


def remove(voicemail_id: int) -> None:
    """Delete the provider's copy of what is settled; if that fails, a clock tries again. Commits."""
    one = db.session.get_one(Voicemail, voicemail_id)
    if one.state is Fetching.WAITING or one.is_removed:
        return
    try:
        PROVIDERS[one.call.provider].delete_recording(one.ref)
    except Gone:
        pass
    except (Again, Refused):
        return
    voicemails.removed(one)
    db.session.commit()


def _sound(one: Voicemail) -> bytes:
    held = bytearray()
    pieces: Iterator[bytes] = PROVIDERS[one.call.provider].recording(one.ref)
    for piece in pieces:
        held += piece
        if len(held) > MOST_BYTES:
            raise Refused(str(_("The recording is too large.")))
    return bytes(held)


def _file(one: Voicemail, data: bytes | None) -> None:
    call = one.call
    filed = taking_in.file(call, Kind.VOICEMAIL)
    if not voicemails.settle(one, Fetching.KEPT if data else Fetching.LOST):
        return
    db.session.execute(
        update(Call).where(Call.id == call.id, Call.ticket_id.is_(None)).values(ticket_id=filed.ticket_id)
    )
    if data:
        row = {
            "message_id": filed.message_id, "file_id": store.put(data), "name": "voicemail.mp3",
            "content_type": "audio/mpeg", "size": len(data),
        }  # fmt: skip
        db.session.execute(insert(Attachment), [row])
    else:
        message = db.session.get_one(Message, filed.message_id)
        message.notes = [*message.notes, remark("The recording could not be fetched from the telephone company.")]
    db.session.refresh(call)
    log.record(Name.VOICEMAIL_KEPT, call, seconds=round(one.seconds))


def _missed(one: Voicemail) -> None:
    """Nothing was said: a call that somebody should return."""
    call = one.call
    if call.ticket_id is None:
        filed = taking_in.file(call)
        values = {"ticket_id": filed.ticket_id, "interaction_id": filed.interaction_id}
        db.session.execute(update(Call).where(Call.id == call.id).values(values))
        db.session.refresh(call)
        interactions.give_up(filed.interaction_id)
    if voicemails.settle(one, Fetching.KEPT):
        db.session.refresh(call)
        missed.left(call, was_short=False)
