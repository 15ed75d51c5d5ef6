"""A small firm by chance: companies with their people, and of everything that prompts may ask some, or nothing."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contact_center import clock
from contact_center.credit.models import CreditLimit
from contact_center.customers.models import Customer, CustomerKind, CustomerStatus, CustomField, FieldKind, ValueColour
from contact_center.entitlements.models import Asset, ServiceContract
from contact_center.extensions import db
from contact_center.orders import accounts, exposure
from contact_center.orders.models import Invoice, InvoiceKind, Order, OrderState, Product, Stock
from contact_center.queues.models import Queue
from contact_center.satisfaction.models import AskedBy, Survey, SurveyState
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState
from contact_center.tickets.models import RequestKind, Task, TaskState, Ticket, TicketState
from contact_center.value.models import CustomerValue, ValueSettings

TEXTS = ("Hamburg", "hamburg", "上海", "São Paulo", "", "O'Brien % _", None)
FIELDS = {
    "size": (FieldKind.NUMBER, (3, 3.5, -2, 0.1, 12_000_000_000, None, "three")),
    "renews": (FieldKind.DATE, ("2026-11-30", "2026-01-02", "2031-12-31", None, 7)),
    "vip": (FieldKind.YES_NO, (True, False, None)),
    "nick": (FieldKind.TEXT, ("Blue Team", "蓝队", "", None)),
    "plan": (FieldKind.CHOICE, ("Basic", "Full", None)),
}


class Firm:
    """Everything is made by one random source, so that a failure can be made again."""

    def __init__(self, seed: int, queue: Queue) -> None:
        self.chance = random.Random(seed)
        self.queue = queue
        self.today, self.now = accounts.today(), clock.now()
        self.number = 0
        self.ends: dict[int, date] = {}  # of each customer's last contract
        for key, (kind, _values) in FIELDS.items():
            choices = ["Basic", "Full"] if kind is FieldKind.CHOICE else []
            db.session.add(CustomField(key=key, label=key, kind=kind, choices=choices))
        db.session.add(ValueSettings(id=1, figures={"currency": "EUR"}))
        self._products()
        self.customers = self._customers()
        for customer in self.customers:
            self._things(customer)
        db.session.flush()

    def day(self, least: int = -500, most: int = 500) -> date:
        near = self.chance.choice((-1, 0, 1, 7, 10, 30, 89, 90, 91))
        days = near if self.chance.random() < 0.4 and least <= near <= most else self.chance.randint(least, most)
        return self.today + timedelta(days=days)

    def instant(self, least: int = -500) -> datetime:
        near = [days for days in (0, 1, 7, 14, 30, 31, 89, 90, 91, 365, 366) if days <= -least]
        days = self.chance.choice(near) if self.chance.random() < 0.5 else self.chance.randint(0, -least)
        return self.now - timedelta(days=days, minutes=self.chance.randint(0, 900))

    def some(self, most: int) -> range:
        return range(self.chance.choice((0, 1, 1, 2, most)))

    def next(self) -> str:
        self.number += 1
        return f"N-{self.number}"

    def _products(self) -> None:
        for name in ("4412", "KX-200", "HF2"):
            product = Product(external_id=f"P-{name}", name=name, model=name, changed_at=self.now)
            db.session.add(product)
            db.session.flush()
            stock = Stock(product_id=product.id, location="Here", quantity=self.chance.choice((0, 3)))
            stock.changed_at = self.instant(-40)
            db.session.add(stock)

    def _customers(self) -> list[Customer]:
        companies = [self._customer(CustomerKind.COMPANY) for _ in range(4)]
        db.session.flush()
        people = [self._customer(CustomerKind.PERSON) for _ in range(14)]
        for person in people:
            person.company_id = self.chance.choice([None, None, *(company.id for company in companies)])
        db.session.flush()
        return [*companies, *people]

    def _customer(self, kind: CustomerKind) -> Customer:
        pick = self.chance.choice
        custom = {key: pick(values) for key, (_kind, values) in FIELDS.items()}
        customer = Customer(
            name=self.next(), kind=kind, status=pick(list(CustomerStatus)), tier=pick(["A", "B", "C", "D", None]),
            value_colour=pick([*ValueColour, None]), is_rising=pick([True, False]), city=pick(TEXTS),
            region=pick(TEXTS), industry=pick(TEXTS), birthday=pick([None, date(1984, 2, 29), self.day(-30000, -1000)]),
            custom={key: value for key, value in custom.items() if value is not None},
            since=self.now, changed_at=self.instant(), search="",
        )  # fmt: skip
        db.session.add(customer)
        return customer

    def _things(self, customer: Customer) -> None:
        for make, most in (
            (self._asset, 4), (self._contract, 4), (self._invoice, 4), (self._order, 3), (self._ticket, 4),
        ):  # fmt: skip
            for _ in self.some(most):
                make(customer)
        if customer.company_id is None and self.chance.random() < 0.6:
            db.session.add(CustomerValue(customer_id=customer.id, **self._value()))
        if self.chance.random() < 0.6:
            self._limit(customer)

    def _value(self) -> dict[str, Any]:
        sums = ("revenue", "returns", "discounts", "sales", "goods", "compensation", "handling", "charges", "before")
        counts = ("orders", "minutes", "messages", "lines", "peer_lines", "costless")
        return {**dict.fromkeys(sums + counts, 0), "contribution": Decimal(self.chance.randint(-50_000, 50_000)) / 100}

    def _asset(self, customer: Customer) -> None:
        pick = self.chance.choice
        db.session.add(Asset(
            customer_id=customer.id, name="Fridge", warranty_until=pick([None, self.day()]),
            confirmed_at=pick([self.now, self.now, None]), retired_on=pick([None, None, self.today]),
            changed_at=self.now,
        ))  # fmt: skip

    def _contract(self, customer: Customer) -> None:
        before = self.ends.get(customer.id)
        follows = before is not None and self.chance.random() < 0.6
        begins = before + timedelta(days=self.chance.choice((0, 1, 2))) if before and follows else self.day(-400, 20)
        ends = begins + timedelta(days=self.chance.choice((0, 30, 200, 365, 500)))
        self.ends[customer.id] = ends
        db.session.add(ServiceContract(
            external_id=self.next(), customer_id=customer.id, name=self.chance.choice(("Care", "Care", "Plus")),
            valid_from=begins, valid_until=ends,
            visits_included=self.chance.choice((None, 2, 6)), visits_used=self.chance.choice((0, 1, 2)),
            cancelled_on=self.chance.choice((None, None, self.day(-20, 20))), changed_at=self.now,
        ))  # fmt: skip

    def _invoice(self, customer: Customer) -> None:
        issued = self.day(-200, -1)
        amount = Decimal(self.chance.randint(1, 300_000)) / 100
        db.session.add(Invoice(
            external_id=self.next(), customer_id=customer.id, currency=self.chance.choice(("EUR", "CNY")),
            amount=amount, paid=self.chance.choice((Decimal(0), amount, amount / 2)), issued_on=issued,
            due_on=issued + timedelta(days=30), cancelled_at=self.chance.choice((None, None, self.now)),
            changed_at=self.now,
        ))  # fmt: skip

    def _limit(self, customer: Customer) -> None:
        """Near what they owe, so that it is passed by some and exactly reached by others."""
        currency = self.chance.choice(("EUR", "CNY"))
        db.session.flush()
        owed = exposure.of([customer.id]).get(currency)
        used = owed.total if owed else Decimal(0)
        db.session.add(CreditLimit(
            customer_id=customer.id, amount=max(Decimal(0), used + Decimal(self.chance.choice((-3, -1, 0, 0, 1, 500)))),
            currency=currency, until=self.chance.choice((None, self.today, self.day(-3, 3))), set_at=self.now,
        ))  # fmt: skip

    def _order(self, customer: Customer) -> Order:
        placed, state = self.instant(), self.chance.choice(list(OrderState))
        order = Order(
            external_id=self.next(), customer_id=customer.id, state=state, currency="EUR", total=Decimal(5),
            placed_at=placed, promised_on=self.chance.choice((None, self.day(-20, 20))),
            delivered_at=self.instant(-30) if state is OrderState.DELIVERED else None, changed_at=self.now,
        )  # fmt: skip
        db.session.add(order)
        if self.chance.random() < 0.4:
            self._partly_invoiced(order)
        return order

    def _partly_invoiced(self, order: Order) -> None:
        db.session.flush()
        amount = Decimal(self.chance.choice((1, 3, 5, 8)))
        db.session.add(Invoice(
            external_id=self.next(), customer_id=order.customer_id, order_id=order.id, currency="EUR", amount=amount,
            kind=self.chance.choice((InvoiceKind.GOODS, InvoiceKind.GOODS, InvoiceKind.SERVICE)),
            paid=self.chance.choice((Decimal(0), amount)), issued_on=self.today, due_on=self.today,
            cancelled_at=self.chance.choice((None, None, self.now)), changed_at=self.now,
        ))  # fmt: skip

    def _ticket(self, customer: Customer) -> None:
        state = self.chance.choice((TicketState.NEW, TicketState.OPEN, TicketState.WAITING, TicketState.RESOLVED))
        opened = self.instant(-390)
        done = opened + timedelta(hours=1) if state is TicketState.RESOLVED else None
        order = self._order(customer) if self.chance.random() < 0.4 else None
        ticket = Ticket(
            subject="x", customer_id=customer.id, queue_id=self.queue.id, state=state, channel="email",
            kind=self.chance.choice((None, RequestKind.COMPLAINT, RequestKind.COMPLAINT, RequestKind.REPAIR)),
            order_number=order.external_id if order else None, token=self.next(), portal_token=self.next(),
            opened_at=opened, changed_at=opened, resolved_at=done, search="",
        )  # fmt: skip
        db.session.add(ticket)
        db.session.flush()
        db.session.add(Interaction(
            ticket_id=ticket.id, customer_id=customer.id, queue_id=self.queue.id, channel="email", kind=Kind.MAIL,
            direction=Direction.IN, state=InteractionState.DONE, queued_at=opened,
        ))  # fmt: skip
        for _ in self.some(2):
            self._task(ticket)
        if done and self.chance.random() < 0.8:
            self._survey(ticket, done)

    def _task(self, ticket: Ticket) -> None:
        title = self.chance.choice(("Order relay 4412", "get P-KX-200, two", "call back", "hf2!", "HF2"))
        db.session.add(Task(
            ticket_id=ticket.id, title=title, state=self.chance.choice((TaskState.OPEN, TaskState.DONE)),
            due_at=self.chance.choice((None, self.now + timedelta(days=self.chance.randint(-9, 9)))),
            added_at=self.instant(-40),
        ))  # fmt: skip

    def _survey(self, ticket: Ticket, at: datetime) -> None:
        db.session.add(Survey(
            token_hash=self.next().encode(), ticket_id=ticket.id, resolved_at=at, customer_id=ticket.customer_id,
            queue_id=self.queue.id, channel="email", language="en", asked_by=AskedBy.EMAIL, asked_at=at,
            expires_at=at, state=SurveyState.ANSWERED, score=self.chance.randint(1, 5),
            answered_at=at + timedelta(hours=self.chance.randint(1, 50)),
        ))  # fmt: skip
