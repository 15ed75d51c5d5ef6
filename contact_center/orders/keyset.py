"""Cursors of lists that are paged by keyset: the sort key and id of a row, made opaque. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

Row = TypeVar("Row")


class Edge(NamedTuple):
    """Where a page begins: after, or backwards before, the row with this key and id."""

    key: Any
    id: int


class Cut(NamedTuple):
    """One page of what was found, in its order, and whether there is more on either side."""

    rows: list[Any]
    has_previous: bool
    has_next: bool


def cursor(key: datetime | str, row_id: int) -> str:
    """What names a row in an address."""
    said = json.dumps([key.isoformat() if isinstance(key, datetime) else key, row_id])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def edge(said: str | None, read: Callable[[str], Any] = datetime.fromisoformat) -> Edge | None:
    """What a cursor says; a damaged one leads to the beginning."""
    said = said or ""
    try:
        key, row_id = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
        found = Edge(read(key), int(row_id))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return found if 0 <= found.id < 2**63 and "\x00" not in str(key) else None


def cut(found: Sequence[Row], limit: int, beyond: Edge | None, *, backwards: bool) -> Cut:
    """The page of what was found with one row more than *limit*; what was read *backwards* is turned around."""
    has_more, rows = len(found) > limit, list(found[:limit])
    if backwards:
        rows.reverse()
    has_previous = beyond is not None and (has_more if backwards else True)
    return Cut(rows, bool(rows) and has_previous, bool(rows) and (backwards or has_more))
