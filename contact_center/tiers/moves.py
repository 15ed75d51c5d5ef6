"""The moves of a run as a list: who moves from where to where and why, who is held, filtered, by value, by keyset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, true, tuple_

from contact_center.customers.models import TIERS, Customer
from contact_center.extensions import db
from contact_center.tiers.models import Rule, TierMove, TierRun

PAGE = 50
_EDGE = re.compile(r"(-?[0-9]{1,18}(?:[.][0-9]{1,2})?)_([0-9]{1,18})")  # value and customer


class Which(StrEnum):
    ALL = "all"
    UP = "up"
    DOWN = "down"
    LEAVING = "leaving"  # out of A
    HELD = "held"
    ARREARS = "arrears"
    OVERRIDE = "override"
    STARS = "stars"  # who begins to rise


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; `step` is two tiers such as "BA", `text` a part of the name."""

    which: Which = Which.ALL
    step: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row[Any]]  # the columns of `_asked`
    next: str | None


_FORMER = func.coalesce(TierMove.old, "D")
_MOVES = TierMove.new != _FORMER
_WHICH: dict[Which, ColumnElement[bool]] = {
    Which.ALL: _MOVES,
    Which.UP: TierMove.new < _FORMER,
    Which.DOWN: TierMove.new > _FORMER,
    Which.LEAVING: (_FORMER == "A") & (TierMove.new > "A"),
    Which.HELD: TierMove.rule == Rule.HELD,
    Which.ARREARS: TierMove.rule == Rule.ARREARS,
    Which.OVERRIDE: TierMove.rule == Rule.OVERRIDE,
    Which.STARS: TierMove.is_rising.is_(True),
}


def page(run: TierRun, wanted: Wanted, *, after: str | None = None, limit: int = PAGE) -> Page:
    """One page of the run's customers, the largest value first."""
    key = tuple_(TierMove.value, TierMove.customer_id)
    edge = _read(after)
    asked = _asked(run, wanted).where(key < edge if edge is not None else true())
    rows = db.session.execute(asked.order_by(TierMove.value.desc(), TierMove.customer_id.desc()).limit(limit + 1)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(rows, f"{rows[-1].value}_{rows[-1].customer_id}" if more else None)


def everything(run: TierRun, wanted: Wanted) -> Any:
    """The query for the whole list, the largest value first, for an export."""
    return _asked(run, wanted).order_by(TierMove.value.desc(), TierMove.customer_id.desc())


def _asked(run: TierRun, wanted: Wanted) -> Any:
    asked = (
        select(
            TierMove.customer_id, Customer.name, Customer.external_id, TierMove.old, TierMove.new, TierMove.earned,
            TierMove.rule, TierMove.place, TierMove.value, TierMove.before, TierMove.orders, TierMove.is_rising,
        )
        .join(Customer, Customer.id == TierMove.customer_id)
        .where(TierMove.run_id == run.id, _WHICH[wanted.which])
    )  # fmt: skip
    if len(wanted.step) == 2 and set(wanted.step) <= set(TIERS):
        asked = asked.where(_FORMER.is_not_distinct_from(wanted.step[0]), TierMove.new == wanted.step[1])
    if wanted.text:
        asked = asked.where(func.lower(Customer.name).contains(wanted.text.lower(), autoescape=True))
    return asked


def _read(after: str | None) -> Any:
    """A page's edge, or None for the beginning, which is also where a damaged one leads."""
    found = _EDGE.fullmatch(after or "")
    return (Decimal(found[1]), int(found[2])) if found else None
