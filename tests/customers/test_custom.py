"""Fields that a firm defines: typed, kept by their key, put away with their values."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from contact_center.agents.models import Agent
from contact_center.customers import custom, records, search
from contact_center.customers.lists import Filter, page
from contact_center.errors import Invalid
from tests import factories


@pytest.fixture
def root(app: Flask) -> Agent:
    return factories.root()


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("TEXT", " Member  since\u200b 1999 ", "Member since 1999"),
        ("NUMBER", "−12.50", -12.5), ("NUMBER", "3", 3), ("NUMBER", 0, 0),
        ("DATE", "2026-02-28", "2026-02-28"),
        ("YES_NO", "是", True), ("YES_NO", "No", False), ("YES_NO", False, False),
        ("CHOICE", "silver", "Silver"),
        ("TEXT", "", None), ("NUMBER", None, None),
    ],
)  # fmt: skip
def test_it_keeps_a_value_in_its_kind(root: Agent, kind: str, typed: Any, kept: Any) -> None:
    custom.define(root, key="x", label="X", kind=kind, choices="Gold\nSilver" if kind == "CHOICE" else "")
    greta = factories.greta()
    records.change(greta, root, greta.version, **{"custom.x": typed})
    assert greta.custom.get("x") == kept
    assert type(greta.custom.get("x")) is type(kept)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("NUMBER", "nan"), ("NUMBER", "1e999"), ("NUMBER", "many"), ("NUMBER", True), ("DATE", "2026-02-30"),
        ("YES_NO", "perhaps"), ("CHOICE", "Tin"), ("TEXT", "x" * 501),
    ],
)  # fmt: skip
def test_it_refuses_a_value_of_another_kind(root: Agent, kind: str, typed: Any) -> None:
    custom.define(root, key="x", label="X", kind=kind, choices="Gold\nSilver" if kind == "CHOICE" else "")
    greta = factories.greta()
    with pytest.raises(Invalid) as refused:
        records.change(greta, root, greta.version, **{"custom.x": typed})
    assert list(refused.value.fields) == ["custom.x"]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"key": "Größe"}, "key"), ({"key": "1a"}, "key"), ({"key": "size"}, "key"), ({"label": " "}, "label"),
        ({"kind": "BLOB"}, "kind"), ({"kind": "CHOICE"}, "choices"), ({"customer_kind": "ROBOT"}, "customer_kind"),
    ],
)  # fmt: skip
def test_it_refuses_a_bad_definition(root: Agent, told: dict[str, str], wrong: str) -> None:
    custom.define(root, key="size", label="Size", kind="NUMBER")
    with pytest.raises(Invalid) as refused:
        custom.define(root, **({"key": "new", "label": "New", "kind": "TEXT"} | told))
    assert list(refused.value.fields) == [wrong]


def test_a_field_put_away_keeps_its_values(root: Agent) -> None:
    field = custom.define(root, key="size", label="Size", kind="NUMBER", customer_kind="PERSON")
    greta = factories.greta()
    records.change(greta, root, greta.version, **{"custom.size": "3"})
    custom.activate(field, root, is_active=False)
    with pytest.raises(Invalid):
        records.change(greta, root, greta.version, **{"custom.size": "4"})
    custom.activate(field, root)
    assert records.value_of(greta, "custom.size") == 3


def test_a_field_of_companies_is_none_of_people(root: Agent) -> None:
    custom.define(root, key="fleet", label="Fleet", kind="NUMBER", customer_kind="COMPANY")
    greta = factories.greta()
    with pytest.raises(Invalid):
        records.change(greta, root, greta.version, **{"custom.fleet": "3"})


def test_customers_are_found_and_filtered_by_a_searchable_field(root: Agent) -> None:
    custom.define(root, key="card", label="Card", kind="TEXT", is_searched=True)
    custom.define(root, key="secret", label="Secret", kind="TEXT")
    greta, _bo = factories.greta(), factories.bo()
    records.change(greta, root, greta.version, **{"custom.card": "Platinum", "custom.secret": "Hush"})
    assert search.find("platinum") == [greta]
    assert search.find("hush") == []
    assert list(page(Filter(custom=(("card", "Platinum"),))).rows) == [greta]
    assert page(Filter(custom=(("card", "Tin"),))).rows == ()
