"""Skills that are asked for and how the asking eases, as people type and read it."""

from __future__ import annotations

import pytest
from flask import Flask

from contact_center.errors import Invalid
from contact_center.queues import asking

NAMES = {3: "French", 7: "Coffee machines"}


def test_it_reads_skills_with_their_levels(app: Flask) -> None:
    form = {"ask_3": "4", "ask_5": "", "ask_7": "2", "ask_": "3", "ask_x": "1", "asked": "1"}
    assert asking.read(form, {3, 5, 7}) == {"3": 4, "7": 2}


@pytest.mark.parametrize(
    ("form", "field"),
    [({"ask_9": "4"}, "ask_9"), ({"ask_3": "6"}, "ask_3"), ({"ask_3": "0"}, "ask_3"), ({"ask_3": "٣"}, "ask_3")],
)
def test_it_refuses_what_cannot_be_asked_for(app: Flask, form: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        asking.read(form, {3, 7})
    assert list(refused.value.fields) == [field]


def test_it_reads_steps_in_their_order(app: Flask) -> None:
    form = {"ease_after_0": "30 s", "ease_to_0": "1", "ease_after_1": "1:30", "ease_to_1": "anyone", "ease_after_2": ""}
    assert asking.read_easing(form) == [{"after": 30, "lower": 1}, {"after": 90, "anyone": True}]


@pytest.mark.parametrize(
    ("second", "to", "field"),
    [
        ("30 s", "2", "ease_after_1"),
        ("10", "anyone", "ease_after_1"),
        ("60", "1", "ease_to_1"),
        ("60", "9", "ease_to_1"),
    ],
)
def test_it_refuses_steps_that_contradict_each_other(app: Flask, second: str, to: str, field: str) -> None:
    form = {"ease_after_0": "30", "ease_to_0": "1", "ease_after_1": second, "ease_to_1": to}
    with pytest.raises(Invalid) as refused:
        asking.read_easing(form)
    assert list(refused.value.fields) == [field]


def test_nothing_comes_after_anyone(app: Flask) -> None:
    form = {"ease_after_0": "30", "ease_to_0": "anyone", "ease_after_1": "60", "ease_to_1": "2"}
    with pytest.raises(Invalid) as refused:
        asking.read_easing(form)
    assert "ease_to_1" in refused.value.fields


def test_it_says_what_the_steps_mean(app: Flask) -> None:
    steps = [{"after": 30, "lower": 1}, {"after": 90, "anyone": True}]
    said = asking.said(((3, 4),), steps, NAMES)
    assert said == "First French 4+; after 30 s French 3+; after 1 min 30 s anyone in the queue."
    assert asking.said(((3, 4), (7, 5)), [], NAMES) == "French 4+ and Coffee machines 5."
    assert asking.said((), steps, NAMES).startswith("Asks for no skills")


def test_a_step_that_changes_nothing_is_not_said(app: Flask) -> None:
    steps = [{"after": 30, "lower": 3}, {"after": 60, "lower": 4}, {"after": 90, "anyone": True}]
    assert asking.said(((3, 2),), steps, NAMES) == "First French 2+; after 30 s anyone in the queue."
