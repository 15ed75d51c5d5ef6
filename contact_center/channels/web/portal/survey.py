"""The page behind the links of our mail. GET shows it with that answer chosen, only POST records; the link is the key.

`blueprints` lists it. Link scanners follow every link of a mail: nothing that they do may count as an answer.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web.portal import limits, visit
from contact_center.errors import IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.satisfaction import questions, scales, surveys
from contact_center.satisfaction.models import AskedBy, Survey, SurveyState

blueprint = Blueprint("survey", __name__, url_prefix="/s/<token>")
visit.prepare(blueprint)


@blueprint.get("")
@access.public
def show(token: str) -> Response:
    """The question with the answer of the link chosen, or the answer that was given, to be changed."""
    survey = _survey(token)
    chosen = scales.read(survey.scale, request.args.get("score", ""))
    return _shown(token, survey, survey.score if chosen is None else chosen, survey.comment)


@blueprint.post("")
@access.public
def answer(token: str) -> AnyResponse:
    """Record the answer and what was written."""
    survey = _survey(token)
    score, comment = scales.read(survey.scale, request.form.get("score", "")), request.form.get("comment", "")
    if again := limits.by_network():
        return visit.until(again, _shown(token, survey, score, comment, {"comment": visit.too_often(again)}, 429))
    try:
        surveys.answer(survey, score, comment)
    except Invalid as error:
        db.session.rollback()
        return _shown(token, _survey(token), score, comment, error.fields, 422)
    except IllegalMove:
        db.session.rollback()
        return _shown(token, _survey(token), score, comment)
    db.session.commit()
    return redirect(url_for("survey.thanks", token=token), 303)


@blueprint.get("/thanks")
@access.public
def thanks(token: str) -> AnyResponse:
    """What was answered, how to change it, and what to do if it is not solved."""
    survey = _survey(token)
    if survey.state is not SurveyState.ANSWERED:
        return redirect(url_for("survey.show", token=token), 303)
    page = render_template(
        "portal/survey_thanks.html",
        survey=survey, token=token, answers=scales.answers(survey.scale),
        until=surveys.changeable_until(survey) if surveys.is_open(survey) else None,
        is_followed_up=survey.task_id is not None and surveys.is_low(survey),
    )  # fmt: skip
    return make_response(page)


@blueprint.after_request
def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _shown(
    token: str,
    survey: Survey,
    score: int | None,
    comment: str,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    if not surveys.is_open(survey):
        return make_response(render_template("portal/survey_closed.html", survey=survey), status)
    page = render_template(
        "portal/survey.html",
        survey=survey, token=token, score=score, comment=comment, problems=problems or {},
        question=questions.said(survey.scale, AskedBy.PORTAL, visit.language(), survey.ticket.ref),
        answers=scales.answers(survey.scale), until=surveys.changeable_until(survey),
        came_by_link="score" in request.args, most=surveys.MAX_COMMENT,
    )  # fmt: skip
    return make_response(page, status)


def _survey(token: str) -> Survey:
    return surveys.find(token) or abort(404)
