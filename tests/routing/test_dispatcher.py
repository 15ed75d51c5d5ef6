"""The dispatcher over real rows: who is offered what, what comes back, and what is never doubled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents import open_desks, open_phones, presence
from contact_center.agents.models import Agent, OpenDesk, PresenceState
from contact_center.customers.models import Customer
from contact_center.errors import AlreadyTaken
from contact_center.extensions import db
from contact_center.queues.models import AgentSkill, Queue, Skill
from contact_center.routing import dispatcher, enqueue, offers, wrapping
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import changes, customer_choice, lifecycle
from contact_center.tickets.messages import Handling, Interaction, InteractionState
from contact_center.tickets.models import Ticket, TicketState
from contact_center.tiers.models import TierPolicy
from tests import factories


@pytest.fixture(autouse=True)
def at_nine(app: Flask) -> Iterator[datetime]:
    """All stands still at nine on a Monday, unless a test goes on."""
    at = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    with clock.standing_at(at):
        yield at


def later(**period: int) -> clock.standing_at:  # type: ignore[valid-type]
    return clock.standing_at(clock.now() + timedelta(**period))


def at_desk(agent: Agent) -> Agent:
    open_desks.opened(f"desk of {agent.id}", agent.id)
    presence.set_presence(agent, PresenceState.AVAILABLE)
    return agent


def stays(*agents: Agent) -> None:
    """Their desks are still open now."""
    open_desks.seen([f"desk of {agent.id}" for agent in agents])


def rings_at(agent: Agent) -> int | None:
    """The ticket that is offered to *agent*."""
    offer = offers.ringing(agent)
    return offer.interaction.ticket_id if offer else None


def interaction_of(ticket: Ticket) -> Interaction:
    asked = select(Interaction).where(Interaction.ticket_id == ticket.id).execution_options(populate_existing=True)
    return db.session.scalars(asked).one()


@pytest.fixture
def ada() -> Agent:
    return at_desk(factories.agent("Ada Brandt"))


@pytest.fixture
def li() -> Agent:
    return at_desk(factories.agent("Li Wei"))


@pytest.fixture
def service(ada: Agent, li: Agent) -> Queue:
    return factories.queue("Service", ada, li)


def of_tier(tier: str) -> Customer:
    return factories.customer(f"Customer {tier}", f"{tier.lower()}@customers.example", tier=tier)


def ticket_of(queue: Queue, customer: Customer, **fields: object) -> Ticket:
    return factories.ticket(queue, factories.mail(customer.points[0].value, **fields))


def test_waiting_work_rings_at_the_one_who_is_here(ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("Service", ada))
    assert dispatcher.turn() == 1
    assert rings_at(ada) == ticket.id
    assert interaction_of(ticket).state is InteractionState.OFFERED


def test_a_before_d_though_d_came_first(ada: Agent) -> None:
    queue = factories.queue("Service", ada)
    with later(minutes=-5):
        ticket_of(queue, of_tier("D"))
    valued = ticket_of(queue, of_tier("A"))
    dispatcher.turn()
    assert rings_at(ada) == valued.id


def test_a_d_that_has_waited_long_enough_comes_before_a_fresh_a(ada: Agent) -> None:
    queue = factories.queue("Service", ada)
    with later(days=-8):
        patient = ticket_of(queue, of_tier("D"))
    ticket_of(queue, of_tier("A"), subject="A complaint")
    dispatcher.turn()
    assert rings_at(ada) == patient.id


def test_every_part_of_the_order_is_kept(ada: Agent) -> None:
    ticket = ticket_of(factories.queue("Service", head_start_minutes=5), of_tier("A"))
    db.session.execute(update(Ticket).values(kind="COMPLAINT", priority="HIGH", reopened=1))
    dispatcher.turn()
    placed = interaction_of(ticket)
    assert set(placed.bonus) == {"tier", "complaint", "priority", "reopened", "queue"}
    assert placed.order_at == placed.queued_at - timedelta(minutes=sum(placed.bonus.values()))


def test_the_longest_idle_is_asked_first_over_midnight_too(service: Queue, ada: Agent, li: Agent) -> None:
    with later(hours=14, minutes=40):
        stays(ada, li)
        factories.ticket(service)
        dispatcher.turn()
        offer = offers.ringing(ada)
        assert offer
        taken = offers.accept(offer.id, ada)
    with later(hours=14, minutes=50):
        lifecycle.resolve(taken, ada)
    with later(hours=15, minutes=10):
        stays(ada, li)
        ticket = factories.ticket(service, factories.mail("bo@customers.example"))
        dispatcher.turn()
        assert rings_at(li) == ticket.id


def test_the_longest_idle_is_asked_first(service: Queue, ada: Agent, li: Agent) -> None:
    with later(minutes=1):
        stays(ada, li)
        presence.set_presence(ada, PresenceState.AWAY, presence.reasons()[0])
        presence.set_presence(ada, PresenceState.AVAILABLE)
        ticket = factories.ticket(service)
        dispatcher.turn()
    assert rings_at(li) == ticket.id


def test_one_offer_at_a_time_rings_at_an_agent(ada: Agent) -> None:
    queue = factories.queue("Service", ada)
    for number in range(3):
        factories.filed(queue, factories.mail(f"c{number}@customers.example", text=str(number)))
    dispatcher.turn()
    dispatcher.turn()
    assert len(db.session.scalars(select(Offer)).all()) == 1


def test_whoever_accepts_has_the_ticket(service: Queue, ada: Agent, li: Agent) -> None:
    ticket = factories.ticket(service)
    dispatcher.turn()
    winner = ada if rings_at(ada) else li
    offer = offers.ringing(winner)
    assert offer is not None
    taken = offers.accept(offer.id, winner)
    assert (taken.assignee_id, taken.state) == (winner.id, TicketState.OPEN)
    assert interaction_of(ticket).state is InteractionState.HANDLING
    assert offers.accept(offer.id, winner).id == ticket.id  # in the other tab
    assert [row.agent_id for row in db.session.scalars(select(Handling))] == [winner.id]


def test_somebody_else_cannot_accept_it(service: Queue, ada: Agent, li: Agent) -> None:
    factories.ticket(service)
    dispatcher.turn()
    winner, other = (ada, li) if rings_at(ada) else (li, ada)
    offer = offers.ringing(winner)
    assert offer is not None
    with pytest.raises(AlreadyTaken):
        offers.accept(offer.id, other)


def test_a_declined_offer_goes_to_the_next_one(service: Queue, ada: Agent, li: Agent) -> None:
    ticket = factories.ticket(service)
    dispatcher.turn()
    winner, other = (ada, li) if rings_at(ada) else (li, ada)
    offer = offers.ringing(winner)
    assert offer is not None
    offers.decline(offer.id, winner, "not\0my\nproduct" + "!" * 500)
    db.session.refresh(offer)
    assert (offer.reason[:15], len(offer.reason)) == ("not my product!", offers.MAX_REASON)
    dispatcher.turn()
    assert (rings_at(winner), rings_at(other)) == (None, ticket.id)


def test_whoever_declined_is_neither_waited_for_nor_forgotten_when_the_place_is_found_anew(
    service: Queue, ada: Agent, li: Agent
) -> None:
    greta = of_tier("A")
    greta.owner_id = ada.id
    ticket = ticket_of(service, greta)
    dispatcher.turn()
    offers.decline(offers.ringing(ada).id, ada)  # type: ignore[union-attr]
    presence.set_presence(li, PresenceState.OFFLINE)
    changes.change(ticket, li, ticket.version, priority="URGENT")
    enqueue.place_ticket(ticket.id)
    assert (interaction_of(ticket).held_for, interaction_of(ticket).not_for) == ([], [ada.id])
    with later(minutes=5, seconds=1):
        stays(ada)
        dispatcher.turn()
        assert rings_at(ada) == ticket.id


def test_whoever_declined_is_asked_again_when_nobody_else_takes_it(ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("Service", ada))
    dispatcher.turn()
    offers.decline(offers.ringing(ada).id, ada)  # type: ignore[union-attr]
    dispatcher.turn()
    assert rings_at(ada) is None
    with later(minutes=6):
        stays(ada)
        dispatcher.turn()
        assert rings_at(ada) == ticket.id


def test_an_offer_that_rings_out_goes_to_the_next_one_and_the_silent_agent_gets_no_more(
    service: Queue, ada: Agent, li: Agent
) -> None:
    ticket = factories.ticket(service)
    dispatcher.turn()
    silent, other = (ada, li) if rings_at(ada) else (li, ada)
    with later(seconds=61):
        stays(ada, li)
        dispatcher.turn()
        assert rings_at(other) == ticket.id
        standing = presence.current(silent)
        assert standing is not None
        assert standing.state is PresenceState.NOT_RESPONDING


def test_accepting_what_rang_out_says_so(ada: Agent) -> None:
    factories.ticket(factories.queue("Service", ada))
    dispatcher.turn()
    offer = offers.ringing(ada)
    assert offer is not None
    with later(seconds=61):
        dispatcher.turn()
    with pytest.raises(AlreadyTaken, match="rang out"):
        offers.accept(offer.id, ada)


def test_the_offer_of_an_agent_who_vanishes_returns_with_the_waiting_time_kept(ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("Service", ada))
    queued_at = interaction_of(ticket).queued_at
    dispatcher.turn()
    open_desks.closed(f"desk of {ada.id}")
    dispatcher.turn()
    assert rings_at(ada) == ticket.id  # it may be a reload
    with later(seconds=5):
        dispatcher.turn()
    assert rings_at(ada) is None
    assert (interaction_of(ticket).state, interaction_of(ticket).queued_at) == (InteractionState.WAITING, queued_at)


def test_nobody_is_asked_whose_desk_is_not_open(ada: Agent) -> None:
    factories.ticket(factories.queue("Service", ada))
    db.session.execute(update(OpenDesk).values(seen_at=clock.now() - timedelta(minutes=1)))
    dispatcher.turn()
    assert rings_at(ada) is None


def test_a_vanished_agents_work_comes_back_with_a_head_start(service: Queue, ada: Agent, li: Agent) -> None:
    ticket = factories.ticket(service)
    lifecycle.take(ticket, ada)
    with later(minutes=5):
        stays(li)
        presence.seen([li.id])
        presence.sweep()
        dispatcher.turn()
        assert rings_at(li) == ticket.id
        assert "recovered" in interaction_of(ticket).bonus
        assert db.session.get_one(Ticket, ticket.id).assignee_id is None


def test_what_customers_write_to_somebody_who_went_home_waits_for_everybody(
    service: Queue, ada: Agent, li: Agent
) -> None:
    ticket = factories.ticket(service)
    lifecycle.take(ticket, ada)
    lifecycle.wait(ticket, ada)
    presence.set_presence(ada, PresenceState.OFFLINE)
    with later(minutes=1):
        stays(li)
        db.session.execute(update(Interaction).values(queued_at=clock.now(), accepted_at=clock.now()))
        dispatcher.turn()
    assert rings_at(li) == ticket.id


def test_a_full_agent_is_not_asked(ada: Agent) -> None:
    queue = factories.queue("Service", ada)
    for number in range(4):
        ticket = factories.ticket(queue, factories.mail(f"c{number}@customers.example", text=str(number)))
        if number < 3:
            lifecycle.take(ticket, ada)
    dispatcher.turn()
    assert rings_at(ada) is None


def test_skills_relax_while_somebody_waits(ada: Agent) -> None:
    french = Skill(name="French")
    db.session.add(french)
    db.session.flush()
    db.session.add(AgentSkill(agent_id=ada.id, skill_id=french.id, level=3))
    steps = [{"after": 30, "lower": 1}, {"after": 90, "anyone": True}]
    queue = factories.queue("Service", ada, asks={str(french.id): 4}, easing=steps)
    ticket = factories.ticket(queue)
    dispatcher.turn()
    assert rings_at(ada) is None
    with later(seconds=31):
        stays(ada)
        dispatcher.turn()
        assert rings_at(ada) == ticket.id


def test_work_is_kept_for_the_owner_for_a_while_if_they_are_here(service: Queue, ada: Agent, li: Agent) -> None:
    valued = of_tier("A")
    valued.owner_id = li.id
    tickets = [ticket_of(service, valued)]
    dispatcher.turn()
    assert rings_at(li) == tickets[0].id
    other = ticket_of(service, valued, subject="And another thing", text="too")
    dispatcher.turn()
    assert rings_at(ada) is None
    with later(seconds=31):
        stays(ada, li)
        dispatcher.turn()
        assert rings_at(ada) == other.id


def test_nobody_waits_for_an_owner_who_is_not_here(service: Queue, ada: Agent, li: Agent) -> None:
    valued = of_tier("A")
    valued.owner_id = li.id
    presence.set_presence(li, PresenceState.AWAY, presence.reasons()[0])
    ticket = ticket_of(service, valued)
    dispatcher.turn()
    assert rings_at(ada) == ticket.id


def test_whoever_comes_is_offered_their_own_customers_first(service: Queue, ada: Agent, li: Agent) -> None:
    valued = of_tier("A")
    valued.owner_id = li.id
    presence.set_presence(li, PresenceState.OFFLINE)
    presence.set_presence(ada, PresenceState.OFFLINE)
    theirs = ticket_of(service, valued)
    other = factories.ticket(service, factories.mail("somebody@customers.example", text="other"))
    dispatcher.turn()
    presence.set_presence(ada, PresenceState.AVAILABLE)  # the first to be asked, if nobody were preferred
    presence.set_presence(li, PresenceState.AVAILABLE)
    dispatcher.turn()
    assert (rings_at(li), rings_at(ada)) == (theirs.id, other.id)
    with later(seconds=5):
        stays(ada, li)
        assert enqueue.welcome() == 0


def test_what_customers_write_stays_with_their_agent_while_nobody_else_is_here(service: Queue, ada: Agent) -> None:
    ticket = factories.ticket(service)
    lifecycle.take(ticket, ada)
    with later(minutes=1):
        for agent in db.session.scalars(select(Agent)).all():
            presence.set_presence(agent, PresenceState.OFFLINE)
    with later(minutes=2):
        db.session.execute(update(Interaction).values(queued_at=clock.now(), accepted_at=clock.now()))
        dispatcher.turn()
        assert db.session.get_one(Ticket, ticket.id).assignee_id == ada.id


def test_taking_by_hand_ends_the_ringing(service: Queue, ada: Agent, li: Agent) -> None:
    ticket = factories.ticket(service)
    dispatcher.turn()
    ringing, other = (ada, li) if rings_at(ada) else (li, ada)
    lifecycle.take(ticket, other)
    dispatcher.turn()
    assert rings_at(ringing) is None
    assert interaction_of(ticket).agent_id == other.id


def test_a_target_at_risk_moves_work_forward_once(ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("Service"))
    dispatcher.turn()
    before = interaction_of(ticket).order_at
    assert before is not None
    assert enqueue.risk(ticket.id, 75)
    assert not enqueue.risk(ticket.id, 75)
    assert enqueue.risk(ticket.id, 90)
    assert interaction_of(ticket).order_at == before - timedelta(minutes=30)


def test_a_changed_priority_moves_what_waits(ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("Service"))
    dispatcher.turn()
    changes.change(ticket, ada, ticket.version, priority="URGENT")
    dispatcher.turn()
    assert interaction_of(ticket).bonus["priority"] == 60


def test_whoever_may_be_several_waits_as_the_best_of_them_until_one_is_chosen(ada: Agent) -> None:
    valuable, _other = (factories.customer(tier, "home@customers.example", tier=tier) for tier in "AD")
    ticket = ticket_of(factories.queue("Service"), valuable)
    dispatcher.turn()
    assert (ticket.customer_id, interaction_of(ticket).bonus) == (None, {"maybe": tier_bonus("A")})
    assert enqueue.place_outdated() == 0
    valuable.tier = "B"
    db.session.flush()
    assert enqueue.place_outdated() == 1
    dispatcher.turn()
    assert interaction_of(ticket).bonus == {"maybe": tier_bonus("B")}
    customer_choice.choose(ticket, valuable, ada)
    dispatcher.turn()
    assert interaction_of(ticket).bonus == {"tier": tier_bonus("B")}


def tier_bonus(tier: str) -> int:
    return db.session.scalars(select(TierPolicy.bonus_minutes).where(TierPolicy.tier == tier)).one()


def test_a_tier_that_changes_moves_what_waits() -> None:
    customer = of_tier("D")
    ticket = ticket_of(factories.queue("Service"), customer)
    dispatcher.turn()
    assert enqueue.place_outdated() == 0
    customer.tier = "A"
    db.session.flush()
    assert enqueue.place_outdated() == 1
    dispatcher.turn()
    assert interaction_of(ticket).bonus["tier"] > 0
    assert enqueue.place_outdated() == 0


def test_a_call_sets_mails_aside(ada: Agent) -> None:
    queue = factories.queue("Service", ada)
    mail = factories.ticket(queue)
    lifecycle.take(mail, ada)
    open_phones.opened(f"desk of {ada.id}", ada.id)
    call = factories.ticket(queue, factories.mail("caller@customers.example", text="ring"))
    db.session.execute(update(Interaction).where(Interaction.ticket_id == call.id).values(channel="phone"))
    dispatcher.turn()
    offers.accept(offers.ringing(ada).id, ada)  # type: ignore[union-attr]
    assert interaction_of(mail).set_aside_at is not None
    factories.filed(queue, factories.mail("third@customers.example", text="3"))
    dispatcher.turn()
    assert rings_at(ada) is None


def test_a_mail_that_rings_makes_way_for_a_call_and_waits_on(ada: Agent) -> None:
    queue = factories.queue("Service", ada)
    open_phones.opened(f"desk of {ada.id}", ada.id)
    mail = factories.ticket(queue)
    dispatcher.turn()
    assert rings_at(ada) == mail.id
    call = factories.ticket(queue, factories.mail("caller@customers.example", text="ring"))
    db.session.execute(update(Interaction).where(Interaction.ticket_id == call.id).values(channel="phone"))
    dispatcher.turn()
    assert rings_at(ada) == call.id
    assert interaction_of(mail).state is InteractionState.WAITING
    second = factories.ticket(queue, factories.mail("second@customers.example", text="ring, too"))
    db.session.execute(update(Interaction).where(Interaction.ticket_id == second.id).values(channel="phone"))
    dispatcher.turn()
    assert rings_at(ada) == call.id


def test_wrap_up_keeps_an_agent_from_new_work_for_its_time(ada: Agent) -> None:
    db.session.execute(update(Agent).values(capacity=2))
    queue = factories.queue("Service", ada, wrap_up="TIMEOUT", wrap_up_seconds=60)
    ticket = factories.ticket(queue)
    lifecycle.take(ticket, ada)
    lifecycle.resolve(ticket, ada)
    assert interaction_of(ticket).state is InteractionState.WRAPPING
    factories.filed(queue, factories.mail("next@customers.example", text="n"))
    dispatcher.turn()
    assert rings_at(ada) is None
    wrapping.finish(interaction_of(ticket).id, ada)
    dispatcher.turn()
    assert rings_at(ada) is not None
    assert db.session.scalars(select(Handling)).one().ended_at is not None


def test_a_wrap_up_ends_by_itself(ada: Agent) -> None:
    queue = factories.queue("Service", ada, wrap_up="FORCED", wrap_up_seconds=60)
    ticket = factories.ticket(queue)
    lifecycle.take(ticket, ada)
    lifecycle.resolve(ticket, ada)
    with later(seconds=61):
        dispatcher.turn()
        assert interaction_of(ticket).state is InteractionState.DONE


def test_the_offer_knows_why(service: Queue, ada: Agent, li: Agent) -> None:
    presence.set_presence(ada, PresenceState.AWAY, presence.reasons()[0])
    factories.ticket(service)
    dispatcher.turn()
    offer = offers.ringing(li)
    assert offer is not None
    assert offer.decision["winner"] == li.id
    assert offer.decision["out"] == {"AWAY": [ada.id]}


def test_a_queue_without_anybody_holds_up_no_other(ada: Agent) -> None:
    factories.filed(factories.queue("Nobody's"), factories.mail("x@customers.example", text="x"))
    ticket = factories.ticket(factories.queue("Service", ada))
    dispatcher.turn()
    assert rings_at(ada) == ticket.id


def test_a_clock_that_jumps_back_an_hour_loses_nothing(ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("Service", ada))
    dispatcher.turn()
    with later(hours=-1):
        dispatcher.turn()
        offers.accept(offers.ringing(ada).id, ada)  # type: ignore[union-attr]
    assert db.session.get_one(Ticket, ticket.id).assignee_id == ada.id
    assert db.session.scalars(select(Offer)).one().state is OfferState.ACCEPTED
