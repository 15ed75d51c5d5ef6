"""contact-center outbox: what has left or waits to leave, with its words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from contact_center import clock
from contact_center.cli import main, opening
from contact_center.extensions import db
from contact_center.outbox import post
from contact_center.outbox.models import Outgoing, OutgoingState, Purpose
from contact_center.outbox.post import Letter

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(opening, "open_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(main, ["outbox", *arguments])


def _queue(recipient: str, subject: str, minutes_ago: int, text: str = "Hello") -> Outgoing:
    with clock.standing_at(clock.now() - timedelta(minutes=minutes_ago)):
        queued = post.queue(Letter(Purpose.REPLY, recipient, subject, text))
    assert queued is not None
    return db.session.get_one(Outgoing, queued[0])


def _told(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    told: list[dict[str, Any]] = json.loads(result.stdout)
    return told


def test_it_tells_the_newest_first_with_their_words(run: Run) -> None:
    _queue("greta@lindqvist.example", "Your fridge", 5, "Two lines\nof an answer")
    _queue("bo@andersen.example", "Your code", 1, "481 516")
    newest, older = _told(run("--json"))
    assert (newest["recipient"], newest["subject"], newest["text"]) == ("bo@andersen.example", "Your code", "481 516")
    assert (newest["state"], newest["purpose"], newest["attempts"], newest["error"]) == ("QUEUED", "REPLY", 0, None)
    assert older["subject"] == "Your fridge"
    said = run().output
    assert said.index("Your code") < said.index("Your fridge")
    assert "    Two lines\n    of an answer\n" in said


def test_it_tells_what_goes_to_one_address_in_any_spelling(run: Run) -> None:
    _queue("greta@lindqvist.example", "Hers", 2)
    _queue("bo@andersen.example", "His", 1)
    for spelling in ("greta@lindqvist.example", "Greta@LINDQVIST.example"):
        assert [row["subject"] for row in _told(run("--to", spelling, "--json"))] == ["Hers"]
    assert _told(run("--to", "nobody@nowhere.example", "--json")) == []
    assert run("--to", "nobody@nowhere.example").output == ""


def test_it_tells_as_many_as_asked_for(run: Run) -> None:
    for number in range(12):
        _queue("greta@lindqvist.example", f"Number {number}", 20 - number)
    assert len(_told(run("--json"))) == 10
    assert [row["subject"] for row in _told(run("--limit", "2", "--json"))] == ["Number 11", "Number 10"]


def test_it_says_why_something_did_not_leave(run: Run) -> None:
    row = _queue("greta@lindqvist.example", "Your fridge", 1)
    row.state, row.attempts, row.error = OutgoingState.FAILED, 3, "550 no such mailbox"
    db.session.flush()
    [told] = _told(run("--json"))
    assert (told["state"], told["attempts"], told["error"]) == ("FAILED", 3, "550 no such mailbox")
    assert "FAILED" in run().output
