"""`contact-center simulate`: traces in, order of service out."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from contact_center import clock
from contact_center.cli import installed, main, opening
from contact_center.simulator.setting import BONUS
from tests import factories

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
LINES = """{"id": "late", "t": 1, "cls": "D", "service": 2}
{"id": "first", "t": 0, "cls": "D", "service": 3}
{"id": "good", "t": 2, "cls": "A", "service": 1}
"""


def ask(*arguments: str, stdin: str = "") -> Result:
    """Without a database, and without settings."""
    nothing = dict.fromkeys(("DATABASE_URL", "DATABASE_URL_FILE", "SECRET_KEY", "SECRET_KEY_FILE"))
    return CliRunner(env=nothing).invoke(main, ["simulate", *arguments], input=stdin)


def ids(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


def test_a_trace_is_served_strictly_or_as_shipped(tmp_path: Path) -> None:
    file = tmp_path / "trace.jsonl"
    file.write_text(LINES)
    assert ids(ask("--trace", str(file), "--servers", "1", "--policy", "strict")) == ["first", "good", "late"]
    assert ids(ask("--trace", "-", "--servers", "1", stdin=LINES)) == ["first", "good", "late"]
    assert ids(ask("--trace", "-", "--servers", "1", "--bonus", "A=0,D=60", stdin=LINES)) == ["first", "late", "good"]
    assert ids(ask("--trace", "-", "--servers", "3", stdin=LINES)) == ["first", "late", "good"]


def test_of_a_bad_file_nothing_is_printed_but_the_line(tmp_path: Path) -> None:
    result = ask("--trace", "-", "--servers", "1", stdin=LINES + '{"id": "x"}\n')
    assert (result.exit_code, result.stdout) == (65, "")
    assert "line 4: t, cls, service is missing" in result.stderr


def test_what_cannot_be_is_said() -> None:
    assert ask("--trace", "-", "--servers", "0", stdin=LINES).exit_code == 2
    assert ask("--trace", "-", stdin=LINES).exit_code == 2
    assert ask("--trace", "/nowhere", "--servers", "1").exit_code == 2
    assert ask("--trace", "-", "--servers", "1", "--bonus", "A", stdin=LINES).exit_code == 2


def test_an_empty_trace_is_served_at_once() -> None:
    assert ids(ask("--trace", "-", "--servers", "1")) == []


def test_a_scenario_is_told_as_a_table_and_as_json() -> None:
    table = ask(str(EXAMPLES / "scenario.toml"))
    assert table.exit_code == 0, table.output
    assert "tier A" in table.stdout
    assert "Mails" in table.stdout
    told = json.loads(ask(str(EXAMPLES / "scenario.toml"), "--json").stdout)
    total = told["total"]
    assert total["offered"] == total["answered"] + total["abandoned"] + total["unserved"] > 500
    assert [tier["name"] for tier in told["tiers"]] == ["A", "B", "C", "D"]
    assert told["slots"][0]["begin"] == 8 * 3600
    other = json.loads(ask(str(EXAMPLES / "scenario.toml"), "--json", "--seed", "8").stdout)
    assert other["total"] != total


def test_two_settings_are_compared_on_the_same_arrivals() -> None:
    files = [str(EXAMPLES / "scenario.toml"), "--compare", str(EXAMPLES / "two-more-at-noon.toml")]
    told = json.loads(ask(*files, "--json").stdout)
    assert told["now"]["total"]["offered"] == told["then"]["total"]["offered"]
    assert told["difference"]["sooner"] > told["difference"]["later"]
    assert "answered sooner" in ask(*files).stdout


def test_a_bad_scenario_is_refused_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[queues.Calls]\ncolour = 1\n[[arrivals]]\nqueue = 'Calls'\nper_hour = 1\n")
    result = ask(str(file))
    assert (result.exit_code, result.stdout) == (65, "")
    assert "queues.Calls.colour: nothing is called so here" in result.stderr
    assert ask(str(file), "--servers", "3").exit_code == 2
    assert ask(str(file), "--day", "2026-03-05").exit_code == 2
    assert ask().exit_code == 2


def test_a_recorded_day_is_played_from_the_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_app", lambda: app)
    assert ask("--day", "2020-02-02").exit_code == 66
    assert ask("--day", "9999-12-31").exit_code == 2
    factories.ticket(factories.queue("Service", factories.ada()))
    today = clock.now().astimezone(ZoneInfo(app.config["CC"].time_zone))
    told = json.loads(ask("--day", f"{today:%Y-%m-%d}", "--json").stdout)
    assert (told["total"]["offered"], told["total"]["unserved"]) == (1, 1)
    assert told["queues"][0]["name"] == "Service"


def test_the_bonus_is_that_of_the_tier_policies_where_there_are_some(
    app: Flask, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        CliRunner(env=environment).invoke(main, ["simulate", "--trace", "-", "--servers", "1"], input=LINES).exit_code
        == 0
    )
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert installed.bonus() == BONUS
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert installed.bonus() is None
