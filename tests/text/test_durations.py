"""Lengths of time as people type them."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from contact_center.text import durations


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("90", 90), ("90 s", 90), ("90s", 90), ("2 min", 120), ("2 min 30 s", 150), ("1:30", 90),
        ("1.5 h", 5400), ("1,5 h", 5400), ("1 day", 86400), ("５ 分钟", 300), ("2小时", 7200), ("30秒", 30),
        (" 1 H ", 3600),
        ("0", 0),
    ],
)  # fmt: skip
def test_it_reads_them(app: Flask, typed: str, seconds: int) -> None:
    assert durations.read(typed, 0, 90_000) == seconds


@pytest.mark.parametrize(
    "typed", ["", " ", "soon", "-5", "1e3", "5 x", "1:75", "0.5", "1 min 30", "2m30", "min", "9" * 30, "5\0"]
)
def test_it_refuses_what_is_none(app: Flask, typed: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        durations.read(typed, 0, 10**15)


@pytest.mark.parametrize("typed", ["4", "601"])
def test_it_says_the_limits(app: Flask, typed: str) -> None:
    with pytest.raises(ValueError, match="from 5 s to 10 min"):
        durations.read(typed, 5, 600)


@given(seconds=st.integers(0, 10**7))
def test_what_it_says_it_reads(seconds: int) -> None:
    assert durations.read(durations.say(seconds), 0, 10**7) == seconds
