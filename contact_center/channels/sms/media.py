"""Files of texts: noted with the text, fetched afterwards, looked at, kept as attachments, and deleted at the carrier.

The door notes, a job fetches, a clock carries on. What is refused or gone is said on the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from contact_center import clock
from contact_center.channels.sms.models import MediaState, TextMedia
from contact_center.channels.sms.provider import Download
from contact_center.channels.sms.registry import PROVIDER
from contact_center.channels.twilio.failures import Failure, Gone, Refused
from contact_center.errors import Unreadable
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.files import store
from contact_center.text.remarks import remark
from contact_center.tickets.messages import Attachment, Message

DUE = "text_media.due"  # a nudge, no event
MOST_BYTES = 16 * 1024 * 1024
MOST_TRIES = 8
_LEASE = timedelta(minutes=2)
_TYPES = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic",
    "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/amr": "amr", "audio/mp4": "m4a", "audio/aac": "aac",
    "video/mp4": "mp4", "video/3gpp": "3gp", "video/quicktime": "mov", "application/pdf": "pdf",
    "text/vcard": "vcf", "text/x-vcard": "vcf", "text/plain": "txt", "text/calendar": "ics",
}  # fmt: skip


def note(raw_id: int, payload: bytes) -> None:
    """Write down which files belong to a kept text; the same again changes nothing."""
    try:
        files = PROVIDER.incoming(payload).media
    except Unreadable:
        return
    if not files:
        return
    rows = [
        {"raw_id": raw_id, "position": n, "url": url, "content_type": kind.lower(), "due_at": clock.now()}
        for n, (url, kind) in enumerate(files)
    ]
    db.session.execute(upsert(TextMedia).on_conflict_do_nothing(), rows)


def waiting(limit: int = 50, among: Sequence[int] | None = None) -> list[int]:
    """Texts with files whose time has come, of all or *among* some."""
    due = select(TextMedia.raw_id).where(TextMedia.state == MediaState.WAITING, TextMedia.due_at <= clock.now())
    if among is not None:
        due = due.where(TextMedia.raw_id.in_(among))
    return list(db.session.scalars(due.group_by(TextMedia.raw_id).order_by(func.min(TextMedia.due_at)).limit(limit)))


def nudge(raw_ids: Sequence[int]) -> None:
    """Have the files of these texts, which are filed by now, fetched at once."""
    for raw_id in waiting(among=raw_ids):
        bus.after_commit(DUE, {"raw_message": raw_id})


def fetch(raw_id: int) -> None:
    """Fetch the files of a text that are due, one commit each. Safe to call twice at once."""
    while (claimed := _claim(raw_id)) is not None:
        media_id, url, kind, attempts = claimed
        try:
            _keep(media_id, raw_id, _read(PROVIDER.download(url), kind))
        except (Refused, _TooLarge, _Unwanted) as error:
            _refuse(media_id, raw_id, _why(error))
        except Failure as error:
            _later(media_id, raw_id, attempts, is_gone=isinstance(error, Gone))
        else:
            _remove(media_id, url)


class _TooLarge(Exception):
    pass


class _Unwanted(Exception):
    pass


def _claim(raw_id: int) -> tuple[int, str, str, int] | None:
    """A file whose turn it is, counted as tried and ours for a while; only of a text that has been filed."""
    filed = select(Message.id).where(Message.raw_id == raw_id).exists()
    due = select(TextMedia.id).where(
        TextMedia.raw_id == raw_id, TextMedia.state == MediaState.WAITING, TextMedia.due_at <= clock.now(), filed
    )
    one = due.order_by(TextMedia.position).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    taken = update(TextMedia).where(TextMedia.id == one)
    taken = taken.values(attempts=TextMedia.attempts + 1, due_at=clock.now() + _LEASE)
    row = db.session.execute(
        taken.returning(TextMedia.id, TextMedia.url, TextMedia.content_type, TextMedia.attempts)
    ).one_or_none()
    db.session.commit()
    return (row.id, row.url, row.content_type, row.attempts) if row else None


def _read(download: Download, claimed: str) -> tuple[str, bytes]:
    """All of a file, up to the most; its type is what the carrier serves it as."""
    kind = download.content_type if download.content_type in _TYPES else claimed.partition(";")[0].strip()
    if kind not in _TYPES or download.content_type in ("text/html", "image/svg+xml"):
        raise _Unwanted
    held = bytearray()
    for piece in download.pieces:
        held += piece
        if len(held) > MOST_BYTES:
            raise _TooLarge
    return kind, bytes(held)


def _keep(media_id: int, raw_id: int, file: tuple[str, bytes]) -> None:
    kind, data = file
    message = _message(raw_id)
    kept = update(TextMedia).where(TextMedia.id == media_id, TextMedia.state == MediaState.WAITING)
    position = db.session.scalar(kept.values(state=MediaState.STORED).returning(TextMedia.position))
    if position is None:  # another job was faster
        db.session.rollback()
        return
    row = {
        "message_id": message.id, "file_id": store.put(data), "name": f"{position + 1}.{_TYPES[kind]}",
        "content_type": kind, "size": len(data),
    }  # fmt: skip
    db.session.execute(insert(Attachment), [row])
    _told(message)
    db.session.commit()


def _refuse(media_id: int, raw_id: int, why: str) -> None:
    message = _message(raw_id)
    refused = update(TextMedia).where(TextMedia.id == media_id, TextMedia.state == MediaState.WAITING)
    if db.session.scalar(refused.values(state=MediaState.REFUSED).returning(TextMedia.id)) is not None:
        message.notes = [*message.notes, why]
        _told(message)
    db.session.commit()


def _later(media_id: int, raw_id: int, attempts: int, *, is_gone: bool) -> None:
    """Try again after a while; after the last try it is lost, and said so."""
    if attempts >= MOST_TRIES or (is_gone and attempts >= 4):
        _refuse(media_id, raw_id, remark("A file of this text could not be fetched from the carrier."))
        return
    again = update(TextMedia).where(TextMedia.id == media_id, TextMedia.state == MediaState.WAITING)
    db.session.execute(again.values(due_at=clock.now() + timedelta(seconds=5 * 2**attempts)))
    db.session.commit()


def _remove(media_id: int, url: str) -> None:
    """What we keep need not lie at the carrier. If it cannot be deleted now, its own time there ends it."""
    try:
        PROVIDER.remove(url)
    except Failure as error:
        if not isinstance(error, Gone):
            return
    db.session.execute(update(TextMedia).where(TextMedia.id == media_id).values(is_removed=True))
    db.session.commit()


def _message(raw_id: int) -> Message:
    return db.session.scalars(select(Message).where(Message.raw_id == raw_id).limit(1)).one()


def _told(message: Message) -> None:
    bus.after_commit("outgoing.moved", {"ticket": message.ticket_id})


def _why(error: Exception) -> str:
    if isinstance(error, _TooLarge):
        return remark("A file of this text is larger than 16 MB and was left at the carrier.")
    if isinstance(error, _Unwanted):
        return remark("A file of this text is of a kind that we do not take in.")
    return remark("A file of this text lies at an address that is none of the carrier’s, and was not fetched.")
