"""The demo is made by the product's own verbs: what stands there afterwards is what a year of work would have left."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import exists, func, select, text

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import invariants
from contact_center.calls.models import Call, Outcome
from contact_center.card import summary
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.config import Config
from contact_center.credit.models import CreditLimit
from contact_center.customers.models import Customer
from contact_center.demo import callers, installing, scale, steps
from contact_center.entitlements.models import Asset, ServiceContract
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import Base, db
from contact_center.kb import searching
from contact_center.kb.models import Article, ArticleState, ArticleText
from contact_center.kb.reading import Reader
from contact_center.kb.traces import ArticleUse, Use
from contact_center.orders.models import Invoice, Order, OrderLine, Payment, Settlement, Shipment
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.queues import easing, serving, skills
from contact_center.queues import settings as queue_settings
from contact_center.queues.models import Queue
from contact_center.reports import unusual
from contact_center.routing import enqueue
from contact_center.routing.models import Offer, OfferState
from contact_center.satisfaction.models import Survey
from contact_center.tickets import scope
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Interaction, InteractionState, Message
from contact_center.tickets.models import Ticket, TicketState
from contact_center.tiers import ranking
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.models import TierChange
from tests.database import WorkerDatabase

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.committing


@pytest.fixture(scope="module")
def firm(application: Flask, database: WorkerDatabase) -> Iterator[list[float]]:
    """The demo, installed once for all that look at it: the progress that was told."""
    database.renew()  # so that numbers begin at their beginning, which rolled back tests have moved on
    with application.app_context(), database.pooled(application):
        yield _install()
        db.session.remove()
    database.renew()


@pytest.fixture(autouse=True)
def _inside(application: Flask) -> Iterator[None]:
    with application.app_context():
        yield


def _install() -> list[float]:
    heard: list[float] = []
    with clock.standing_at(NOW):
        assert installing.is_empty()
        installing.install(heard.append, stories=12, customers=20)
    return heard


def test_its_people_are_skilled_and_its_queues_ask_for_it(firm: list[float]) -> None:
    served = {queue.name: queue for queue in queue_settings.listed()}
    assert served["中文客服"].asks
    assert served["中文客服"].calendar_id != served["Service e-mail"].calendar_id
    assert all(queue.calendar_id for queue in served.values())
    assert served["Web requests"].overflow
    chen = db.session.scalars(select(Agent).where(Agent.name == "陈悦")).one()
    assert dict(skills.of(chen))["普通话"] == 5
    assert all(serving.warnings(queue) == [] for queue in served.values()), "whatever it asks for, somebody has"


def test_it_knows_articles_in_both_languages_in_every_state_and_what_they_were_good_for(firm: list[float]) -> None:
    states = dict(db.session.execute(select(Article.state, func.count()).group_by(Article.state)).all())
    assert states.pop(ArticleState.PUBLISHED) >= 25
    assert set(states) == {ArticleState.DRAFT, ArticleState.REVIEW, ArticleState.SCHEDULED, ArticleState.EXPIRED}
    outdated = select(ArticleText.language).where(ArticleText.is_outdated)
    assert db.session.scalars(outdated).all() == ["zh_Hans_CN"]
    for words, language in (("how do I return a purchase", "en"), ("洗衣机漏水", "zh_Hans_CN")):
        found = searching.search(Reader(language=language), words, language, searching.Where.PORTAL)
        assert found.hits[0].language == language
    used = dict(db.session.execute(select(ArticleUse.what, func.count()).group_by(ArticleUse.what)).all())
    assert used[Use.SOLVED_WITH] > 5
    db.session.rollback()  # the search is noted by nobody


def test_it_leaves_a_firm_with_people_customers_and_a_year_of_tickets(firm: list[float]) -> None:
    states = dict(db.session.execute(select(Ticket.state, func.count()).group_by(Ticket.state)).all())
    languages = set(db.session.scalars(select(Ticket.language)))
    assert not installing.is_empty()
    assert db.session.scalar(select(func.count()).select_from(Agent)) == 9
    assert db.session.scalar(select(func.count()).select_from(Customer)) >= 15
    assert TicketState.NEW in states
    assert states.keys() & {TicketState.RESOLVED, TicketState.CLOSED}
    assert languages == {"en", "zh"}
    assert set(db.session.scalars(select(RawMessageRow.state))) == {RawState.DONE}
    assert firm == sorted(firm), "progress never goes back"


def test_little_waits_and_the_longest_of_tier_d_goes_before_a_newcomer_of_a(firm: list[float]) -> None:
    with clock.standing_at(NOW):
        enqueue.place_new()
    waiting = (Interaction.state == InteractionState.WAITING, Interaction.kind != Kind.PROMISE)
    asked = select(Interaction.queued_at, Interaction.order_at, Interaction.asked, Customer.tier, Queue.name)
    asked = asked.join(Queue, Queue.id == Interaction.queue_id).join(Ticket, Ticket.id == Interaction.ticket_id)
    found = db.session.execute(asked.outerjoin(Customer, Customer.id == Ticket.customer_id).where(*waiting)).all()
    db.session.rollback()
    assert len(found) < 20
    assert all(row.queued_at >= NOW - timedelta(hours=2) for row in found)
    newcomer = NOW - timedelta(minutes=60)  # what tier A is worth
    for queue in ("Service e-mail", "中文客服"):
        of_d = [row.order_at for row in found if row.name == queue and (row.tier or "D") == "D"]
        assert min(of_d) < newcomer < max(of_d), queue
    assert any(len(easing.parse(row.asked)) == 2 for row in found), "of the language, and of washing machines"


def test_its_telephone_rings_all_year_and_a_little_more_from_month_to_month(firm: list[float]) -> None:
    months = [sum(callers.usual(back) for back in range(30 * month, 30 * month + 30)) for month in range(12)]
    assert all(1 < later / earlier < 1.2 for later, earlier in pairwise(months))
    assert round(callers.usual(7 * unusual.LEAST_WEEKS)) > unusual.LEAST_COUNTED, "a day has others to be compared with"
    assert invariants.broken() == []


def test_some_of_its_calls_go_otherwise_and_not_every_article_keeps_a_ticket_closed(firm: list[float]) -> None:
    outcomes = dict(db.session.execute(select(Call.outcome, func.count()).group_by(Call.outcome)).all())
    assert outcomes.keys() >= {Outcome.HANDLED, Outcome.ABANDONED, Outcome.CONTAINED, Outcome.HUNG_UP, Outcome.CALLBACK}
    offers = dict(db.session.execute(select(Offer.state, func.count()).group_by(Offer.state)).all())
    assert 0 < offers[OfferState.TIMED_OUT] < offers[OfferState.ACCEPTED]
    transferred = "SELECT sum(transferred_warm) FROM bi.contact WHERE channel = 'phone'"
    assert 0 < (db.session.scalar(text(transferred)) or 0) < outcomes[Outcome.HANDLED] / 4


def test_the_ticket_of_each_call_tells_what_was_wanted_and_how_it_ended(firm: list[float]) -> None:
    said = select(Message.id).where(Message.ticket_id == Ticket.id, Message.interaction_id == Interaction.id)
    asked = select(func.count()).select_from(Ticket).join(Interaction, Interaction.ticket_id == Ticket.id)
    assert db.session.scalar(asked.where(Ticket.channel == "phone", ~said.exists())) == 0
    ends = {Outcome.HANDLED: Name.CALL_ENDED, Outcome.ABANDONED: Name.CALL_ABANDONED}
    for outcome, name in ends.items():
        told = select(Event.id).where(Event.ticket_id == Call.ticket_id, Event.name == name, Event.at == Call.ended_at)
        assert db.session.scalar(select(func.count()).where(Call.outcome == outcome, ~told.exists())) == 0
    wang = db.session.scalars(select(Agent).where(Agent.name == "王敏")).one()
    given_up = db.session.scalars(select(Call.ticket_id).where(Call.outcome == Outcome.ABANDONED))
    assert all(scope.sees(wang, ticket_id) for ticket_id in given_up), "in either language somebody can look into it"


def test_a_message_left_on_its_telephone_became_somebodys_work_and_articles_solve_calls_too(firm: list[float]) -> None:
    left = db.session.execute(
        select(Interaction.state, Interaction.agent_id)
        .join(Call, Call.ticket_id == Interaction.ticket_id)
        .where(Call.outcome == Outcome.VOICEMAIL, Interaction.kind == Kind.VOICEMAIL)
    ).all()
    assert len(left) == db.session.scalar(select(func.count()).where(Call.outcome == Outcome.VOICEMAIL)) > 0
    assert all(row.state is InteractionState.DONE and row.agent_id for row in left)
    solved = select(func.count()).where(ArticleUse.what == Use.SOLVED_WITH, ArticleUse.ticket_id == Ticket.id)
    by_phone = select(func.count()).where(Ticket.channel == "phone").scalar_subquery()
    with_article = solved.where(Ticket.channel == "phone").scalar_subquery()
    calls, helped = db.session.execute(select(by_phone, with_article)).one()
    assert calls / 4 < helped < calls / 2


def test_its_chinese_colleagues_work_when_it_is_day_in_shanghai() -> None:
    rng = random.Random(1)
    for language, zone in (("zh", ZoneInfo("Asia/Shanghai")), ("en", ZoneInfo("Europe/Berlin"))):
        at = [steps.later(NOW, rng, language, hours=(0.2, 90)).astimezone(zone) for _ in range(200)]
        assert {each.hour for each in at} <= set(range(8, 18))
        assert {each.weekday() for each in at} <= set(range(5))


def test_its_history_keeps_to_its_year_and_its_letters_have_left(firm: list[float]) -> None:
    first, last = db.session.execute(select(func.min(Message.at), func.max(Message.at))).one()
    assert NOW - timedelta(days=366) < first <= last <= NOW
    assert set(db.session.scalars(select(Outgoing.state))) == {OutgoingState.SENT}


def test_it_tells_the_same_story_twice(firm: list[float], database: WorkerDatabase) -> None:
    told = _told()
    assert all(told.values()), "there is something of everything"
    db.session.remove()
    database.renew()
    _install()
    again = _told()
    for what, rows in told.items():
        assert again[what] == rows, what


def _told() -> dict[str, list[str]]:
    """The whole firm, but for our own words in customers' answers: they hold tokens, which are drawn by lot."""
    number = Customer.external_id
    asked: dict[str, Any] = {
        "messages": select(Message.at, Message.subject, func.split_part(Message.text, "> ", 1)),
        "customers": select(number, Customer.name, Customer.status, Customer.tier, Customer.value_colour),
        "tiers": select(number, TierChange.old, TierChange.new, TierChange.value, TierChange.at).join(Customer),
        "orders": select(Order.external_id, number, Order.state, Order.total, Order.placed_at).join(Customer),
        "lines": select(Order.external_id, OrderLine.position, OrderLine.title, OrderLine.amount).join(Order),
        "shipments": select(Shipment.external_id, Shipment.state, Shipment.delivered_at),
        "invoices": select(Invoice.external_id, Invoice.amount, Invoice.paid, Invoice.due_on),
        "payments": select(Payment.external_id, Payment.amount, Payment.method, Payment.received_at),
        "settlements": select(Settlement.external_id, Settlement.kind, Settlement.amount, Settlement.at),
        "assets": select(Asset.external_id, Asset.serial, Asset.warranty_until),
        "contracts": select(ServiceContract.external_id, ServiceContract.valid_until, ServiceContract.visits_used),
        "ratings": select(Survey.score, Survey.comment, Survey.answered_at).where(Survey.score.is_not(None)),
        "limits": select(number, CreditLimit.amount, CreditLimit.currency).join(Customer),
    }
    return {what: sorted(str(row) for row in db.session.execute(one)) for what, one in asked.items()}


