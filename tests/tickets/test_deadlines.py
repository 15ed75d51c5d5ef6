"""What a ticket owes follows whatever happens to it, and stands in its own row as the next due time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.calendars.models import Calendar, CalendarDay
from contact_center.entitlements import contracts
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.putting.rows import Known
from contact_center.queues.models import Queue
from contact_center.sla import policies
from contact_center.sla.models import Deadline, DeadlineState, SlaPolicy, Target
from contact_center.tickets import (
    alarms,
    catching_up,
    changes,
    customer_choice,
    customer_moves,
    deadlines,
    expected,
    joining,
    lifecycle,
    replies,
)
from contact_center.tickets.expected import Expected
from contact_center.tickets.inbound import Automatic
from contact_center.tickets.messages import Message
from contact_center.tickets.models import LinkReason, Ticket, TicketLink, TicketState
from tests import factories

FRIDAY = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 16:30 in Berlin; the office works until 18:00
FIRST, NEXT, RESOLUTION = Target
RUNNING, PAUSED, MET, MISSED, CANCELLED = DeadlineState


@pytest.fixture
def ada(app: Flask) -> Agent:
    return factories.ada()


@pytest.fixture
def queue(ada: Agent) -> Queue:
    row = factories.queue("Service e-mail", ada)
    factories.mailbox(row)
    return row


def at(*, hours: float = 0, days: float = 0) -> Any:
    return clock.standing_at(FRIDAY + timedelta(hours=hours, days=days))


def opened(queue: Queue, **fields: Any) -> Ticket:
    with at():
        return factories.ticket(queue, factories.mail(received_at=FRIDAY, **fields))


def owed(ticket: Ticket) -> dict[Target, DeadlineState]:
    db.session.expire_all()
    rows = db.session.scalars(select(Deadline).where(Deadline.ticket_id == ticket.id).order_by(Deadline.id))
    return {row.target: row.state for row in rows}


def one(ticket: Ticket, target: Target) -> Deadline:
    db.session.expire_all()
    asked = select(Deadline).where(Deadline.ticket_id == ticket.id, Deadline.target == target)
    return db.session.scalars(asked.order_by(Deadline.id.desc()).limit(1)).one()


def wrote_again(ticket: Ticket, **fields: Any) -> None:
    latest = select(Message.external_id).where(Message.ticket_id == ticket.id, Message.author == "CUSTOMER")
    reference = db.session.scalars(latest.order_by(Message.id.desc()).limit(1)).one()
    message = factories.mail(thread_keys=(reference or "",), received_at=clock.now(), **fields)
    assert factories.filed(ticket.queue, message).ticket_id == ticket.id


def test_it_owes_an_answer_and_a_solution_by_the_tiers_targets(queue: Queue) -> None:
    ticket = opened(queue)
    first, solution = one(ticket, FIRST), one(ticket, RESOLUTION)
    assert (first.minutes, solution.minutes) == (1440, 4800)  # a stranger is served as D
    assert first.due_at == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)  # 90 minutes on Friday, 2 days, 270 minutes
    assert ticket.due_at == first.due_at
    assert first.because["by"] == "tier"
    assert first.calendar_id == calendars.default().id


def test_it_makes_one_default_calendar_and_keeps_it(app: Flask, queue: Queue) -> None:
    opened(queue)
    opened(queue, sender="bo@andersen.example")
    (calendar,) = db.session.scalars(select(Calendar))
    assert (calendar.time_zone, len(calendar.slots)) == (app.config["CC"].time_zone, 5)
    assert calendars.default() is calendar


def test_it_follows_an_answer_and_the_customers_next_words(queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    with at(hours=1):
        replies.reply(ticket, ada, "Please send the serial number.")
    assert owed(ticket) == {FIRST: MET, RESOLUTION: PAUSED}
    assert ticket.due_at is None
    with at(days=3):
        wrote_again(ticket)
    assert owed(ticket) == {FIRST: MET, RESOLUTION: RUNNING, NEXT: RUNNING}
    assert one(ticket, NEXT).started_at == FRIDAY + timedelta(days=3)
    assert ticket.due_at == one(ticket, NEXT).due_at
    assert one(ticket, RESOLUTION).because["rests"] == [
        [(FRIDAY + timedelta(hours=1)).isoformat(), (FRIDAY + timedelta(days=3)).isoformat()]
    ]


def test_it_does_not_take_a_note_or_an_automatic_reply_for_an_answer(queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    with at(hours=1):
        replies.note(ticket, ada, "Looks like the relay.")
        wrote_again(ticket, automatic=Automatic.REPLY, text="I am on holiday.")
    assert owed(ticket) == {FIRST: RUNNING, RESOLUTION: RUNNING}


def test_it_pauses_and_goes_on_by_hand(queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    due = one(ticket, RESOLUTION).due_at
    with at(hours=1):
        lifecycle.wait(ticket, ada)
    assert owed(ticket) == {FIRST: RUNNING, RESOLUTION: PAUSED}
    with at(days=3, hours=1):  # Monday 17:30: a working day and nothing of the weekend
        lifecycle.open_again(ticket, ada)
    moved = one(ticket, RESOLUTION)
    assert moved.state is RUNNING
    assert calendars.hours(None).between(due, moved.due_at) == 540


def test_it_ends_with_the_solution_and_begins_anew_when_reopened(queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    with at(hours=1):
        lifecycle.resolve(ticket, ada)
    assert owed(ticket) == {FIRST: CANCELLED, RESOLUTION: MET}
    with at(days=3):
        wrote_again(ticket)
    db.session.refresh(ticket)
    assert ticket.state is TicketState.OPEN
    assert one(ticket, RESOLUTION).started_at == FRIDAY + timedelta(days=3)
    with at(days=4):
        customer_moves.resolve(ticket)
    assert one(ticket, RESOLUTION).state is MET
    assert ticket.due_at is None


def test_it_is_missed_by_a_late_solution(queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    with at(days=60):
        lifecycle.resolve(ticket, ada)
    assert owed(ticket) == {FIRST: MISSED, RESOLUTION: MISSED}


def test_it_promises_more_to_the_tier_of_a_chosen_customer(queue: Queue, ada: Agent) -> None:
    ticket = opened(queue, sender="unknown@example.com")
    greta = factories.greta()
    greta.tier = "A"
    with at(hours=0.25):
        customer_choice.choose(ticket, greta, ada)
    first = one(ticket, FIRST)
    assert (first.minutes, first.due_at) == (30, FRIDAY + timedelta(minutes=30))
    (change,) = first.because["changes"]
    assert (change["was"]["tier"], change["now"]["tier"]) == ("D", "A")
    event = db.session.scalars(select(Event).where(Event.name == Name.DEADLINE_RETARGETED)).one()
    assert {each["target"] for each in event.data["targets"]} == {FIRST, RESOLUTION}
    assert event.agent_id == ada.id


def test_it_is_set_by_the_first_policy_that_fits_the_kind(queue: Queue, ada: Agent) -> None:
    db.session.add(SlaPolicy(name="Repairs", kinds=["REPAIR"], first_response_minutes=60, on_breach=["RAISE_PRIORITY"]))
    db.session.flush()
    ticket = opened(queue)
    with at(hours=0.5):
        changes.change(ticket, ada, ticket.version, kind="REPAIR")
    first = one(ticket, FIRST)
    assert (first.minutes, first.because["by"], first.because["name"]) == (60, "policy", "Repairs")
    assert one(ticket, RESOLUTION).because["by"] == "tier"


def test_it_follows_a_changed_policy_by_the_sweep(queue: Queue) -> None:
    root = factories.root()
    ticket = opened(queue)
    with at(hours=0.25):
        assert deadlines.retarget_stale() <= 1  # the stamp of the first ticket is older than its calendar
        assert deadlines.retarget_stale() == 0
        policy = policies.create({"name": "All", "first_response_minutes": 45}, root)
        assert deadlines.retarget_stale() == 1
        assert one(ticket, FIRST).due_at == FRIDAY + timedelta(minutes=45)
        policies.activate(policy, root, is_active=False)
        assert deadlines.retarget_stale() == 1
        assert one(ticket, FIRST).minutes == 1440
        assert deadlines.retarget_stale() == 0
    assert [each["now"]["minutes"] for each in one(ticket, FIRST).because["changes"]] == [45, 1440]


def test_it_follows_a_changed_tier_by_the_sweep(queue: Queue) -> None:
    greta = factories.greta()
    ticket = opened(queue)
    deadlines.retarget_stale()
    greta.tier = "B"
    db.session.flush()
    with at(hours=0.25):
        assert deadlines.retarget_stale() == 1
    assert one(ticket, FIRST).minutes == 120


def test_it_counts_in_the_hours_of_its_queue(queue: Queue, ada: Agent) -> None:
    always = Calendar(name="Always", time_zone="UTC")
    db.session.add(always)
    db.session.flush()
    other = factories.queue("Emergencies", ada, calendar_id=always.id)
    ticket = opened(queue)
    with at(hours=1):
        lifecycle.move(ticket, other, ada)
    assert one(ticket, FIRST).due_at == FRIDAY + timedelta(minutes=1440)
    with at(hours=2):
        db.session.execute(text("UPDATE ticket SET queue_id = :id"), {"id": queue.id})
        assert deadlines.retarget_stale() == 1
    assert one(ticket, FIRST).calendar_id == calendars.default().id


def test_it_keeps_the_promise_of_a_contract(queue: Queue) -> None:
    greta = factories.greta()
    contracts.put(
        "K-1", customer=Known(greta.id), name="Comfort", valid_from="2026-01-01", valid_until="2040-01-01",
        hours="24x7", response_minutes="60", resolution_minutes="600",
    )  # fmt: skip
    ticket = opened(queue)
    first = one(ticket, FIRST)
    assert (first.minutes, first.due_at, first.calendar_id) == (60, FRIDAY + timedelta(minutes=60), None)
    assert (first.because["by"], first.because["name"]) == ("contract", "Comfort")


def test_it_keeps_the_contract_as_it_is_changed(queue: Queue) -> None:
    greta = factories.greta()
    terms = {
        "customer": Known(greta.id), "name": "Comfort", "valid_from": "2026-01-01", "valid_until": "2040-01-01",
        "hours": "24x7", "resolution_minutes": "600",
    }  # fmt: skip
    contract = contracts.put("K-1", response_minutes="60", **terms).row
    tickets = [opened(queue), opened(queue, sender="bo@andersen.example")]
    with at(hours=0.2):
        contracts.put("K-1", response_minutes="30", **terms)
        assert catching_up.under_contract(contract.id) == 1
        assert one(tickets[0], FIRST).due_at == FRIDAY + timedelta(minutes=30)
        contracts.put("K-1", response_minutes="90", **terms)
        last = catching_up.under_changed_contracts(FRIDAY)
        assert (last, catching_up.under_changed_contracts(FRIDAY, last)) == (tickets[0].id, 0)
        assert catching_up.under_changed_contracts(clock.now()) == 0
    first = one(tickets[0], FIRST)
    assert (first.due_at, [each["now"]["minutes"] for each in first.because["changes"]]) == (
        FRIDAY + timedelta(minutes=90), [30, 90],
    )  # fmt: skip


def test_a_ticket_from_before_there_were_deadlines_gets_them_and_nobody_is_told(queue: Queue, ada: Agent) -> None:
    old, settled = opened(queue), opened(queue, sender="bo@andersen.example")
    with at(hours=1):
        lifecycle.resolve(settled, ada)
    db.session.execute(text("DELETE FROM deadline"))
    db.session.execute(text("UPDATE ticket SET due_at = NULL"))
    with at(days=40):
        last = catching_up.begin_missing()
        assert (last, catching_up.begin_missing(last), catching_up.begin_missing()) == (old.id, 0, 0)
        assert alarms.sweep() is None
    assert owed(old) == {FIRST: RUNNING, RESOLUTION: RUNNING}
    assert (one(old, FIRST).stage, owed(settled)) == (100, {})
    assert old.due_at == one(old, FIRST).due_at


def test_it_leaves_one_set_of_deadlines_when_tickets_are_joined(queue: Queue, ada: Agent) -> None:
    earlier, later = opened(queue), opened(queue, sender="bo@andersen.example")
    with at(hours=1):
        replies.reply(later, ada, "Which order is it?")
    db.session.add(TicketLink(ticket_id=earlier.id, other_id=later.id, reason=LinkReason.FOLLOWS, at=clock.now()))
    db.session.flush()
    with at(hours=2):
        joining.join(earlier, later, ada)
    assert set(owed(earlier).values()) == {CANCELLED}
    assert owed(later) == {FIRST: MET, RESOLUTION: RUNNING, NEXT: RUNNING}
    assert one(later, NEXT).started_at == FRIDAY
    assert earlier.due_at is None
    assert later.due_at is not None


def test_it_counts_for_a_separated_message_since_it_was_written(queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    with at(hours=1):
        replies.reply(ticket, ada, "Please send the serial number.")
    with at(days=3):
        wrote_again(ticket, text="Another thing: my invoice is wrong.")
    message = db.session.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id)).all()[-1]
    with at(days=3, hours=1):
        split = joining.separate(message, ada)
    assert owed(split) == {FIRST: RUNNING, RESOLUTION: RUNNING}
    assert one(split, FIRST).started_at == FRIDAY + timedelta(days=3)
    assert owed(ticket)[NEXT] is CANCELLED


def test_it_owes_nothing_when_we_write_first(queue: Queue, ada: Agent) -> None:
    with at():
        ticket = replies.start(factories.greta(), "greta@lindqvist.example", "Recall", "Please call.", queue, ada)
    assert owed(ticket) == {}
    with at(days=3):
        wrote = factories.mail(thread_keys=(_sent(ticket),), received_at=clock.now())
        factories.filed(queue, wrote)
    assert owed(ticket) == {NEXT: RUNNING, RESOLUTION: RUNNING}


def _sent(ticket: Ticket) -> str:
    asked = select(Message.external_id).where(Message.ticket_id == ticket.id)
    return db.session.scalars(asked).one() or ""


def test_it_files_the_mail_even_when_a_calendar_is_hopeless(queue: Queue) -> None:
    calendar = calendars.default()
    days = [FRIDAY.date() + timedelta(days=number) for number in range(800)]
    db.session.add_all(CalendarDay(calendar_id=calendar.id, day=day) for day in days)
    db.session.flush()
    db.session.execute(text("UPDATE calendar SET version = version + 1"))
    db.session.expire_all()
    assert opened(queue).due_at == FRIDAY + timedelta(minutes=1440)


def test_it_tells_a_customer_what_to_expect(queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    with at(hours=1):
        assert expected.of(ticket) == Expected(one(ticket, FIRST).due_at, None)
    with at(hours=5):  # Friday evening
        assert expected.of(ticket).opens_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    with at(days=30):  # never promise what is late already
        assert expected.of(ticket).answer_by is None
    with at(hours=1):
        replies.reply(ticket, ada, "On its way.")
        assert expected.of(ticket) == Expected()


def test_it_is_reckoned_by_the_settings_of_now_though_they_were_looked_at_before_somebody_changed_them(
    queue: Queue,
) -> None:
    policy = SlaPolicy(name="All", first_response_minutes=30)
    db.session.add(policy)
    db.session.flush()
    looked_at = (policy.version, calendars.default().version, len(calendars.default().slots))
    assert looked_at[2]
    for change in (
        "DELETE FROM calendar_slot", "UPDATE calendar SET version = version + 1",
        "UPDATE sla_policy SET first_response_minutes = 600, version = version + 1",
    ):  # fmt: skip
        db.session.execute(text(change))
    owes = one(opened(queue), FIRST)
    assert (owes.minutes, owes.due_at) == (600, FRIDAY + timedelta(hours=10))
