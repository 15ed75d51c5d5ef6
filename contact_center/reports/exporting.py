"""Whole lists as CSV or XLSX, written while they are read, and how far each is: memory flat, however many rows.

The report pages stream what comes from here. Rows are read in stretches, a transaction each. A row of `report_export`
says who took what and how far it is; it stays as the record of what left the house.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import psycopg
from sqlalchemy import ForeignKey, Index, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import Base, db, states
from contact_center.reports import listings
from contact_center.reports.listings import Listing
from contact_center.statement import PARAMETER
from contact_center.text import spreadsheets, workbooks

STRETCH = 5_000  # rows that are read at a time
TOLD_EVERY = 0.5  # seconds between two notes of how far it is
KEPT_FOR = timedelta(days=400)


class ExportState(StrEnum):
    """How far a file is."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    ENDED = "ENDED"  # before its end: the reader went away, or something broke


class ReportExport(Base):
    """A file that somebody took: which list, how many rows there are, how many are written."""

    __tablename__ = "report_export"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)  # the page's own, by which it asks how far it is
    name: Mapped[str]
    query: Mapped[str]
    total: Mapped[int]
    written: Mapped[int]
    state: Mapped[ExportState] = mapped_column(states(ExportState))
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (Index(None, "started_at"),)


@dataclass(slots=True)
class Progress:
    """Counts what is written, and notes it now and then."""

    agent_id: int
    key: str
    written: int = 0
    _told_at: float = 0.0

    def add(self, rows: int) -> None:
        """So many more rows are written; ends the transaction."""
        self.written += rows
        if time.monotonic() - self._told_at >= TOLD_EVERY:
            self._told_at = time.monotonic()
            self._note(ExportState.RUNNING)
        db.session.commit()

    def end(self, state: ExportState) -> None:
        """That was all."""
        db.session.rollback()
        self._note(state)
        db.session.commit()

    def _note(self, state: ExportState) -> None:
        mine = (ReportExport.agent_id == self.agent_id) & (ReportExport.key == self.key)
        values = {"written": self.written, "state": state, "changed_at": clock.now()}
        db.session.execute(update(ReportExport).where(mine).values(values))


def begin(agent: Agent, key: str, name: str, query: str, listing: Listing) -> Progress:
    """Count the rows and note that *agent* takes them. Commits, so that the page can see it."""
    now, total = clock.now(), db.session.scalar(text(listing.count()), dict(listing.values)) or 0
    row = {"name": name, "query": query, "total": total, "written": 0, "state": ExportState.RUNNING,
           "started_at": now, "changed_at": now}  # fmt: skip
    new = insert(ReportExport).values(agent_id=agent.id, key=key, **row)
    db.session.execute(new.on_conflict_do_update(index_elements=["agent_id", "key"], set_=row))
    agent_id = agent.id
    db.session.commit()
    return Progress(agent_id, key)


def how_far(agent: Agent, key: str) -> ReportExport | None:
    """The file that *agent* is taking."""
    return db.session.scalar(select(ReportExport).where(ReportExport.agent_id == agent.id, ReportExport.key == key))


def forget() -> None:
    """Forget exports of long ago. The caller commits."""
    db.session.execute(delete(ReportExport).where(ReportExport.started_at < clock.now() - KEPT_FOR))


def as_csv(listing: Listing, progress: Progress) -> Iterator[bytes]:
    """The list as CSV in UTF-8; cells that a spreadsheet would calculate are made plain text."""
    yield (spreadsheets.BOM + spreadsheets.line(listing.headings())).encode()
    yield from _ending(_copied(listing, progress), progress)


def as_xlsx(listing: Listing, title: str, progress: Progress) -> Iterator[bytes]:
    """The list as a workbook; what does not fit one sheet goes on in the next."""
    rows = _read(listing, progress)
    yield from _ending(workbooks.stream(title, listing.headings(), rows), progress)


def _ending(parts: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    """Note how it ended, whoever ended it."""
    state = ExportState.ENDED
    try:
        yield from parts
        state = ExportState.DONE
    finally:
        progress.end(state)


def _copied(listing: Listing, progress: Progress) -> Iterator[bytes]:
    """Written by the server itself (COPY); the last two columns of a row are its place, and are cut off here."""
    words, values = listings.code_words(), {**listing.values, "most": STRETCH}
    shown, begins = listing.as_text(words), True
    while True:
        statement = f"COPY ({listing.stretch(shown, begins=begins)}) TO STDOUT (FORMAT csv)"
        lines, last = [], b""
        with _connection().cursor() as cursor, cursor.copy(*_bound(statement, values)) as copy:
            for row in copy:
                last = bytes(row)
                lines.append(last[: last.rindex(b",", 0, last.rindex(b","))])
        progress.add(len(lines))
        if lines:
            yield b"\n".join(lines) + b"\n"
        if len(lines) < STRETCH:
            return
        _cells, at, row_id = last.decode().rstrip("\n").rsplit(",", 2)
        values, begins = values | {"after_at": at.strip('"'), "after_id": int(row_id)}, False


def _read(listing: Listing, progress: Progress) -> Iterator[tuple[Any, ...]]:
    words, values = listings.code_words(), {**listing.values, "most": STRETCH}
    shown, begins = listing.as_cells(words), True
    while True:
        with _connection().cursor() as cursor:
            cursor.execute(*_bound(listing.stretch(shown, begins=begins), values))
            found = cursor.fetchall()
        progress.add(len(found))
        yield from (row[:-2] for row in found)
        if len(found) < STRETCH:
            return
        *_cells, at, row_id = found[-1]
        values, begins = values | {"after_at": at, "after_id": row_id}, False


def _bound(statement: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The statement as psycopg takes it."""
    return PARAMETER.sub(r"%(\1)s", statement.replace("%", "%%")), dict(values)


def _connection() -> psycopg.Connection[Any]:
    return db.session.connection().connection.driver_connection  # type: ignore[return-value]
