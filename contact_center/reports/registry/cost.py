"""What serving costs, against what customers buy."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Unit

MONEY = 1e-4  # amounts are counted in ten-thousandths
_SOURCE = _("bi.cost, by the end of a contact, the sending of a message, the day of an order or a return (at)")
_EDGES = _(
    "The minutes of a contact go from taking it to its end, at least and at most what the settings of customers’ value say, "
    "and cost what they say there; messages cost what they say, too. It is in the reporting currency; what is in a currency "
    "without a rate is left out. Overheads are in it only as far as they are in the price of a minute."
)
_SALES = _("Orders that are not cancelled, less returns and discounts given afterwards, by their own days.")

METRICS = (
    Metric("service_cost", _("Cost to serve"), Unit.MONEY, _("minutes of handling × price of a minute + charges of messages"),
           _SOURCE, _EDGES, "cost", "at", ("cost",), scale=MONEY, better=Better.DOWN, topic="cost"),
    Metric("cost_per_contact", _("Cost per contact"), Unit.MONEY, _("cost to serve ÷ contacts handled"), _SOURCE, _EDGES, "cost",
           "at", ("cost",), ("contacts",), scale=MONEY, better=Better.DOWN, topic="cost"),
    Metric("revenue", _("Revenue"), Unit.MONEY, _("orders − returns and discounts"), _SOURCE, _SALES, "cost", "at",
           ("revenue",), scale=MONEY, better=Better.UP, topic="cost"),
    Metric("cost_share", _("Cost to serve against revenue"), Unit.SHARE,
           _("cost to serve ÷ (orders − returns and discounts)"), _SOURCE, _EDGES, "cost", "at", ("cost",), ("revenue",),
           better=Better.DOWN, topic="cost"),
)  # fmt: skip
