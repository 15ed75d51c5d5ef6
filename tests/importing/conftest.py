"""Bring a file in as the command does, in the test's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.extensions import db
from contact_center.importing import claims, runs, work
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import ImportBadRow, ImportRun
from contact_center.text import sayings

BringIn = Callable[..., ImportRun]


@pytest.fixture
def bring_in(app: Flask, tmp_path: Path) -> BringIn:
    """`bring_in("orders", "a,b\\n1,2\\n")` returns the run as it ended; *dry* only checks."""

    def bring(
        kind: str, content: str | bytes | Path, *, dry: bool = False, name: str = "file.csv", **form: str
    ) -> ImportRun:
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        run = runs.open_run(KINDS[kind], runs.source_at(path), None)
        run.form = {**run.form, **form}
        (runs.check if dry else runs.start)(run, None)
        db.session.commit()
        with claims.worker_of(run.id) as claim:
            assert claim is not None
            for _rows in work.steps(run.id, claim, path):
                db.session.commit()
        return db.session.get_one(ImportRun, run.id, populate_existing=True)

    return bring


def figures(run: ImportRun) -> tuple[int, int, int, int]:
    """New, changed, the same, bad."""
    return run.created, run.changed, run.same, run.bad


def reasons(run: ImportRun) -> dict[int, tuple[str | None, str]]:
    """The bad rows: line -> column, reason."""
    asked = select(ImportBadRow).where(ImportBadRow.run_id == run.id)
    return {row.line: (row.column, sayings.say(row.reason)) for row in db.session.scalars(asked)}
