"""Which scale is asked where, of how many, in whose words; and that no answer outside a scale is ever taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from time_machine import TimeMachineFixture

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.errors import Invalid, Stale
from contact_center.extensions import db
from contact_center.orders import products
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.queues.models import Queue
from contact_center.satisfaction import permission, questions, sampling, settings, surveys
from contact_center.satisfaction.models import AskedBy, PassedOver, Scale, Survey, SurveyState
from contact_center.tickets import replies
from contact_center.tickets.messages import Interaction, Message
from contact_center.tickets.models import Participant, RequestKind, Ticket
from tests import factories

Later = Callable[[timedelta], None]
LINK = re.compile(r"/s/([\w-]{20,})")

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def later(time_machine: TimeMachineFixture) -> Later:
    time_machine.move_to(clock.now())
    return time_machine.shift


@pytest.fixture
def queue() -> Queue:
    ada = factories.ada()
    made = factories.queue("Service", ada, team_id=factories.team("North", ada).id)
    factories.mailbox(made)
    factories.greta()
    return made


def resolved(queue: Queue, **fields: object) -> Ticket:
    ticket = factories.ticket(queue, **fields)
    replies.reply(ticket, db.session.scalars(select(Agent)).first(), "It is on its way.", then="RESOLVED")  # type: ignore[arg-type]
    db.session.refresh(ticket)
    return ticket


def asked(later: Later) -> tuple[Outgoing | None, Survey]:
    """The newest letter and survey, after the delay."""
    later(timedelta(hours=2))
    surveys.open_due()
    letters = select(Outgoing).where(Outgoing.purpose == Purpose.SURVEY).order_by(Outgoing.id.desc())
    return db.session.scalar(letters.limit(1)), db.session.scalars(select(Survey).order_by(Survey.id.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize(("scale", "least", "most"), [(Scale.CSAT, 1, 5), (Scale.NPS, 0, 10), (Scale.CES, 1, 7)])
def test_a_mail_has_a_link_for_each_answer_and_only_sending_the_page_votes(
    queue: Queue, later: Later, visitor: FlaskClient, scale: Scale, least: int, most: int
) -> None:
    rules = settings.current()
    rules.nps_channels, rules.ces_channels = ["email"] * (scale == "NPS"), ["email"] * (scale == "CES")
    resolved(queue)
    letter, survey = asked(later)
    assert letter is not None
    assert survey.scale is scale
    found = [int(n) for n in re.findall(r"\?score=(\d+)\"", letter.html)]
    assert found == list(range(least, most + 1))
    token = LINK.search(letter.text)[1]  # type: ignore[index]
    page = visitor.get(f"/s/{token}?score={least}").text
    assert f'value="{least}" class="sr" required checked' in page
    db.session.expire_all()
    assert survey.score is None
    assert visitor.post(f"/s/{token}", data={"score": str(most + 1)}).status_code == 422
    assert visitor.post(f"/s/{token}", data={"score": str(least)}).status_code == 303
    assert f"{least} of {most}" in re.sub(r"<[^>]+>", "", visitor.get(f"/s/{token}/thanks").text)
    db.session.expire_all()
    assert (survey.score, survey.state) == (least, SurveyState.ANSWERED)


@pytest.mark.parametrize(
    ("scale", "score"), [("CSAT", 0), ("CSAT", 6), ("NPS", 11), ("NPS", -1), ("CES", 0), ("CES", 8)]
)
def test_no_row_holds_an_answer_outside_its_scale(queue: Queue, scale: str, score: int) -> None:
    ticket, now = resolved(queue), clock.now()
    row = {"token_hash": b"x", "ticket_id": ticket.id, "resolved_at": now, "queue_id": queue.id, "channel": "email"}
    row |= {"language": "en", "asked_by": AskedBy.EMAIL, "asked_at": now, "expires_at": now, "scale": Scale(scale)}
    db.session.add(Survey(**row, state=SurveyState.ANSWERED, score=score, answered_at=now))
    with pytest.raises(IntegrityError, match="ck_survey_score"):
        db.session.flush()
    db.session.rollback()


def test_recommendation_is_asked_once_in_so_many_days_and_effort_otherwise(queue: Queue, later: Later) -> None:
    rules = settings.current()
    rules.nps_channels, rules.ces_channels, rules.nps_days, rules.cool_down_days = ["email"], ["email"], 90, 0
    seen = []
    for _ in range(3):
        resolved(queue)
        seen.append(asked(later)[1].scale)
        later(timedelta(days=40))
    resolved(queue)
    assert [*seen, asked(later)[1].scale] == [Scale.NPS, Scale.CES, Scale.CES, Scale.NPS]


def test_the_sample_is_drawn_by_the_ticket_and_by_its_tier_and_channel(queue: Queue, later: Later) -> None:
    ticket = resolved(queue)
    drawn, rules = sampling.draw(ticket.id), settings.current()
    rules.sampling = {"email": {"D": drawn}}
    verdict = permission.of_resolution(ticket, rules)
    assert (verdict.refusal, verdict.drawn, verdict.percent) == (PassedOver.SAMPLE, drawn, drawn)
    letter, survey = asked(later)
    assert (letter, survey.state, survey.passed_over) == (None, SurveyState.WITHDRAWN, PassedOver.SAMPLE)

    rules.sampling = {"email": {"D": drawn + 1}, "phone": {"D": 0}}
    assert permission.of_resolution(ticket, rules).refusal is None
    rules.sampling = {"email": {"D": 0, "A": 100}}
    db.session.get_one(Customer, ticket.customer_id).tier = "A"
    db.session.flush()
    assert permission.of_resolution(ticket, rules).refusal is None


def test_a_sample_comes_near_its_percentage() -> None:
    drawn = [sampling.draw(number) for number in range(1001, 11001)]
    assert abs(sum(each < 25 for each in drawn) - 2500) < 150  # three and a half standard deviations
    assert sampling.draw(1042) == sampling.draw(1042)


def test_a_survey_keeps_team_product_and_kind_of_the_moment(queue: Queue, later: Later) -> None:
    greta = db.session.scalars(select(Customer)).one()
    order = factories.order(greta, "K7-1")
    dearest, fridge = max(order.lines, key=lambda line: line.amount), products.put("P-1", name="Fridge").row
    dearest.product_id = fridge.id
    ticket = resolved(queue)
    ticket.order_number, ticket.kind = "K7-1", RequestKind.REPAIR
    db.session.flush()
    _letter, survey = asked(later)
    assert (survey.team_id, survey.product_id, survey.kind) == (queue.team_id, fridge.id, "REPAIR")
    assert survey.interaction_id is not None


def test_who_came_by_the_form_and_left_no_address_is_asked_on_the_portal(queue: Queue, later: Later) -> None:
    ticket = resolved(queue)
    greta = db.session.get_one(Customer, ticket.customer_id)
    assert permission.way(ticket, "email") == (AskedBy.EMAIL, "greta@lindqvist.example")
    db.session.query(Participant).delete()
    db.session.query(Message).update({"sender": None, "channel": "web"})
    db.session.query(Interaction).update({"channel": "web"})
    assert permission.way(ticket, "web") == (AskedBy.PORTAL, "")
    later(timedelta(hours=2))
    surveys.open_due()
    survey = db.session.scalars(select(Survey)).one()
    assert (survey.asked_by, survey.state) == (AskedBy.PORTAL, SurveyState.ASKED)
    assert surveys.waiting([greta.id]) == [survey]
    surveys.rate(ticket, greta, "4", "")
    assert survey.score == 4


def test_words_of_ones_own_are_said_until_the_usual_ones_are_wanted_again(queue: Queue, later: Later) -> None:
    root = factories.root()
    where = (Scale.CSAT, AskedBy.EMAIL, "en")
    assert questions.put(root, *where, "How was {brand} this time, about {ref}?", "")
    ticket = resolved(queue)
    letter, _survey = asked(later)
    assert letter is not None
    assert f"this time, about {ticket.ref}?" in letter.text
    with pytest.raises(Stale):
        questions.put(root, *where, "Other words", "What they saw before")
    assert questions.put(root, *where, "", questions.chosen(*where) or "")
    assert questions.words(*where) == questions.usual(*where)


@pytest.mark.parametrize(
    ("scale", "asked_by", "typed", "said"),
    [
        (Scale.NPS, AskedBy.TEXT, "How likely? 1 to 10", "0 and 10"),
        (Scale.CES, AskedBy.PHONE, "How easy was it?", "1 and 7"),
        (Scale.CSAT, AskedBy.PHONE, "Press 1 to 5 about {ref}", "{ref} is not known here"),
        (Scale.CSAT, AskedBy.EMAIL, "Dear {customer.name}", "{customer.name} is not known here"),
        (Scale.CSAT, AskedBy.EMAIL, "half { open", "{ is not known here"),
        (Scale.CSAT, AskedBy.PORTAL, "x" * 201, "200 characters"),
        (Scale.CSAT, AskedBy.TEXT, "从 1 到 5 " + "好" * 230, "3 parts"),
    ],
)
def test_words_that_would_not_do_are_refused_with_the_reason(
    scale: Scale, asked_by: AskedBy, typed: str, said: str
) -> None:
    with pytest.raises(Invalid, match=re.escape(said)):
        questions.check(scale, asked_by, typed)


@pytest.mark.parametrize("scale", list(Scale))
@pytest.mark.parametrize("asked_by", list(AskedBy))
@pytest.mark.parametrize("language", questions.LANGUAGES)
def test_the_usual_words_pass_their_own_check(scale: Scale, asked_by: AskedBy, language: str) -> None:
    words = questions.usual(scale, asked_by, language)
    assert questions.check(scale, asked_by, words) == words
