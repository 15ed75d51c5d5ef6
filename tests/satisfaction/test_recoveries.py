"""After a low answer: a task with a term by tier, taken and closed by one, and the customer asked once more."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import teams
from contact_center.agents.models import Agent, RoleName
from contact_center.calendars import settings as calendars
from contact_center.customers import consents
from contact_center.customers.models import Customer
from contact_center.errors import IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.queues.models import Queue
from contact_center.satisfaction import figures, recoveries, recovery_lists, settings, surveys
from contact_center.satisfaction.figures import Asked
from contact_center.satisfaction.models import (
    AskedBy,
    Blame,
    Outcome,
    PassedOver,
    Recovery,
    RecoveryState,
    Scale,
    Survey,
    SurveyState,
)  # fmt: skip
from contact_center.satisfaction.recovery_lists import Which
from contact_center.tickets import replies
from contact_center.tickets.models import Task, TaskState, Ticket
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def lee() -> Agent:
    lee = factories.lee()
    queue = factories.queue("Service", team_id=factories.team("North", factories.ada(), lee).id)
    factories.mailbox(queue)
    factories.greta()
    return lee


def answered(score: int = 1, *, tier: str | None = None, comment: str = "Nobody called.") -> Survey:
    """Greta's resolved ticket and her answer."""
    queue, ada = db.session.scalars(select(Queue)).one(), db.session.scalars(select(Agent)).first()
    ticket = factories.ticket(queue)
    assert ada is not None
    replies.reply(ticket, ada, "Sorry.", then="RESOLVED")
    db.session.refresh(ticket)
    customer = db.session.get_one(Customer, ticket.customer_id)
    customer.tier = tier
    db.session.flush()
    return surveys.rate(ticket, customer, score, comment).survey


def recovery() -> Recovery:
    return db.session.scalars(select(Recovery)).one()


@pytest.mark.parametrize(("scale", "high", "low"), [(Scale.CSAT, 3, 2), (Scale.NPS, 7, 6), (Scale.CES, 4, 3)])
def test_what_is_low_depends_on_the_scale(lee: Agent, scale: Scale, high: int, low: int) -> None:
    survey = answered(5)
    survey.scale = scale
    db.session.flush()
    surveys.answer(survey, high, "")
    assert db.session.scalars(select(Recovery)).all() == []
    surveys.answer(survey, low, "")
    surveys.answer(survey, low - 1, "")
    assert recovery().survey_id == survey.id
    assert recovery().owner == lee


def test_its_term_is_minutes_of_the_tier_in_the_hours_of_a_calendar(lee: Agent) -> None:
    rules = settings.current()
    friday = datetime(2026, 11, 20, 16, 30, tzinfo=clock.now().tzinfo)
    calendar = calendars.default()  # nine to six, Monday to Friday
    hours = calendars.hours(calendar.id)
    for tier, minutes in rules.recovery_minutes.items():
        assert recoveries.term(rules, tier, friday) == (minutes, calendar.id, hours.add(friday, minutes))
    _minutes, _calendar, due_at = recoveries.term(rules, "C", friday)
    assert due_at - friday > timedelta(days=3)  # the weekend does not count
    assert recoveries.term(rules, None, friday) == (48 * 60, None, friday + timedelta(hours=48))
    assert hours.is_open(datetime.combine(friday.date(), time(12), friday.tzinfo))


def test_an_a_customers_stands_on_the_supervisors_desks_at_once_others_when_late(lee: Agent) -> None:
    answered(1, tier="A")
    [notice] = recovery_lists.unseen(lee)
    recoveries.see(notice.recovery, lee)
    assert recovery_lists.unseen(lee) == []
    db.session.query(Recovery).update({"due_at": clock.now() - timedelta(minutes=1)})
    assert recoveries.warn_late() == 1
    assert recoveries.warn_late() == 0
    assert [found.recovery_id for found in recovery_lists.unseen(lee)] == [notice.recovery_id]
    assert recovery_lists.unseen(factories.agent("Mia Elsewhere")) == []


def test_a_b_customers_is_on_no_desk_before_it_is_late(lee: Agent) -> None:
    answered(1, tier="B")
    assert recovery_lists.unseen(lee) == []


