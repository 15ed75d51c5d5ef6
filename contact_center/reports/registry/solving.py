"""First-contact resolution and repeat contacts, within a window of seven days that is shown beside the figure."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Spread, Unit

WINDOW_DAYS = 7

METRICS = (
    Metric(
        "fcr", _("First-contact resolution, 7 days"), Unit.SHARE,
        _("answered contacts of resolved tickets after which the same customer has not come back about the same matter "
          "within 7 days, on any channel ÷ all answered contacts of resolved tickets"),
        _("bi.contact, by the end of the wrap-up (handled_at)"),
        _("The same matter: the same ticket, or another one of the same kind. What was answered less than seven days ago "
          "may still come back, and counts as solved until then. Contacts of unknown customers are left out. No common "
          "method exists: compare this figure only with itself."),
        "contact", "handled_at", ("settled_first",), ("settled",), Spread.WILSON, better=Better.UP,
        settles_in=WINDOW_DAYS, topic="solving",
    ),
    Metric(
        "repeat_rate", _("Repeat contacts, 7 days"), Unit.SHARE,
        _("offered contacts before which the same customer has come about the same matter within 7 days, on any channel "
          "÷ offered"),
        _("bi.contact, by the instant at which the contact joined its queue (at)"),
        _("The same matter: the same ticket, or another one of the same kind. An answer to a question of ours is a repeat "
          "contact, too. Contacts of unknown customers cannot be told to be repeats."),
        "contact", "at", ("repeated",), ("offered",), Spread.WILSON, better=Better.DOWN, topic="solving",
    ),
    Metric(
        "reopened_rate", _("Reopened"), Unit.SHARE, _("resolved tickets that had been resolved before ÷ resolved tickets"),
        _("bi.ticket, by the instant at which it was resolved (resolved_at)"),
        _("By the last time it was resolved."),
        "ticket", "resolved_at", ("resolved_again",), ("resolved",), Spread.WILSON, better=Better.DOWN, topic="solving",
    ),
)  # fmt: skip
