"""Search tokens: CJK bigrams and stemmed Latin words, one tokenizer for writing and for asking.

`vector()` makes the text of a tsvector, `query()` the text of a tsquery; both go to PostgreSQL as they are, so no
text-search configuration of the server matters. A two-character Chinese word is exactly one bigram.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import snowballstemmer

_CJK = "\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
_WORD = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['’][^\W_{_CJK}]+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")
_LONGEST = 64  # a "word" beyond this is base64 or a hash: kept by its beginning
MAX_POSITION = 16383  # tsvector's own limit; later words are findable, but not as part of a phrase
_MOST_PLACES = 255  # of one word; the limit of a tsvector's entry
_SHORT = 32
MAX_TEXT = 200_000  # characters indexed of one text
FILLERS = frozenset(
    "a about after again all also am an and any are as at be because been before but by can could did do does don't"
    " for from get got had has have he her here him his how i i'm if in into is it it's its just me more much my no not"
    " now of off on one only or our out over she should so some still than that the their them then there they this"
    " three to too two until up us very was we were what when where which who why will with would you your".split()
)  # English words that are in every sentence: of what it is about they say nothing

_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    if not word.isascii() or not word.isalpha():
        return word[:_LONGEST]
    return str(_stemmer.stemWord(word))[:_LONGEST]


def _fold(text: str) -> str:
    """Full-width to half-width, case folded, accents dropped: café finds Cafe."""
    text = unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f"))


def runs(text: str) -> list[str]:
    """The words of a text as they are compared: folded, without punctuation; a run of Chinese is one."""
    return _WORD.findall(_fold(text))


def _is_cjk(run: str) -> bool:
    return run[0] >= "\u2e80" and _IS_CJK.match(run) is not None


def words(text: str) -> Iterator[tuple[str, int]]:
    """Tokens with their positions. A CJK run gives its overlapping bigrams; a lone character gives itself."""
    position = 1
    for run in runs(text):
        if _is_cjk(run):
            for i in range(max(1, len(run) - 1)):
                yield run[i : i + 2], position
                position += 1
            position += 1  # a gap, so that no phrase reaches across punctuation
        else:
            yield _stem(run), position
            position += 1


@lru_cache(maxsize=16384)
def _few_words(text: str) -> tuple[tuple[str, int], ...]:
    """The same for a name, a street or a city: thousands of imported customers share them."""
    return tuple(words(text))


def vector(*texts: str) -> str:
    """The text form of a tsvector over *texts*, earlier texts first."""
    places: dict[str, list[str]] = {}
    start = last = 0
    for text in texts:
        for token, position in _few_words(text) if len(text) <= _SHORT else words(text):
            last = start + position
            at = places.get(token)
            if at is None:
                at = places[token] = []
            if len(at) < _MOST_PLACES:
                at.append(str(min(MAX_POSITION, last)))
        start = last + 1
    return " ".join([f"'{_quoted(token)}':{','.join(at)}" for token, at in places.items()])


Expand = Callable[[str], Iterable[str]]


def query(asked: str, *, expand: Expand | None = None) -> str | None:
    """The text form of a tsquery: all words must occur; CJK runs and dotted numbers as phrases. None if nothing to ask.

    The last Latin word also matches as a beginning, so that results appear while typing, and so does a lone CJK
    character. With *expand* a beginning stands for the words it gives: no index is walked for all that begin so.
    """
    parts: list[str] = []
    found = runs(asked)
    for i, run in enumerate(found):
        if _is_cjk(run):
            grams = [run[k : k + 2] for k in range(max(1, len(run) - 1))]
            phrase = " <-> ".join(f"'{_quoted(gram)}'" for gram in grams)
            if len(run) == 1:  # one character: every bigram that begins with it
                phrase = f"{phrase} | {_beginning(run, expand)}"
            parts.append(f"({phrase})")
        else:
            stem = f"'{_quoted(_stem(run))}'"
            typed = _beginning(run[:_LONGEST], expand)
            parts.append(f"({stem} | {typed})" if i == len(found) - 1 and len(run) > 1 else stem)
    return " & ".join(parts) or None


def exactly(asked: str) -> str | None:
    """The text form of a tsquery for these very words, with no beginnings; None if nothing to ask."""
    parts = []
    for run in runs(asked):
        grams = [run[k : k + 2] for k in range(max(1, len(run) - 1))] if _is_cjk(run) else [_stem(run)]
        parts.append(" <-> ".join(f"'{_quoted(gram)}'" for gram in grams))
    return " & ".join(f"({part})" for part in parts) or None


def _beginning(typed: str, expand: Expand | None) -> str:
    if expand is None:
        return f"'{_quoted(typed)}':*"
    return " | ".join(f"'{_quoted(word)}'" for word in (typed, *expand(typed)))


def _quoted(token: str) -> str:
    if token.isalnum():
        return token
    return token.replace("\\", "\\\\").replace("'", "''")