@pytest.mark.parametrize(("language", "whose"), [("en", "Lee Wong"), ("zh_Hans_CN", "王敏")])
def test_it_is_first_of_all_for_a_supervisor_who_reads_the_customers_language(
    lee: Agent, language: str, whose: str
) -> None:
    wang = factories.agent("王敏", RoleName.SUPERVISOR, email="wang@norra.example", language="zh_Hans_CN")
    teams.join(db.session.scalars(select(Queue.team_id)).one(), [wang.id], lee)
    db.session.query(Customer).update({"language": language})
    answered(2)
    assert (owner := recovery().owner) is not None
    assert owner.name == whose


def test_two_who_take_it_at_once_do_not_both_have_it(lee: Agent) -> None:
    answered()
    root, seen = factories.root(), recovery().owner_id
    recoveries.take(recovery(), root, seen)
    assert db.session.scalars(select(Task)).one().owner == root
    with pytest.raises(IllegalMove):
        recoveries.take(recovery(), lee, seen)
    assert recovery().owner == root


def test_closing_it_needs_outcome_and_blame_ticks_the_task_off_and_asks_once_more(lee: Agent) -> None:
    first = answered(2)
    with pytest.raises(Invalid) as refused:
        recoveries.close(recovery(), lee, "", "somebody", "")
    assert set(refused.value.fields) == {"outcome", "blame"}
    recoveries.close(recovery(), lee, "SOLVED", "PROCESS", "Called; the part is on its way.")
    done = recovery()
    assert (done.state, done.outcome, done.blame) == (RecoveryState.DONE, Outcome.SOLVED, Blame.PROCESS)
    assert db.session.scalars(select(Task)).one().state is TaskState.DONE
    second = done.second
    assert second is not None
    assert (second.scale, second.agent_id, second.after_recovery_of) == (first.scale, first.agent_id, first.id)
    [letter] = db.session.scalars(select(Outgoing).where(Outgoing.purpose == Purpose.SURVEY))
    assert "We have been in touch with you" in letter.text
    with pytest.raises(IllegalMove):
        recoveries.close(done, lee, "SOLVED", "NONE", "")


def test_the_second_answer_stands_beside_the_first_and_in_no_figure(lee: Agent) -> None:
    first = answered(1)
    recoveries.close(recovery(), lee, "UNRESOLVED", "PRODUCT", "")
    second = recovery().second
    assert second is not None
    surveys.withdraw_reopened()
    surveys.answer(second, 1, "Still broken.")
    assert len(db.session.scalars(select(Recovery)).all()) == 1
    [row] = recovery_lists.listed(lee, Which.DONE)
    assert (row.survey.score, row.second and row.second.score) == (first.score, 1)
    asked = Asked(clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))
    assert figures.total(lee, asked).asked == 1


@pytest.mark.parametrize(("what", "why"), [("consent", PassedOver.CONSENT), ("tag", PassedOver.TAG)])
def test_who_will_not_hear_of_it_is_not_asked_once_more(lee: Agent, what: str, why: PassedOver) -> None:
    survey = answered()
    customer = db.session.get_one(Customer, survey.customer_id)
    if what == "consent":
        consents.record(customer, "email", "surveys", is_granted=False, evidence="on the phone")
    else:
        survey.ticket.tags = ["no_csat"]
    recoveries.close(recovery(), lee, "EXPLAINED", "NONE", "")
    second = recovery().second
    assert second is not None
    assert (second.state, second.passed_over, second.asked_by) == (SurveyState.WITHDRAWN, why, AskedBy.EMAIL)


def test_a_list_shows_what_its_reader_may_see(lee: Agent) -> None:
    answered()
    db.session.query(Recovery).update({"due_at": clock.now() - timedelta(minutes=5)})
    assert [len(recovery_lists.listed(lee, which)) for which in Which] == [1, 1, 1, 0]
    assert recovery_lists.counts(lee, clock.now() - timedelta(days=28)).late == 1
    stranger = factories.agent("Mia Elsewhere")
    assert recovery_lists.listed(stranger, Which.OPEN) == []
    assert recovery_lists.one(stranger, recovery().id) is None
    assert recovery_lists.listed(lee, Which.OPEN, "A") == []
    assert recovery_lists.counts(stranger, clock.now()).open == 0


def test_a_ticket_that_is_opened_again_takes_no_second_question_back(lee: Agent) -> None:
    survey = answered()
    recoveries.close(recovery(), lee, "SOLVED", "NONE", "")
    db.session.query(Ticket).filter_by(id=survey.ticket_id).update({"state": "OPEN", "resolved_at": None})
    db.session.expire_all()
    surveys.withdraw_reopened()
    second = recovery().second
    assert second is not None
    assert surveys.is_open(second)
    assert surveys.of_ticket(second.ticket) == second
