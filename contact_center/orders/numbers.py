"""Numbers of ours that customers see: random, so that nobody counts on from one, and with a check character.

The alphabet leaves out what is read or heard wrongly: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. Pure.
"""

from __future__ import annotations

import secrets

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"  # 23, a prime: the check finds every wrong and every swapped character
_RANDOM = 8


def new(prefix: str) -> str:
    """A new number, such as K-7QXD-94MA3: 36 bits that nobody guesses, and a check character."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return f"{prefix}-{drawn[:4]}-{drawn[4:]}{_check(drawn)}"


def is_ours(number: str) -> bool:
    """Whether *number* could have come from `new`: false for nearly all that are mistyped."""
    body = number.rpartition("-")[0].rpartition("-")[2] + number.rpartition("-")[2]
    known = len(body) == _RANDOM + 1 and set(body) <= set(ALPHABET)
    return known and _check(body[:-1]) == body[-1]


def _check(drawn: str) -> str:
    weighted = sum(place * ALPHABET.index(character) for place, character in enumerate(drawn, 2))
    return ALPHABET[-weighted % len(ALPHABET)]
