"""The work itself: handle time and its parts, transfers. Placed by the end of the wrap-up."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Spread, Unit, of_calls

_SOURCE = _("bi.contact, by the end of the wrap-up (handled_at)")
_HANDLED = _(
    "Handled: an agent had it, and is done with it. Of a call it is talking, hold and consultations, dialling, and the "
    "wrap-up; of what is written, the time in an agent’s hands, wrap-up included. A mail that lay open over night was in "
    "hand over night."
)
_TRANSFER = _(
    "Of calls: cold is to another queue or agent without a word, warm after a word with the colleague; a consultation "
    "alone is none. What is written and changed hands counts as passed on."
)


def _mean(key: str, name: Any, formula: Any, counter: str, **more: Any) -> Metric:
    return Metric(
        key, name, Unit.SECONDS, formula, _SOURCE, _HANDLED, "contact", "handled_at", (counter,), ("handled",),
        topic="handling", **more,
    )  # fmt: skip


def _share(key: str, name: Any, formula: Any, counter: str) -> Metric:
    return Metric(
        key, name, Unit.SHARE, formula, _SOURCE, _TRANSFER, "contact", "handled_at", (counter,), ("handled",),
        Spread.WILSON, better=Better.DOWN, topic="handling",
    )  # fmt: skip


_AHT = _mean(
    "aht", _("Average handle time"), _("(talking + hold + dialling + wrap-up) ÷ handled"), "handle",
    spread=Spread.MEAN, squares="handle_squares",
)  # fmt: skip
METRICS = (
    _AHT,
    of_calls(_AHT),
    _mean("talk_time", _("Average talking time"), _("talking ÷ handled"), "talk"),
    _mean("hold_time", _("Average time on hold"), _("on hold, consultations included ÷ handled"), "hold",
          better=Better.DOWN),
    _mean("wrap_time", _("Average wrap-up"), _("wrap-up ÷ handled"), "wrap"),
    _share("transfer_rate", _("Transfer rate"), _("contacts with at least one transfer ÷ handled"), "transferred"),
    _share("transfer_cold", _("Transferred cold"), _("calls transferred without a word ÷ handled"), "transferred_cold"),
    _share("transfer_warm", _("Transferred warm"), _("calls transferred after a word ÷ handled"), "transferred_warm"),
    _share("passed_on", _("Passed on"), _("written contacts that more than one agent had ÷ handled"), "passed_on"),
)  # fmt: skip
