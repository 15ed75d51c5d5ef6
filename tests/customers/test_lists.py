"""The list of customers, page by page."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.customers import lists, records
from contact_center.customers.lists import Filter, Sort
from contact_center.customers.models import Customer, CustomerKind, CustomerStatus
from contact_center.extensions import db
from tests import factories


@pytest.fixture
def crowd(app: Flask) -> list[Customer]:
    """Nine customers, oldest first; every third a company, every second with the word "zeta"."""
    start, rows = clock.now() - timedelta(days=1), []
    for number in range(9):
        kind = CustomerKind.COMPANY if number % 3 == 0 else CustomerKind.PERSON
        with clock.standing_at(start + timedelta(minutes=number // 2)):  # some at the very same instant
            rows.append(records.open_customer(f"{'Zeta' if number % 2 else 'Beta'} {9 - number}", kind=kind))
    return rows


def walk(wanted: Filter, sort: Sort, limit: int = 2) -> tuple[list[str], list[str]]:
    """All names forwards from the beginning, then backwards from the end."""
    page = lists.page(wanted, limit=limit, sort=sort)
    forwards = [row.name for row in page.rows]
    while page.next:
        page = lists.page(wanted, after=page.next, limit=limit, sort=sort)
        forwards += [row.name for row in page.rows]
    backwards = [row.name for row in reversed(page.rows)]
    while page.previous:
        page = lists.page(wanted, before=page.previous, limit=limit, sort=sort)
        backwards += [row.name for row in reversed(page.rows)]
    return forwards, backwards


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["", "zeta"])
@pytest.mark.parametrize("kind", [None, CustomerKind.PERSON])
def test_it_shows_everybody_once_in_both_directions(
    crowd: list[Customer], sort: Sort, text: str, kind: CustomerKind | None
) -> None:
    matching = [row for row in crowd if text in row.name.lower() and kind in (None, row.kind)]
    newest = [row.name for row in sorted(matching, key=lambda row: (row.changed_at, row.id), reverse=True)]
    expected = sorted(newest, key=str.lower) if sort is Sort.NAME and not text else newest
    forwards, backwards = walk(Filter(text=text, kind=kind), sort)
    assert forwards == expected
    assert backwards == expected[::-1]


def test_it_narrows_to_an_owner_and_to_nobody(crowd: list[Customer]) -> None:
    ada = factories.ada()
    records.change(crowd[0], ada, 1, owner_id=ada.id, status="ACTIVE")
    assert [row.id for row in lists.page(Filter(owner_id=ada.id)).rows] == [crowd[0].id]
    assert len(lists.page(Filter(owner_id=lists.NOBODY)).rows) == 8
    assert [row.id for row in lists.page(Filter(status=CustomerStatus.ACTIVE)).rows] == [crowd[0].id]


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WyJ4IiwgMV0", "bnVsbA", "\x00"])
def test_it_begins_again_after_a_damaged_cursor(crowd: list[Customer], cursor: str) -> None:
    assert len(lists.page(Filter(), after=cursor).rows) == 9


def test_it_counts_up_to_an_end(crowd: list[Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    assert lists.count(Filter(kind=CustomerKind.COMPANY)) == (3, True)
    monkeypatch.setattr(lists, "COUNTED", 5)
    assert lists.count(Filter()) == (5, False)


def test_it_names_the_one_filter_to_drop_when_nothing_matches(crowd: list[Customer]) -> None:
    assert lists.instead(Filter(text="zeta", status=CustomerStatus.FORMER)) == "status"
    assert lists.instead(Filter(text="nobody", kind=CustomerKind.PERSON)) == "text"
    assert lists.instead(Filter(text="nobody", status=CustomerStatus.FORMER)) is None


@pytest.mark.parametrize("sort", Sort)
def test_however_a_list_is_narrowed_it_is_whole_and_in_order(sort: Sort, app: Flask) -> None:
    ada = factories.ada()
    for n in range(18):
        row = factories.customer(f"{'Zoë' if n % 2 else 'bo'} {n * 7 % 18}")
        row.kind, row.status = list(CustomerKind)[n % 2], list(CustomerStatus)[n % 3]
        row.owner_id = ada.id if n % 4 < 2 else None
        row.changed_at = clock.now() - timedelta(minutes=n * 5 % 18)
    db.session.flush()
    key = (lambda c: (c.name.lower(), c.id)) if sort is Sort.NAME else (lambda c: (c.changed_at, c.id))
    everybody = sorted(db.session.scalars(select(Customer)), key=key, reverse=sort is Sort.NEWEST)
    owners = (None, ada.id, lists.NOBODY)
    for kind, status, owner_id in product((None, *CustomerKind), (None, *CustomerStatus), owners):
        names = [
            customer.name for customer in everybody
            if kind in (None, customer.kind) and status in (None, customer.status)
            and (owner_id is None or customer.owner_id == (owner_id or None))
        ]  # fmt: skip
        wanted = Filter(kind=kind, status=status, owner_id=owner_id)
        assert walk(wanted, sort, limit=4) == (names, names[::-1]), wanted
        assert lists.count(wanted) == (len(names), True), wanted
