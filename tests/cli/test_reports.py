"""`contact-center report`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from contact_center.cli import opening
from contact_center.cli.reports import report
from contact_center.extensions import db
from contact_center.reports import asking
from contact_center.reports.question import Question
from tests.reports import month

OCTOBER = ("--from", "2026-10-01", "--to", "2026-11-01", "--zone", month.ZONE)


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(opening, "open_app", lambda: app)
    month.write()
    db.session.commit()

    def running(*arguments: str) -> Result:
        return CliRunner().invoke(report, list(arguments))

    return running


def test_a_metric_is_told_by_a_dimension_as_json(run: Any) -> None:
    told = json.loads(run("service_level", "--by", "queue", *OCTOBER, "--json").output)
    whole = Question(("service_level",), "queue", month.SINCE, month.UNTIL, month.ZONE)
    lines = {line.name: line.figures["service_level"] for line in asking.answer(None, whole).rows}

    assert {row["queue"] for row in told["rows"]} == set(lines)
    for row in told["rows"]:
        figure = lines[row["queue"]]
        assert (row["n"], row["value"]) == (figure.n, pytest.approx(figure.value, abs=1e-6))
        assert row["low"] <= row["value"] <= row["high"]
    assert told["total"]["n"] == sum(row["n"] for row in told["rows"])


def test_days_are_those_of_the_zone_and_values_may_be_narrowed_by_name(run: Any) -> None:
    told = json.loads(run("offered", "--by", "day", *OCTOBER, "--only", "queue=Calls", "--json").output)
    table = run("offered", "--by", "week", *OCTOBER, "--only", "queue=901").output

    assert [row["day"] for row in told["rows"]][:: len(told["rows"]) - 1] == ["2026-10-01", "2026-10-31"]
    assert f"{told['total']['value']:,}" in table.splitlines()[-1]
    assert len(table.splitlines()) == 1 + 5 + 1


def test_all_metrics_are_listed_with_their_formulas(run: Any) -> None:
    listed = json.loads(run("--list", "--json").output)

    assert {"service_level", "fcr", "nps", "backlog", "cost_share", "article_success"} <= {
        one["metric"] for one in listed
    }
    assert all(one["formula"] and one["edges"] for one in listed)
    assert "answered in time" in run("--list").output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("luck",), "There is no metric “luck”."),
        (("offered", "--from", "yesterday"), "“yesterday” is neither a day"),
        (("offered", "--zone", "Mars/Olympus"), "There is no time zone “Mars/Olympus”."),
        (("offered", "--only", "queue"), "“queue” is not like queue=3"),
        (("offered", "--only", "queue=Nowhere"), "there is no “Nowhere”"),
        (("occupancy", "--by", "channel"), "does not know the dimension"),
        ((), "Say which metric"),
    ],
)
def test_what_cannot_be_told_is_said_in_a_sentence(run: Any, arguments: tuple[str, ...], sentence: str) -> None:
    answered = run(*arguments)

    assert answered.exit_code != 0
    assert sentence in answered.output
    assert "Traceback" not in answered.output


def test_roll_ups_are_counted_anew_on_demand(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = json.loads(run("fcr", "--by", "tier", *OCTOBER, "--json").output)
    after = json.loads(run("fcr", "--by", "tier", *OCTOBER, "--json", "--rebuild").output)

    assert after["rows"] == before["rows"]
