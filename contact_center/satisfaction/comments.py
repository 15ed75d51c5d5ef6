"""The words that customers use most, beside low and beside good answers; in Chinese by runs of characters.

Chinese is written without blanks: counted are runs of two to four characters, and of two that mostly come together the
longer one is told, of two that mostly run into each other the first. Each comment counts once for a word. Pure but for
`holds`, which finds a word's rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, func

from contact_center.satisfaction.models import Survey
from contact_center.text import tokens

LEAST = 2  # comments that must hold a word
LONGEST = 4  # characters of a Chinese one
_MOSTLY = 0.75  # of a shorter run's comments hold the longer one: then the longer one is the word
_CHINESE = frozenset("的了是我你他她它们在有和就不都很也还没这那个着过吗呢吧啊对与把被给到一次说要会能再")
_PARTICLES = frozenset("的了着过")  # end a word


def most_used(said: Iterable[str], limit: int = 12) -> list[tuple[str, int]]:
    """The words that most of these comments hold, with how many do."""
    texts = list(said)
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(set(_words(text)))
    often = {word: n for word, n in counted.items() if n >= LEAST}
    kept = [(word, n) for word, n in often.items() if not _is_part(word, n, often)]
    told: list[tuple[str, int]] = []
    for word, n in sorted(kept, key=lambda pair: (-pair[1], *_rank(pair[0], texts))):
        if len(told) < limit and not any(_run_on(word, other, texts) >= n * _MOSTLY for other, _n in told):
            told.append((word, n))
    return told


def holds(word: str) -> ColumnElement[bool]:
    """The condition on surveys whose comment holds *word*, as `most_used` counts it."""
    if _is_chinese(word):
        return Survey.comment.contains(word, autoescape=True)
    return func.lower(Survey.comment).regexp_match(rf"\m{re.escape(word)}\M")


def _words(text: str) -> Iterator[str]:
    for run in tokens.runs(text):
        if not _is_chinese(run):
            if len(run) > 2 and not run.isdecimal() and run not in tokens.FILLERS:
                yield run
            continue
        for size in range(2, LONGEST + 1):
            for start in range(len(run) - size + 1):
                part = run[start : start + size]
                if part[0] not in _CHINESE and part[-1] not in _CHINESE:
                    yield part


def _is_part(word: str, n: int, often: dict[str, int]) -> bool:
    """Whether it mostly comes inside a longer word that is told."""
    if not _is_chinese(word):
        return False
    return any(word != other and word in other and m >= n * _MOSTLY for other, m in often.items())


def _rank(word: str, texts: list[str]) -> tuple[bool, int, int, str]:
    """Of equally frequent ones the likelier word first: without a particle inside, longer, nearer to a beginning."""
    place = next((text.find(word) for text in texts if word in text), 0)
    return not _PARTICLES.isdisjoint(word), -len(word), place, word


def _run_on(word: str, other: str, texts: list[str]) -> int:
    """How many comments hold the two with an end of one as the beginning of the other: 重复说明 and 说明情况."""
    if not _is_chinese(word):
        return 0
    joined = {a + b[k:] for a, b in ((word, other), (other, word)) for k in range(1, len(b)) if a.endswith(b[:k])}
    return sum(any(one in text for one in joined) for text in texts) if joined else 0


def _is_chinese(word: str) -> bool:
    return word[0] >= "\u2e80"
