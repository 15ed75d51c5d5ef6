"""Amounts as screens write them, in either language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale

from contact_center.text import amounts


@pytest.mark.parametrize(
    ("language", "exact", "whole"),
    [("en", "−€1,234.50", "−€1,234"), ("zh_Hans_CN", "−€1,234.50", "−€1,234")],
)
def test_a_sum_below_nothing_has_a_minus_as_wide_as_a_plus(app: Flask, language: str, exact: str, whole: str) -> None:
    with force_locale(language):
        assert amounts.money(Decimal("-1234.5"), "EUR") == exact
        assert amounts.whole_money(Decimal("-1234.5"), "EUR") == whole


def test_a_currency_without_decimals_has_none(app: Flask) -> None:
    with force_locale("en"):
        assert amounts.money(Decimal(5200), "JPY") == amounts.whole_money(Decimal(5200), "JPY") == "¥5,200"
