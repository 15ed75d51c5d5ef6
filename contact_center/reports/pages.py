"""The ready pages: which figures, which charts, which tables. Data only; a page whose main metric is unknown is none.

Read by the report pages, which draw them, and by the letters, which send the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _

from contact_center.reports import metrics
from contact_center.reports.asked import Asked
from contact_center.reports.periods import Named


class Kind(StrEnum):
    """How a chart is drawn."""

    LINE = "LINE"
    BAR = "BAR"
    STACK = "STACK"


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart over time: these metrics, or the first of them by the values of `split`."""

    title: Any
    metrics: tuple[str, ...]
    kind: Kind = Kind.LINE
    split: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a line per value of a dimension, the first metric with its interval."""

    by: str
    metrics: tuple[str, ...]
    most: int = 12


@dataclass(frozen=True, slots=True)
class Page:
    """One ready page. `main` is what the overview tells of it."""

    key: str
    name: Any
    lead: Any
    icon: str
    main: str
    figures: tuple[str, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    usual: Named = Named.LAST_WEEK

    def known(self, asked: Asked) -> tuple[str, ...]:
        """The figures at its head: those that there are, and that can be narrowed as *asked*."""
        return asked.fitting(_known(self.figures, asked))

    def drawn(self, asked: Asked) -> list[Chart]:
        """Its charts, likewise."""
        some = ((chart, asked.fitting(_known(chart.metrics, asked), chart.split)) for chart in self.charts)
        return [Chart(chart.title, found, chart.kind, chart.split) for chart, found in some if found]

    def tabled(self, asked: Asked) -> list[Table]:
        """Its tables, likewise."""
        some = ((table, asked.fitting(_known(table.metrics, asked, table.by), table.by)) for table in self.tables)
        return [Table(table.by, found, table.most) for table, found in some if found]


def _known(keys: tuple[str, ...], asked: Asked, by: str = "") -> tuple[str, ...]:
    """Those that there are; of calls alone only while channels are together."""
    found = metrics.registry()
    is_apart = by == "channel" or any(key == "channel" for key, _value in asked.only)
    return tuple((found[key].whole if is_apart else "") or key for key in keys if key in found)


_SERVED = ("service_level", "offered", "asa_calls", "abandonment_calls")
_SOLVED = ("fcr", "repeat_rate", "reopened_rate")
_WORKED = ("csat", "handled", "aht_calls", "fcr", "transfer_rate", "rona", "occupancy")
_STANDING = ("backlog", "backlog_new", "backlog_open", "backlog_waiting")
_IN_STATES = ("time_new", "time_open", "time_waiting")
_SERVICE_COSTS = ("cost_per_contact", "service_cost")
_COSTS = (*_SERVICE_COSTS, "revenue", "cost_share")

PAGES = (
    Page(
        "service-level", _("Service level"),
        _("Who was answered in time, when, and where it was lost. Every point and every number opens its contacts."),
        "gauge", "service_level", ("service_level", "asa_calls", "wait_p90_calls", "abandonment_calls", "offered"),
        (Chart(_("Service level"), ("service_level",)), Chart(_("Contacts"), ("answered", "abandoned"), Kind.STACK)),
        (Table("queue", _SERVED), Table("channel", _SERVED), Table("tier", _SERVED), Table("kind", _SERVED)),
        Named.YESTERDAY,
    ),
    Page(
        "volume", _("Volume"), _("How much came in, over which channel, about what."), "chart-bar", "offered",
        ("offered", "answered", "abandoned", "outbound", "opened", "resolved", "complaints"),
        (Chart(_("Offered, by channel"), ("offered",), Kind.STACK, "channel"),
         Chart(_("Tickets opened and resolved"), ("opened", "resolved"))),
        (Table("channel", ("offered", "answered", "outbound")), Table("queue", ("offered", "answered", "outbound")),
         Table("kind", ("opened", "resolved")), Table("product", ("opened", "complaints")),
         Table("region", ("offered", "opened")), Table("customer", ("offered", "opened"))),
    ),
    Page(
        "satisfaction", _("Satisfaction, by anything"),
        _("What customers answer, split by what the satisfaction page does not split by."), "mood-smile", "csat",
        ("csat", "csat_mean", "csat_response", "nps", "ces"), (Chart(_("Satisfied customers"), ("csat",)),),
        (Table("product", ("csat", "csat_response")), Table("region", ("csat", "csat_response")),
         Table("team", ("csat", "csat_response")), Table("customer", ("csat", "csat_response"))),
        Named.TWELVE_WEEKS,
    ),
    Page(
        "resolution", _("First-contact resolution"),
        _("Whether one contact was enough, and who had to come back about the same matter within seven days."),
        "checks", "fcr", (*_SOLVED, "time_to_solution"),
        (Chart(_("First-contact resolution"), ("fcr",)), Chart(_("Repeat contacts"), ("repeat_rate",))),
        (Table("channel", ("fcr", "repeat_rate")), Table("queue", ("fcr", "repeat_rate")),
         Table("kind", ("fcr", "repeat_rate")), Table("product", ("fcr", "repeat_rate")),
         Table("tier", ("fcr", "repeat_rate"))),
        Named.TWELVE_WEEKS,
    ),
    Page(
        "agents", _("Agents"),
        _("In the order of their names, never of their scores: work differs by queue and hour. A score stands only on "
          "30 or more, with its interval; an arrow means that the whole interval is above or below the average."),
        "users", "handled", ("handled", "aht_calls", "csat", "fcr", "rona", "occupancy"), (),
        (Table("agent", _WORKED, 500),), Named.TWELVE_WEEKS,
    ),
    Page(
        "tiers", _("Tiers"), _("Whether A customers are better served than the others, by every measure there is."),
        "star", "service_level", ("service_level", "csat", "fcr", "deadlines_kept"), (),
        (Table("tier", ("service_level", "asa_calls", "wait_p90_calls", "abandonment_calls")),
         Table("tier", ("csat", "csat_response")), Table("tier", ("fcr", "repeat_rate", "time_to_solution")),
         Table("tier", ("deadlines_kept", "reopened_rate")), Table("tier", _COSTS)),
        Named.TWELVE_WEEKS,
    ),
    Page(
        "cost", _("Cost to serve"), _("What serving customers costs, beside what they buy."), "coin", "service_cost",
        _COSTS,
        (Chart(_("Cost to serve"), ("service_cost",), Kind.BAR),
         Chart(_("Cost per contact"), ("cost_per_contact",))),
        (Table("tier", _COSTS), Table("channel", _SERVICE_COSTS), Table("kind", _SERVICE_COSTS),
         Table("region", _COSTS), Table("customer", _COSTS)),
        Named.TWELVE_MONTHS,
    ),
    Page(
        "knowledge", _("Knowledge"), _("Whether articles answer questions before they become tickets."), "book-2",
        "search_without_result",
        ("searches", "search_without_result", "search_chosen", "tickets_without_article", "article_uses",
         "article_success", "article_helpful", "article_deflection"),
        (Chart(_("Searches without result"), ("search_without_result",)),
         Chart(_("Tickets solved without an article"), ("tickets_without_article",)),
         Chart(_("Deflection by articles"), ("article_deflection",))),
        (Table("article", ("article_success", "article_uses", "article_helpful")),
         Table("channel", ("search_without_result", "searches")),
         Table("product", ("tickets_without_article", "article_success")),
         Table("kind", ("tickets_without_article", "article_success"))),
        Named.TWELVE_WEEKS,
    ),
    Page(
        "backlog", _("Backlog and time in states"),
        _("What is unresolved, how long tickets take, and where they spend the time."), "stack-2", "backlog",
        (*_STANDING, "time_to_solution", "deadlines_kept"),
        (Chart(_("Unresolved at the end of each stretch"), _STANDING[1:], Kind.STACK),
         Chart(_("Time in each state"), _IN_STATES), Chart(_("Tickets opened and resolved"), ("opened", "resolved")),
         Chart(_("Deadlines kept"), ("deadlines_kept",))),
        (Table("queue", ("backlog", *_IN_STATES, "time_to_solution")),
         Table("kind", ("backlog", *_IN_STATES, "time_to_solution")),
         Table("agent", ("backlog", "time_open", "time_waiting")),
         Table("tier", ("deadlines_kept", "time_to_solution"))),
        Named.TWELVE_WEEKS,
    ),
    Page(
        "self-service", _("Without an agent"),
        _("What customers find by themselves: on the telephone, by text, on the portal, in articles."),
        "rosette-discount-check", "deflection",
        ("deflection", "self_service", "containment", "hung_up", "calls", "voicemails", "callback_success"),
        (Chart(_("Answered without an agent"), ("self_service",), Kind.BAR),
         Chart(_("Calls, and messages left"), ("calls", "voicemails"))),
        (Table("channel", ("deflection", "self_service")), Table("queue", ("containment", "calls", "voicemails"))),
        Named.TWELVE_WEEKS,
    ),
)  # fmt: skip
EXPLORE = "explore"
USUAL_METRIC = "service_level"


def all_known() -> list[Page]:
    """The pages there are, in their order."""
    return [page for page in PAGES if page.main in metrics.registry()]


def get(key: str) -> Page | None:
    """The page of that name."""
    return next((page for page in all_known() if page.key == key), None)
