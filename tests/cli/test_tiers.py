"""`contact-center tiers`: the preview changes nothing, the rest is what the screens do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from contact_center import clock
from contact_center.cli import main, opening
from contact_center.extensions import db
from contact_center.tiers import overrides
from tests import factories
from tests.tiers import sales

pytestmark = pytest.mark.committing


@pytest.fixture
def ask(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setattr(opening, "open_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(main, ["tiers", *arguments])


def test_preview_apply_and_history(ask: Callable[..., Result]) -> None:
    rows = [sales.buyer(f"No {n}", 1000 - n, external_id=f"K{n}") for n in range(50)]
    db.session.commit()
    told = json.loads(ask("preview", "--json").stdout)
    assert [(row["tier"], row["customers"]) for row in told["tiers"]] == [("A", 1), ("B", 2), ("C", 10), ("D", 37)]
    assert told["moves"] == 13
    assert told["tiers"][0]["revenue"] == 1000
    assert sum(row["share"] for row in told["tiers"]) == pytest.approx(1, abs=0.001)
    assert sales.letters(*rows[:2]) == "--"
    assert json.loads(ask("history", "--json").stdout) == []
    assert json.loads(ask("apply", "--json").stdout)["moved"] == 13
    assert sales.letters(*rows[:4]) == "ABBC"
    [change] = json.loads(ask("history", "--customer", "K0", "--json").stdout)
    assert (change["from"], change["to"], change["rule"], change["place"]) == (None, "A", "FIRST", 1)
    [run] = json.loads(ask("history", "--json").stdout)
    assert (run["state"], run["moves"], run["settings"]["share_a"]) == ("APPLIED", 13, "1")
    assert ask("history", "--customer", "nobody").exit_code == 66


def test_people_read_it_as_lines(ask: Callable[..., Result]) -> None:
    assert ask("history").stdout == "nobody has been ranked yet\n"
    rows = [sales.buyer(f"No {n}", 1000 - n, external_id=f"K{n}") for n in range(50)]
    db.session.commit()
    preview = ask("preview").stdout
    assert "A          1 customer " in preview
    assert "2.1% of revenue" in preview
    assert "13 move: 13 up, 0 down" in preview
    ask("apply")
    overrides.set(rows[0], "B", "Disputes an invoice", clock.now() + timedelta(days=9), factories.lee())
    db.session.commit()
    manual, first = ask("history", "--customer", "K0").stdout.splitlines()
    assert "A → B  Set by hand: Disputes an invoice; by Lee" in manual
    assert "– → A  Ranked for the first time; place 1 of 50, 1,000.00 EUR; run " in first
    assert "Applied  1 / 5 / 20 %  13 of 50 move: 13 up, 0 down" in ask("history").stdout
    assert ask("history", "--limit", "-1").exit_code == 2
