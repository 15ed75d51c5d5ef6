"""What became of offers: accepted, declined, rung out (RONA)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Spread, Unit

_SOURCE = _("bi.offer, by the instant of the offer (at)")
_EDGES = _(
    "Offers that still ring, and questions to a colleague during a call, are left out. Revoked ones are in the total."
)


def _share(key: str, name: Any, formula: Any, counter: str, better: Better) -> Metric:
    return Metric(
        key, name, Unit.SHARE, formula, _SOURCE, _EDGES, "offer", "at", (counter,), ("offers",), Spread.WILSON,
        better=better, topic="routing",
    )  # fmt: skip


METRICS = (
    Metric("offers", _("Offers"), Unit.COUNT, _("offers of work to agents"), _SOURCE, _EDGES, "offer", "at",
           ("offers",), topic="routing"),
    _share("rona", _("Rang out unanswered (RONA)"), _("offers that rang out ÷ offers"), "rang_out", Better.DOWN),
    _share("acceptance", _("Accepted"), _("accepted offers ÷ offers"), "accepted", Better.UP),
    _share("declined", _("Declined"), _("declined offers ÷ offers"), "declined", Better.DOWN),
    Metric("ring_time", _("Time until accepted"), Unit.SECONDS, _("ringing of accepted offers ÷ accepted offers"),
           _SOURCE, _EDGES, "offer", "at", ("ringing",), ("accepted",), better=Better.DOWN, topic="routing"),
)  # fmt: skip
