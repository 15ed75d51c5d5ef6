"""Sounds at the provider become ours, messages and talks alike: fetched, kept with their ticket, deleted there.

Jobs call `keep` and `remove`; both are safe to kill at any line and to run twice. What a sound is filed as, its own
module says (`voicemail`, `talks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from contact_center.calls import recordings
from contact_center.calls.models import CallLeg, Role
from contact_center.calls.recordings import SETTLED, Of, Recording, RecordingState
from contact_center.channels.phone.provider import Again, Gone, Refused
from contact_center.channels.phone.registry import PROVIDERS
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.files import store
from contact_center.tickets.messages import Attachment

MOST_BYTES = 200 * 1024 * 1024
SHORTEST = 0.1  # seconds: in less there is nothing to be fetched
Filing = Callable[[Recording, bytes | None], None]
FILES: dict[Of, Filing] = {}


def files(of: Of) -> Callable[[Filing], Filing]:
    """Make a function what files sounds of that kind: the row and its bytes, None if they are lost."""

    def add(filing: Filing) -> Filing:
        FILES[of] = filing
        return filing

    return add


def keep(recording_id: int) -> None:
    """Fetch one, have it filed, delete it at the provider's. Commits."""
    one = recordings.claim(recording_id)
    db.session.commit()
    if one is None or not _is_named(one):
        return
    try:
        data = _sound(one) if one.of is Of.TALK or one.seconds >= SHORTEST else b""
    except (Gone, Again):
        if recordings.later(one):
            db.session.commit()
            return
        data = None
    except Refused:
        data = None
    FILES[one.of](one, data)
    db.session.commit()
    remove(one.id)


def remove(recording_id: int) -> None:
    """Delete the provider's copy of what is settled; if that fails, a clock tries again. Commits."""
    one = db.session.get(Recording, recording_id, populate_existing=True)
    if one is None or one.state not in SETTLED or one.is_removed or not _is_named(one):
        return
    try:
        PROVIDERS[one.call.provider].delete_recording(one.ref or "")
    except Gone:
        pass
    except (Again, Refused):
        return
    recordings.removed(one)
    if one.state is RecordingState.DISCARDED:
        log.record(Name.RECORDING_DISCARDED, one.call)
    db.session.commit()


def attach(one: Recording, message_id: int, name: str, data: bytes) -> None:
    """Keep its bytes as a file of a message."""
    row = {
        "message_id": message_id, "file_id": store.put(data), "name": name, "content_type": "audio/mpeg",
        "size": len(data),
    }  # fmt: skip
    one.attachment_id = db.session.scalar(insert(Attachment).values(row).returning(Attachment.id))
    db.session.flush()


def _is_named(one: Recording) -> bool:
    """Whether we know what the provider calls it. If an answer was lost we look; nothing there: nothing was made."""
    if one.ref is not None:
        return True
    leg = select(CallLeg.ref).where(CallLeg.call_id == one.call_id, CallLeg.role == Role.CUSTOMER)
    ref = db.session.scalar(leg.order_by(CallLeg.id.desc()).limit(1))
    db.session.commit()
    try:
        made = PROVIDERS[one.call.provider].recordings(ref or "")
    except Gone:
        made = ()
    except (Again, Refused):
        return False
    known = set(db.session.scalars(select(Recording.ref).where(Recording.call_id == one.call_id)))
    one.ref = next((each.ref for each in made if each.ref not in known), None)
    if one.ref is None:
        db.session.execute(delete(Recording).where(Recording.id == one.id))
    db.session.commit()
    return one.ref is not None


def _sound(one: Recording) -> bytes:
    held = bytearray()
    pieces: Iterator[bytes] = PROVIDERS[one.call.provider].recording(one.ref or "")
    for piece in pieces:
        held += piece
        if len(held) > MOST_BYTES:
            raise Refused(str(_("The recording is too large.")))
    return bytes(held)
