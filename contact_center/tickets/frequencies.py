"""How common words are in messages, as PostgreSQL's own statistics have it. `search` chooses its way by it.

Read at most every ten minutes and process. The words that are not in it are rare; a database that was never analysed is
small, and everything in it is.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import takewhile

from sqlalchemy import text as sql

from contact_center.extensions import db

_FRESH_FOR = 600.0
MOST_EXPANDED = 20

_READ = sql("""
    SELECT (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'message'::regclass) AS total,
           s.most_common_elems::text::text[] AS words, s.most_common_elem_freqs AS shares
    FROM (SELECT 1) one LEFT JOIN pg_stats s
        ON s.schemaname = current_schema() AND s.tablename = 'message' AND s.attname = 'search'
""")


@dataclass(frozen=True, slots=True)
class Frequencies:
    """The number of messages, and the share of them that has a word; `rarest` is the least share that is known."""

    total: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)
    rarest: float = 0.0
    ordered: list[str] = field(default_factory=list)

    def share(self, word: str) -> float:
        """The share of messages that have *word*, or at most so much if it is not among the common ones."""
        return self.shares.get(word, self.rarest)

    def expand(self, beginning: str) -> list[str]:
        """The commonest words that begin so."""
        start = bisect_left(self.ordered, beginning)
        words = takewhile(lambda word: word.startswith(beginning), self.ordered[start : start + 10_000])
        return sorted(words, key=lambda word: -self.shares[word])[:MOST_EXPANDED]


@dataclass(slots=True)
class _Known:
    read_at: float = float("-inf")
    frequencies: Frequencies = field(default_factory=Frequencies)


_known = _Known()


def known() -> Frequencies:
    """The frequencies as they were read last."""
    if time.monotonic() - _known.read_at > _FRESH_FOR:
        _known.frequencies, _known.read_at = _read(), time.monotonic()
    return _known.frequencies


def _read() -> Frequencies:
    row = db.session.execute(_READ).one()
    # The last numbers of the array are not shares of words but the least and the largest share, and that of none.
    shares = {word: share for word, share in zip(row.words or (), row.shares or (), strict=False) if word is not None}
    return Frequencies(row.total, shares, min(shares.values(), default=0.0), sorted(shares))
