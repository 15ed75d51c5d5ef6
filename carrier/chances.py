"""Chance, seeded: one generator for each purpose, so that a new draw for one purpose leaves the others as they were."""

from __future__ import annotations

import math
from random import Random

Span = tuple[float, float]


class Chances:
    """All random numbers of one carrier."""

    def __init__(self, seed: int, era: str = "") -> None:
        self._seed = seed
        self._sids = Random(f"{seed}:{era}:sid")
        self._purposes: dict[str, Random] = {}

    def of(self, purpose: str) -> Random:
        """The generator of one purpose."""
        found = self._purposes.get(purpose)
        if found is None:
            found = self._purposes[purpose] = Random(f"{self._seed}:{purpose}")
        return found

    def within(self, purpose: str, span: Span) -> float:
        """A number of a span, every one as likely."""
        return self.of(purpose).uniform(*span)

    def around(self, purpose: str, median: float, sigma: float) -> float:
        """A delay as networks have them: half are shorter than the median, a few are very long."""
        return self.of(purpose).lognormvariate(math.log(median), sigma)

    def happens(self, purpose: str, probability: float) -> bool:
        """Whether something of this probability happens now."""
        return probability >= 1 or (probability > 0 and self.of(purpose).random() < probability)

    def sid(self, prefix: str) -> str:
        """A new identifier: the kind's two letters and 32 hexadecimal digits. Another era never gives the same ones."""
        return f"{prefix}{self._sids.getrandbits(128):032x}"
