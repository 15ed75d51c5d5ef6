"""In how many parts a text travels: that is what it costs. The composer counts alike, in `frontend/src/segments.ts`.

Both are tested against the table in tests/text/segments.json. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_CHARACTERS = 1600  # what carriers take at once
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")  # each behind an escape
_ONE = {True: 160, False: 70}
_OF_MANY = {True: 153, False: 67}


@dataclass(frozen=True, slots=True)
class Parts:
    """How a text is sent: `is_plain` in GSM's own alphabet, else in UCS-2; `left` fit into the last part."""

    characters: int
    segments: int
    is_plain: bool
    left: int


def of(text: str) -> Parts:
    """Count *text* as it will be sent; none is no part at all."""
    is_plain = all(c in _GSM or c in _GSM_TWICE for c in text)
    sizes = [_size(c, is_plain=is_plain) for c in text]
    units, one, many = sum(sizes), _ONE[is_plain], _OF_MANY[is_plain]
    if units <= one:
        return Parts(len(text), min(units, 1), is_plain, one - units)
    segments, used = 1, 0
    for size in sizes:  # nothing is cut in two: an escape and a pair of surrogates stay together
        if used + size > many:
            segments, used = segments + 1, 0
        used += size
    return Parts(len(text), segments, is_plain, many - used)


def _size(character: str, *, is_plain: bool) -> int:
    if is_plain:
        return 2 if character in _GSM_TWICE else 1
    return 2 if ord(character) > 0xFFFF else 1
