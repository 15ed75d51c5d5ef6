"""How much there is: contacts offered, answered, given up, sent; tickets opened and resolved."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext

from contact_center.reports.metrics import Better, Metric, Unit

_BY_ENTRY = _("bi.contact, by the instant at which the contact joined its queue (at)")
_OPENED = _("bi.ticket, by the instant at which the ticket was opened (at)")
_RESOLVED = _("bi.ticket, by the instant at which it was resolved (resolved_at)")


def _count(key: str, name: Any, formula: Any, edges: Any, counter: str, **more: Any) -> Metric:
    given = {"view": "contact", "at": "at", "source": _BY_ENTRY} | more
    return Metric(key, name, Unit.COUNT, formula=formula, edges=edges, top=(counter,), topic="volume", **given)


METRICS = (
    _count(
        "offered", _("Offered"), _("contacts that came in and joined a queue"),
        _("Calls answered in self-service have not joined a queue. A call back after a missed call is no new contact; one "
          "for which the caller kept their place is the same contact."),
        "offered",
    ),
    _count(
        "answered", lazy_pgettext("contacts", "Answered"), _("offered contacts that an agent talked to or answered in writing"),
        _("By when they joined the queue: an answer of today to a mail of yesterday counts yesterday."), "answered",
    ),
    _count(
        "abandoned", _("Abandoned"), _("offered contacts that gave up waiting"),
        _("Only who waits on a line can give up: calls. Short ones are in it."), "abandoned", better=Better.DOWN,
    ),
    _count(
        "outbound", _("Outbound"), _("contacts that an agent began: mails and texts that answer nothing, calls"),
        _("Promises that are due are work, no contact."), "outbound",
    ),
    _count(
        "handled", _("Handled"), _("contacts that an agent was done with, wrap-up and all"),
        _("By when the wrap-up was over."), "handled", at="handled_at",
        source=_("bi.contact, by the end of the wrap-up (handled_at)"),
    ),
    _count(
        "opened", _("Tickets opened"), _("tickets by the day they were opened"),
        _("Joined tickets remain as the stubs they became."), "opened", view="ticket", source=_OPENED,
    ),
    _count(
        "resolved", _("Tickets resolved"), _("tickets by the day they were resolved for the last time"),
        _("Reopened and resolved again they count on the later day."), "resolved", view="ticket", at="resolved_at",
        source=_RESOLVED,
    ),
    _count(
        "complaints", _("Complaints"), _("tickets of the kind complaint, by the day they were opened"),
        _("The kind is the ticket’s now."), "complaint", view="ticket", source=_OPENED, better=Better.DOWN,
    ),
)  # fmt: skip
