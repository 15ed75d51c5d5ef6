"""What work of each channel costs an agent."""

from __future__ import annotations

import pytest
from flask import Flask

from contact_center.errors import Invalid, Stale
from contact_center.queues import channels
from tests import factories


def typed(channel: str, **changes: str) -> dict[str, str]:
    return {f"{name}_{channel}": value for name, value in {"weight": "2", "ring_seconds": "30 s", **changes}.items()}


def test_it_reads_a_weight_or_what_fills_the_agent(app: Flask) -> None:
    assert channels.read("email", typed("email", is_interruptible="1")) == {
        "weight": 2, "ring_seconds": 30, "is_interruptible": True,
    }  # fmt: skip
    assert channels.read("phone", typed("phone", fills="1", weight="")) == {
        "weight": None, "ring_seconds": 30, "is_interruptible": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weight": ""}, "weight_email"),
        ({"weight": "-1"}, "weight_email"),
        ({"weight": "101"}, "weight_email"),
        ({"ring_seconds": "2 s"}, "ring_seconds_email"),
        ({"ring_seconds": "1 h"}, "ring_seconds_email"),
        ({"fills": "1", "is_interruptible": "1"}, "is_interruptible_email"),
    ],
)
def test_it_refuses_what_cannot_be(app: Flask, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        channels.read("email", typed("email", **changes))
    assert list(refused.value.fields) == [field]


def test_what_somebody_else_changed_is_not_overwritten(app: Flask) -> None:
    root = factories.root()
    fields = {"weight": 3, "ring_seconds": 45, "is_interruptible": True}
    assert channels.change({"email": fields}, {"email": 1}, root)
    assert not channels.change({"email": fields}, {"email": 1}, root), "it is so already"
    with pytest.raises(Stale):
        channels.change({"email": fields | {"weight": 1}, "web": fields}, {"email": 1, "web": 1}, root)
    found = {row.channel: (row.weight, row.version) for row in channels.listed()}
    assert found["email"] == (3, 2)
    assert found["web"] == (2, 1)
