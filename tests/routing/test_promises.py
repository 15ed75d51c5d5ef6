"""A promise from its making to its end: work for its owner in time, an alarm when it is missed, broken only if late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import offers, promised_work, promises
from contact_center.routing.models import Promise, PromiseState
from contact_center.tickets import lifecycle
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Interaction, InteractionState
from contact_center.tickets.models import LinkReason, Ticket, TicketLink
from tests import factories

Promised = Callable[..., Promise]


@pytest.fixture
def lee(app: object) -> Agent:
    return factories.lee()


@pytest.fixture
def ticket(service: Queue) -> Ticket:
    factories.greta()
    return factories.ticket(service)


@pytest.fixture
def now() -> Iterator[datetime]:
    """Thursday, nine o'clock."""
    instant = datetime.fromisoformat("2026-11-26T09:00:00+00:00")
    with clock.standing_at(instant):
        yield instant


@pytest.fixture
def promised(ticket: Ticket, ada: Agent, now: datetime) -> Promised:
    """Promises a call at ten: `promised()`."""

    def make(words: str = "Call Greta", minutes: int = 60, owner: Agent | None = ada) -> Promise:
        return promises.make(ticket, ada, words, now + timedelta(minutes=minutes), owner)

    return make


def later(now: datetime, minutes: float) -> Any:
    return clock.standing_at(now + timedelta(minutes=minutes))


def work_of(promise: Promise) -> Interaction:
    db.session.expire_all()
    return db.session.get_one(Interaction, promise.interaction_id)


def events(ticket: Ticket) -> list[str]:
    asked = select(Event.name).where(Event.ticket_id == ticket.id, Event.name.startswith("promise."))
    return list(db.session.scalars(asked.order_by(Event.id)))


