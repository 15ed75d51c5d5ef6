"""What customers say: by the day they were asked, with n, response rate and interval."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Spread, Unit

_SOURCE = _("bi.survey, by the instant of asking (at)")
_EDGES = _(
    "Withdrawn questions, of tickets reopened before anybody answered, and second answers after a recovery are left out. Agent, queue, tier and kind are of the moment of asking. With fewer than 30 answers nobody is ranked."
)
_NPS = _(
    "From −100 to 100; the interval is the adjusted Wald one (Rocks 2016), with ¾ promoters, ¾ detractors and 1½ others added. It is about us, not about one contact: it is asked rarely, and is no figure for judging an agent by."
)


def _metric(
    key: str, name: Any, unit: Unit, formula: Any, top: tuple[str, ...], bottom: str, spread: Spread, **more: Any
) -> Metric:
    given: dict[str, Any] = {"edges": _EDGES, "better": Better.UP} | more
    return Metric(
        key, name, unit, formula=formula, source=_SOURCE, view="survey", at="at", top=top, bottom=(bottom,),
        spread=spread, topic="satisfaction", **given,
    )  # fmt: skip


METRICS = (
    _metric("csat", _("Satisfied customers (CSAT)"), Unit.SHARE, _("answers with 4 or 5 of 5 ÷ answers"),
            ("csat_satisfied",), "csat_answered", Spread.WILSON),
    _metric("csat_mean", _("Average rating"), Unit.SCORE, _("sum of the ratings, 1 to 5 ÷ answers"), ("csat_sum",),
            "csat_answered", Spread.MEAN, squares="csat_squares"),
    _metric("csat_response", _("Response rate"), Unit.SHARE, _("answers ÷ customers asked"), ("csat_answered",),
            "csat_asked", Spread.WILSON),
    _metric("nps", _("Net promoter score (NPS)"), Unit.SCORE, _("100 × (answers of 9 and 10 − answers of 0 to 6) ÷ answers"),
            ("nps_promoters", "-nps_detractors"), "nps_answered", Spread.NET, squares="nps_decided", scale=100.0,
            edges=_NPS),
    _metric("nps_response", _("Response rate, NPS"), Unit.SHARE, _("answers ÷ customers asked"), ("nps_answered",),
            "nps_asked", Spread.WILSON),
    _metric("ces", _("Ease, share of easy (CES)"), Unit.SHARE, _("answers of 5 to 7 of 7 ÷ answers"), ("ces_easy",),
            "ces_answered", Spread.WILSON),
    _metric("ces_mean", _("Ease, average (CES)"), Unit.SCORE, _("sum of the answers, 1 to 7 ÷ answers"), ("ces_sum",),
            "ces_answered", Spread.MEAN, squares="ces_squares"),
    _metric("ces_response", _("Response rate, CES"), Unit.SHARE, _("answers ÷ customers asked"), ("ces_answered",),
            "ces_asked", Spread.WILSON),
)  # fmt: skip
