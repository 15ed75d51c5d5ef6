"""My day, the hand-over sheet, and promises as an agent makes and keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import day, hand_over, offers, promised_work, promises
from contact_center.routing.models import Promise, PromiseState, ShiftNote
from contact_center.sla.models import Deadline, DeadlineState, Target
from contact_center.tickets import lifecycle, tasks
from contact_center.tickets.models import Ticket, TicketState
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}
THURSDAY = datetime(2026, 11, 26, 9, 2, tzinfo=UTC)


@pytest.fixture
def greta(app: object) -> Customer:
    return factories.greta()


@pytest.fixture
def ticket(queue: Queue, greta: Customer, ada: Agent) -> Ticket:
    made = factories.ticket(queue)
    lifecycle.take(made, ada)
    db.session.commit()
    return made


@pytest.fixture
def thursday(ada: Agent) -> Iterator[datetime]:
    ada.time_zone = "UTC"
    db.session.commit()
    with clock.standing_at(THURSDAY):
        yield THURSDAY


@pytest.fixture
def desk(thursday: datetime, ada: Agent, queue: Queue, enter: Enter) -> FlaskClient:
    """Ada's browser, on that Thursday."""
    return enter(ada)


def newest() -> Promise:
    return db.session.scalars(select(Promise).order_by(Promise.id.desc()).limit(1)).one()


def test_a_promise_for_a_usual_time_takes_its_words_and_one_click(
    desk: FlaskClient, ticket: Ticket, ada: Agent, thursday: datetime
) -> None:
    form = desk.get(f"/desk/tickets/{ticket.ref}/promises/new").text
    for label, moment in (("In an hour, 10:05", "10:05"), ("Today 16:00", "16:00"), ("Monday 10:00", "10:00")):
        assert (label in form, moment in form) == (True, True), label
    typed = {"words": "Call about the relay", "owner": str(ada.id), "quick": "2026-11-27T10:00", "due": ""}
    assert desk.post(f"/desk/tickets/{ticket.ref}/promises", data=typed).status_code == 303
    promise = newest()
    assert (promise.due_at, promise.owner_id) == (datetime(2026, 11, 27, 10, tzinfo=UTC), ada.id)
    page = desk.get(f"/desk/tickets/{ticket.ref}").text
    assert ("Call about the relay" in page, "promised for 27 Nov, 10:00" not in page) == (True, True)
    assert "<b>Ada Brandt</b> promised for <b>27 Nov, 10:00</b>: <b>Call about the relay</b>" in page


def test_what_is_missing_is_said_at_its_field(desk: FlaskClient, ticket: Ticket, thursday: datetime) -> None:
    answer = desk.post(f"/desk/tickets/{ticket.ref}/promises", data={"words": "", "due": ""}, headers=JSON)
    assert (answer.status_code, set(answer.json["fields"])) == (422, {"words", "due"})
    answer = desk.post(f"/desk/tickets/{ticket.ref}/promises", data={"words": "x", "due": "soon"}, headers=JSON)
    assert answer.json["fields"] == {"due": "Write the date and the time, or leave it empty."}


def test_a_promise_is_changed_and_kept_on_its_ticket(
    desk: FlaskClient, ticket: Ticket, ada: Agent, thursday: datetime
) -> None:
    made = promises.make(ticket, ada, "Call", THURSDAY + timedelta(hours=1, seconds=30), ada)
    db.session.commit()
    place, due_at = f"/desk/tickets/{ticket.ref}/promises/{made.id}", made.due_at
    desk.post(place, data={"words": "Call about the relay", "owner": "", "due": "2026-11-26T10:02"})
    db.session.refresh(made)
    assert (made.words, made.owner_id, made.due_at) == ("Call about the relay", None, due_at)
    desk.post(f"{place}/keep")
    db.session.refresh(made)
    assert made.state is PromiseState.KEPT
    assert "kept the promise <b>Call about the relay</b>" in desk.get(f"/desk/tickets/{ticket.ref}").text


