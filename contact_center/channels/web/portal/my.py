"""The signed-in customer's start: what is under way, what is owed, the newest request, the devices, one notice.

`wiring` registers the blueprint; the other modules of the signed-in portal have their own.
"""

from __future__ import annotations

from flask import Blueprint, render_template

from contact_center import access
from contact_center.channels.web.portal import door, visit, wording
from contact_center.satisfaction import questions, surveys
from contact_center.satisfaction.models import AskedBy, Survey
from contact_center.selfservice import notices, overview

blueprint = Blueprint("my", __name__, url_prefix="/my")
door.prepare(blueprint)


@blueprint.get("")
@access.customer
def home() -> str:
    """The answer to "where is my order?" first; an empty part is not there."""
    return render_template(
        "portal/my.html", me=door.me(), at=overview.of(door.me()), greeting=wording.greeting(), title_of=notices.title,
        asked=surveys.waiting(door.me().ids), question_of=_question,
    )  # fmt: skip


def _question(survey: Survey) -> str:
    return questions.said(survey.scale, AskedBy.PORTAL, visit.language(), survey.ticket.ref)
