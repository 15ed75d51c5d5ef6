"""The words that customers use most, beside low and beside good answers; in Chinese by runs of characters.

Chinese is written without blanks: counted are runs of two to four characters, and of two that mostly come together the
longer one is told. Each comment counts once for a word. Pure but for `holds`, which finds a word's rows.
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
_ENGLISH = frozenset(
    "a about after again all also am an and any are as at be because been before but by can could did do does don't"
    " for from get got had has have he her here him his how i i'm if in into is it it's its just me more much my no not"
    " now of off on one only or our out over she should so some still than that the their them then there they this"
    " three to too two until up us very was we were what when which who why will with would you your".split()
)
_CHINESE = frozenset("的了是我你他她它们在有和就不都很也还没这那个着过吗呢吧啊对与把被给到一次说要会能再")


def most_used(said: Iterable[str], limit: int = 12) -> list[tuple[str, int]]:
    """The words that most of these comments hold, with how many do."""
    counted: Counter[str] = Counter()
    for text in said:
        counted.update(set(_words(text)))
    often = {word: n for word, n in counted.items() if n >= LEAST}
    kept = [(word, n) for word, n in often.items() if not _is_part(word, n, often)]
    return sorted(kept, key=lambda pair: (-pair[1], -len(pair[0]), pair[0]))[:limit]


def holds(word: str) -> ColumnElement[bool]:
    """The condition on surveys whose comment holds *word*, as `most_used` counts it."""
    if _is_chinese(word):
        return Survey.comment.contains(word, autoescape=True)
    return func.lower(Survey.comment).regexp_match(rf"\m{re.escape(word)}\M")


def _words(text: str) -> Iterator[str]:
    for run in tokens.runs(text):
        if not _is_chinese(run):
            if len(run) > 2 and not run.isdecimal() and run not in _ENGLISH:
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


def _is_chinese(word: str) -> bool:
    return word[0] >= "\u2e80"
