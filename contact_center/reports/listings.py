"""Whole lists, row by row: what is in them, column by column, and the statement for a stretch of them.

`exporting` writes them out. Rows come in the order of (when, id), so that a list can be read in stretches, each in a
transaction of its own: no export holds a snapshot for as long as somebody's download lasts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext, lazy_pgettext

from contact_center.agents.models import Agent
from contact_center.reports import counters, dimensions, drilling, metrics, summing, sweeping
from contact_center.reports.asked import Asked
from contact_center.reports.drilling import Part
from contact_center.reports.metrics import Metric
from contact_center.reports.rolled import ROLLED
from contact_center.reports.views import VIEWS
from contact_center.text import spreadsheets
from contact_center.tickets.models import RequestKind, TicketState
from contact_center.value.settings import CHANNELS


class Form(StrEnum):
    """How a column is written."""

    TEXT = "TEXT"  # what people wrote, or named
    CODE = "CODE"  # a word of ours, told in the reader's language
    NUMBER = "NUMBER"
    TIME = "TIME"  # in the reader's zone


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and its SQL over the row `v` of the view and its ticket `t`."""

    heading: Any
    sql: str
    form: Form = Form.TEXT


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: the rows of a view that meet conditions, by `at`."""

    view: str
    at: str
    columns: tuple[Column, ...]
    where: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    kept: str = ""  # where the rows are kept as they are counted, with an index of their instant; else the view itself

    def headings(self) -> list[str]:
        """The first line."""
        zone = self.values["zone"]
        return [f"{c.heading} ({zone})" if c.form is Form.TIME else str(c.heading) for c in self.columns]

    def count(self) -> str:
        """The statement that counts the rows."""
        return f"SELECT count(*) FROM {self._rows} WHERE {' AND '.join(self.where)}"

    def stretch(self, shown: Sequence[str], *, begins: bool) -> str:
        """The statement for `:most` rows behind (`:after_at`, `:after_id`): what is *shown*, then both of these."""
        beyond = () if begins else (f"({self.at}, id) > (:after_at, :after_id)",)
        chosen = f"""SELECT id FROM {self._rows} WHERE {" AND ".join((*self.where, *beyond))}
                     ORDER BY {self.at}, id LIMIT :most"""
        return f"""
            SELECT {", ".join(shown)}, v.{self.at}, v.id FROM bi.{self.view} v LEFT JOIN ticket t ON t.id = v.ticket_id
            WHERE v.id = ANY(ARRAY({chosen})) ORDER BY v.{self.at}, v.id"""

    @property
    def _rows(self) -> str:
        return self.kept or f"bi.{self.view}"

    def as_text(self, words: Mapping[str, Mapping[str, str]]) -> list[str]:
        """The columns for a text file: made harmless, times written."""
        return [_as_text(column, words) for column in self.columns]

    def as_cells(self, words: Mapping[str, Mapping[str, str]]) -> list[str]:
        """The columns for a workbook, in which text stays text and times are times."""
        return [_as_cell(column, words) for column in self.columns]


# What every row of every view says.
_COMMON = (
    Column(lazy_gettext("Ticket"), "'CC-' || v.ticket_id"),
    Column(lazy_gettext("Subject"), "t.subject"),
    Column(lazy_gettext("Customer"), "v.customer"),
    Column(lazy_gettext("Tier"), "v.tier"),
    Column(lazy_gettext("Region"), "v.region"),
    Column(lazy_gettext("Channel"), "v.channel", Form.CODE),
    Column(lazy_gettext("Queue"), "v.queue"),
    Column(lazy_gettext("Team"), "v.team"),
    Column(lazy_gettext("Agent"), "v.agent"),
    Column(lazy_gettext("Kind of request"), "v.kind", Form.CODE),
    Column(lazy_gettext("Product"), "v.product"),
)


def _number(heading: Any, sql: str) -> Column:
    return Column(heading, sql, Form.NUMBER)


_WAIT = _number(lazy_gettext("Wait, s"), "v.wait")
CONTACTS = (
    _number(lazy_gettext("Contact"), "v.id"),
    Column(lazy_gettext("Joined the queue"), "v.at", Form.TIME),
    Column(lazy_gettext("Handled"), "v.handled_at", Form.TIME),
    Column(lazy_gettext("Direction"), "v.direction", Form.CODE),
    *_COMMON,
    _number(lazy_gettext("Offered"), "v.offered"),
    _number(lazy_pgettext("contacts", "Answered"), "v.answered"),
    _number(lazy_gettext("In time"), "v.answered_in_time"),
    _WAIT,
    _number(lazy_gettext("Abandoned"), "v.abandoned"),
    _number(lazy_gettext("Handle time, s"), "v.handle"),
    _number(lazy_gettext("Talking, s"), "v.talk"),
    _number(lazy_gettext("On hold, s"), "v.hold"),
    _number(lazy_gettext("Wrap-up, s"), "v.wrap"),
    _number(lazy_gettext("Transferred"), "v.transferred"),
    _number(lazy_gettext("Repeat contact"), "v.repeated"),
    _number(lazy_gettext("One contact was enough"), "v.settled_first"),
)
TICKETS = (
    *_COMMON[:2],
    Column(lazy_gettext("State"), "v.state", Form.CODE),
    Column(lazy_gettext("Opened"), "v.at", Form.TIME),
    Column(lazy_gettext("Resolved"), "v.resolved_at", Form.TIME),
    *_COMMON[2:],
    _number(lazy_gettext("Time to solution, s"), "nullif(v.solving, 0)"),
    _number(lazy_gettext("Reopened"), "v.reopened"),
    _number(lazy_gettext("Deadlines owed"), "v.owed"),
    _number(lazy_gettext("Deadlines kept"), "v.kept"),
)
WHOLE = {"contacts": ("offered", CONTACTS), "tickets": ("opened", TICKETS)}  # a metric of the same view and time


def whole(viewer: Agent | None, asked: Asked, what: str) -> Listing:
    """All contacts, or all tickets, of the period, narrowed as the report is."""
    key, columns = WHOLE[what]
    return _listing(viewer, asked, metrics.get(key), columns)


def behind(viewer: Agent | None, asked: Asked, key: str, part: Part) -> Listing:
    """The rows behind a metric, with what each adds to its counters."""
    metric = metrics.get(key)
    columns = [Column(lazy_gettext("Time"), f"v.{metric.at}", Form.TIME), *_COMMON]
    for name in metric.counters:
        is_column = counters.of_row(name) == name
        if is_column or "wait" in name:  # classes and squares of the wait say no more than the wait
            columns.append(_number(name, f"v.{name}") if is_column else _WAIT)
    shown = tuple(dict.fromkeys(columns))
    standing = (drilling.STANDING,) if metric.is_level else ()
    return _listing(viewer, asked, metric, shown, drilling.counted(metric, part), *standing)


def _listing(viewer: Agent | None, asked: Asked, metric: Metric, columns: tuple[Column, ...], *more: str) -> Listing:
    question = asked.question(())
    values: dict[str, Any] = {"since": question.since, "until": question.until, "zone": question.zone}
    time = (f"{metric.at} < :until", *(() if metric.is_level else (f"{metric.at} >= :since",)))
    where = (*time, *summing.conditions(metric, question, viewer, values), *more)
    if metric.is_level or metric.view not in sweeping.built():
        return Listing(metric.view, metric.at, columns, (*where, *VIEWS[metric.view].narrow), values)
    return Listing(metric.view, metric.at, columns, where, values, ROLLED[metric.view].rows.name)


def code_words() -> dict[str, dict[str, str]]:
    """What the codes are called, by column."""
    states = (lazy_gettext("New"), lazy_gettext("Open"), lazy_gettext("Waiting"), lazy_gettext("Resolved"),
              lazy_gettext("Closed"))  # fmt: skip
    return {
        "v.channel": dimensions.names("channel", CHANNELS),
        "v.kind": dimensions.names("kind", tuple(RequestKind)),
        "v.direction": {"IN": str(lazy_gettext("In")), "OUT": str(lazy_gettext("Out"))},
        "v.state": {state: str(word) for state, word in zip(TicketState, states, strict=True)},
    }


def _as_text(column: Column, words: Mapping[str, Mapping[str, str]]) -> str:
    if column.form is Form.TIME:
        return f"to_char({column.sql} AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI:SS')"
    cell = _as_cell(column, words)
    return spreadsheets.safe_sql(cell) if column.form is Form.TEXT else cell


def _as_cell(column: Column, words: Mapping[str, Mapping[str, str]]) -> str:
    if column.form is Form.TIME:
        return f"({column.sql} AT TIME ZONE :zone)"
    if column.form is not Form.CODE:
        return column.sql
    cases = " ".join(f"WHEN {_quoted(code)} THEN {_quoted(word)}" for code, word in words[column.sql].items())
    return f"(CASE {column.sql} {cases} ELSE {column.sql} END)"


def _quoted(word: str) -> str:
    """A word of ours as a constant of SQL; colons are kept from being parameters."""
    return "'" + word.replace("'", "''").replace(":", "") + "'"
