"""A mail exactly as it came, as a file to keep: byte for byte, headers and all.

A route of the desk by its address, but the raw records are the channels' own.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort
from sqlalchemy import select

from contact_center import access
from contact_center.channels.models import RawMessageRow
from contact_center.extensions import db
from contact_center.tickets import scope
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket

blueprint = Blueprint("originals", __name__, url_prefix="/desk/messages")


@blueprint.get("/<int:message_id>/raw")
@access.agent
def raw(message_id: int) -> Response:
    """The raw record of a mail, for those who may see its ticket."""
    asked = (
        select(RawMessageRow.payload)
        .join(Message, Message.raw_id == RawMessageRow.id)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .where(Message.id == message_id, RawMessageRow.channel == "email", scope.visible_to(access.me()))
    )
    payload = db.session.scalar(asked)
    if payload is None:
        abort(404)
    response = Response(payload, mimetype="message/rfc822")
    response.headers["Content-Disposition"] = f'attachment; filename="message-{message_id}.eml"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
