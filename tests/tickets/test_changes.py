"""Editing a ticket: what is stored, what the history says, and what happens when two people edit at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.errors import Invalid, Stale
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets import changes, lifecycle, lists
from contact_center.tickets.lists import Filter
from contact_center.tickets.models import Priority, RequestKind, Ticket
from tests import factories


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def ticket(ada: Agent) -> Ticket:
    return factories.ticket(factories.queue("Service", ada))


def test_it_stores_what_was_changed_and_says_what_it_was(ada: Agent, ticket: Ticket) -> None:
    changed = changes.change(
        ticket, ada, ticket.version, subject=" Fridge  too warm ", priority="HIGH", kind="REPAIR", tags="VIP, Fridge",
        order_number="10482", language="zh_Hans_CN",
    )  # fmt: skip
    assert (ticket.subject, ticket.priority, ticket.kind) == ("Fridge too warm", Priority.HIGH, RequestKind.REPAIR)
    assert (ticket.tags, ticket.order_number, ticket.version) == (["vip", "fridge"], "10482", 2)
    assert changed["subject"] == ("Fridge not cooling", "Fridge too warm")
    event = db.session.scalars(select(Event).where(Event.name == Name.TICKET_CHANGED)).one()
    assert event.data["changes"]["kind"] == [None, "REPAIR"]
    assert event.data["version"] == 2


def test_it_does_nothing_when_nothing_is_different(ada: Agent, ticket: Ticket) -> None:
    assert changes.change(ticket, ada, ticket.version, subject=ticket.subject, kind="", tags=[]) == {}
    assert ticket.version == 1
    assert db.session.scalars(select(Event).where(Event.name == Name.TICKET_CHANGED)).all() == []


def test_it_can_be_found_by_its_new_words_and_no_more_by_the_old(ada: Agent, ticket: Ticket) -> None:
    changes.change(ticket, ada, ticket.version, subject="Compressor", order_number="A-10482", tags=["urgent"])
    for words in ("compressor", "10482", "urgent"):
        assert lists.page(ada, Filter(text=words)).rows, words
    assert lists.page(ada, Filter(text="cooling")).rows == []


def test_it_refuses_to_overwrite_what_somebody_else_has_changed(ada: Agent, ticket: Ticket) -> None:
    seen = ticket.version
    changes.change(ticket, factories.lee(), seen, subject="Lee's subject", priority="HIGH")
    with pytest.raises(Stale) as error:
        changes.change(ticket, ada, seen, subject="Ada's subject", kind="REPAIR")
    assert error.value.difference == {"subject": ("Ada's subject", "Lee's subject")}
    assert (ticket.subject, ticket.kind) == ("Lee's subject", None), "all or nothing"


def test_it_lets_two_people_edit_different_fields_at_once(ada: Agent, ticket: Ticket) -> None:
    seen = ticket.version
    changes.change(ticket, factories.lee(), seen, priority="HIGH")
    changes.change(ticket, ada, seen, subject="Ada's subject")
    assert (ticket.subject, ticket.priority) == ("Ada's subject", Priority.HIGH)


def test_it_does_not_mind_what_was_done_to_the_ticket_meanwhile(ada: Agent, ticket: Ticket) -> None:
    seen = ticket.version
    lifecycle.take(ticket, ada)
    factories.filed(ticket.queue, thread_keys=(f"token:{ticket.token}",))
    changes.change(ticket, ada, seen, subject="Ada's subject")
    assert ticket.subject == "Ada's subject"


def test_it_does_not_quarrel_about_what_both_want(ada: Agent, ticket: Ticket) -> None:
    seen = ticket.version
    changes.change(ticket, factories.lee(), seen, priority="HIGH")
    assert changes.change(ticket, ada, seen, priority="HIGH") == {}


def test_it_does_not_quarrel_about_a_field_that_is_again_as_it_was_seen(ada: Agent, ticket: Ticket) -> None:
    lee, seen = factories.lee(), ticket.version
    changes.change(ticket, lee, seen, priority="HIGH")
    changes.change(ticket, lee, ticket.version, priority="NORMAL")
    changes.change(ticket, ada, seen, priority="LOW")
    assert ticket.priority is Priority.LOW


def test_it_takes_the_edit_once_the_person_has_seen_the_difference(ada: Agent, ticket: Ticket) -> None:
    seen = ticket.version
    changes.change(ticket, factories.lee(), seen, subject="Lee's subject")
    with pytest.raises(Stale):
        changes.change(ticket, ada, seen, subject="Ada's subject")
    changes.change(ticket, ada, ticket.version, subject="Ada's subject")
    assert ticket.subject == "Ada's subject"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", " "), ("subject", "x" * 301), ("priority", "HUGE"), ("priority", ""), ("kind", "PARTY"),
        ("order_number", "1" * 65), ("tags", ["x" * 33]), ("tags", [f"tag {i}" for i in range(21)]), ("language", "xx"),
    ],
)  # fmt: skip
def test_it_names_the_field_that_is_wrong_and_stores_nothing(
    ada: Agent, ticket: Ticket, field: str, value: object
) -> None:
    other = {"order_number": "10482"} if field != "order_number" else {"subject": "New"}
    with pytest.raises(Invalid) as error:
        changes.change(ticket, ada, ticket.version, **{field: value}, **other)
    assert set(error.value.fields) == {field}
    assert (ticket.version, ticket.order_number) == (1, None)
