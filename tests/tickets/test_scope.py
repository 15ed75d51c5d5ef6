"""Who sees which tickets: every role, through the one condition and the one getter."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.tickets import lifecycle, scope
from contact_center.tickets.models import Ticket
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def seen_by(agent: Agent) -> set[int]:
    return set(db.session.scalars(select(Ticket.id).where(scope.visible_to(agent))))


def test_it_shows_an_agent_the_tickets_of_their_queues_and_no_others() -> None:
    ada = factories.ada()
    hers = factories.ticket(factories.queue("Service", ada))
    factories.ticket(factories.queue("Accounts"))
    assert seen_by(ada) == {hers.id}


def test_it_shows_an_agent_what_is_assigned_to_them_wherever_it_lies() -> None:
    ada, lee = factories.ada(), factories.lee()
    ticket = factories.ticket(factories.queue("Accounts"))
    lifecycle.assign(ticket, ada, lee)
    assert seen_by(ada) == {ticket.id}


def test_it_shows_a_supervisor_the_queues_of_their_teams() -> None:
    lee, ada = factories.lee(), factories.ada()
    team = factories.team("Cooling", lee, ada)
    ticket = factories.ticket(factories.queue("Cooling", team_id=team.id))
    factories.ticket(factories.queue("Accounts"))
    assert seen_by(lee) == {ticket.id}
    assert seen_by(ada) == set(), "being in a team is enough for supervisors only"


def test_it_shows_an_administrator_everything() -> None:
    one, two = factories.ticket(factories.queue("A")), factories.ticket(factories.queue("B"))
    assert seen_by(factories.root()) == {one.id, two.id}


def test_it_shows_nothing_to_somebody_without_queues() -> None:
    factories.ticket(factories.queue())
    assert seen_by(factories.nils()) == set()


def test_it_still_shows_what_lies_in_a_queue_that_is_out_of_use() -> None:
    ada = factories.ada()
    ticket = factories.ticket(factories.queue("Fax", ada, is_active=False))
    assert seen_by(ada) == {ticket.id}


@pytest.mark.parametrize("written", ["CC-{}", "cc-{}", "cc {}", "#{}", " {} ", "#CC-{}"])
def test_it_finds_a_ticket_however_its_number_is_written(written: str) -> None:
    ada = factories.ada()
    ticket = factories.ticket(factories.queue("Service", ada))
    assert scope.get(ada, written.format(ticket.id)) is ticket


def test_it_finds_a_ticket_by_its_bare_number() -> None:
    ada = factories.ada()
    ticket = factories.ticket(factories.queue("Service", ada))
    assert scope.get(ada, ticket.id) is ticket


@pytest.mark.parametrize("ref", ["CC-", "", "CC-1x", "1" * 19, "CC-99999999", "-1", 0])
def test_it_knows_no_ticket_by_what_is_no_number(ref: str | int) -> None:
    with pytest.raises(scope.NotVisible):
        scope.get(factories.root(), ref)


def test_it_answers_for_somebody_elses_ticket_as_for_a_missing_one() -> None:
    nils, ticket = factories.nils(), factories.ticket(factories.queue())
    with pytest.raises(scope.NotVisible):
        scope.get(nils, ticket.ref)
    assert not scope.sees(nils, ticket.id)
    assert scope.sees(factories.root(), ticket.id)
