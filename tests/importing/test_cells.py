"""What cells say, in the ways that shops, banks and spreadsheets write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from contact_center.importing import cells
from contact_center.importing.cells import Reading

POINT, COMMA = Reading("."), Reading(",")
BERLIN = Reading(zone=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "reading", "value"),
    [
        ("1249", POINT, "1249"),
        ("1249.50", POINT, "1249.50"),
        ("1,249.50", POINT, "1249.50"),
        ("1 249,50", COMMA, "1249.50"),
        ("1.249,50 €", COMMA, "1249.50"),
        ("€ 1.249,50", COMMA, "1249.50"),
        ("1'249.50", POINT, "1249.50"),
        ("¥1,249", POINT, "1249"),
        ("￥１，２４９．５０", POINT, "1249.50"),
        ("EUR -12.50", POINT, "-12.50"),
        ("12.50-", POINT, "-12.50"),
        ("(12.50)", POINT, "-12.50"),
        ("1.249.000", COMMA, "1249000"),
        ("100元", POINT, "100"),
    ],
)
def test_it_reads_amounts_as_people_write_them(text: str, reading: Reading, value: str) -> None:
    assert cells.number(text, reading) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("12,5", POINT), ("1.24.9", COMMA), ("abc", POINT), ("=1+1", POINT), ("NaN", POINT), ("1e5", POINT),
        ("1-2", POINT), ("12 34", POINT), ("--5", POINT), ("(5", POINT), ("1,2,3", COMMA), ("", POINT),
    ],
)  # fmt: skip
def test_it_guesses_no_amount(app: Flask, text: str, reading: Reading) -> None:
    with pytest.raises(ValueError, match="number"):
        cells.number(text, reading)


@pytest.mark.parametrize(
    ("samples", "mark"),
    [
        (["1.249,50"], ","),
        (["1,249.50"], "."),
        (["12,5"], ","),
        (["1.249"], None),
        (["7", "0,250"], ","),
        (["1.249.000"], ","),
    ],
)
def test_it_tells_the_decimal_mark_where_the_cells_prove_it(samples: list[str], mark: str | None) -> None:
    assert cells.decimal_mark(samples) == mark


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("2026-01-31", "DMY", date(2026, 1, 31)),
        ("2026/1/31", "DMY", date(2026, 1, 31)),
        ("31.01.2026", "MDY", date(2026, 1, 31)),
        ("2026年1月31日", "DMY", date(2026, 1, 31)),
        ("20260131", "DMY", date(2026, 1, 31)),
        ("46053", "DMY", date(2026, 1, 31)),
        ("01/02/2026", "DMY", date(2026, 2, 1)),
        ("01/02/2026", "MDY", date(2026, 1, 2)),
        ("2026-01-31T23:30:00Z", "DMY", date(2026, 2, 1)),
    ],
)
def test_it_reads_dates_as_people_write_them(text: str, order: str, value: date) -> None:
    assert cells.day(text, Reading(order=order, zone=ZoneInfo("Europe/Berlin"))) == value


@pytest.mark.parametrize(
    "text", ["30.02.2026", "2026-13-01", "2026-02-29", "99999", "tomorrow", "31/12", "0000-01-01", "=NOW()"]
)
def test_it_refuses_days_that_there_are_not(app: Flask, text: str) -> None:
    with pytest.raises(ValueError, match=r"day|date"):
        cells.day(text, BERLIN)


def test_an_instant_without_a_zone_is_the_firms_own() -> None:
    assert cells.instant("14.01.2026 08:12", BERLIN) == datetime(2026, 1, 14, 7, 12, tzinfo=UTC)
    assert cells.instant("2026-07-14 08:12:30+08:00", BERLIN) == datetime(2026, 7, 14, 0, 12, 30, tzinfo=UTC)
    assert cells.instant("46053.5", BERLIN) == datetime(2026, 1, 31, 11, 0, tzinfo=UTC)
