"""Which numbers a file has had already, and where: on disk, so that ten million of them need no more memory than ten.

Called by `work`. A number is remembered by its hash, and with a hash of what its rows say.
"""

from __future__ import annotations

import sqlite3
from hashlib import blake2b
from types import TracebackType
from typing import Self


class Seen:
    """Open it in a `with`; what it knows is gone afterwards."""

    def __enter__(self) -> Self:
        self._rows = sqlite3.connect("")  # a private file that SQLite keeps in memory while it is small
        self._rows.executescript(
            "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -32768;"
            "CREATE TABLE seen (number INTEGER PRIMARY KEY, line INTEGER, said INTEGER) WITHOUT ROWID"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.close()

    def meet(self, number: str, line: int, said: list[list[str]]) -> tuple[int, bool] | None:
        """Remember a number; if it was there before: on which line, and whether its rows said the same."""
        key, digest = _hash(number), _hash("\x1e".join("\x1f".join(cells) for cells in said))
        if self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, line, digest)).rowcount:
            return None
        first, before = self._rows.execute("SELECT line, said FROM seen WHERE number = ?", (key,)).fetchone()
        return first, before == digest

    def knows(self, number: str) -> bool:
        """Whether the number has come before."""
        return self._rows.execute("SELECT 1 FROM seen WHERE number = ?", (_hash(number),)).fetchone() is not None


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)
