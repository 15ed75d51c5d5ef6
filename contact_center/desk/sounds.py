"""What callers left and what was talked, played at the desk: under a link that is good for one agent and two minutes.

Whoever may see the ticket may hear it, and each time is an event of the ticket, also when the file is taken away.
The conversation's template shows the players; `frontend/src/player.ts` asks for the link when somebody presses play.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.calls.models import CallStage, CallState
from contact_center.calls.recordings import Because, Of, Recording
from contact_center.desk import attachments, listening
from contact_center.extensions import db
from contact_center.tickets.conversation import Entry, MessageEntry
from contact_center.tickets.messages import Attachment

blueprint = Blueprint("sounds", __name__, url_prefix="/desk")
GOOD_FOR = 120  # seconds
KINDS = ("audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4")


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of silence in a recording, in seconds from its beginning, and why."""

    since: float
    until: float
    because: Because


@dataclass(frozen=True, slots=True)
class Heard:
    """What a player tells of a sound before it is played."""

    is_talk: bool = False
    seconds: float = 0.0
    at: datetime | None = None
    agents: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


@blueprint.app_template_global("sounds_of")
def of(entries: Iterable[Entry]) -> dict[int, Heard]:
    """The sounds of a page of a conversation, by their attachments' ids."""
    ids = [file.id for entry in entries if isinstance(entry, MessageEntry) for file in entry.attachments
           if is_sound(file)]  # fmt: skip
    if not ids:
        return {}
    asked = select(Recording).where(Recording.attachment_id.in_(ids)).options(selectinload(Recording.gaps))
    made = {one.attachment_id: one for one in db.session.scalars(asked)}
    agents = _agents([one.call_id for one in made.values() if one.of is Of.TALK])
    return {each: _heard(made[each], agents) if each in made else Heard() for each in ids}


@blueprint.app_template_test("sound")
def is_sound(attachment: Attachment) -> bool:
    """Whether it can be played."""
    return attachment.content_type in KINDS


@blueprint.post("/attachments/<int:attachment_id>/listen")
@access.agent
def listen(attachment_id: int) -> dict[str, str]:
    """Where one may fetch the sound, for two minutes. It is told as played."""
    attachment = _sound(attachment_id)
    listening.note(attachment, access.me())
    db.session.commit()
    key = _signer().dumps([attachment_id, access.me().id])
    return {"url": url_for("sounds.play", attachment_id=attachment_id, key=key)}


@blueprint.get("/attachments/<int:attachment_id>/sound")
@access.agent
def play(attachment_id: int) -> Response:
    """The sound, for whom the link was made."""
    try:
        signed = _signer().loads(request.args.get("key", ""), max_age=GOOD_FOR)
    except BadSignature:
        abort(404)
    if signed != [attachment_id, access.me().id]:
        abort(404)
    return attachments.sound(_sound(attachment_id))


@blueprint.app_template_filter("because_not_recorded")
def because(gap: Gap) -> str:
    """Why there is nothing to be heard."""
    words = {
        Because.AGENT: _("paused by the agent"), Because.HOLD: _("on hold"),
        Because.COLLEAGUE: _("a colleague was asked"), Because.WAIT: _("the caller waited"),
    }  # fmt: skip
    return words[gap.because]


def _sound(attachment_id: int) -> Attachment:
    attachment = attachments.visible(attachment_id)
    return attachment if is_sound(attachment) else abort(404)


def _heard(made: Recording, agents: dict[int, list[str]]) -> Heard:
    if made.of is not Of.TALK or made.started_at is None:
        return Heard(seconds=made.seconds)
    start, end = made.started_at, made.ended_at or made.started_at
    gaps = [Gap((one.started_at - start).total_seconds(), ((one.ended_at or end) - start).total_seconds(), one.because)
            for one in made.gaps]  # fmt: skip
    return Heard(True, made.seconds, start, agents.get(made.call_id, []), gaps)


def _agents(call_ids: list[int]) -> dict[int, list[str]]:
    """Who talked, in the order in which they did."""
    found: dict[int, list[str]] = {}
    talked = (CallStage.call_id.in_(call_ids), CallStage.state == CallState.TALKING)
    asked = select(CallStage.call_id, Agent.name).join(Agent, Agent.id == CallStage.agent_id).where(*talked)
    for call_id, name in db.session.execute(asked.order_by(CallStage.id)):
        if name not in found.setdefault(call_id, []):
            found[call_id].append(name)
    return found


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["CC"].secret_key, salt="sound")
