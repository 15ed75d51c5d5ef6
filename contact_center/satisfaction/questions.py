"""The words of a question: per scale, language and the way it is asked; the usual ones where nobody has chosen others.

Settings → Surveys edits them, `asking` and the telephone say them. In them {brand} stands for our name and {ref} for
the ticket. Verbs never commit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import wording
from contact_center.calls.wording import Prompt
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.satisfaction import scales
from contact_center.satisfaction.models import AskedBy, Scale, SurveyQuestion
from contact_center.text import segments

LANGUAGES = ("en", "zh_Hans_CN")
MOST = {AskedBy.EMAIL: 200, AskedBy.PORTAL: 200, AskedBy.TEXT: 480, AskedBy.PHONE: 400}
MOST_PARTS = 3  # of a text
_FIELDS = {AskedBy.PHONE: ("{brand}",)}  # a reference that is read aloud helps nobody
_ALL_FIELDS = ("{brand}", "{ref}")
_BRACED = re.compile(r"\{[^{}]*\}|[{}]")


def words(scale: Scale, asked_by: AskedBy, language: str) -> str:
    """The words as they are kept, {brand} and {ref} in them."""
    return chosen(scale, asked_by, language) or usual(scale, asked_by, language)


def said(scale: Scale, asked_by: AskedBy, language: str, ref: str = "") -> str:
    """The words as they are said about a ticket."""
    return filled(words(scale, asked_by, language), ref)


def filled(template: str, ref: str) -> str:
    """*template* with our name and the ticket's."""
    return template.replace("{brand}", current_app.config["CC"].brand).replace("{ref}", ref)


def chosen(scale: Scale, asked_by: AskedBy, language: str) -> str | None:
    """What somebody has chosen to say; None for the usual words."""
    row = db.session.get(SurveyQuestion, (scale, language, asked_by))
    return row.words if row is not None else None


def all_chosen() -> Mapping[tuple[Scale, str, AskedBy], SurveyQuestion]:
    """Everything that somebody has chosen."""
    return {(row.scale, row.language, row.asked_by): row for row in db.session.scalars(select(SurveyQuestion))}


def usual(scale: Scale, asked_by: AskedBy, language: str) -> str:
    """What is said where nobody has chosen words."""
    if asked_by is AskedBy.PHONE and scale is Scale.CSAT:
        return wording.usual(Prompt.RATING, language)
    with force_locale(language):
        made = {AskedBy.TEXT: _text, AskedBy.PHONE: _spoken}.get(asked_by, _written)(scale)
    return str(made)


def put(agent: Agent, scale: Scale, asked_by: AskedBy, language: str, typed: str, before: str) -> bool:
    """Choose words, or the usual ones by leaving them empty; False if nothing differs.

    *before* is what the person saw. Raises Invalid, and Stale if somebody else was faster.
    """
    now = chosen(scale, asked_by, language) or ""
    typed = "" if _same(typed, usual(scale, asked_by, language)) else check(scale, asked_by, typed)
    if typed == now:
        return False
    if not _same(before, now):
        raise Stale(_("Somebody changed these words meanwhile. Look at them again."), {"words": (before, now)})
    _write(agent, scale, asked_by, language, typed)
    where = {"scale": scale, "language": language, "asked_by": asked_by}
    log.record(Name.SURVEY_QUESTION_CHANGED, None, agent, **where, changes={"words": [now or None, typed or None]})
    return True


def check(scale: Scale, asked_by: AskedBy, typed: str) -> str:
    """*typed* as it may be kept; empty stays empty. Raises Invalid with the sentence for the field."""
    typed = " ".join(typed.replace("\x00", "").split())
    problem = _problem(scale, asked_by, typed) if typed else ""
    if problem:
        raise Invalid(problem, {"words": problem})
    return typed


def fields(asked_by: AskedBy) -> tuple[str, ...]:
    """What may stand in braces."""
    return _FIELDS.get(asked_by, _ALL_FIELDS)


def _problem(scale: Scale, asked_by: AskedBy, typed: str) -> str:
    known = fields(asked_by)
    strange = next((found for found in _BRACED.findall(typed) if found not in known), None)
    if strange is not None:
        return str(_("%(strange)s is not known here. Known: %(known)s.", strange=strange, known=", ".join(known)))
    if len(typed) > MOST[asked_by]:
        return str(_("At most %(most)s characters, please.", most=MOST[asked_by]))
    if asked_by in (AskedBy.TEXT, AskedBy.PHONE):
        numbers, (least, most) = re.findall(r"\d+", unicodedata.normalize("NFKC", typed)), scales.ends(scale)
        if not {str(least), str(most)} <= set(numbers):
            return str(_("Say from which number to which one can answer: %(a)d and %(b)d.", a=least, b=most))
    if asked_by is AskedBy.TEXT and segments.of(filled(typed, "CC-100000")).segments > MOST_PARTS:
        return str(_("This makes more than %(most)d parts: please shorten it.", most=MOST_PARTS))
    return ""


def _write(agent: Agent, scale: Scale, asked_by: AskedBy, language: str, typed: str) -> None:
    row = db.session.get(SurveyQuestion, (scale, language, asked_by))
    if row is not None and not typed:
        db.session.delete(row)
    elif row is not None:
        row.words, row.changed_by, row.changed_at = typed, agent.id, clock.now()
    else:
        values = {"words": typed, "changed_by": agent.id, "changed_at": clock.now()}
        new = insert(SurveyQuestion).values(scale=scale, language=language, asked_by=asked_by, **values)
        kept = ["scale", "language", "asked_by"]
        db.session.execute(new.on_conflict_do_update(index_elements=kept, set_=values))
    db.session.flush()


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()) == " ".join(other.split())


def _written(scale: Scale) -> str:
    if scale is Scale.CSAT:
        return _("How satisfied are you with the help you got?")
    if scale is Scale.NPS:
        return _("How likely are you to recommend %(brand)s to friends or colleagues?", brand="{brand}")
    return _("How far do you agree: it was easy to get help with my request?")


def _text(scale: Scale) -> str:
    said = {"brand": "{brand}", "ref": "{ref}"}
    if scale is Scale.CSAT:
        return _(
            "%(brand)s: How satisfied are you with our help (%(ref)s)? Answer with one digit, from 1 (very "
            "dissatisfied) to 5 (very satisfied). STOP ends all texts.",
            **said,
        )
    if scale is Scale.NPS:
        return _(
            "%(brand)s: How likely are you to recommend us? Answer with a number, from 0 (not at all) to 10 "
            "(extremely likely). STOP ends all texts.",
            **said,
        )
    return _(
        "%(brand)s: It was easy to get help with my request (%(ref)s). Answer with one digit, from 1 (strongly "
        "disagree) to 7 (strongly agree). STOP ends all texts.",
        **said,
    )


def _spoken(scale: Scale) -> str:
    if scale is Scale.NPS:
        return _(
            "How likely are you to recommend us to friends or colleagues? Type a number from 0, not at all, to 10, "
            "extremely likely, and then the hash key."
        )
    return _(
        "How far do you agree: it was easy to get help today? Press a key from 1, strongly disagree, to 7, strongly "
        "agree."
    )