def test_it_fills_tables_by_the_thousand(
    config: Config, database: WorkerDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scale, "POOL", 400)  # texts enough to see that it works
    database.renew()
    heard: list[float] = []
    url = config.database_url.replace("+psycopg", "")
    scale.fill(url, 1000, 1000, lambda share, _what: heard.append(share), orders=4000)
    assert (heard[0], heard[-1]) == (0.0, 1.0)
    counted = {table: _count(table) for table in ("customer", "ticket", "message", "order", "product")}
    assert counted == {"customer": 1000, "ticket": 1000, "message": 5000, "order": 4000, "product": 500}
    assert _dangling() == []
    assert _future() == []
    sums = (
        'SELECT count(*) FROM "order" o WHERE total <> (SELECT sum(amount) FROM order_line WHERE order_id = o.id)',
        "SELECT count(*) FROM invoice i"
        " WHERE paid <> (SELECT coalesce(sum(amount), 0) FROM payment WHERE invoice_id = i.id)",
    )
    assert [db.session.scalar(text(one)) for one in sums] == [0, 0]
    run = ranking.preview(tier_settings.current())
    assert (run.figures["left_out"], run.figures["then"]["A"]["customers"] > 0) == ([], True)
    card = summary.of(db.session.get_one(Customer, 1), db.session.get_one(Agent, 1))
    assert card.drawers.order_count > 10
    assert (len(card.orders), bool(card.drawers.assets)) == (summary.ORDERS_SHOWN, True)


def _count(table: str) -> int | None:
    return db.session.scalar(select(func.count()).select_from(Base.metadata.tables[table]))


def _dangling() -> list[str]:
    """Foreign keys that lead nowhere: nobody has checked them while the tables were filled."""
    found = []
    for key in (key for table in Base.metadata.sorted_tables for key in table.foreign_keys):
        here, there = key.parent, key.column.table.alias("there")
        is_missing = ~exists().where(there.c[key.column.name] == here)
        if db.session.scalar(select(func.count()).where(here.is_not(None), is_missing)):
            found.append(str(here))
    return found


def _future() -> list[str]:
    """What is said to have happened, but has not yet."""
    happened = (
        Order.placed_at, Order.delivered_at, Shipment.shipped_at, Shipment.delivered_at, Invoice.paid_at,
        Payment.received_at, Settlement.at,
    )  # fmt: skip
    return [str(at) for at in happened if db.session.scalar(select(exists().where(at > clock.now())))]
