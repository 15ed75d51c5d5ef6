"""Files an agent has uploaded and not sent yet, and how they become attachments.

Doors call `add` and `remove` while the agent writes, `replies` and `notes` `attach`. Each has only their own files.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.files import store
from contact_center.tickets.messages import Attachment, Message, Upload

MAX_FILES = 20


def add(agent: Agent, name: str, content_type: str, data: bytes) -> Upload:
    """Keep a file for *agent* until a reply or a note takes it. The name is the caller's to make safe."""
    upload = Upload(
        agent_id=agent.id, file_id=store.put(data), name=name, content_type=content_type, size=len(data), at=clock.now()
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def remove(agent: Agent, upload_id: int) -> None:
    """Forget a file again; nothing happens if it is not *agent*'s."""
    db.session.execute(delete(Upload).where(Upload.id == upload_id, Upload.agent_id == agent.id))


def of(agent: Agent, upload_ids: Sequence[int]) -> list[Upload]:
    """*agent*'s uploads with these ids, in their order; others are passed over."""
    if not upload_ids:
        return []
    asked = select(Upload).where(Upload.id.in_(upload_ids), Upload.agent_id == agent.id)
    found = {upload.id: upload for upload in db.session.scalars(asked)}
    return [found[upload_id] for upload_id in dict.fromkeys(upload_ids) if upload_id in found]


def checked(agent: Agent, upload_ids: Sequence[int]) -> list[Upload]:
    """The uploads, all of them *agent*'s and not too many or too large together; raises Invalid."""
    found = of(agent, upload_ids)
    most: int = current_app.config["CC"].max_upload_bytes
    if len(found) < len(set(upload_ids)):
        _refuse(_("A file is not there any more. Attach it again."))
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


def _refuse(sentence: str) -> None:
    raise Invalid(sentence, {"files": sentence})
