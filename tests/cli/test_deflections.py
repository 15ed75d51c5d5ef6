"""contact-center deflections"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from flask import Flask

from contact_center.cli import main, opening
from contact_center.selfservice import deflections
from contact_center.selfservice.models import DeflectionKind
from tests import factories


def test_it_counts_by_kind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_app", lambda: app)
    greta = factories.greta()
    deflections.note(DeflectionKind.ORDER, greta.id, "K7-1")
    deflections.note(DeflectionKind.ORDER, greta.id, "K7-2")
    told = json.loads(CliRunner().invoke(main, ["deflections", "--json"]).stdout)
    assert {row["kind"] for row in told} == set(DeflectionKind)
    assert [(row["kind"], row["all"], row["open"]) for row in told if row["all"]] == [("ORDER", 2, 2)]
    assert "ORDER" in CliRunner().invoke(main, ["deflections", "--days", "7"]).stdout
