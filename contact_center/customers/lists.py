"""The list of customers: filtered, searched, newest first or by name, one page at a time by keyset.

Called by the desk and the command line. A cursor is the sort key of the last row of a page and opaque to its holder.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Subquery,
    Text,
    column,
    func,
    literal,
    select,
    true,
    tuple_,
    values,
)

from contact_center.customers import search
from contact_center.customers.models import Customer, CustomerKind, CustomerStatus, ValueColour
from contact_center.extensions import db
from contact_center.statement import Statement

COUNTED = 1000  # a longer list is "more than 1,000"
Edge = tuple[Any, int]  # sort key and id of the row a page begins after

NOBODY = 0  # the owner_id of customers that nobody owns


class Sort(StrEnum):
    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None and "" mean everything."""

    text: str = ""
    kind: CustomerKind | None = None
    status: CustomerStatus | None = None
    owner_id: int | None = None
    tier: str = ""
    colour: ValueColour | None = None
    region: str = ""
    industry: str = ""
    custom: tuple[tuple[str, Any], ...] = ()  # keys of searchable fields with their values

    def conditions(self, customer: Any) -> list[ColumnElement[bool]]:
        """What must hold for a row, the text left aside."""
        asked = []
        if self.kind:
            asked.append(customer.kind == self.kind)
        if self.status:
            asked.append(customer.status == self.status)
        if self.owner_id is not None:
            asked.append(customer.owner_id == self.owner_id if self.owner_id else customer.owner_id.is_(None))
        if self.colour:
            asked.append(customer.value_colour == self.colour)
        same = {name: getattr(self, name) for name in ("tier", "region", "industry")}
        asked += [getattr(customer, name) == value for name, value in same.items() if value]
        return [*asked, *(customer.custom.contains({key: value}) for key, value in self.custom)]

    def active(self) -> list[str]:
        """The names of the filters that are on, for telling which one to drop."""
        given = {name: getattr(self, name) for name in _NOTHING}
        return [name for name, value in given.items() if value != _NOTHING[name]]

    def has_own_index(self) -> bool:
        """Whether one of the filters has an index in the list's order, or one that finds few."""
        return bool(self.tier or self.colour or self.region or self.industry or self.custom)

    def without(self, name: str) -> Filter:
        """The same with one filter dropped."""
        return replace(self, **{name: _NOTHING[name]})


