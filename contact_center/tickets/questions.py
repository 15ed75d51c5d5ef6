"""What somebody typed into a search field, as the two tsqueries it becomes, and how common its words are.

Read by `words` (the search) and by `candidates` (the find field of a list). Beginnings of words are matched as
such only where rows are walked; for an index they are spelled out, because it would walk through all that begin so.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from contact_center.text import tokens
from contact_center.tickets import frequencies
from contact_center.tickets.frequencies import Frequencies

SMALL = 50_000  # messages, up to which an index may be walked for anything


@dataclass(frozen=True, slots=True)
class Question:
    """`walked` and `listed` are the tsqueries; `share` of all messages has the rarest word, `likely` has all."""

    walked: str
    listed: str
    share: float
    likely: float
    total: float

    @property
    def at_most(self) -> float:
        """How many messages can have all the words."""
        return self.total * self.share


def read(asked: str, common: Frequencies | None = None) -> Question | None:
    """Read what was *asked*; None if there is no word in it."""
    common = common or frequencies.known()
    beginnings: dict[str, list[str]] = {}

    def expand(beginning: str) -> list[str]:
        return beginnings.setdefault(beginning, common.expand(beginning))

    walked, listed = tokens.query(asked), tokens.query(asked, expand=expand)
    if walked is None or listed is None:
        return None
    if common.total < SMALL:
        listed = walked
    words = [word for word, _ in tokens.words(asked)]
    shares = {word: common.share(word) for word in words}
    for beginning, begun in beginnings.items():
        word = beginning if beginning in shares else words[-1]
        shares[word] = min(1.0, shares[word] + sum(common.share(each) for each in begun))
    return Question(walked, listed, min(shares.values()), prod(shares.values()), common.total)
