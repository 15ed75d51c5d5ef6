"""Agents’ time: how much of it they were there, and how much of that they had work in hand."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Unit

_SOURCE = _("bi.agent_time, by quarters of an hour (at)")
_EDGES = _(
    "In hand is the union of what somebody answers or wraps up: what overlaps counts once. Available includes finishing a "
    "shift; breaks and training do not count on either side. Stretches are cut at quarters of an hour. n is seconds. There "
    "is no figure of adherence or utilisation: these need rosters."
)

METRICS = (
    Metric("occupancy", _("Occupancy"), Unit.SHARE, _("time with something in hand while available ÷ time available"),
           _SOURCE, _EDGES, "agent_time", "at", ("busy",), ("available",), topic="agents"),
    Metric("available_time", _("Time available"), Unit.SECONDS, _("time in which somebody was available"), _SOURCE, _EDGES,
           "agent_time", "at", ("available",), topic="agents"),
    Metric("busy_time", _("Time with work in hand"), Unit.SECONDS, _("time with something in hand while available"), _SOURCE,
           _EDGES, "agent_time", "at", ("busy",), topic="agents"),
    Metric("away_share", _("Share of time away"), Unit.SHARE, _("time away ÷ (available + away + not responding)"), _SOURCE, _EDGES,
           "agent_time", "at", ("away",), ("available", "away", "not_responding"), better=Better.NEITHER, topic="agents"),
)  # fmt: skip
