"""How a message came: its HTML in a locked frame, its quoted history, its details; and trying again what failed."""

from __future__ import annotations

import html
import re
from typing import Any

from flask import Blueprint, Response, abort, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import undefer

from contact_center import access
from contact_center.desk import asked
from contact_center.extensions import db
from contact_center.tickets import replies, scope
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket

blueprint = Blueprint("messages", __name__, url_prefix="/desk/messages")
# The frame has no scripts, forms or network. It keeps our origin only so that the desk can measure its height.
POLICY = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self' data:; "
    "style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_PICTURE = re.compile(r'(<img\b[^<>]*?\s)src="cid:([^"]*)"')
_REMOTE = re.compile(r"<img\b[^<>]*\sdata-remote=")


@blueprint.get("/<int:message_id>/html")
@access.agent
def as_html(message_id: int) -> Response:
    """The sanitised HTML as a document of its own; pictures that came along are ours to serve, others stay away."""
    message = _whole(message_id)
    if not message.html:
        abort(404)
    page = render_template("desk/messages/frame.html", message=message, body=_with_pictures(message))
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/<int:message_id>/quoted")
@access.agent
def quoted(message_id: int) -> str:
    """What stands below the person's own words."""
    message = _whole(message_id)
    rest = message.full_text.strip()
    own = message.text.strip()
    rest = rest[len(own) :].strip("\n") if own and rest.startswith(own) else rest
    return render_template("desk/messages/_quoted.html", rest=rest)


@blueprint.get("/<int:message_id>/original")
@access.agent
def original(message_id: int) -> str:
    """Everything about it: who, to whom, when, its HTML or full text, and the file as it came."""
    message = _whole(message_id)
    remote = len(_REMOTE.findall(message.html))
    return render_template("desk/messages/_original.html", message=message, remote=remote)


@blueprint.post("/<int:message_id>/retry")
@access.agent
def retry(message_id: int) -> Any:
    """Send again what could not be delivered."""
    message = asked.message_or_404(message_id)
    replies.retry(message, access.me())
    db.session.commit()
    return asked.done(otherwise=url_for("desk.home"))


def _whole(message_id: int) -> Message:
    """The message with its long columns and files, if the reader may see its ticket."""
    mine = select(Message).join(Ticket, Ticket.id == Message.ticket_id).where(scope.visible_to(access.me()))
    long_ones = (undefer(Message.html), undefer(Message.full_text))
    return db.session.scalar(mine.where(Message.id == message_id).options(*long_ones)) or abort(404)


def _with_pictures(message: Message) -> str:
    """Point `cid:` pictures to the attachments they name."""
    ids = {file.content_id: file.id for file in message.attachments if file.content_id}

    def place(found: re.Match[str]) -> str:
        attachment_id = ids.get(html.unescape(found[2]))
        url = url_for("attachments.picture", attachment_id=attachment_id) if attachment_id else ""
        return f'{found[1]}src="{url}"' if url else found[1]

    return _PICTURE.sub(place, message.html)
