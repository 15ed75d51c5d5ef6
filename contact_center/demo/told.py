"""Two customers whose whole story can be read on their card: a guesthouse in Hamburg and one in Shanghai.

A broken fridge under a warranty that soon ends, a contract with visits left, an order on its way, the part that they
wait for, two complaints in 90 days, credit with room left. What they write is in `told_en` and `told_zh`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.credit import limits, sheets
from contact_center.credit.models import Template
from contact_center.customers import consents, documents, notes, points
from contact_center.customers.models import Customer
from contact_center.customers.points import Proof
from contact_center.demo import letters, papers, steps
from contact_center.demo.buyers import Buyer
from contact_center.demo.catalogue import BY_MODEL
from contact_center.demo.plans import CARE, LAUNDRY, Contracts
from contact_center.demo.sales import Book
from contact_center.demo.steps import Play, World
from contact_center.extensions import db
from contact_center.orders import products
from contact_center.putting import reading
from contact_center.satisfaction import recoveries, recovery_lists, surveys
from contact_center.satisfaction.models import Blame, Outcome
from contact_center.tickets import replies, tasks
from contact_center.tickets.models import Ticket, TicketState
from contact_center.tiers.counting import months_before

PART = "NR-4412"
LEFT = timedelta(days=10)  # of the fridge's warranty
REFITS = (  # days ago, models and how many
    (330, (("MiniCool 90", 24), ("Stack 2×10 Pro", 3))),
    (210, (("FrostLine 300", 6), ("Hob E7", 6), ("Dish 9", 6), ("Hood Air 60", 6))),
    (160, (("Oven ONE 300", 1),)),
    (95, (("ProSteam 6", 2), ("ProChill 900", 2), ("GlassWash 50", 1))),
)
OLDER = ((690, (("W9 Pro", 2), ("D7", 2))), (520, (("MiniCool 90", 6),)))


@dataclass(frozen=True, slots=True)
class Episode:
    """One request, so many days ago; without a closing it is open today."""

    days: float
    kind: str
    subject: str
    text: str
    answer: str
    reply: str
    closing: str = ""
    note: str = ""
    order: str = ""  # a model that was ordered, whose order it names
    score: int = 0
    comment: str = ""
    by_web: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Who it is, who looks after them, and what happened."""

    buyer: Buyer
    owner: str
    supervisor: str
    share: float  # of the refits
    episodes: tuple[Episode, ...]
    visit: str  # titles of tasks
    part: str
    notes: tuple[str, ...]
    document: tuple[str, str, tuple[str, ...]]  # file name, what it is, its lines
    evidence: str
    goodwill: str
    credit: tuple[str, str]  # the limit in their currency, and why


def sell(told: Told, book: Book, signed: Contracts) -> dict[str, str]:
    """Write down what they bought; returns the order of each model."""
    buyer, now = told.buyer, book.now
    fridge = months_before(now + LEFT, BY_MODEL["FrostLine 420"].warranty).replace(hour=10, minute=15)
    orders = [_sold(book, buyer, (("FrostLine 420", 1),), fridge)]
    for days, wanted in (*OLDER, *REFITS):
        some = tuple((model, max(1, round(many * told.share))) for model, many in wanted)
        orders.append(_sold(book, buyer, some, now - timedelta(days=days, hours=2)))
    last = book.sales[-1]
    if last.bill:
        book.settle(last.bill, last.placed + timedelta(days=9), book.small(buyer))  # paid twice: theirs to have back
    book.give(last, "COMPENSATION", book.small(buyer), told.goodwill, now - timedelta(days=49), None)
    filters = book.sell(
        buyer, [(BY_MODEL["Filter A2"], 2)], now - timedelta(days=24), delivered=now - timedelta(days=20)
    )
    coming = book.sell(
        buyer, [(BY_MODEL["Barista 5"], 1), (BY_MODEL["Clean 30"], 2)], now - timedelta(days=3, hours=5), pays=False,
        promised=(now + timedelta(days=1)).date(), delivered=now + timedelta(hours=22),
    )  # fmt: skip
    book.sell(  # for the rooms of next spring; not packed yet, not paid yet
        buyer,
        [(BY_MODEL["MiniCool 90"], 4)],
        now - timedelta(hours=4),
        pays=False,
        promised=(now + timedelta(days=9)).date(),
    )
    for sale in (filters, coming):
        if sale.bill and not sale.bill.paid:
            book.settle(sale.bill, sale.placed + timedelta(minutes=9))
    signed.sign(buyer, CARE, now - timedelta(days=150), used=1, renews=False)
    signed.sign(buyer, LAUNDRY, now - timedelta(days=356), used=2, renews=False)
    return {model: number for each in orders for model, number in each.items()}


def _sold(book: Book, buyer: Buyer, wanted: tuple[tuple[str, int], ...], at: datetime) -> dict[str, str]:
    items = [(BY_MODEL[model], many) for model, many in wanted]
    serials = {"FrostLine 420": _serial(buyer, 0), "Oven ONE 300": _serial(buyer, 1)}
    sale = book.sell(buyer, items, at, delivered=at + timedelta(days=5), serials=serials, pays=False)
    if sale.bill:
        book.settle(sale.bill, at + timedelta(days=2))
    return {model: sale.number for model, _many in wanted}


def _serial(buyer: Buyer, which: int) -> str:
    return (("24K18-0771", "26K02-1204") if buyer.is_chinese else ("24W18-0713", "26B02-1190"))[which]


