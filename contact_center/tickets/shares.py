"""How many tickets have a tag or a priority, as PostgreSQL's own statistics have it: which filter is worth an index.

Read at most every ten minutes and process. What the statistics do not name is rare; a database that was never analysed
is small, and everything in it is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sqlalchemy import text as sql

from contact_center.extensions import db

_FRESH_FOR = 600.0

_READ = sql("""
    SELECT (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'ticket'::regclass) AS total, attname,
           coalesce(most_common_elems, most_common_vals)::text::text[] AS words,
           coalesce(most_common_elem_freqs, most_common_freqs) AS shares
    FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'ticket' AND attname IN ('tags', 'priority')
""")


@dataclass(slots=True)
class _Known:
    read_at: float = float("-inf")
    total: float = 0.0
    shares: dict[tuple[str, str], float] = field(default_factory=dict)


_known = _Known()


def total() -> float:
    """How many tickets there are, about."""
    return _fresh().total


def tagged(tag: str) -> float:
    """How many tickets have *tag*, about; 0 for a rare one."""
    return _number("tags", tag)


def of_priority(priority: str) -> float:
    """How many tickets have that priority, about."""
    return _number("priority", priority)


def _number(column: str, word: str) -> float:
    known = _fresh()
    return known.total * known.shares.get((column, word), 0.0)


def _fresh() -> _Known:
    if time.monotonic() - _known.read_at > _FRESH_FOR:
        _known.shares = {}
        for row in db.session.execute(_READ):
            _known.total = row.total
            # An array's shares end with the least, the largest, and that of none: there are more of them than words.
            _known.shares |= {
                (row.attname, word): share for word, share in zip(row.words or (), row.shares or (), strict=False)
            }
        _known.read_at = time.monotonic()
    return _known
