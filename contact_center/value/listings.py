"""Lists of customers that open by a name: their columns, their statement, and one page of them by keyset.

`questions`, `composition` and `anomalies` say what is in a list; the supervisors' screens show it and `exports` writes
it out, both from the same statement. Every statement has the columns `id` and `sort`, and what its Listing names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, text

from contact_center.extensions import db

PAGE = 50
_EDGE = re.compile(r"(-?[0-9]{1,30}(?:[.][0-9]{1,40})?)_([0-9]{1,18})")
COUNTED = 1000  # a longer list is "more than 1,000"


class Kind(StrEnum):
    """How a column is shown."""

    CUSTOMER = "customer"  # the name; leads to the customer
    TEXT = "text"
    TIER = "tier"
    COLOUR = "colour"
    MONEY = "money"  # in the reporting currency
    NUMBER = "number"
    SHARE = "share"  # 0 to 1
    CHANGE = "change"  # 0.2: a fifth more
    DATE = "date"
    CODE = "code"  # a word of ours, which the screen puts into the reader's language
    OF_WHAT = "of_what"  # a number whose unit the column `what` decides
    ORDER = "order"  # an order's number; leads to the order


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    kind: Kind


NAME = Column("name", Kind.CUSTOMER)
NUMBER = Column("number", Kind.TEXT)
TIER = Column("tier", Kind.TIER)
COLOUR = Column("colour", Kind.COLOUR)
OWNER = Column("owner", Kind.TEXT)
SALES = Column("sales", Kind.MONEY)
CONTRIBUTION = Column("contribution", Kind.MONEY)
WHO = (NAME, NUMBER, TIER, COLOUR)
# What every list of customers says of them; `c` is the customer.
WHO_SQL = """c.name, c.external_id AS number, c.tier, c.value_colour AS colour,
    (SELECT a.name FROM agent a WHERE a.id = c.owner_id) AS owner"""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: `sql` gives its rows, the highest `sort` first unless `rises`."""

    name: str
    columns: tuple[Column, ...]
    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)
    rises: bool = False

    @property
    def ordered(self) -> str:
        """The whole list in its order."""
        return f"SELECT * FROM ({self.sql}) q ORDER BY {self._order}"  # noqa: S608 (ours)

    @property
    def _order(self) -> str:
        way = "ASC" if self.rises else "DESC"
        return f"sort {way}, id {way}"

    def page_sql(self, *, begins: bool) -> str:
        beyond = "" if begins else f"WHERE (sort, id) {'>' if self.rises else '<'} (:edge_sort, :edge_id)"
        return f"SELECT * FROM ({self.sql}) q {beyond} ORDER BY {self._order} LIMIT :most"  # noqa: S608 (ours)


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[RowMapping]
    next: str | None


def page(listing: Listing, *, after: str | None = None, limit: int = PAGE) -> Page:
    """One page after a cursor; a damaged cursor leads to the beginning."""
    edge = _read(after)
    values: dict[str, Any] = {**listing.values, "most": limit + 1}
    values |= {"edge_sort": edge[0], "edge_id": edge[1]} if edge else {}
    found = db.session.execute(text(listing.page_sql(begins=edge is None)), values).mappings().all()
    more, rows = len(found) > limit, found[:limit]
    return Page(rows, f"{rows[-1]['sort']}_{rows[-1]['id']}" if more else None)


def count(listing: Listing) -> tuple[int, bool]:
    """How many there are, and whether that is all of them: counting ends at COUNTED."""
    some = f"SELECT count(*) FROM (SELECT 1 FROM ({listing.sql}) q LIMIT {COUNTED + 1}) few"  # noqa: S608 (ours)
    number = db.session.scalar(text(some), dict(listing.values)) or 0
    return min(number, COUNTED), number <= COUNTED


def _read(after: str | None) -> tuple[Decimal, int] | None:
    found = _EDGE.fullmatch(after or "")
    return (Decimal(found[1]), int(found[2])) if found else None
