"""Files that were uploaded and are not sent yet, how they become attachments, and what becomes of the rest.

Doors call `add` while somebody writes, `replies` and `notes` `attach`, a clock sweeps. Each agent has only their own
files; a visitor's wait here for nothing but their end, since the web channel finds them in the store.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Select, delete, exists, func, insert, literal, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.tickets.messages import Attachment, Message, Upload
from contact_center.tickets.models import Draft

MAX_FILES = 20
KEPT_FOR = timedelta(hours=25)  # a day, and an hour more for whoever is sending at this moment


def add(agent: Agent | None, name: str, content_type: str, data: bytes) -> Upload:
    """Keep a file until *agent*, or a visitor, sends it or a day is over. The name is the caller's to make safe."""
    upload = Upload(
        agent_id=agent.id if agent else None, file_id=store.put(data), name=name, content_type=content_type,
        size=len(data), at=clock.now(),
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    return upload


def add_again(digest: bytes, name: str, content_type: str) -> None:
    """A visitor shows a stored file once more: it has another day."""
    names = ["file_id", "size", "name", "content_type", "at"]
    there = select(File.id, File.size, literal(name), literal(content_type), literal(clock.now()))
    db.session.execute(insert(Upload).from_select(names, there.where(File.sha256 == digest)))


def remove(agent: Agent, upload_id: int) -> None:
    """Forget a file again; nothing happens if it is not *agent*'s."""
    db.session.execute(delete(Upload).where(Upload.id == upload_id, Upload.agent_id == agent.id))


def of(agent: Agent, upload_ids: Sequence[int]) -> list[Upload]:
    """*agent*'s uploads with these ids, in their order; others are passed over."""
    return _in_order(_mine(agent, upload_ids), upload_ids)


def checked(agent: Agent, upload_ids: Sequence[int]) -> list[Upload]:
    """The uploads, all of them *agent*'s and not too many or too large together, held to be sent; raises Invalid."""
    found = _in_order(_mine(agent, upload_ids).with_for_update(), upload_ids)
    most: int = current_app.config["CC"].max_upload_bytes
    if len(found) < len(set(upload_ids)):
        _refuse(_("A file is no longer there. Attach it again."))
    if len(found) > MAX_FILES:
        _refuse(_("At most %(most)s files can be attached.", most=MAX_FILES))
    if sum(upload.size for upload in found) > most:
        _refuse(_("The files are too large together: at most %(most)s MB.", most=most // 1024 // 1024))
    return found


def attach(message: Message, found: Sequence[Upload]) -> None:
    """Make checked uploads the attachments of *message*; as uploads they are gone."""
    if not found:
        return
    rows = [
        {
            "message_id": message.id, "file_id": upload.file_id, "name": upload.name,
            "content_type": upload.content_type, "size": upload.size,
        }
        for upload in found
    ]  # fmt: skip
    db.session.execute(insert(Attachment), rows)
    db.session.execute(delete(Upload).where(Upload.id.in_([upload.id for upload in found])))


def sweep(needed: Collection[bytes] = ()) -> bool:
    """Forget one file that nobody has sent and no draft holds, and its bytes if they are nobody else's.

    False if there is none. *needed* are digests of files to be left alone. The caller commits after each.
    """
    in_draft = exists().where(
        Draft.agent_id == Upload.agent_id, Draft.fields["upload_ids"].contains(func.to_jsonb(Upload.id))
    )
    old = select(Upload).join(File, File.id == Upload.file_id).where(Upload.at < clock.now() - KEPT_FOR, ~in_draft)
    old = old.where(File.sha256.not_in(needed)).order_by(Upload.at).limit(1)
    upload = db.session.scalar(old.with_for_update(of=Upload, skip_locked=True))
    if upload is None:
        return False
    db.session.delete(upload)
    db.session.flush()
    store.discard(upload.file_id)
    return True


def _mine(agent: Agent, upload_ids: Sequence[int]) -> Select[Upload]:
    return select(Upload).where(Upload.id.in_(upload_ids), Upload.agent_id == agent.id).order_by(Upload.id)


def _in_order(asked: Select[Upload], upload_ids: Sequence[int]) -> list[Upload]:
    found = {upload.id: upload for upload in db.session.scalars(asked)} if upload_ids else {}
    return [found[upload_id] for upload_id in dict.fromkeys(upload_ids) if upload_id in found]


def _refuse(sentence: str) -> None:
    raise Invalid(sentence, {"files": sentence})