_NOTHING: dict[str, Any] = {
    "text": "", "kind": None, "status": None, "owner_id": None, "tier": "", "colour": None, "region": "",
    "industry": "", "custom": (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One page of customers with the cursors of its neighbours, None at the ends."""

    rows: Sequence[Customer]
    next: str | None = None
    previous: str | None = None


def page(
    wanted: Filter, *, after: str | None = None, before: str | None = None, limit: int = 50, sort: Sort = Sort.NEWEST
) -> Page:
    """One page after or before a cursor. A text is always answered newest first, from its newest hits."""
    sort = Sort.NEWEST if wanted.text else sort
    edge = _read(after or before, sort)
    backwards = edge is not None and not after
    asked = _asked(wanted, edge, limit + 1, sort, backwards=backwards)
    if asked is None:
        return Page(())
    rows = list(db.session.scalars(asked.options(*search.loaded())))
    is_more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    if not rows:
        return Page(())
    has_next, has_previous = (True, is_more) if backwards else (is_more, edge is not None)
    return Page(rows, _cursor(rows[-1], sort) if has_next else None, _cursor(rows[0], sort) if has_previous else None)


def count(wanted: Filter) -> tuple[int, bool]:
    """How many customers match, and whether that is all of them: counting ends at COUNTED. A text is not counted."""
    some = _found(wanted, None, COUNTED + 1, Sort.NEWEST, upwards=False).subquery()
    number = db.session.scalar(select(func.count()).select_from(some)) or 0
    return min(number, COUNTED), number <= COUNTED


def instead(wanted: Filter) -> str | None:
    """The one filter without which an empty list would not be empty, tried in the order of `Filter.active`."""
    return next((name for name in reversed(wanted.active()) if page(wanted.without(name), limit=1).rows), None)


def words_in_use(name: str, limit: int = 100) -> list[str]:
    """The regions, or industries, that customers have: each by one step through its index."""
    return [row.word for row in _WORDS[name].rows({"most": limit})]


_WORDS = {
    name: Statement(f"""
        WITH RECURSIVE used AS (
            (SELECT {name} AS word, 1 AS place FROM customer WHERE {name} IS NOT NULL ORDER BY {name} LIMIT 1)
            UNION ALL
            SELECT (SELECT {name} FROM customer WHERE {name} > used.word ORDER BY {name} LIMIT 1), place + 1
            FROM used WHERE used.word IS NOT NULL AND place < :most
        )
        SELECT word FROM used WHERE word IS NOT NULL
    """)  # noqa: S608 (one of the names below)
    for name in ("region", "industry")
}


def _asked(wanted: Filter, edge: Edge | None, limit: int, sort: Sort, *, backwards: bool) -> Select[Customer] | None:
    def beyond(customer: Any) -> list[ColumnElement[bool]]:
        here = tuple_(*_keys(customer, sort))
        return [] if edge is None else [here > _edge(edge, sort) if upwards else here < _edge(edge, sort)]

    upwards = (sort is Sort.NAME) != backwards
    order = [key.asc() if upwards else key.desc() for key in _keys(Customer, sort)]
    if not wanted.text:
        found = _found(wanted, edge, limit, sort, upwards=upwards).subquery()
    elif query := search.parse(wanted.text):
        found = search.hits(query, limit, wanted.conditions, beyond, oldest_first=backwards).subquery()
    else:
        return None
    return select(Customer).join(found, found.c.id == Customer.id).order_by(*order)


def _found(wanted: Filter, edge: Edge | None, limit: int, sort: Sort, *, upwards: bool) -> Select[Any]:
    """The ids of a page: by one index, or by one for each kind, status and ownership, of which there are twelve.

    Both go through no row that is not shown, however few customers match.
    """
    keys = _keys(Customer, sort)
    here = tuple_(*keys)
    where = wanted.conditions(Customer)
    if edge is not None:
        where.append(here > _edge(edge, sort) if upwards else here < _edge(edge, sort))
    order = [key.asc() if upwards else key.desc() for key in keys]
    rows = select(Customer.id, keys[0].label("key")).where(*where).order_by(*order).limit(limit)
    if not wanted.active() or wanted.owner_id or wanted.has_own_index():
        return rows
    each = _each(wanted)
    is_nobodys = Customer.owner_id.is_(None) == each.c.is_nobodys
    part = rows.where(Customer.kind == each.c.kind, Customer.status == each.c.status, is_nobodys)
    found = part.correlate(each).lateral("found")
    merged = [key.asc() if upwards else key.desc() for key in (found.c.key, found.c.id)]
    return select(found.c.id).select_from(each.join(found, true())).order_by(*merged).limit(limit)


def _each(wanted: Filter) -> Subquery:
    """Every kind, status and ownership that is *wanted*."""
    kinds = [wanted.kind] if wanted.kind else list(CustomerKind)
    statuses = [wanted.status] if wanted.status else list(CustomerStatus)
    owned = [True] if wanted.owner_id == NOBODY else [True, False]
    rows = values(column("kind", Text), column("status", Text), column("is_nobodys", Boolean), name="listed")
    return select(rows.data(list(product(kinds, statuses, owned)))).subquery("each")


def _keys(customer: Any, sort: Sort) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return (func.lower(customer.name) if sort is Sort.NAME else customer.changed_at), customer.id


def _edge(edge: Edge, sort: Sort) -> ColumnElement[Any]:
    key, row = edge
    return tuple_(func.lower(key) if sort is Sort.NAME else literal(key), row)


def _cursor(row: Customer, sort: Sort) -> str:
    key = row.name if sort is Sort.NAME else row.changed_at.isoformat()
    return base64.urlsafe_b64encode(json.dumps([key, row.id]).encode()).decode().rstrip("=")


def _read(cursor: str | None, sort: Sort) -> Edge | None:
    """A cursor's sort key, or None for the beginning, which is also where a damaged one leads."""
    if not cursor:
        return None
    try:
        key, row = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return (str(key) if sort is Sort.NAME else datetime.fromisoformat(key)), int(row)
    except (ValueError, TypeError):
        return None
