"""Drafts: what is being typed survives, for its writer only."""

from __future__ import annotations

import pytest

from contact_center.agents.models import Agent
from contact_center.tickets import drafts
from contact_center.tickets.models import Ticket
from tests import factories


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def ticket(ada: Agent) -> Ticket:
    return factories.ticket(factories.queue("Service", ada))


def test_it_keeps_the_last_that_was_typed(ada: Agent, ticket: Ticket) -> None:
    drafts.save(ticket, ada, "Dear G", fields={"copies": ["bo@andersen.example"]})
    drafts.save(ticket, ada, "Dear Greta")
    draft = drafts.find(ticket, ada)
    assert draft
    assert (draft.body, draft.fields) == ("Dear Greta", {})


def test_it_keeps_a_reply_and_a_note_apart(ada: Agent, ticket: Ticket) -> None:
    drafts.save(ticket, ada, "Dear Greta")
    drafts.save(ticket, ada, "She is right.", is_note=True)
    bodies = [draft.body for note in (False, True) if (draft := drafts.find(ticket, ada, is_note=note))]
    assert bodies == ["Dear Greta", "She is right."]


def test_it_shows_a_draft_to_nobody_else(ada: Agent, ticket: Ticket) -> None:
    drafts.save(ticket, ada, "Dear Greta")
    assert drafts.find(ticket, factories.lee()) is None


def test_it_forgets_a_draft_that_was_emptied(ada: Agent, ticket: Ticket) -> None:
    drafts.save(ticket, ada, "Dear Greta")
    drafts.save(ticket, ada, "  \n")
    assert drafts.find(ticket, ada) is None


def test_it_keeps_an_empty_text_that_has_files(ada: Agent, ticket: Ticket) -> None:
    drafts.save(ticket, ada, "", fields={"upload_ids": [7]})
    assert drafts.find(ticket, ada)


@pytest.mark.parametrize("odd", ["a\x00b", "half a pair \ud83d", "x" * 300_000])
def test_it_stores_whatever_is_typed(ada: Agent, ticket: Ticket, odd: str) -> None:
    drafts.save(ticket, ada, odd, fields={"to": [odd]})
    assert drafts.find(ticket, ada)


def test_it_lists_where_something_is_left_unsent(ada: Agent, ticket: Ticket) -> None:
    drafts.save(ticket, ada, "Dear Greta")
    [(draft, found)] = drafts.waiting(ada)
    assert (draft.body, found.id) == ("Dear Greta", ticket.id)
