"""The place after an entry of the timeline, as a cursor in an address and as a condition that an index understands.

Entries are in the order of (instant, rank of their kind, id), the greatest first: no two share a place, so a page that
goes on from one neither loses nor repeats what came in meanwhile. A kind that knows only days stands at their noon.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Date, DateTime, Integer, bindparam, literal_column, tuple_


@dataclass(frozen=True, slots=True)
class Edge:
    """The last entry that was seen."""

    at: datetime
    rank: int
    id: int

    def values(self, zone: ZoneInfo) -> dict[str, Any]:
        """What the conditions below are asked with."""
        on = self.at.astimezone(zone).date()
        return {"edge_at": self.at, "edge_day": on, "edge_rank": self.rank, "edge_id": self.id}


BEGINNING = Edge(datetime(9000, 1, 1, tzinfo=UTC), 0, 0)
_DAY = bindparam("edge_day", type_=Date)
_PLACE = tuple_(
    bindparam("edge_at", type_=DateTime(timezone=True)),
    bindparam("edge_rank", type_=Integer),
    bindparam("edge_id", type_=BigInteger),
)


def cursor(at: datetime, rank: int, row_id: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), rank, row_id]).encode()).decode().rstrip("=")


def read(written: str | None) -> Edge:
    """The place that a cursor names; a damaged one leads to the beginning."""
    try:
        padded = (written or "") + "=" * (-len(written or "") % 4)
        at, rank, row_id = json.loads(base64.urlsafe_b64decode(padded))
        instant = datetime.fromisoformat(at)
        is_whole = type(rank) is int and type(row_id) is int and abs(rank) < 2**31 and abs(row_id) < 2**63
        is_possible = bool(instant.tzinfo) and 1 < instant.year < BEGINNING.at.year
        return Edge(instant, rank, row_id) if is_whole and is_possible else BEGINNING
    except (ValueError, TypeError, OverflowError, RecursionError):
        return BEGINNING


def beyond(rank: int, at: Any, row_id: Any) -> ColumnElement[bool]:
    """What stands after the edge, of a kind of that *rank*."""
    return tuple_(at, literal_column(str(rank), Integer), row_id) < _PLACE


def not_after(day: Any) -> ColumnElement[bool]:
    """The same as far as an index of days can tell."""
    return day <= _DAY
