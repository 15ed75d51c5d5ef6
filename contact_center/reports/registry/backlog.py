"""What is owed: the backlog at a moment, time in each state, time to solution, deadlines kept."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Spread, Unit

_RESOLVED = _("bi.ticket, by the instant at which it was resolved (resolved_at)")
_STATES = _("bi.ticket_state, by the instant at which a ticket enters or leaves a state (at)")
_LEVEL = _(
    "Counted at the end of each stretch of time that is shown, from every ticket there has ever been until then. Of two "
    "stretches the figures cannot be added. Queue, agent and kind are the ticket’s now."
)
_LEFT = _("Stretches that have ended, by their end. One ticket may be in a state several times: each counts by itself.")


def _level(key: str, name: Any, formula: Any, counter: str) -> Metric:
    return Metric(
        key, name, Unit.COUNT, formula, _STATES, _LEVEL, "ticket_state", "at", (counter,), better=Better.DOWN,
        is_level=True, topic="backlog",
    )  # fmt: skip


def _time(key: str, name: Any, formula: Any, state: str, better: Better) -> Metric:
    return Metric(
        key, name, Unit.SECONDS, formula, _STATES, _LEFT, "ticket_state", "at", (f"seconds_{state}",), (f"left_{state}",),
        better=better, topic="backlog",
    )  # fmt: skip


METRICS = (
    _level("backlog", _("Backlog"), _("tickets that are new, open or waiting for the customer, at the end"), "unsettled"),
    _level("backlog_new", _("Backlog: new"), _("tickets that nobody has taken, at the end"), "is_new"),
    _level("backlog_open", _("Backlog: open"), _("tickets on which we owe something, at the end"), "is_open"),
    _level("backlog_waiting", _("Backlog: waiting"), _("tickets on which the customer owes something, at the end"), "is_waiting"),
    _time("time_new", _("Time until taken"), _("time in the state new ÷ how often it was left"), "new", Better.DOWN),
    _time("time_open", _("Time open"), _("time in the state open ÷ how often it was left"), "open", Better.DOWN),
    _time("time_waiting", _("Time waiting for the customer"), _("time in the state waiting ÷ how often it was left"), "waiting",
          Better.NEITHER),
    Metric("time_to_solution", _("Time to solution"), Unit.SECONDS,
           _("from opening to being resolved for the last time, all of it ÷ resolved tickets"), _RESOLVED,
           _("Round the clock: nights and waiting for the customer are in it."), "ticket", "resolved_at", ("solving",),
           ("resolved",), better=Better.DOWN, topic="backlog"),
    Metric("deadlines_kept", _("Deadlines kept"), Unit.SHARE, _("deadlines met ÷ deadlines met or missed"),
           _("bi.ticket, by the instant at which the ticket was opened (at)"),
           _("First answers, next answers and solutions, in the minutes of the calendar that counted. Those that still run "
             "are in neither."), "ticket", "at", ("kept",), ("owed",), Spread.WILSON, better=Better.UP, topic="backlog"),
)  # fmt: skip
