"""Tags: one spelling each, and suggestions from what the reader sees."""

from __future__ import annotations

import pytest

from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.tickets import tags
from tests import factories


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("  VIP ", "vip"),
        ("#Fridge", "fridge"),
        ("spare  part", "spare part"),
        ("ＡＢＣ", "abc"),
        ("退货", "退货"),
        ("a\x00b", "a b"),
    ],
)
def test_it_spells_a_tag_in_one_way(typed: str, tag: str) -> None:
    assert tags.normal(typed) == tag


def test_it_keeps_each_tag_once_in_order() -> None:
    assert tags.checked(["b", "A", "", "B", "  ", "#a"]) == ["b", "a"]


def test_it_suggests_what_is_used_most_where_the_reader_looks(app: object) -> None:
    ada = factories.ada()
    queue, foreign = factories.queue("Service", ada), factories.queue("Accounts")
    for words in (["fridge", "vip"], ["fridge"], ["freezer"]):
        factories.ticket(queue).tags = words
    factories.ticket(foreign).tags = ["fraud"]
    db.session.flush()
    assert tags.suggestions(ada) == ["fridge", "freezer", "vip"]
    assert tags.suggestions(ada, "#FR") == ["fridge", "freezer"]
    assert tags.suggestions(ada, "%") == []
    assert "fraud" in tags.suggestions(factories.root())


def test_it_refuses_long_tags_and_too_many(app: object) -> None:
    for wrong in (["x" * 33], [str(i) for i in range(21)]):
        with pytest.raises(Invalid):
            tags.checked(wrong)
