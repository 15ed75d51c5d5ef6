"""What fits a placement rule, what never can, and what a rule above takes away."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.routing import conditions
from contact_center.routing.conditions import Facts, Never, Said

MAIL = Facts(
    "email", 3, "support@norra.example", None, "zh-Hans-CN",
    Said("退款请求\n我的 FrostLine 420 不制冷，要求退款。Refunded?"), Said("FrostLine 420\nFL420"),
    "A", "WARRANTY", {0: True, 7: False},
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ({}, {}),
        ({"channels": ["web", "email"]}, {"channels": "email"}),
        ({"channels": ["web"]}, None),
        ({"places": [3, 4]}, {"places": "support@norra.example"}),
        ({"places": [4]}, None),
        ({"kinds": ["REPAIR"]}, None),
        ({"languages": ["zh"]}, {"languages": "zh"}),
        ({"languages": ["en"]}, None),
        ({"tiers": ["A", "B"], "covers": ["WARRANTY"]}, {"tiers": "A", "covers": "WARRANTY"}),
        ({"tiers": ["D"]}, None),
        ({"words": ["invoice", "退款"]}, {"words": "退款"}),
        ({"words": ["款请"]}, {"words": "款请"}),
        ({"words": ["refund"]}, {"words": "refund"}),
        ({"words": ["求我"]}, None),
        ({"words": ["冷"]}, {"words": "冷"}),
        ({"words": ["热"]}, None),
        ({"words": ["frostline 420"]}, {"words": "frostline 420"}),
        ({"words": ["420 frostline"]}, None),
        ({"products": ["FL420"]}, {"products": "FL420"}),
        ({"products": ["W9 Pro"]}, None),
        ({"hours": {"calendar": None, "inside": True}}, {"hours": True}),
        ({"hours": {"calendar": 7, "inside": True}}, None),
        ({"hours": {"calendar": 7, "inside": False}}, {"hours": False}),
        ({"hours": {"calendar": 9, "inside": False}}, None),
    ],
)
def test_a_rule_fits_if_all_it_asks_for_is_there(asked: dict[str, Any], seen: dict[str, Any] | None) -> None:
    assert conditions.fits(asked, MAIL) == seen


def test_looking_tells_of_every_condition_what_was_seen() -> None:
    looked = conditions.look({"words": ["parts"], "tiers": ["A"], "channels": ["web"]}, MAIL)
    assert [(check.condition, check.seen, check.holds) for check in looked] == [
        ("channels", "email", False), ("tiers", "A", True), ("words", None, False),
    ]  # fmt: skip


def test_whoever_has_no_tier_and_no_language_is_served_as_somebody_unknown() -> None:
    assert conditions.fits({"tiers": ["D"], "covers": ["NONE"]}, Facts("web")) == {"tiers": "D", "covers": "NONE"}
    assert conditions.fits({"languages": ["en"]}, Facts("web")) is None


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"channels": ["web"], "places": [3]}, Never.PLACE_OF_CHANNEL),
        ({"places": [4]}, Never.PLACE_GONE),
        ({"places": [3, 4]}, None),
        ({"channels": ["email"], "kinds": ["REPAIR"]}, Never.KIND_OF_MAIL),
        ({"places": [3], "kinds": ["REPAIR"]}, Never.KIND_OF_MAIL),
        ({"channels": ["email", "web"], "kinds": ["REPAIR"]}, None),
        ({"hours": {"calendar": 7, "inside": False}}, Never.NEVER_CLOSED),
        ({"hours": {"calendar": 7, "inside": True}}, None),
        ({"hours": {"calendar": 8, "inside": False}}, None),
        ({"hours": {"calendar": None, "inside": False}}, None),
        ({"hours": {"calendar": 9, "inside": True}}, Never.CALENDAR_GONE),
    ],
)
def test_what_can_never_fit_is_told(asked: dict[str, Any], why: Never | None) -> None:
    assert conditions.never(asked, {3}, {7: True, 8: False, 0: False}) == why


@pytest.mark.parametrize(
    ("above", "below", "is_shadowed"),
    [
        ({}, {"tiers": ["A"]}, True),
        ({"tiers": ["A"]}, {}, False),
        ({"tiers": ["A", "B"]}, {"tiers": ["A"], "channels": ["web"]}, True),
        ({"tiers": ["A"]}, {"tiers": ["A", "B"]}, False),
        ({"words": ["refund"]}, {"words": ["refunds", "full refund"]}, True),
        ({"words": ["full refund"]}, {"words": ["refund"]}, False),
        ({"words": ["退款"]}, {"words": ["申请退款"]}, True),
        ({"hours": {"calendar": 7, "inside": True}}, {"hours": {"calendar": 7, "inside": True}}, True),
        ({"hours": {"calendar": 7, "inside": True}}, {"hours": {"calendar": 7, "inside": False}}, False),
    ],
)
def test_a_rule_above_takes_away_what_it_fits_as_well(
    above: dict[str, Any], below: dict[str, Any], is_shadowed: bool
) -> None:
    assert conditions.shadows(above, below) is is_shadowed
