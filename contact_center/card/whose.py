"""Whose tickets, interactions and things stand on a customer's screen.

What was said: their own, and a company's contact persons' as well. What is owned, ordered and owed: the same, and a
contact person's company's, for whoever calls speaks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from contact_center.card.parts import Person
from contact_center.customers.models import Customer, CustomerKind
from contact_center.extensions import db


def ids(customer_id: Any, kind: CustomerKind) -> Select[int]:
    """A query for the ids of a customer and of its contact persons; the id may be a parameter."""
    itself = select(Customer.id).where(Customer.id == customer_id)
    if kind is CustomerKind.PERSON:
        return itself
    people = select(Customer.id).where(Customer.company_id == customer_id)
    united = itself.union_all(people).subquery()
    return select(united.c.id)


def includes(customer: Customer, column: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """The condition that *column* names one of them; a company's as an array that is computed once per statement."""
    if customer.kind is CustomerKind.PERSON:
        return column == customer.id
    return column == any_(func.array(ids(customer.id, customer.kind).scalar_subquery()))


def people(customer: Customer) -> list[Person]:
    """The contact persons of a company by name; nobody for a person, and nothing is asked."""
    if customer.kind is CustomerKind.PERSON:
        return []
    asked = select(Customer.id, Customer.name, Customer.position, Customer.role).order_by(Customer.name, Customer.id)
    return [Person(*row) for row in db.session.execute(asked.where(Customer.company_id == customer.id))]


def speaking(customer: Customer, people: Sequence[Person]) -> list[int]:
    """Who speaks: *customer* and its *people*."""
    return [customer.id, *(person.id for person in people)]


def owning(customer: Customer, people: Sequence[Person]) -> list[int]:
    """Whose orders, devices and invoices are shown: the same, and the company of a contact person."""
    company = [customer.company_id] if customer.company_id else []
    return [*speaking(customer, people), *company]