def enter(told: Told, world: World, orders: dict[str, str]) -> None:
    """Put their year on the agenda."""
    for number, episode in enumerate(told.episodes):
        world.enter(_episode(told, episode, world, orders, random.Random(f"{told.buyer.name}.{number}")))
    world.enter(_dossier(told, world))


def part_arrives(world: World) -> Play:
    """What both wait for is counted in the store, the day before."""
    yield world.now - timedelta(hours=22)
    for location, many in (("Hamburg", 12), ("上海", 8)):
        products.put_stock(PART, location, many)


def _episode(told: Told, episode: Episode, world: World, orders: dict[str, str], rng: random.Random) -> Play:
    start = world.now - timedelta(days=episode.days)
    yield start
    order, buyer = orders.get(episode.order, ""), told.buyer
    slots = letters.Slots({"order": order, "serial": _serial(buyer, 0), "name": buyer.name})
    ticket_id = _begin(world, buyer, episode, slots, rng)
    yield start + timedelta(hours=1.2)
    agent = db.session.get_one(Agent, world.colleagues[told.owner])
    if ticket_id is None:
        return
    _take(ticket_id, agent, episode, order)
    yield start + timedelta(hours=1.6)
    steps.answer(ticket_id, agent, slots.fill(episode.answer), TicketState.WAITING)
    if not episode.closing:
        _promise(told, ticket_id, agent)
    yield start + timedelta(hours=20)
    steps.write_again(world, buyer, ticket_id, slots.fill(episode.reply), rng)
    if not episode.closing:
        return
    yield start + timedelta(hours=27)
    if episode.kind == "REPAIR":
        steps.use_visit(ticket_id, agent)
    steps.answer(ticket_id, agent, slots.fill(episode.closing), TicketState.RESOLVED)
    yield start + timedelta(hours=28)
    if episode.score:
        yield from _rating(told, ticket_id, episode, world)


def _begin(world: World, buyer: Buyer, episode: Episode, slots: letters.Slots, rng: random.Random) -> int | None:
    if episode.by_web:
        return steps.take_in(letters.request(buyer, episode.kind, episode.text, slots, rng))
    return steps.write_to_us(world, buyer, episode.kind, episode.subject, slots.fill(episode.text), slots, rng)


def _take(ticket_id: int, agent: Agent, episode: Episode, order: str) -> None:
    urgent = {"priority": "HIGH"} if episode.kind == "COMPLAINT" or not episode.closing else {}
    ticket, agent = steps.take(ticket_id, agent, kind=episode.kind, order_number=order, **urgent)
    if episode.note:
        replies.note(ticket, agent, episode.note)


def _promise(told: Told, ticket_id: int, agent: Agent) -> None:
    """What was promised: a visit, and the part for it."""
    ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.merge(agent)
    due = (clock.now() + timedelta(days=3)).astimezone(reading.zone()).replace(hour=9, minute=30)
    tasks.add(ticket, agent, told.visit, owner=agent, due_at=due)
    tasks.add(ticket, agent, told.part, owner=agent, due_at=due)


def _rating(told: Told, ticket_id: int, episode: Episode, world: World) -> Play:
    ticket, customer = db.session.get_one(Ticket, ticket_id), find(told.buyer)
    survey = surveys.rate(ticket, customer, episode.score, episode.comment).survey
    if survey.task_id is None:
        return
    survey_id = survey.id
    yield clock.now() + timedelta(minutes=50)
    supervisor = db.session.get_one(Agent, world.colleagues[told.supervisor])
    recovery = recovery_lists.of_surveys([survey_id])[survey_id]
    recoveries.close(recovery, supervisor, Outcome.SOLVED, Blame.PROCESS, "")


def _dossier(told: Told, world: World) -> Iterator[datetime]:
    """What their owner has written down and put in the file."""
    yield world.now - timedelta(days=148)
    agent, customer = db.session.get_one(Agent, world.colleagues[told.owner]), find(told.buyer)
    written = [notes.add(customer, agent, text) for text in told.notes]
    notes.pin(written[0], agent)
    for point in customer.points:
        points.verify(point, agent, Proof.ANSWERED)
    name, about, lines = told.document
    content = papers.page(about, lines, told.buyer.language)
    documents.add(customer, agent, name, "application/pdf", content, about)
    for purpose, is_granted in (("marketing", True), ("surveys", True)):
        consents.record(customer, "email", purpose, agent, is_granted=is_granted, evidence=told.evidence)
    consents.record(customer, "phone", "marketing", agent, is_granted=False, evidence=told.evidence)
    _trust(told, customer, db.session.get_one(Agent, world.colleagues[told.supervisor]))


def _trust(told: Told, customer: Customer, supervisor: Agent) -> None:
    """What they may owe, and the sheet that says why."""
    amount, reason = told.credit
    scores = {"person": "94", "payment": "97", "purpose": "88", "protection": "76", "prospect": "90"}
    sheets.add(customer, supervisor, Template.FIVE_P, scores, reason)
    limit = {"amount": amount, "currency": told.buyer.currency, "until": "", "reason": reason}
    limits.put(customer, supervisor, 0, limit)


def find(buyer: Buyer) -> Customer:
    """The customer that a buyer became."""
    return db.session.scalars(select(Customer).where(Customer.external_id == buyer.number)).one()
