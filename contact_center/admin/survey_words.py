"""Settings, Surveys, Words: how each question is put, per scale, language and way of asking, with a preview of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from contact_center import access
from contact_center.admin import reading
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.satisfaction import asking, questions, scales, words
from contact_center.satisfaction.asking import Question
from contact_center.satisfaction.models import AskedBy, Scale
from contact_center.text import segments

blueprint = Blueprint("survey_words", __name__, url_prefix="/admin/satisfaction/words")

_REF = "CC-1042"  # stands for any ticket in a preview
_ORDER = (AskedBy.EMAIL, AskedBy.TEXT, AskedBy.PHONE, AskedBy.PORTAL)


@dataclass(frozen=True, slots=True)
class _Preview:
    """How one question reaches a customer, with what is wrong with it."""

    asked_by: AskedBy
    said: str
    problem: str = ""
    subject: str = ""
    html: Markup | None = None
    parts: segments.Parts | None = None


@blueprint.get("")
@access.administrator
def show() -> str:
    """All ways of one scale in one language."""
    return _page(_scale(), _language(), {}, {})


@blueprint.post("/<any(email, text, phone, portal):asked_by>")
@access.administrator
def save(asked_by: str) -> Any:
    """Keep the words of one way; empty ones are the usual ones again."""
    way, scale, language = _way(asked_by), _scale(), _language()
    typed = reading.text("words")
    try:
        questions.put(access.me(), scale, way, language, typed, reading.text("before"))
    except Invalid as error:
        db.session.rollback()
        return _page(scale, language, {way: typed}, {way: error.sentence}), error.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("survey_words.show", scale=scale, language=language, _anchor=asked_by), 303)


@blueprint.post("/<any(email, text, phone, portal):asked_by>/preview")
@access.administrator
def preview(asked_by: str) -> str:
    """How it would reach a customer, as it is typed."""
    scale, language = _scale(), _language()
    shown = _preview(scale, _way(asked_by), language, reading.text("words")[:2000])
    return render_template("admin/_survey_preview.html", shown=shown, scale=scale, answers=_answers(scale, language))


def _page(scale: Scale, language: str, typed: dict[AskedBy, str], problems: dict[AskedBy, str]) -> str:
    chosen = {way: questions.chosen(scale, way, language) or "" for way in _ORDER}
    shown = {way: typed.get(way, chosen[way]) for way in _ORDER}
    return render_template(
        "admin/survey_words.html", page="surveys", scale=scale, language=language, scales=list(Scale),
        languages=questions.LANGUAGES, name_of=scales.name_of, words=words, chosen=chosen, typed=shown,
        problems=problems, fields=questions.fields, answers=_answers(scale, language), most=questions.MOST,
        usual={way: questions.usual(scale, way, language) for way in _ORDER},
        previews={way: _preview(scale, way, language, shown[way]) for way in _ORDER},
    )  # fmt: skip


def _preview(scale: Scale, way: AskedBy, language: str, typed: str) -> _Preview:
    template, problem = typed.strip() or questions.usual(scale, way, language), ""
    try:
        template = questions.check(scale, way, template)
    except Invalid as error:
        problem = error.sentence
    said = questions.filled(template, _REF)
    if way is AskedBy.TEXT:
        return _Preview(way, said, problem, parts=segments.of(said))
    if way is not AskedBy.EMAIL:
        return _Preview(way, said, problem)
    question = Question(_REF, scale, language, "preview")
    with force_locale(language):
        html = asking.html_of(question, said, current_app.config["CC"].brand)
        return _Preview(way, said, problem, asking.subject_of(question), Markup(html))  # noqa: S704 (escaped there)


def _answers(scale: Scale, language: str) -> dict[int, str]:
    with force_locale(language):
        return {score: str(said) for score, said in scales.answers(scale).items()}


def _scale() -> Scale:
    asked = request.values.get("scale", Scale.CSAT)
    return Scale(asked) if asked in list(Scale) else abort(404)


def _language() -> str:
    asked = request.values.get("language", questions.LANGUAGES[0])
    return asked if asked in questions.LANGUAGES else abort(404)


def _way(asked_by: str) -> AskedBy:
    return AskedBy(asked_by.upper()) if asked_by.upper() in list(AskedBy) else abort(404)
