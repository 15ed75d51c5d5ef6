"""What the search knows of a text: its two vectors, and the words it is made of, counted over all that is read.

Called when a text is published or taken away. The counts say which words are rare, complete what is being typed, and
know what somebody may have meant; words that only agents may read are counted apart, and never shown to others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from contact_center.statement import Statement, array
from contact_center.text import tokens

_LONGEST_WORD = 40
_LONGEST_PHRASE = 16  # characters of a run of Chinese in a title that somebody may have meant
_MOST_WORDS = 3_000  # of one text
_CJK = re.compile(
    "[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f]"
)
Words = tuple[str, str, str]  # title, summary, the rest

_LEARN = Statement("""
    INSERT INTO kb_word (word, token, spelt, texts, public_texts)
    SELECT w.word, w.token, w.spelt, 1, CAST(:public AS int)
    FROM unnest(CAST(:words AS text[]), CAST(:tokens AS text[]), CAST(:spelt AS text[])) AS w (word, token, spelt)
    ORDER BY w.word
    ON CONFLICT (word) DO UPDATE SET
        texts = kb_word.texts + 1, public_texts = kb_word.public_texts + CAST(:public AS int),
        spelt = coalesce(kb_word.spelt, excluded.spelt), token = coalesce(kb_word.token, excluded.token)
""")
_FORGET = Statement("""
    UPDATE kb_word SET texts = greatest(0, texts - 1),
        public_texts = least(greatest(0, texts - 1), greatest(0, public_texts - CAST(:public AS int)))
    WHERE word IN (SELECT word FROM kb_word WHERE word = ANY(CAST(:words AS text[])) ORDER BY word FOR UPDATE)
""")


def in_language(language: str) -> str:
    """A token, none that anybody could type, that all texts of a language have: an index then hands out no others."""
    return f"={language}"


def vectors(language: str, title: str, summary: str, text: str) -> tuple[str, str]:
    """The texts of two tsvectors: of the head alone, and of everything; titles weigh A, summaries B."""
    head = f"{_quoted(in_language(language))} {_weighted(title, 'A')} {_weighted(summary, 'B', 200)}"
    return head.strip(), f"{head} {_weighted(text, 'D', 1_000)}".strip()


def learn(text: Words, *, is_public: bool) -> None:
    """Count the words of a text that is read from now on."""
    rows = list(words(text))
    _LEARN.run({
        "words": array(row[0] for row in rows), "tokens": array(row[1] for row in rows),
        "spelt": array(row[2] for row in rows), "public": int(is_public),
    })  # fmt: skip


def forget(text: Words, *, is_public: bool) -> None:
    """Take a text's words off again."""
    _FORGET.run({"words": array(row[0] for row in words(text)), "public": int(is_public)})


def words(text: Words) -> Iterator[tuple[str, str | None, str | None]]:
    """Each word of a text once: itself, its token, and how it is spelt, if somebody may mean it."""
    seen: set[str] = set()
    for run in tokens.runs("\n".join(text)):
        for word, token, spelt in _of_run(run):
            if word not in seen and len(seen) < _MOST_WORDS:
                seen.add(word)
                yield word, token, spelt
    for run in tokens.runs(f"{text[0]}\n{text[1]}"):
        if is_chinese(run) and 2 < len(run) <= _LONGEST_PHRASE and run not in seen:
            seen.add(run)
            yield run, None, spelling(run)


def is_chinese(run: str) -> bool:
    """Whether a run of `tokens.runs` is one of characters, not a word."""
    return _CJK.match(run) is not None


def spelling(word: str) -> str:
    """What trigrams are made of: letters as they are; PostgreSQL makes none of characters, so each is four letters."""
    return " ".join(_letters(c) for c in word) if is_chinese(word) else word


def _of_run(run: str) -> Iterable[tuple[str, str | None, str | None]]:
    if is_chinese(run):
        grams = ["".join(pair) for pair in pairwise(run)] or [run]
        return [(gram, gram, spelling(gram) if gram == run and len(run) > 1 else None) for gram in grams]
    stem = next((token for token, _ in tokens.words(run)), run)
    word = run[:_LONGEST_WORD]
    may_be_meant = len(word) > 2 and word.isalpha()
    return [(word, stem, word if may_be_meant else None)]


def _letters(character: str) -> str:
    number, letters = ord(character), []
    for _ in range(4):
        number, rest = divmod(number, 26)
        letters.append(chr(97 + rest))
    return "".join(letters)


def _weighted(text: str, weight: str, start: int = 0) -> str:
    """A vector whose places begin at *start* and have that weight."""
    places: dict[str, list[int]] = {}
    for token, position in tokens.words(text):
        at = places.setdefault(token, [])
        if len(at) < 60:  # more does not rank it higher
            at.append(min(tokens.MAX_POSITION, start + position))
    mark = "" if weight == "D" else weight
    return " ".join(
        f"{_quoted(token)}:{','.join(f'{place}{mark}' for place in at)}" for token, at in places.items()
    )  # fmt: skip


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
