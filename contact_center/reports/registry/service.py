"""Service level and waiting: counted from joining the queue, and placed by it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from contact_center.reports.counters import WAITS
from contact_center.reports.metrics import Better, Metric, Spread, Unit, of_calls

_SOURCE = _("bi.contact, by the instant at which the contact joined its queue (at)")
_WHO = _(
    "Counted are contacts that came in and joined a queue. Calls answered in self-service are not; promises of ours and "
    "calls back after a missed call are not, for the missed call has been counted. Answered: an agent talked to the "
    "customer, or wrote an answer; accepting an offer is not enough."
)
_TARGET = _(
    "In time means within the target of the queue as it is set now, that very second included. Who still waits counts "
    "nowhere until they are answered or give up. Short is an abandoned wait of less than 5 seconds."
)


def _level(key: str, name: Any, formula: Any, top: tuple[str, ...], bottom: tuple[str, ...]) -> Metric:
    return Metric(
        key, name, Unit.SHARE, formula, _SOURCE, _TARGET, "contact", "at", top, bottom, Spread.WILSON,
        better=Better.UP, topic="service",
    )  # fmt: skip


def _seconds(key: str, name: Any, formula: Any, edges: Any, **arithmetic: Any) -> Metric:
    return Metric(
        key, name, Unit.SECONDS, formula, _SOURCE, edges, "contact", "at", better=Better.DOWN, topic="service",
        **arithmetic,
    )  # fmt: skip


_CLASSES = _(
    "Half, or nine tenths, of all answered waited no longer. The wait is found by classes (5, 10, 15, 20, 30, 45 seconds "
    "…), and by proportion within a class: so it is exact to within a class, and the same from roll-ups."
)

_WAITING = (
    _level(
        "service_level", _("Service level"),
        _("answered in time ÷ (answered + abandoned − short abandoned)"),
        ("answered_in_time",), ("answered", "abandoned", "-abandoned_short"),
    ),
    _level(
        "service_level_f1", _("Service level F1"),
        _("(answered in time + abandoned in time) ÷ (answered + abandoned)"),
        ("answered_in_time", "abandoned_in_time"), ("answered", "abandoned"),
    ),
    _level(
        "service_level_f2", _("Service level F2"), _("answered in time ÷ answered"),
        ("answered_in_time",), ("answered",),
    ),
    _level(
        "service_level_f3", _("Service level F3"), _("answered in time ÷ (answered + abandoned)"),
        ("answered_in_time",), ("answered", "abandoned"),
    ),
    _level(
        "service_level_f4", _("Service level F4"),
        _("answered in time ÷ (answered + abandoned after the target)"),
        ("answered_in_time",), ("answered", "abandoned", "-abandoned_in_time"),
    ),
    _level(
        "service_level_f5", _("Service level F5"),
        _("(answered in time + short abandoned) ÷ (answered + abandoned)"),
        ("answered_in_time", "abandoned_short"), ("answered", "abandoned"),
    ),
    _seconds(
        "asa", _("Average speed of answer"), _("sum of the waits of answered contacts ÷ answered"),
        _("The wait goes from joining the queue to hearing or reading an agent, ringing included. Who gave up is not in it."),
        top=("wait_sum",), bottom=("answered",), spread=Spread.MEAN, squares="wait_squares",
    ),
    _seconds(
        "wait_p50", _("Median wait"), _("the median of the waits of answered contacts"), _CLASSES,
        top=WAITS, percentile=0.5,
    ),
    _seconds(
        "wait_p90", _("Wait of nine in ten"), _("the 90th percentile of the waits of answered contacts"),
        _CLASSES, top=WAITS, percentile=0.9,
    ),
    Metric(
        "abandonment", _("Abandonment rate"), Unit.SHARE,
        _("(abandoned − short abandoned) ÷ (offered − short abandoned)"), _SOURCE,
        _("Abandoned: gave up while waiting, whoever dropped the line. Who asked to be called back did not give up. "
          "Without the short ones, of less than 5 seconds; the raw rate stands beside it."),
        "contact", "at", ("abandoned", "-abandoned_short"), ("offered", "-abandoned_short"), Spread.WILSON,
        better=Better.DOWN, topic="service",
    ),
    Metric(
        "abandonment_raw", _("Abandonment rate with short ones"), Unit.SHARE, _("abandoned ÷ offered"), _SOURCE, _WHO,
        "contact", "at", ("abandoned",), ("offered",), Spread.WILSON, better=Better.DOWN, topic="service",
    ),
    _seconds(
        "wait_abandoned", _("Average wait before giving up"), _("sum of the waits of abandoned contacts ÷ abandoned"),
        _WHO, top=("wait_abandoned",), bottom=("abandoned",),
    ),
)  # fmt: skip
_APART = ("asa", "wait_p50", "wait_p90", "abandonment")  # a mail waits for hours and cannot give up
METRICS = tuple(
    one for metric in _WAITING for one in ((metric, of_calls(metric)) if metric.key in _APART else (metric,))
)
