"""The place after an entry of the timeline, as a cursor in an address and as a condition that an index understands.

Entries are in the order of (instant, rank of their kind, id), the greatest first: no two share a place, so a page that
goes on from one neither loses nor repeats what came in meanwhile. A kind that knows only days stands at their noon.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, literal, tuple_

NOON = time(12)


@dataclass(frozen=True, slots=True)
class Edge:
    """The last entry that was seen."""

    at: datetime
    rank: int
    id: int


def cursor(at: datetime, rank: int, row_id: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), rank, row_id]).encode()).decode().rstrip("=")


def read(written: str | None) -> Edge | None:
    """None for the beginning, which is also where a damaged cursor leads."""
    try:
        padded = (written or "") + "=" * (-len(written or "") % 4)
        at, rank, row_id = json.loads(base64.urlsafe_b64decode(padded))
        instant = datetime.fromisoformat(at)
        is_whole = type(rank) is int and type(row_id) is int and abs(rank) < 2**31 and abs(row_id) < 2**63
        return Edge(instant, rank, row_id) if is_whole and instant.tzinfo else None
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def beyond(edge: Edge | None, rank: int, at: Any, row_id: Any) -> list[ColumnElement[bool]]:
    """What stands after *edge* of a kind of that *rank* whose rows have an instant."""
    if edge is None:
        return []
    if rank == edge.rank:
        return [tuple_(at, row_id) < tuple_(literal(edge.at), literal(edge.id))]
    return [at <= edge.at if rank < edge.rank else at < edge.at]


def beyond_day(edge: Edge | None, rank: int, day: Any, row_id: Any, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """The same for a kind whose rows have a day."""
    if edge is None:
        return []
    on = edge.at.astimezone(zone).date()
    noon = datetime.combine(on, NOON, zone)
    if edge.at > noon:
        return [day <= on]
    if edge.at < noon or rank > edge.rank:
        return [day < on]
    return [day <= on] if rank < edge.rank else [tuple_(day, row_id) < tuple_(literal(on), literal(edge.id))]


def noon_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, NOON, zone)
