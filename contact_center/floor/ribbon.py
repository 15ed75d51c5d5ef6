"""The picture of a tier run: customers above, revenue below, and a ribbon from each tier to its share. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contact_center.customers.models import TIERS

WIDTH, TOP, BAR, BOTTOM = 720.0, 28, 26, 126
_GAP, _LEAST = 3.0, 6.0
NARROW, _WORDS = 56, 54.0  # a bar below this has its words above it; they need so much room


@dataclass(frozen=True, slots=True)
class Band:
    """One tier: its bar above (x, width), its bar below, the ribbon between them, and what they say."""

    tier: str
    above: tuple[float, float]
    below: tuple[float, float]
    path: str
    label: float  # where the words of a bar too narrow for them begin
    customers: float  # shares, 0 to 1
    value: float


def bands(side: Mapping[str, Mapping[str, Any]]) -> list[Band]:
    """The bands of one side of a run's figures ("now" or "then")."""
    customers = _shares([Decimal(side[tier]["customers"]) for tier in TIERS])
    values = _shares([max(Decimal(side[tier]["value"]), Decimal(0)) for tier in TIERS])
    above, below = _places(customers), _places(values)
    return [
        Band(tier, above[n], below[n], _path(above[n], below[n]), label, customers[n], values[n])
        for n, (tier, label) in enumerate(zip(TIERS, _labels(above), strict=True))
    ]


def _shares(amounts: list[Decimal]) -> list[float]:
    total = sum(amounts)
    return [float(amount / total) if total else 0.0 for amount in amounts]


def _places(shares: list[float]) -> list[tuple[float, float]]:
    """Where the bars lie: in proportion, but none so thin that it cannot be seen."""
    room = WIDTH - _GAP * (len(shares) - 1)
    shown = [_LEAST if 0 < share * room < _LEAST else share * room for share in shares]
    excess, largest = sum(shown) - room, shown.index(max(shown))
    if any(shares):
        shown[largest] -= excess
    places, x = [], 0.0
    for width in shown:
        places.append((round(x, 1), round(max(width, 0.0), 1)))
        x += width + _GAP
    return places


def _labels(places: list[tuple[float, float]]) -> list[float]:
    """Where each label begins: above its bar, but not over the one before."""
    free, made = 0.0, []
    for x, width in places:
        made.append(max(x, free))
        free = made[-1] + _WORDS if width <= NARROW else x + width
    return made


def _path(above: tuple[float, float], below: tuple[float, float]) -> str:
    top, bottom, middle = TOP + BAR, BOTTOM, (TOP + BAR + BOTTOM) / 2
    (a, aw), (b, bw) = above, below
    return (
        f"M{a} {top}C{a} {middle} {b} {middle} {b} {bottom}H{round(b + bw, 1)}"
        f"C{round(b + bw, 1)} {middle} {round(a + aw, 1)} {middle} {round(a + aw, 1)} {top}Z"
    )
