"""The three scales: what may be answered, what counts as good and as low, what an answer is called. Pure.

CSAT asks for satisfaction (1 to 5), NPS for readiness to recommend us (0 to 10), CES for how easy it was (1 to 7; CES
2.0: agreement with a sentence). Everybody who asks, counts or shows an answer looks here.
"""

from __future__ import annotations

from flask_babel import gettext as _

from contact_center.satisfaction.models import Scale, SurveySettings

RANGES = {Scale.CSAT: range(1, 6), Scale.NPS: range(11), Scale.CES: range(1, 8)}
GOOD = {Scale.CSAT: 4, Scale.NPS: 9, Scale.CES: 5}  # this and more: satisfied, a promoter, easy
DETRACTOR = 6  # of NPS, this and less; a figure's definition, whatever is followed up


def ends(scale: Scale) -> tuple[int, int]:
    """The lowest and the highest answer."""
    return RANGES[scale][0], RANGES[scale][-1]


def read(scale: Scale, typed: str) -> int | None:
    """The answer that somebody has typed or pressed; None if it is none of this scale."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= 2
    return int(typed) if is_number and int(typed) in RANGES[scale] else None


def low(scale: Scale, rules: SurveySettings) -> int:
    """The answer that is followed up, this and less."""
    return {Scale.CSAT: rules.low_score, Scale.NPS: rules.nps_low, Scale.CES: rules.ces_low}[scale]


def is_low(scale: Scale, score: int, rules: SurveySettings) -> bool:
    """Whether somebody is to get in touch."""
    return score <= low(scale, rules)


def tone(scale: Scale, score: int) -> str:
    """How an answer is coloured where no setting is at hand: good, bad or neither."""
    worst = {Scale.CSAT: 2, Scale.NPS: DETRACTOR, Scale.CES: 3}[scale]
    return "good" if score >= GOOD[scale] else "bad" if score <= worst else ""


def words_of(scale: Scale, score: int) -> str:
    """What an answer says; empty for the numbers between the ends of 0 to 10, which have no words of their own."""
    return _words(scale).get(score, "")


def answers(scale: Scale) -> dict[int, str]:
    """Every answer with its words, from the lowest."""
    return {score: words_of(scale, score) for score in RANGES[scale]}


def shown(scale: Scale, score: int) -> str:
    """An answer with the end of its scale: "2 of 5 stars", "NPS 3 of 10"."""
    if scale is Scale.CSAT:
        return _("%(score)d of 5 stars", score=score)
    return _("%(scale)s %(score)d of %(most)d", scale=scale.value, score=score, most=ends(scale)[1])


def name_of(scale: Scale) -> str:
    """What a scale is called."""
    return {Scale.CSAT: _("Satisfaction"), Scale.NPS: _("Recommendation"), Scale.CES: _("Effort")}[scale]


def _words(scale: Scale) -> dict[int, str]:
    if scale is Scale.CSAT:
        return {
            1: _("Very dissatisfied"), 2: _("Dissatisfied"), 3: _("Neither nor"), 4: _("Satisfied"),
            5: _("Very satisfied"),
        }  # fmt: skip
    if scale is Scale.NPS:
        return {0: _("Not at all likely"), 10: _("Extremely likely")}
    return {
        1: _("Strongly disagree"), 2: _("Disagree"), 3: _("Rather disagree"), 4: _("Neither nor"),
        5: _("Rather agree"), 6: _("Agree"), 7: _("Strongly agree"),
    }  # fmt: skip
