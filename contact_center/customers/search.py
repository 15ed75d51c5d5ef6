"""Find customers by anything an agent may have heard: names, addresses, numbers in any spelling, cities; in any order.

Every verb that changes a customer calls `index()`; screens call `find()`, `lists` asks `hits()`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import phonenumbers
from flask import current_app
from sqlalchemy import ColumnElement, Select, cast, func, or_, select, union
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from contact_center.agents.models import Agent
from contact_center.customers import custom
from contact_center.customers.models import ContactPoint, Customer
from contact_center.extensions import Base, db
from contact_center.statement import Statement
from contact_center.text import tokens
from contact_center.text.addresses import Address, Scheme, email_display, email_normal, phone_normal, phone_parts

_TABLE = Base.metadata.tables[Customer.__tablename__]
Conditions = Callable[[Any], list[ColumnElement[bool]]]  # what must hold, said about Customer or an alias of it


def always(_customer: Any) -> list[ColumnElement[bool]]:
    """No condition."""
    return []


RANKED = 100  # newest hits that are ranked; exact names and addresses are found whatever their age
RECENT = 5000  # customers looked through first: a common word fills its page from them
GATHERED = 10_000  # hits fetched by the index before the newest of them are taken
_NUMBER = re.compile(r"(?<![\w@.])\+?\(?\d[\d\s()./\u2010-\u2015-]{4,}\d(?![\w@])")


def loaded() -> tuple[ExecutableOption, ...]:
    """What a row of customers shows: company, owner and contact points, in one more statement."""
    return (
        joinedload(Customer.company),
        joinedload(Customer.owner).options(lazyload(Agent.roles)),
        selectinload(Customer.points),
    )


def document(name: str, points: Iterable[tuple[str, str]], *more: str | None) -> str:
    """The text form of a customer's tsvector: name, contact points (scheme, value) in every spelling, and *more*."""
    spelled = (" ".join(_spellings(scheme, value)) for scheme, value in points)
    return tokens.vector(name, *spelled, *(part for part in more if part))


def index(customer_ids: Collection[int]) -> None:
    """Bring the search vectors of these customers up to date with what has been flushed."""
    searched = custom.active()
    rows = db.session.execute(_indexed(customer_ids)).all()
    if rows:
        vectors = [
            document(row.name, row.points or (), *row[4:], *custom.searched(row.custom, searched)) for row in rows
        ]
        _STORE.run({"ids": [row.id for row in rows], "vectors": vectors})


_STORE = Statement("""
    UPDATE customer SET search = CAST(v.vector AS tsvector)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:vectors AS text[])) AS v (id, vector) WHERE customer.id = v.id
""")


def find(asked: str, limit: int = 8, filters: Conditions = always) -> list[Customer]:
    """The best customers for what somebody typed: an exact address first, then exact names, then the newest."""
    asked = asked.replace("\x00", " ")
    query = parse(asked)
    if query is None:
        return []
    folded = asked.strip().lower()
    reached, name = Customer.id.in_(_reached_by(asked)), func.lower(Customer.name)
    found = union(
        hits(query, RANKED, filters),
        select(Customer.id).where(name == folded).limit(limit),
        _reached_by(asked).limit(limit),
    ).subquery()
    begins = name.startswith(folded, autoescape=True)
    best = (reached.desc(), (name == folded).desc(), begins.desc(), Customer.changed_at.desc(), Customer.id.desc())
    asked_for = select(Customer).join(found, found.c.id == Customer.id).where(*filters(Customer))
    return list(db.session.scalars(asked_for.order_by(*best).limit(limit).options(*loaded())))


def parse(asked: str) -> str | None:
    """What somebody typed as a tsquery: all words, and every number also as one number in its spellings."""
    plain = tokens.query(asked)
    numbers = [found.group() for found in _NUMBER.finditer(asked) if len(_digits(found.group())) >= 6]
    if plain is None or not numbers:
        return plain
    rest = tokens.query(_NUMBER.sub(" ", asked))
    spelled = [f"({' | '.join(_asked_spellings(number))})" for number in numbers]
    return f"({plain}) | ({' & '.join([*spelled, *([rest] if rest else [])])})"


def hits(
    query: str, limit: int, filters: Conditions = always, beyond: Conditions = always, *, oldest_first: bool = False
) -> Select[int]:
    """The ids of the *limit* newest (or oldest) customers that match *query* and *filters*, *beyond* a place in a list.

    The nearest customers are looked through first, and only if they do not fill the page is the index asked. The index
    alone would fetch and sort every row that has a common word; walking the rows alone would go through the whole
    table for a rare one; and which of both is better the planner can only guess.
    """

    def matching(customer: Any) -> Select[Any]:
        matches = customer.search.op("@@", is_comparison=True)(cast(query, TSQUERY))
        return select(customer.id, customer.changed_at).where(matches, *filters(customer))

    def order(customer: Any) -> list[ColumnElement[Any]]:
        return [key.asc() if oldest_first else key.desc() for key in (customer.changed_at, customer.id)]

    window = select(_TABLE).where(*beyond(Customer)).order_by(*order(Customer)).limit(RECENT)
    nearest = aliased(Customer, window.subquery("nearest"))
    recent = matching(nearest).order_by(*order(nearest)).limit(limit).cte("recent")
    is_short = select(func.count()).select_from(recent).scalar_subquery() < limit
    older = matching(Customer).where(*beyond(Customer), is_short).limit(GATHERED).subquery("older")
    both = union(select(recent), select(older)).subquery("hits")
    return select(both.c.id).order_by(*order(both.c)).limit(limit)


def _indexed(customer_ids: Collection[int]) -> Select[Any]:
    company = aliased(Customer)
    pair = func.json_build_array(ContactPoint.scheme, ContactPoint.value)
    points = select(func.json_agg(pair)).where(ContactPoint.customer_id == Customer.id).scalar_subquery()
    return (
        select(
            Customer.id, Customer.name, points.label("points"), Customer.custom, company.name.label("company"),
            Customer.external_id, Customer.street, Customer.postcode, Customer.city,
        )
        .outerjoin(company, company.id == Customer.company_id)
        .where(Customer.id.in_(customer_ids))
    )  # fmt: skip


def _reached_by(asked: str) -> Select[int]:
    """The ids of customers who have what was typed as a contact point."""
    email, phone = email_normal(asked), phone_normal(asked, current_app.config["CC"].default_region)
    typed = [Address(Scheme.EMAIL, email)] if email else [Address(Scheme.PHONE, phone)] if phone else []
    same = [(ContactPoint.scheme == address.scheme) & (ContactPoint.value == address.value) for address in typed]
    return select(ContactPoint.customer_id).where(or_(False, *same))


def _spellings(scheme: str, value: str) -> Iterator[str]:
    """How people say an address: an e-mail address also in its own script, a number with and without its country."""
    if scheme == Scheme.EMAIL:
        yield value
        if (shown := email_display(value)) != value:
            yield shown
        return
    yield _digits(value)
    if (number := phone_parts(value)) is None:
        return
    yield phonenumbers.national_significant_number(number)
    yield _digits(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))


def _asked_spellings(typed: str) -> list[str]:
    digits = _digits(typed)
    known = phone_normal(typed, current_app.config["CC"].default_region)
    spelled = dict.fromkeys([digits, digits.removeprefix("00"), _digits(known or "")])
    return [f"'{spelling}':*" for spelling in spelled if spelling]


def _digits(typed: str) -> str:
    return "".join(c for c in typed if c in "0123456789")
