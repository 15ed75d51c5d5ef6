"""From one colour of a firm to the shades that the portal's pages need, each of them readable on its ground.

Pure; `look` calls it. Contrast is that of WCAG 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_WHITE, _DARK = "#ffffff", "#171b21"


@dataclass(frozen=True, slots=True)
class Shades:
    """What the style sheet's accent is replaced with: in the light, and in the dark."""

    light: str
    light_soft: str
    light_deep: str
    dark: str
    dark_soft: str
    dark_deep: str


@lru_cache(maxsize=16)
def shades(colour: str) -> Shades:
    """The shades of *colour*."""
    dark = readable(colour, _DARK, _WHITE)
    return Shades(
        light=colour,
        light_soft=mixed(_WHITE, colour, 0.1),
        light_deep=readable(colour, mixed(_WHITE, colour, 0.1), "#000000"),
        dark=dark,
        dark_soft=mixed(_DARK, colour, 0.25),
        dark_deep=readable(dark, mixed(_DARK, colour, 0.25), _WHITE),
    )


def readable(colour: str, ground: str, towards: str) -> str:
    """*colour*, moved *towards* another until words in it can be read on *ground* (4.5 to 1)."""
    for step in range(21):
        moved = mixed(colour, towards, step / 20)
        if contrast(moved, ground) >= 4.6:
            return moved
    return towards


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """*one* with a *share* of *other* in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
