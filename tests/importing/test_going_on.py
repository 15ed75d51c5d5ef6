"""An import that is killed, cancelled, or worked on by two: every row goes in once."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.importing import claims, runs, work
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import ImportRun, RunState
from contact_center.jobs import imports

ROWS = 950


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(work, "CHUNK", 100)
    path = tmp_path / "customers.csv"
    path.write_text(
        "Customer no,Name,Birthday\n"
        + "".join(f"C-{n},Customer {n},{'never' if n % 10 == 3 else ''}\n" for n in range(ROWS))
    )
    return path


@pytest.fixture
def run(app: Flask, path: Path) -> ImportRun:
    run = runs.open_run(KINDS["customers"], runs.source_at(path), None)
    runs.start(run, None)
    db.session.commit()
    return run


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Customer)) or 0


def test_a_killed_import_goes_on_behind_the_last_chunk_that_is_in(run: ImportRun, path: Path) -> None:
    run_id = run.id
    with claims.worker_of(run_id) as claim:
        assert claim is not None
        steps = work.steps(run_id, claim, path)
        for _rows in itertools.islice(steps, 3):
            db.session.commit()
        next(steps)  # the fourth chunk is written and never committed
        db.session.rollback()
        steps.close()
    assert _count() == 270
    found = runs.unfinished(KINDS["customers"], run.digest)
    assert found is not None
    assert found.rows == 300
    with claims.worker_of(run_id) as claim:
        assert claim is not None
        for _rows in work.steps(run_id, claim, path):
            db.session.commit()
    done = db.session.get_one(ImportRun, run_id, populate_existing=True)
    assert (done.state, done.rows, done.created, done.bad, done.same) == (RunState.DONE, ROWS, 855, 95, 0)
    assert _count() == 855


def test_a_cancelled_import_stops_at_once_and_keeps_what_is_in(run: ImportRun, path: Path) -> None:
    with claims.worker_of(run.id) as claim:
        assert claim is not None
        steps = work.steps(run.id, claim, path)
        next(steps)
        db.session.commit()
        runs.cancel(db.session.get_one(ImportRun, run.id), None)
        db.session.commit()
        with pytest.raises(work.Lost):
            next(steps)
        db.session.rollback()
    assert _count() == 90
    assert claims.waiting() == []


@pytest.mark.committing
def test_two_workers_do_not_work_on_the_same_run(run: ImportRun) -> None:
    with claims.worker_of(run.id) as first, claims.worker_of(run.id) as second:
        assert first is not None
        assert second is None


def test_a_worker_leaves_the_commands_own_file_to_the_command(run: ImportRun, path: Path) -> None:
    assert imports.go_on(run.id, seconds=5) is False
    with claims.worker_of(run.id) as claim:
        assert claim is not None
        for _rows in work.steps(run.id, claim, path):
            db.session.commit()
    assert db.session.get_one(ImportRun, run.id, populate_existing=True).state is RunState.DONE


def test_an_import_that_breaks_again_and_again_fails(run: ImportRun) -> None:
    for _ in range(claims.MOST_ATTEMPTS):
        with claims.worker_of(run.id) as claim:
            assert claim is not None
    with claims.worker_of(run.id) as claim:
        assert claim is None
    assert db.session.get_one(ImportRun, run.id, populate_existing=True).state is RunState.FAILED