@pytest.mark.parametrize(
    ("words", "minutes", "field", "said"),
    [
        (" ", 60, "words", "Please write what is promised."),
        ("x" * 201, 60, "words", "That is too long: 200 characters at most."),
        ("Call", -1, "due", "This time has passed."),
        ("Call", 60 * 24 * 400, "due", "At most a year ahead."),
    ],
)
def test_what_cannot_be_promised_is_said(promised: Promised, words: str, minutes: int, field: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        promised(words, minutes)
    assert refused.value.fields == {field: said}


def test_only_who_sees_the_ticket_can_own_its_promise(promised: Promised) -> None:
    with pytest.raises(Invalid) as refused:
        promised(owner=factories.nils())
    assert refused.value.fields == {"owner": "Nils Nobody cannot see this ticket."}


def test_ten_minutes_before_it_is_due_it_waits_in_its_queue_for_its_owner(
    promised: Promised, ticket: Ticket, ada: Agent, now: datetime
) -> None:
    promise = promised()
    with later(now, 49):
        assert (promised_work.sweep(), promise.interaction_id) == (0, None)
    with later(now, 50):
        assert (promised_work.sweep(), promised_work.sweep()) == (1, 0)
        waiting = work_of(promise)
    assert waiting.order_at is not None
    assert waiting.order_at <= waiting.queued_at - timedelta(days=7)  # before all but a backlog of weeks
    assert (waiting.kind, waiting.channel, waiting.state) == (Kind.PROMISE, "promise", InteractionState.WAITING)
    assert (waiting.queue_id, waiting.ticket_id) == (ticket.queue_id, ticket.id)
    assert events(ticket) == [Name.PROMISE_MADE, Name.PROMISE_DUE]


def test_its_work_goes_on_waiting_when_the_ticket_is_resolved(
    promised: Promised, ticket: Ticket, ada: Agent, now: datetime
) -> None:
    lifecycle.take(ticket, ada)
    promise = promised()
    with later(now, 50):
        promised_work.sweep()
        lifecycle.resolve(ticket, ada)
    assert (promise.state, work_of(promise).state) == (PromiseState.OPEN, InteractionState.WAITING)


def test_what_is_kept_in_time_is_kept_and_its_work_is_done(
    promised: Promised, ticket: Ticket, ada: Agent, now: datetime
) -> None:
    promise = promised()
    with later(now, 50):
        promised_work.sweep()
    with later(now, 63):  # three past ten is still ten
        promises.keep(promise, ticket, ada)
    work = work_of(promise)
    assert (promise.state, work.state, work.agent_id) == (PromiseState.KEPT, InteractionState.DONE, ada.id)
    assert work.answered_at == now + timedelta(minutes=63)


def test_what_is_kept_too_late_is_broken(promised: Promised, ticket: Ticket, ada: Agent, now: datetime) -> None:
    promise = promised()
    with later(now, 66):
        promises.keep(promise, ticket, ada)
    assert (promise.state, events(ticket)[-1]) == (PromiseState.BROKEN, Name.PROMISE_BROKEN)


def test_whoever_took_it_up_in_time_has_kept_it_however_long_the_call_was(
    promised: Promised, ticket: Ticket, ada: Agent, now: datetime
) -> None:
    promise = promised()
    with later(now, 55):
        promised_work.sweep()
        lifecycle.take(ticket, ada)
    with later(now, 90):
        assert promised_work.alarm() == 0  # somebody is at it
        promises.keep(promise, ticket, ada)
    assert promise.state is PromiseState.KEPT


def test_whoever_accepts_a_promise_on_a_colleagues_ticket_handles_the_promise_and_leaves_the_ticket(
    promised: Promised, ticket: Ticket, service: Queue, ada: Agent, now: datetime
) -> None:
    bob = factories.agent("Bob Berg")
    db.session.add(factories.QueueMember(queue_id=service.id, agent_id=bob.id))
    lifecycle.take(ticket, ada)
    promise = promised(owner=None)
    with later(now, 55):
        promised_work.sweep()
        (offer_id,) = offers.make([offers.Match(promise.interaction_id or 0, bob.id, 60, {})])
        offers.accept(offer_id, bob)
        assert offers.accept(offer_id, bob).assignee_id == ada.id
    work = work_of(promise)
    assert (work.state, work.agent_id) == (InteractionState.HANDLING, bob.id)


def test_a_promise_that_rings_when_it_is_kept_rings_no_more(
    promised: Promised, ticket: Ticket, ada: Agent, now: datetime
) -> None:
    promise = promised()
    with later(now, 55):
        promised_work.sweep()
        offers.make([offers.Match(promise.interaction_id or 0, ada.id, 60, {})])
        promises.keep(promise, ticket, ada)
    assert (offers.ringing(ada), work_of(promise).state) == (None, InteractionState.DONE)


def test_cancelling_before_its_time_cancels_and_afterwards_it_is_broken(
    promised: Promised, ticket: Ticket, ada: Agent, now: datetime
) -> None:
    early, late = promised("Call"), promised("Send the part", 60)
    promises.cancel(early, ticket, ada)
    with later(now, 66):
        promises.cancel(late, ticket, ada)
    assert (early.state, late.state) == (PromiseState.CANCELLED, PromiseState.BROKEN)


def test_it_is_settled_once(promised: Promised, ticket: Ticket, ada: Agent) -> None:
    promise = promised()
    promises.keep(promise, ticket, ada)
    with pytest.raises(IllegalMove, match="settled already"):
        promises.cancel(promise, ticket, ada)


def test_a_missed_promise_stands_on_the_desks_of_owner_and_supervisors_until_they_have_seen_it(
    promised: Promised, ticket: Ticket, ada: Agent, lee: Agent, service: Queue, now: datetime
) -> None:
    service.team_id = factories.team("Service", ada, lee).id
    promise = promised()
    with later(now, 61):
        assert (promised_work.alarm(), promised_work.alarm()) == (1, 0)
    assert ([one.id for one in promises.unseen(ada)], [one.id for one in promises.unseen(lee)]) == ([promise.id],) * 2
    promises.see(promise, ada)
    assert (list(promises.unseen(ada)), len(promises.unseen(lee))) == ([], 1)
    promises.keep(promise, ticket, ada)
    assert list(promises.unseen(lee)) == []


def test_a_later_time_withdraws_the_work_and_the_alarm(
    promised: Promised, ticket: Ticket, ada: Agent, now: datetime
) -> None:
    promise = promised()
    with later(now, 61):
        promised_work.sweep()
        work = work_of(promise)
        promises.change(promise, ticket, ada, "Call Greta", now + timedelta(days=1), ada)
        assert (promise.interaction_id, promise.alarmed_at, list(promises.unseen(ada))) == (None, None, [])
        assert promised_work.sweep() == 0
    db.session.refresh(work)
    assert (work.state, work.disposition, work.answered_at) == (InteractionState.DONE, "moved", None)


def test_another_owner_is_asked_first_from_then_on(
    promised: Promised, ticket: Ticket, service: Queue, ada: Agent, now: datetime
) -> None:
    bob = factories.agent("Bob Berg")
    db.session.add(factories.QueueMember(queue_id=service.id, agent_id=bob.id))
    promise = promised()
    with later(now, 55):
        promised_work.sweep()
        promises.change(promise, ticket, ada, "Call Greta", promise.due_at, bob)
    work = work_of(promise)
    assert (work.state, work.held_for, work.order_at) == (InteractionState.WAITING, [bob.id], None)


def test_a_promise_follows_its_ticket_into_the_one_it_is_merged_with(
    promised: Promised, ticket: Ticket, service: Queue
) -> None:
    promise, other = promised(), factories.ticket(service, sender=factories.SAM, subject="The freezer")
    link = TicketLink(ticket_id=ticket.id, other_id=other.id, reason=LinkReason.JOINED, at=clock.now())
    db.session.add(link)
    db.session.flush()
    assert promised_work.follow_joined() == 1
    db.session.refresh(promise)
    assert promise.ticket_id == other.id


def test_my_promises_come_by_their_time(promised: Promised, ada: Agent) -> None:
    second, first = promised("Second", 90), promised("First", 30)
    promised("Somebody else's", 10, owner=None)
    assert [promise.id for promise in promises.mine(ada)] == [first.id, second.id]
