"""One question per resolution: asked once, answered by POST only, withdrawn on reopening, a low score followed up."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from time_machine import TimeMachineFixture

from contact_center import clock
from contact_center.agents.models import Agent, RoleName
from contact_center.customers import consents
from contact_center.customers.models import Customer
from contact_center.errors import IllegalMove
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.queues.models import Queue
from contact_center.satisfaction import figures, settings, surveys
from contact_center.satisfaction.figures import Asked
from contact_center.satisfaction.models import Survey, SurveyState
from contact_center.tickets import lifecycle, replies
from contact_center.tickets.models import Task, Ticket
from tests import factories

Later = Callable[[timedelta], None]
LINK = re.compile(r"/s/([\w-]{20,})")


pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def later(time_machine: TimeMachineFixture) -> Later:
    """Lets time pass."""
    time_machine.move_to(clock.now())
    return time_machine.shift


@pytest.fixture
def ticket(app: Flask) -> Ticket:
    """Greta's ticket, answered by Ada and resolved; Lee is the supervisor of the queue's team."""
    ada, lee = factories.ada(), factories.lee()
    queue = factories.queue("Service", ada, team_id=factories.team("North", ada, lee).id)
    factories.mailbox(queue)
    factories.greta()
    return _resolved(_new(queue), ada)


def _new(queue: Queue) -> Ticket:
    return factories.ticket(queue)


def _resolved(ticket: Ticket, agent: Agent) -> Ticket:
    replies.reply(ticket, agent, "Sorry to hear that. It is on its way.", then="RESOLVED")
    db.session.refresh(ticket)
    return ticket


def _letters() -> list[Outgoing]:
    return list(db.session.scalars(select(Outgoing).where(Outgoing.purpose == Purpose.SURVEY).order_by(Outgoing.id)))


def _ask(later: Later, after: timedelta = timedelta(hours=2)) -> str:
    """Let the delay pass and ask; returns the token of the newest letter."""
    later(after)
    surveys.open_due()
    found = LINK.search(_letters()[-1].text)
    assert found
    return found[1]


def test_a_resolution_is_asked_about_once_after_the_delay(ticket: Ticket, later: Later) -> None:
    surveys.open_due()
    assert _letters() == []
    _ask(later)
    assert surveys.open_due() == 0
    [letter] = _letters()
    assert letter.recipient == "greta@lindqvist.example"
    assert len(set(LINK.findall(letter.text))) == 1
    assert [f"score={n}" in letter.html for n in range(1, 6)] == [True] * 5


def test_each_channel_waits_for_as_long_as_was_set_for_it(ticket: Ticket, later: Later) -> None:
    settings.current().delays = {"email": 240, "sms": 0}
    later(timedelta(hours=2))
    assert surveys.open_due() == 0
    settings.current().delays = {"sms": 240}  # the usual hour for the others
    db.session.flush()
    assert surveys.open_due() == 1


def test_looking_at_the_page_never_votes(ticket: Ticket, later: Later, visitor: FlaskClient) -> None:
    token = _ask(later)
    for _ in range(3):
        page = visitor.get(f"/s/{token}?score=1")
        assert page.status_code == 200
        assert b"checked" in page.data
    visitor.head(f"/s/{token}?score=1")
    assert _only().state is SurveyState.ASKED


def test_two_browsers_answer_one_question_and_the_later_one_holds(
    ticket: Ticket, later: Later, visitor: FlaskClient, app: Flask
) -> None:
    token = _ask(later)
    other = app.test_client()
    for browser in (visitor, other):
        assert browser.get(f"/s/{token}").status_code == 200
    for browser, score in ((visitor, "1"), (other, "2")):
        assert browser.post(f"/s/{token}", data={"score": score}).status_code == 303
    assert _only().score == 2
    assert b"2 of 5" in visitor.get(f"/s/{token}/thanks").data
    assert len(list(db.session.scalars(select(Task)))) == 1


@pytest.mark.committing
def test_answers_of_the_same_moment_open_one_task(app: Flask, ticket: Ticket) -> None:
    surveys.rate(ticket, factories.customer("Bo"), 5, "")
    survey_id = _only().id
    db.session.commit()

    def work(score: int) -> None:
        with app.app_context():
            surveys.answer(db.session.get_one(Survey, survey_id), score, "")
            db.session.commit()

    threads = [threading.Thread(target=work, args=(score,)) for score in (1, 2, 1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert _only().score in (1, 2)
    assert len(list(db.session.scalars(select(Task)))) == 1


def test_whoever_lifts_an_answer_is_not_pitied_any_more(ticket: Ticket, later: Later, visitor: FlaskClient) -> None:
    token = _ask(later)
    visitor.post(f"/s/{token}", data={"score": "1"})
    assert b"We are sorry" in visitor.get(f"/s/{token}/thanks").data
    visitor.post(f"/s/{token}", data={"score": "5"})
    assert b"We are sorry" not in visitor.get(f"/s/{token}/thanks").data


def test_an_expired_question_says_so_before_the_sweeper_came(
    ticket: Ticket, later: Later, visitor: FlaskClient
) -> None:
    token = _ask(later)
    later(timedelta(days=8))
    assert b"The time for an answer is over" in visitor.get(f"/s/{token}").data


def test_an_answer_is_recorded_and_can_be_changed_for_seven_days(
    ticket: Ticket, later: Later, visitor: FlaskClient
) -> None:
    token = _ask(later)
    assert visitor.post(f"/s/{token}", data={"score": "5", "comment": "Quick!"}).status_code == 303
    assert b"Quick!" in visitor.get(f"/s/{token}/thanks").data
    later(timedelta(days=6))
    visitor.post(f"/s/{token}", data={"score": "4", "comment": "Quick, but the part broke"})
    assert (_only().score, _only().comment) == (4, "Quick, but the part broke")
    later(timedelta(days=2))
    closed = visitor.post(f"/s/{token}", data={"score": "1", "comment": ""})
    assert b"This question is closed" in closed.data
    assert _only().score == 4


def test_reopening_takes_the_question_back_and_the_next_resolution_asks_anew(
    ticket: Ticket, later: Later, visitor: FlaskClient
) -> None:
    token = _ask(later)
    reply = factories.mail(text="It is warm again.", thread_keys=(f"token:{ticket.token}",))
    factories.filed(db.session.get_one(Queue, ticket.queue_id), reply)
    db.session.refresh(ticket)
    assert b"opened again" in visitor.post(f"/s/{token}", data={"score": "5"}).data
    assert surveys.withdraw_reopened() == 1
    assert _only().state is SurveyState.WITHDRAWN
    later(timedelta(days=1))
    lifecycle.resolve(ticket, db.session.get_one(Agent, ticket.assignee_id))
    db.session.refresh(ticket)
    assert _ask(later) != token
    assert len(_letters()) == 2


def test_a_low_score_becomes_one_task_for_the_supervisor_of_the_team(
    ticket: Ticket, later: Later, visitor: FlaskClient
) -> None:
    token = _ask(later)
    visitor.post(f"/s/{token}", data={"score": "1", "comment": "Nobody told me the visit was off."})
    visitor.post(f"/s/{token}", data={"score": "2", "comment": "Nobody told me."})
    [task] = db.session.scalars(select(Task))
    assert task.owner is not None
    assert task.owner.name == "Lee Wong"
    assert "Nobody told me the visit was off." in task.title
    answered_at = _only().answered_at
    assert answered_at is not None
    assert task.due_at == answered_at + timedelta(hours=48)


def test_who_was_asked_lately_or_said_no_is_left_in_peace(ticket: Ticket, later: Later) -> None:
    _ask(later)
    ada = db.session.get_one(Agent, ticket.assignee_id)
    second = _resolved(_new(db.session.get_one(Queue, ticket.queue_id)), ada)
    later(timedelta(hours=2))
    assert surveys.open_due() == 1
    assert len(_letters()) == 1
    later(timedelta(days=20))
    customer = db.session.get_one(Customer, second.customer_id)
    consents.record(customer, "email", "surveys", is_granted=False, evidence="on the phone")
    _resolved(_new(db.session.get_one(Queue, ticket.queue_id)), ada)
    later(timedelta(hours=2))
    surveys.open_due()
    assert len(_letters()) == 1


def test_a_ticket_with_an_excluded_tag_is_not_asked_about(ticket: Ticket, later: Later) -> None:
    ticket.tags = ["no_csat"]
    db.session.flush()
    later(timedelta(hours=2))
    surveys.open_due()
    assert _letters() == []


def test_a_signed_in_customer_rates_without_being_asked(ticket: Ticket, later: Later) -> None:
    customer = db.session.get_one(Customer, ticket.customer_id)
    surveys.rate(ticket, customer, 3, "fine")
    later(timedelta(hours=2))
    surveys.open_due()
    assert (_letters(), _only().score) == ([], 3)


def test_an_open_ticket_cannot_be_rated() -> None:
    queue = factories.queue("Service")
    customer = factories.greta()
    with pytest.raises(IllegalMove):
        surveys.rate(_new(queue), customer, 5, "")


@pytest.mark.parametrize(
    "data", [{}, {"score": "0"}, {"score": "6"}, {"score": "5; DROP"}, {"score": "4", "comment": "x" * 4001}]
)
def test_a_bad_answer_gets_a_sentence_and_keeps_what_was_typed(
    ticket: Ticket, later: Later, visitor: FlaskClient, data: dict[str, str]
) -> None:
    token = _ask(later)
    page = visitor.post(f"/s/{token}", data={"comment": "typed", **data})
    assert page.status_code == 422
    assert (data.get("comment") or "typed").encode() in page.data
    assert _only().score is None


@pytest.mark.parametrize("token", ["x", "é" * 30, "a" * 22, "%00", "a" * 5000])
def test_an_unknown_link_is_no_page(visitor: FlaskClient, token: str) -> None:
    assert visitor.get(f"/s/{token}").status_code == 404
    assert visitor.post(f"/s/{token}", data={"score": "5"}).status_code == 404


def test_a_supervisor_of_another_team_sees_no_figure_of_it(ticket: Ticket, later: Later) -> None:
    customer = db.session.get_one(Customer, ticket.customer_id)
    surveys.rate(ticket, customer, 3, "fine")
    stranger = factories.agent("Mia Elsewhere", RoleName.SUPERVISOR)
    asked = Asked(clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))
    assert figures.total(stranger, asked).asked == 0
    assert figures.total(factories.root(), asked).answered == 1
    assert figures.rows(stranger, asked) == []


def test_the_interval_is_wilsons() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    assert figures.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert figures.wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert figures.wilson(0, 0) is None
    assert figures.wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert figures.wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


def _only() -> Survey:
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Survey)) == 1
    return db.session.scalars(select(Survey)).one()
