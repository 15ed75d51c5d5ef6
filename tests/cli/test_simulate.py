"""`contact-center simulate`: traces in, order of service out."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from contact_center.cli import main

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
