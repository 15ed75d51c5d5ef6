"""What is rolled up: per view the counters that belong to each of its instants, and the tables they are kept in.

Each rolled view has two tables. `report_<view>` holds its rows as they were counted last, narrow; `report_<view>_sum`
their sums by quarter of an hour (only whole), day and month of the installation's zone (also split by one dimension).
A row that changes takes out of the sums what it had put in: see `rolling`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text

from contact_center.extensions import Base
from contact_center.reports.counters import WAITS

KEYS = ("level", "dimension", "bucket", "value", "queue_id", "team_id", "channel")
SPLITS = ("agent", "tier", "product", "region", "kind")  # of days and months; queue, team and channel are in every row
COLUMNS = {"agent": "agent_id", "tier": "tier", "product": "product_id", "region": "region", "kind": "kind"}
DIMENSIONS: dict[str, type[BigInteger | Text]] = {
    "channel": Text, "queue_id": BigInteger, "team_id": BigInteger, "agent_id": BigInteger, "tier": Text,
    "product_id": BigInteger, "region": Text, "kind": Text, "customer_id": BigInteger,
}  # fmt: skip
_WORKED_OUT = {
    "wait": ("wait_sum", "wait_squares", *WAITS),
    "handle": ("handle", "handle_squares"),
    "csat_sum": ("csat_sum", "csat_squares"),
    "ces_sum": ("ces_sum", "ces_squares"),
}


@dataclass(frozen=True, slots=True)
class Rolled:
    """One view: instant → the columns of the view that are counted by it."""

    view: str
    places: dict[str, tuple[str, ...]]

    @property
    def rows(self) -> Table:
        return Base.metadata.tables[f"report_{self.view}"]

    @property
    def sums(self) -> Table:
        return Base.metadata.tables[f"report_{self.view}_sum"]

    @property
    def columns(self) -> tuple[str, ...]:
        """What is kept of each row."""
        counted = dict.fromkeys(name for names in self.places.values() for name in names)
        return ("id", *self.places, *DIMENSIONS, *counted)

    @property
    def summed(self) -> dict[str, str]:
        """Counter → the instant by which it is counted."""
        return {
            counter: at for at, names in self.places.items() for name in names
            for counter in _WORKED_OUT.get(name, (name,))
        }  # fmt: skip


ROLLED = {
    rolled.view: rolled
    for rolled in (
        Rolled("contact", {
            "at": ("offered", "answered", "answered_in_time", "abandoned", "abandoned_in_time", "abandoned_short",
                   "wait", "wait_abandoned", "outbound", "repeated", "callback", "callback_reached", "callback_wait"),
            "handled_at": ("handled", "talk", "hold", "dialling", "wrap", "handle", "transferred_cold",
                           "transferred_warm", "passed_on", "transferred", "settled", "settled_first"),
        }),
        Rolled("ticket", {
            "at": ("opened", "complaint", "owed", "kept"),
            "resolved_at": ("resolved", "solving", "resolved_again", "without_article"),
        }),
        Rolled("ticket_state", {
            "at": ("unsettled", "is_new", "is_open", "is_waiting", "left_new", "left_open", "left_waiting",
                   "seconds_new", "seconds_open", "seconds_waiting"),
        }),
        Rolled("offer", {"at": ("offers", "accepted", "declined", "rang_out", "revoked", "ringing")}),
        Rolled("survey", {
            "at": ("csat_asked", "csat_answered", "csat_satisfied", "csat_sum", "nps_asked", "nps_answered",
                   "nps_promoters", "nps_detractors", "nps_decided", "ces_asked", "ces_answered", "ces_easy",
                   "ces_sum"),
        }),
        Rolled("call", {
            "at": ("calls_in", "calls_out", "sessions", "answered_alone", "contained", "hung_up", "out_of_hours",
                   "voicemails", "unreached"),
        }),
    )
}  # fmt: skip


def _tables(rolled: Rolled) -> None:
    instants = [Column(at, DateTime(timezone=True)) for at in rolled.places]
    split = [Column(name, kind) for name, kind in DIMENSIONS.items()]
    counted = [Column(name, Integer) for name in rolled.columns if name not in {"id", *rolled.places, *DIMENSIONS}]
    name = f"report_{rolled.view}"
    Table(
        name, Base.metadata, Column("id", BigInteger, primary_key=True, autoincrement=False),
        *instants, *split, *counted,
        *(Index(f"ix_{name}_{at}", at) for at in rolled.places), Index(f"ix_{name}_customer", "customer_id", "at"),
    )  # fmt: skip
    keys: list[Column[Any]] = [
        Column("level", Text, primary_key=True), Column("dimension", Text, primary_key=True),
        Column("bucket", DateTime(timezone=True), primary_key=True), Column("value", Text, primary_key=True),
        Column("queue_id", BigInteger, primary_key=True, autoincrement=False),
        Column("team_id", BigInteger, primary_key=True, autoincrement=False), Column("channel", Text, primary_key=True),
    ]  # fmt: skip
    Table(f"{name}_sum", Base.metadata, *keys, *(Column(each, BigInteger, nullable=False) for each in rolled.summed))


for _each in ROLLED.values():
    _tables(_each)
