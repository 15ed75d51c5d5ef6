"""Whose tickets and contacts stand on a customer's screen: their own, and a company's contact persons' as well."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, any_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from contact_center.customers.models import Customer, CustomerKind


def ids(customer: Customer) -> Select[int]:
    """A query for the ids of *customer* and of its contact persons."""
    itself = select(Customer.id).where(Customer.id == customer.id)
    if customer.kind is CustomerKind.PERSON:
        return itself
    people = select(Customer.id).where(Customer.company_id == customer.id)
    united = itself.union_all(people).subquery()
    return select(united.c.id)


def includes(customer: Customer, column: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """The condition that *column* names one of them; a company's as an array that is computed once per statement."""
    if customer.kind is CustomerKind.PERSON:
        return column == customer.id
    return column == any_(func.array(ids(customer).scalar_subquery()))
