"""contact-center import KIND FILE"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from contact_center.cli import main, opening
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.importing import mappings
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import ImportRun

Run = Callable[..., Result]
FILE = "Customer no,Name,Born\nC-1,Greta,1984-03-09\nC-2,Bo,never\n"


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(opening, "open_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(main, ["import", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(FILE)
    return path


def test_a_dry_run_tells_and_changes_nothing(run: Run, file: Path) -> None:
    told = run("customers", file, "--dry-run", "--json")
    assert told.exit_code == 1
    answer = json.loads(told.stdout)
    assert (answer["rows"], answer["created"], answer["bad"], answer["state"]) == (2, 1, 1, "CHECKED")
    assert answer["bad_rows"][0] == {
        "line": 3,
        "column": "Born",
        "reason": "“never” is not a date. Write it like 2026-01-31.",
    }
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 0


def test_an_import_tells_what_came_of_it_and_writes_the_bad_rows(run: Run, file: Path, tmp_path: Path) -> None:
    told = run("customers", file, "--bad-rows", tmp_path / "bad.csv")
    assert told.exit_code == 1
    assert "are new: 1" in told.output
    assert "line 3, Born" in told.output
    corrected = tmp_path / "bad.csv"
    corrected.write_text(corrected.read_text().replace("never", "1970-01-01"))
    assert run("customers", corrected).exit_code == 0
    assert run("customers", corrected, "--json").exit_code == 0


def test_a_mapping_is_taken_by_its_name(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a;b\nC-1;Greta\n")
    assert run("customers", path).exit_code == 65
    mappings.remember(KINDS["customers"], "Odd", ["a", "b"], {0: "external_id", 1: "name"}, {}, None)
    db.session.commit()
    assert run("customers", path, "--mapping", "Even").exit_code == 64
    assert run("customers", path, "--mapping", "Odd").exit_code == 0


def test_wrong_use_has_its_own_code(run: Run, file: Path, tmp_path: Path) -> None:
    assert run("spaceships", file).exit_code == 2
    assert run("customers", tmp_path / "missing.csv").exit_code == 2
    (tmp_path / "empty.csv").write_bytes(b"")
    told = run("customers", tmp_path / "empty.csv")
    assert told.exit_code == 65
    assert "This file is empty." in told.output


@pytest.mark.committing
def test_killed_on_its_way_it_goes_on_where_it_stopped(app: Flask, environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("Customer no,Name\n" + "".join(f"C-{n},Customer {n}\n" for n in range(12_000)))
    command = [sys.executable, "-m", "contact_center", "import", "customers", str(path), "--json"]
    first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    asked = select(ImportRun.rows).order_by(ImportRun.id.desc()).limit(1)
    while first.poll() is None and not db.session.scalar(asked):
        db.session.rollback()
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    db.session.rollback()
    before = db.session.scalar(asked) or 0
    db.session.rollback()
    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert again.returncode == 0, again.stderr
    answer = json.loads(again.stdout)
    assert (answer["rows"], answer["created"]) == (12_000, 12_000)
    assert 0 < before < 12_000
    assert f"behind row {before:,}" in again.stderr
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 12_000
