"""Cells of a CSV: what would be calculated is shown, numbers stay numbers, and what went out comes back as it was."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contact_center.text import spreadsheets

FORMULAS = [
    "=1+1",
    "+A1",
    "-A1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    " =1+1",
    "\u3000=1",
    "＝1+1",
    "＠x",
    "-1-1",
    "-",
    "=",
    "+1+2",
]
PLAIN = ["", "Bo", "O'Hara", "-5", "-1,234.50", "+49 30 1234", "１２", "1+1", "a=b", "−5", "–"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_be_calculated_begins_with_an_apostrophe_and_comes_back(text: str) -> None:
    assert spreadsheets.safe(text) == f"'{text}"
    assert spreadsheets.unsafe(f"'{text}") == text


@pytest.mark.parametrize("text", PLAIN)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert spreadsheets.safe(text) == text


def test_a_line_keeps_numbers_and_leaves_out_nothing() -> None:
    assert spreadsheets.line(["=x", -3, Decimal("-1.50"), None, 'a "b", c']) == '\'=x,-3,-1.50,,"a ""b"", c"\r\n'
