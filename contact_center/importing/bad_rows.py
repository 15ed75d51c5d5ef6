"""The rows that could not be used: kept with their reasons, shown a page at a time, and given back as CSV.

Called by `work`, the screen and the command.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center.extensions import db
from contact_center.importing.models import ImportBadRow, ImportRun
from contact_center.statement import Statement
from contact_center.text import sayings, spreadsheets

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class BadRow:
    """One of them, before it is kept."""

    line: int
    column: str
    reason: str
    cells: list[str]


_KEEP = Statement("""
    INSERT INTO import_bad_row (run_id, line, "column", reason, cells)
    SELECT :run_id, line, nullif(header, ''), reason, ARRAY(SELECT json_array_elements_text(CAST(cells AS json)))
    FROM unnest(CAST(:lines AS bigint[]), CAST(:headers AS text[]), CAST(:reasons AS text[]), CAST(:cells AS text[]))
         AS bad (line, header, reason, cells)
""")


def keep(run_id: int, rows: Sequence[BadRow]) -> None:
    """Store them with the chunk they were in."""
    if not rows:
        return
    values = {
        "lines": [row.line for row in rows],
        "headers": [row.column for row in rows],
        "reasons": [sayings.keep(row.reason) for row in rows],
        "cells": [json.dumps([cell.replace("\0", "") for cell in row.cells]) for row in rows],
    }
    _KEEP.run({"run_id": run_id, **values})


def page(run: ImportRun, after: int = 0, limit: int = 50) -> list[ImportBadRow]:
    """The bad rows behind the line *after*."""
    asked = select(ImportBadRow).where(ImportBadRow.run_id == run.id, ImportBadRow.line > after)
    return list(db.session.scalars(asked.order_by(ImportBadRow.line, ImportBadRow.id).limit(limit)))


def as_csv(run: ImportRun) -> Iterator[str]:
    """The bad rows as a file, line, column and reason behind their own cells; to be corrected and uploaded again."""
    out = io.StringIO()
    write = csv.writer(out)
    out.write("\ufeff")  # Excel takes a file without it for Latin 1
    write.writerow([*map(spreadsheets.safe, run.headers), _("Bad line"), _("Bad column"), _("Why it was not imported")])
    last, width = 0, len(run.headers)
    while rows := page(run, last, _BATCH):
        for row in rows:
            cells = [*row.cells, *[""] * (width - len(row.cells))][: max(width, len(row.cells))]
            said = [str(row.line), row.column or "", sayings.say(row.reason)]
            write.writerow(map(spreadsheets.safe, [*cells[:width], *said]))
        last = rows[-1].line
        db.session.expunge_all()
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()
