"""docs/examples: files that go in as they are, in the order in which docs/importing.md tells it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from contact_center.card import summary
from contact_center.cli import main, opening
from contact_center.customers.models import Customer
from contact_center.embedded import ROOT
from contact_center.extensions import db
from tests import factories

COMMAND = re.compile(r"^contact-center import (\w+) (docs/examples/\S+)( --dry-run)?$", re.MULTILINE)
Bring = Callable[..., dict[str, Any]]


@pytest.fixture
def bring(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Run a command of the documentation; every row must be good."""
    monkeypatch.setattr(opening, "open_app", lambda: app)

    def run(kind: str, path: str, dry: str = "") -> dict[str, Any]:
        result = CliRunner().invoke(main, ["import", kind, str(ROOT / path), "--json", *dry.split()])
        told: dict[str, Any] = json.loads(result.stdout)
        assert (result.exit_code, told["bad"], told["bad_rows"]) == (0, 0, []), result.output
        return told

    return run


def _commands() -> list[tuple[str, str, str]]:
    return COMMAND.findall((ROOT / "docs" / "importing.md").read_text())


def _named(name: str) -> Customer:
    return db.session.scalars(select(Customer).where(Customer.name == name)).one()


def test_every_file_is_told_of() -> None:
    files = {path.name for path in (ROOT / "docs" / "examples").glob("*.csv")}
    assert files == {Path(path).name for _kind, path, _dry in _commands()}


def test_they_go_in_without_a_bad_row_and_a_second_time_change_nothing(bring: Bring) -> None:
    first = [bring(*command) for command in _commands()]
    assert all(
        len(told["columns"]) == len(_headers(command[1])) for told, command in zip(first, _commands(), strict=True)
    )
    assert [told["state"] for told in first] == ["CHECKED", *["DONE"] * 5]
    assert all(told["created"] == told["rows"] > 0 for told in first)
    again = [bring(*command) for command in _commands()]
    assert all(told["same"] == told["rows"] for told in again)


def test_what_they_tell_stands_on_the_cards(bring: Bring) -> None:
    for command in _commands():
        bring(*command)
    reader = factories.root()
    hotel = summary.of(_named("Hotel Seeblick GmbH"), reader)
    assert ([person.name for person in hotel.people], hotel.money["EUR"].overdue) == (
        ["Klara Brandt"],
        Decimal("2366.20"),
    )
    mia = summary.of(_named("Mia Sommer"), reader)
    assert [(order.number, order.is_open) for order in mia.orders] == [("TO-77141", True), ("TO-58213", False)]
    assert (len(mia.points), mia.money.get("EUR")) == (3, None)
    [order] = summary.of(_named("周雪梅"), reader).orders
    assert (order.currency, order.total, order.state) == ("CNY", Decimal("374.00"), "CONFIRMED")


def _headers(path: str) -> list[str]:
    return (ROOT / path).read_text().splitlines()[0].split(",")