def test_resolving_says_which_promises_stay_open_and_how_to_call_them_kept(
    desk: FlaskClient, ticket: Ticket, ada: Agent, thursday: datetime
) -> None:
    made = [promises.make(ticket, ada, words, THURSDAY + timedelta(hours=3), ada) for words in ("Call", "Send a part")]
    db.session.commit()
    said = desk.post(f"/desk/tickets/{ticket.ref}/state", data={"to": "RESOLVED"}, headers=JSON).json["toast"]
    assert said["text"] == "2 promises stay open: Call (12:02), Send a part (12:02)"
    assert said["label"] == "They are kept"
    db.session.expire_all()
    assert {promise.state for promise in made} == {PromiseState.OPEN}
    desk.post(said["undo"])
    db.session.expire_all()
    assert {promise.state for promise in made} == {PromiseState.KEPT}
    desk.post(f"/desk/tickets/{ticket.ref}/state", data={"to": "OPEN"})
    assert desk.post(f"/desk/tickets/{ticket.ref}/state", data={"to": "RESOLVED"}, headers=JSON).json == {}


def test_sending_and_resolving_says_it_as_well(desk: FlaskClient, ticket: Ticket, ada: Agent) -> None:
    promises.make(ticket, ada, "Call", THURSDAY + timedelta(hours=3), ada)
    db.session.commit()
    data = {"text": "Done.", "to": "greta@lindqvist.example", "then": "RESOLVED"}
    answer = desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers=JSON)
    assert answer.json["toast"]["text"] == "A promise stays open: Call (12:02)"
    db.session.expire_all()
    assert ticket.state is TicketState.RESOLVED


def test_another_tickets_promise_is_not_found(desk: FlaskClient, ticket: Ticket, queue: Queue, ada: Agent) -> None:
    other = factories.ticket(queue, sender=factories.SAM)
    made = promises.make(other, ada, "Call", clock.now() + timedelta(hours=1), ada)
    db.session.commit()
    assert desk.post(f"/desk/tickets/{ticket.ref}/promises/{made.id}/keep").status_code == 404


def test_a_missed_promise_stands_on_top_of_the_desk_until_it_is_put_away(
    desk: FlaskClient, ticket: Ticket, ada: Agent, thursday: datetime
) -> None:
    made = promises.make(ticket, ada, "Call", THURSDAY + timedelta(minutes=1), ada)
    with clock.standing_at(THURSDAY + timedelta(minutes=2)):
        promised_work.sweep()
        db.session.commit()
    assert "Promise missed: Call" in desk.get("/desk/complaints").text
    assert desk.post(f"/desk/complaints/promises/{made.id}/seen", data={"open": "1"}).location.endswith(ticket.ref)
    assert "Promise missed" not in desk.get("/desk/complaints").text


def test_a_promise_that_rings_says_what_was_promised(
    desk: FlaskClient, ticket: Ticket, ada: Agent, thursday: datetime
) -> None:
    made = promises.make(ticket, ada, "Call about the relay", THURSDAY + timedelta(minutes=5), ada)
    promised_work.sweep()
    offers.make([offers.Match(made.interaction_id or 0, ada.id, 60, {})])
    db.session.commit()
    ring = desk.get("/desk/offers").text
    assert ("Call about the relay" in ring, "Fridge not cooling" in ring) == (True, True)


def test_the_card_names_what_was_promised_on_other_tickets(
    desk: FlaskClient, ticket: Ticket, queue: Queue, ada: Agent, greta: Customer
) -> None:
    promises.make(ticket, ada, "Call about the relay", clock.now() + timedelta(hours=1), ada)
    db.session.commit()
    other = factories.ticket(queue, subject="Another thing entirely", text="How do I descale it?")
    assert "Call about the relay" in desk.get(f"/desk/customers/{greta.id}/card?ticket={other.ref}").text


