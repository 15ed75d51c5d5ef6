"""What callers have left, played at the desk: under a link that is signed for one agent and an hour.

Playing it is an event of its ticket. The conversation's template asks for the link.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from contact_center import access
from contact_center.desk import attachments
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets.messages import Attachment, Message
from contact_center.tickets.models import Ticket

blueprint = Blueprint("sounds", __name__, url_prefix="/desk")
GOOD_FOR = 3600  # seconds
KINDS = ("audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4")


@blueprint.app_template_global()
def sound_url(attachment: Attachment) -> str:
    """Where the player of this agent asks for the sound."""
    key = _signer().dumps([attachment.id, access.me().id])
    return url_for("sounds.play", attachment_id=attachment.id, key=key)


@blueprint.app_template_test("sound")
def is_sound(attachment: Attachment) -> bool:
    """Whether it can be played."""
    return attachment.content_type in KINDS


@blueprint.get("/attachments/<int:attachment_id>/sound")
@access.agent
def play(attachment_id: int) -> Response:
    """The sound; its beginning is told as played, a jump in it is not."""
    try:
        signed = _signer().loads(request.args.get("key", ""), max_age=GOOD_FOR)
    except BadSignature:
        abort(404)
    if signed != [attachment_id, access.me().id]:
        abort(404)
    attachment = attachments.visible(attachment_id)
    if not is_sound(attachment):
        abort(404)
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        asked = select(Ticket).join(Message, Message.ticket_id == Ticket.id).where(Message.id == attachment.message_id)
        log.record(Name.VOICEMAIL_PLAYED, db.session.scalars(asked).one(), access.me(), file=attachment.name)
        db.session.commit()
    return attachments.sound(attachment)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["CC"].secret_key, salt="sound")
