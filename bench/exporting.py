"""Whole lists of contacts as files: BENCH_CONTACTS of them (500,000), as CSV beside a bare COPY of the same columns, and as XLSX.

The rows are those of the bench of the report pages. The floor is one COPY of the view's columns as they are: ours makes what
people wrote harmless, tells codes in words and times in a zone, and reads in stretches, so that nobody's download holds a snapshot.
Memory is what the process grew by while it wrote the workbook.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import psycopg
from _ground import compare, figure
from reports import CONTACTS, write
from sqlalchemy import text

from contact_center import clock, create_app
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.reports import exporting, listings
from contact_center.reports.asked import Asked
from contact_center.reports.listings import Listing
from contact_center.reports.periods import CUSTOM, Period

MOST = int(os.environ.get("BENCH_ROWS", "200000"))  # rows of a file


def main() -> None:
    app = create_app()
    dsn = app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    write(dsn)
    with app.app_context(), psycopg.connect(dsn, autocommit=True) as bare:
        db.session.execute(text("ANALYZE"))
        listing, count = _listing()
        floor, ours = compare(
            lambda: count / _timed(lambda: _copy(bare, listing)), lambda: count / _timed(lambda: _csv(listing))
        )
        figure(f"export of {count:,} contacts, CSV", ours, "rows/s", floor)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figure(
            "export, XLSX",
            count / _timed(lambda: _drained(exporting.as_xlsx(listing, "Contacts", _begun(listing)))),
            "rows/s",
        )
        figure("memory while writing it", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, "MB")


def _listing() -> tuple[Listing, int]:
    """So many contacts of the last time as there are in a file."""
    now, zone = clock.now(), ZoneInfo("Europe/Berlin")
    days = 720 * MOST / CONTACTS
    listing = listings.whole(None, Asked(Period(CUSTOM, now - timedelta(days=days), now, zone), zone), "contacts")
    return listing, int(db.session.scalar(text(listing.count()), dict(listing.values)) or 0)


def _begun(listing: Listing) -> exporting.Progress:
    reader = db.session.get_one(Agent, db.session.scalar(text("SELECT min(id) FROM agent")))
    return exporting.begin(reader, "bench", "contacts", "", listing)


def _csv(listing: Listing) -> None:
    _drained(exporting.as_csv(listing, _begun(listing)))


def _copy(bare: psycopg.Connection, listing: Listing) -> None:
    shown = ", ".join(column.sql for column in listing.columns)
    query = f"COPY (SELECT {shown} FROM bi.contact v LEFT JOIN ticket t ON t.id = v.ticket_id WHERE v.at >= %s AND v.at < %s) TO STDOUT (FORMAT csv)"
    with bare.cursor().copy(query, (listing.values["since"], listing.values["until"])) as copy:
        for _block in copy:
            pass


def _drained(parts: Iterator[bytes]) -> None:
    for _part in parts:
        pass


def _timed(act: object) -> float:
    started = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