def test_my_day_is_one_list_by_time(
    desk: FlaskClient, ticket: Ticket, queue: Queue, ada: Agent, thursday: datetime
) -> None:
    promises.make(ticket, ada, "Call about the relay", THURSDAY + timedelta(days=1), ada)
    tasks.add(ticket, ada, "Order a relay", owner=ada, due_at=THURSDAY - timedelta(hours=1))
    due = Deadline(
        ticket_id=ticket.id, target=Target.NEXT_RESPONSE, state=DeadlineState.RUNNING, minutes=60,
        started_at=THURSDAY, due_at=THURSDAY + timedelta(hours=2),
    )  # fmt: skip
    db.session.query(Deadline).filter_by(ticket_id=ticket.id).delete()
    db.session.add(due)
    quiet = factories.ticket(queue, sender=factories.SAM, subject="A question long answered")
    lifecycle.take(quiet, ada)
    lifecycle.wait(quiet, ada)
    db.session.query(Deadline).filter_by(ticket_id=quiet.id).delete()
    quiet.changed_at = THURSDAY - timedelta(days=4)
    db.session.commit()
    assert [(item.what, item.at) for item in day.of(ada)] == [
        ("task", THURSDAY - timedelta(hours=1)), ("ticket", due.due_at), ("promise", THURSDAY + timedelta(days=1)),
        ("ticket", None),
    ]  # fmt: skip
    page = desk.get("/desk/day").text.partition('id="day"')[2]
    said = (
        "Overdue",
        "Order a relay",
        "Answer due",
        "Tomorrow",
        "Call about the relay",
        "remind them?",
        "long answered",
    )
    places = [page.index(words) for words in said]
    assert places == sorted(places)


def test_an_empty_day_says_so(desk: FlaskClient) -> None:
    assert "Nothing for you at present" in desk.get("/desk/day").text


def test_the_sheet_says_who_has_what_what_is_promised_and_what_is_at_risk(
    desk: FlaskClient, ticket: Ticket, queue: Queue, ada: Agent, thursday: datetime
) -> None:
    factories.ticket(queue, sender=factories.SAM, subject="Nobody has it")
    promises.make(ticket, ada, "Call about the relay", THURSDAY + timedelta(hours=23), ada)
    promises.make(ticket, ada, "The day after tomorrow", THURSDAY + timedelta(hours=25), ada)
    db.session.query(Deadline).delete()
    risk = {"ticket_id": ticket.id, "state": DeadlineState.RUNNING, "minutes": 60, "started_at": THURSDAY}
    soon, far = THURSDAY + timedelta(hours=3), THURSDAY + timedelta(hours=30)
    db.session.add(Deadline(target=Target.NEXT_RESPONSE, due_at=soon, **risk))
    db.session.add(Deadline(target=Target.RESOLUTION, due_at=far, **risk))
    db.session.commit()
    sheet = hand_over.sheet(ada)
    (line,) = sheet.queues
    assert (line.waiting, line.people) == (1, {"Ada Brandt": 1})
    assert [promise.words for promise in sheet.promises] == ["Call about the relay"]
    assert [row[0].target for row in sheet.at_risk] == [Target.NEXT_RESPONSE]
    page = desk.get("/desk/hand-over").text
    assert [said in page for said in ("Call about the relay", "Answer due", "Ada Brandt 1")] == [True] * 3


def test_a_note_stands_on_the_sheet_until_somebody_settles_it(desk: FlaskClient, queue: Queue, ada: Agent) -> None:
    desk.post("/desk/hand-over/notes", data={"queue": str(queue.id), "text": "The printer is out.\nCall at 8."})
    row = db.session.scalars(select(ShiftNote)).one()
    assert "The printer is out." in desk.get(f"/desk/hand-over?queue={queue.id}").text
    desk.post(f"/desk/hand-over/notes/{row.id}/settle")
    assert "The printer is out." not in desk.get("/desk/hand-over").text
    assert desk.post(f"/desk/hand-over/notes/{row.id}/settle", headers=JSON).status_code == 409


@pytest.mark.parametrize(("typed", "field"), [({"text": "x", "queue": "1"}, "queue"), ({"text": " "}, "text")])
def test_a_note_needs_words_and_a_queue_of_ones_own(
    enter: Enter, queue: Queue, desk: FlaskClient, typed: dict[str, Any], field: str
) -> None:
    answer = desk.post("/desk/hand-over/notes", data={"queue": str(queue.id), **typed}, headers=JSON)
    assert (answer.status_code, set(answer.json["fields"])) == (422, {field})


def test_other_queues_notes_are_not_found(enter: Enter, queue: Queue, desk: FlaskClient, ada: Agent) -> None:
    row = hand_over.note(ada, queue, "Secret")
    db.session.commit()
    nils = enter(factories.nils())
    assert nils.post(f"/desk/hand-over/notes/{row.id}/settle").status_code == 404
    assert "Secret" not in nils.get("/desk/hand-over").text
