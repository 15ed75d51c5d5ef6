"""Did you mean: what somebody may have meant by a word that nobody has written, by likeness of spelling.

The counted words are asked for those that look alike (trigrams), and the one that takes the fewest changes is taken.
A run of Chinese is compared with runs of titles, and the part of one that differs least is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import OSA  # swapped neighbours are one change

from contact_center.kb import indexing
from contact_center.kb.questions import Question
from contact_center.statement import Statement

MOST = 2  # words of a question that are made better

_ALIKE = Statement("""
    SELECT word, CASE WHEN CAST(:public AS boolean) THEN public_texts ELSE texts END AS texts FROM (
        SELECT word, texts, public_texts, spelt FROM kb_word
        WHERE CAST(:spelt AS text) <% spelt AND texts > 0
        ORDER BY word_similarity(CAST(:spelt AS text), spelt) DESC, texts DESC LIMIT 40) few
    WHERE CASE WHEN CAST(:public AS boolean) THEN public_texts ELSE texts END > 0
""")
_NEARLY = Statement("""
    SELECT word, CASE WHEN CAST(:public AS boolean) THEN public_texts ELSE texts END AS texts FROM (
        SELECT word, texts, public_texts, spelt FROM kb_word
        WHERE spelt % CAST(:spelt AS text) AND texts > 0
        ORDER BY similarity(spelt, CAST(:spelt AS text)) DESC, texts DESC LIMIT 40) few
    WHERE CASE WHEN CAST(:public AS boolean) THEN public_texts ELSE texts END > 0
""")
_THRESHOLDS = Statement("""
    SELECT set_config('pg_trgm.similarity_threshold', '0.3', true),
           set_config('pg_trgm.word_similarity_threshold', '0.4', true)
""")


def of(asked: str, question: Question, *, is_public: bool) -> str | None:
    """The question with what its unknown words may have meant; None if there is nothing better to ask."""
    better = asked.casefold()
    changed = False
    for word in question.unknown[:MOST]:
        meant = _meant(word, is_public=is_public)
        if meant and word in better:
            better, changed = better.replace(word, meant), True
    return better if changed else None


def _meant(word: str, *, is_public: bool) -> str | None:
    if indexing.is_chinese(word):
        return _meant_run(word, is_public=is_public)
    _THRESHOLDS.rows({})
    rows = _NEARLY.rows({"spelt": word, "public": is_public})
    near = [(OSA.distance(word, row.word), -row.texts, row.word) for row in rows]
    best = min(near, default=None)
    return best[2] if best and best[0] <= (1 if len(word) <= 4 else 2) and best[2] != word else None


def _meant_run(run: str, *, is_public: bool) -> str | None:
    if len(run) > 24:
        return None
    _THRESHOLDS.rows({})
    rows = _ALIKE.rows({"spelt": indexing.spelling(run), "public": is_public})
    near: list[tuple[int, int, str]] = [
        (OSA.distance(run, part), -row.texts, part) for row in rows for part in _parts(row.word, len(run))
    ]
    best = min(near, default=None)
    return best[2] if best and 0 < best[0] <= (len(run) + 1) // 3 else None


def _parts(phrase: str, length: int) -> Iterator[str]:
    """Every part of it that has as many characters."""
    if len(phrase) <= length:
        yield phrase
    for start in range(len(phrase) - length + 1):
        yield phrase[start : start + length]
