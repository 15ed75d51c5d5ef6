"""contact-center tickets … and ticket …"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from contact_center.cli import main, opening
from contact_center.tickets.models import Ticket
from tests import factories

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(opening, "open_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def ticket(app: Flask) -> Ticket:
    return factories.ticket(factories.queue())


def refs(result: Result) -> list[str]:
    assert result.exit_code == 0
    return [row["ref"] for row in json.loads(result.stdout)]


def test_a_ticket_is_told_by_its_number_in_any_spelling(run: Run, ticket: Ticket) -> None:
    for spelling in (ticket.ref, ticket.ref.lower(), str(ticket.id), f"#{ticket.id}"):
        assert json.loads(run("ticket", spelling, "--json").stdout)["ref"] == ticket.ref
        assert refs(run("tickets", "--query", spelling, "--json")) == [ticket.ref]


@pytest.mark.parametrize("ref", ["nonsense", "CC-", "1a0", "9" * 18, "9" * 30, "9" * 5000])
def test_what_is_no_ticket_is_said_so(run: Run, ticket: Ticket, ref: str) -> None:
    result = run("ticket", ref, "--json")
    assert result.exit_code == 66
    assert "there is no ticket" in result.output


@pytest.mark.parametrize("query", ["\\", "(", "' &", "!!", "9" * 30])
def test_a_question_without_a_word_finds_nothing(run: Run, ticket: Ticket, query: str) -> None:
    assert refs(run("tickets", "--query", query, "--json")) == []
    assert refs(run("tickets", "--json")) == [ticket.ref]
