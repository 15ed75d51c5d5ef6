"""The place in a text where the words that were asked for stand, cut out and marked.

The searches of tickets and of what we know call it with stored text. Pure; whoever shows it escapes and marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contact_center.text import tokens

LENGTH = 180
BEFORE = 50  # characters of context in front of the first word found


@dataclass(frozen=True, slots=True)
class Snippet:
    """Pieces of a text, each with whether it was asked for."""

    parts: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return "".join(text for text, _ in self.parts)


def pattern(asked: str) -> re.Pattern[str] | None:
    """What marks the words of *asked*: Latin ones by their stem, Chinese ones as they stand."""
    words = {word for word, _ in tokens.words(asked)} | set(re.findall(r"[^\W_]+", asked))
    words = {word for word in words if word.casefold() not in tokens.FILLERS} or words
    kinds = [re.escape(word) if _is_cjk(word) else rf"\b{re.escape(word)}\w*" for word in sorted(words, key=len)[::-1]]
    return re.compile("|".join(kinds), re.IGNORECASE) if kinds else None


def of(text: str, marks: re.Pattern[str] | None) -> Snippet:
    """The part of *text* around the first word that *marks* finds, or its beginning."""
    text = " ".join(text.split())
    first = marks.search(text) if marks else None
    start = _word(text, first.start()) if first else 0
    cut = text[start : start + LENGTH]
    shown = ("…" if start else "") + cut + ("…" if start + LENGTH < len(text) else "")
    return marked(shown, marks)


def _word(text: str, found: int) -> int:
    """Where the word begins that stands far enough in front of what was *found*; where there are no gaps, any place."""
    start = max(0, found - BEFORE)
    gap = text.find(" ", start, found) if start else -1
    return gap + 1 if gap >= 0 else start


def marked(text: str, marks: re.Pattern[str] | None) -> Snippet:
    """The whole of *text* with what *marks* finds set off."""
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in marks.finditer(text) if marks else ():
        parts += [(text[end : found.start()], False), (found.group(), True)]
        end = found.end()
    parts.append((text[end:], False))
    return Snippet(tuple(part for part in parts if part[0]))


def _is_cjk(word: str) -> bool:
    return not word.isascii() and bool(re.match(r"[\u2e80-\ud7af\uf900-\ufaff\U00020000-\U0003134f]", word))
