"""Files of messages, for those who may see the ticket: always as a download, pictures also as pictures; and uploads.

Whatever a stranger sent is never shown under our origin: a type outside the list is "some bytes", and a picture is what
its first bytes say.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contact_center import access
from contact_center.customers.models import CustomerDocument
from contact_center.desk import listening
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.files import names, pictures, store
from contact_center.tickets import scope, uploads
from contact_center.tickets.messages import Attachment, Message
from contact_center.tickets.models import Ticket

blueprint = Blueprint("attachments", __name__, url_prefix="/desk")
KEPT_FOR = 24 * 3600
LONGEST_TYPE = 100
_OFFICE = "application/vnd.openxmlformats-officedocument"
HARMLESS = frozenset(
    {
        "application/pdf", "application/zip", "application/msword", "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint", f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet",
        f"{_OFFICE}.presentationml.presentation", "text/plain", "text/csv", "text/calendar", "message/rfc822",
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/heic", "audio/mpeg", "audio/mp4", "audio/wav",
        "video/mp4", "video/quicktime", "video/webm",
    }
)  # fmt: skip


@blueprint.get("/attachments/<int:attachment_id>")
@access.agent
def download(attachment_id: int) -> Response:
    """The file under its safe name. A call that is taken away is told as heard."""
    attachment = visible(attachment_id)
    if listening.is_ours(attachment):
        listening.note(attachment, access.me(), "downloaded")
        db.session.commit()
    return send(attachment)


@blueprint.get("/attachments/<int:attachment_id>/picture")
@access.agent
def picture(attachment_id: int) -> Response:
    """The file as a picture, if it is one."""
    attachment = visible(attachment_id)
    kind = pictures.kind(_beginning(attachment))
    if kind is None:
        abort(404)
    return _send(attachment, kind, as_attachment=False)


@blueprint.post("/uploads")
@access.agent
def upload() -> Any:
    """Keep a file for the message that is being written."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        sentence = _("Choose a file.")
        raise Invalid(sentence, {"file": sentence})
    kind = (sent.mimetype or "application/octet-stream")[:LONGEST_TYPE]
    row = uploads.add(access.me(), names.safe(sent.filename), kind, sent.read())
    db.session.commit()
    return jsonify({"id": row.id, "name": row.name, "size": row.size})


def send(row: Attachment | CustomerDocument) -> Response:
    """The answer with a stored file as a download, its type only if it is a harmless one."""
    claimed = row.content_type.partition(";")[0].strip().lower()
    return _send(row, claimed if claimed in HARMLESS else "application/octet-stream", as_attachment=True)


def sound(row: Attachment) -> Response:
    """The answer with a stored sound, to be played."""
    return _send(row, row.content_type, as_attachment=False)


def visible(attachment_id: int) -> Attachment:
    """The file, if whoever asks may see its ticket; else there is none."""
    mine = select(Attachment).join(Message, Message.id == Attachment.message_id)
    mine = mine.join(Ticket, Ticket.id == Message.ticket_id).where(scope.visible_to(access.me()))
    found = mine.where(Attachment.id == attachment_id).options(joinedload(Attachment.file))
    return db.session.scalar(found) or abort(404)


def _beginning(attachment: Attachment) -> bytes:
    try:
        with store.path_of(attachment.file).open("rb") as file:
            return file.read(16)
    except FileNotFoundError:
        abort(404)


def _send(attachment: Attachment | CustomerDocument, kind: str, *, as_attachment: bool) -> Response:
    try:
        path = store.path_of(attachment.file)
    except FileNotFoundError:
        abort(404)
    response = send_file(
        path, mimetype=kind, as_attachment=as_attachment, download_name=attachment.name, max_age=KEPT_FOR,
        etag=attachment.file.sha256.hex(),
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = f"private, max-age={KEPT_FOR}"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
