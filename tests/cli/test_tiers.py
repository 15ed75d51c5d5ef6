"""`contact-center tiers`: the preview changes nothing, the rest is what the screens do."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from contact_center.extensions import db
from tests.tiers import sales

pytestmark = pytest.mark.committing


def ask(environment: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "contact_center.cli", "tiers", *args]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_preview_apply_and_history(app: Any, environment: dict[str, str]) -> None:
    rows = [sales.buyer(f"No {n}", 1000 - n, external_id=f"K{n}") for n in range(50)]
    db.session.commit()
    told = json.loads(ask(environment, "preview", "--json").stdout)
    assert [(row["tier"], row["customers"]) for row in told["tiers"]] == [("A", 1), ("B", 2), ("C", 10), ("D", 37)]
    assert told["moves"] == 13
    assert told["tiers"][0]["revenue"] == 1000
    assert sum(row["share"] for row in told["tiers"]) == pytest.approx(1, abs=0.001)
    assert sales.letters(*rows[:2]) == "--"
    assert json.loads(ask(environment, "history", "--json").stdout) == []
    assert json.loads(ask(environment, "apply", "--json").stdout)["moved"] == 13
    assert sales.letters(*rows[:4]) == "ABBC"
    [change] = json.loads(ask(environment, "history", "--customer", "K0", "--json").stdout)
    assert (change["from"], change["to"], change["rule"], change["place"]) == (None, "A", "FIRST", 1)
    [run] = json.loads(ask(environment, "history", "--json").stdout)
    assert (run["state"], run["moves"]) == ("APPLIED", 13)
    assert ask(environment, "history", "--customer", "nobody").returncode == 66
    assert "1 customers" in ask(environment, "preview").stdout
