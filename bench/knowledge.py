"""The knowledge search at size: 200,000 texts in two languages, words as common as in life, beside its floor.

BENCH_TEXTS says how many. The floor is that of `floors/floor_knowledge.py`: one bounded full-text look at as many
texts, by a bare client. Ours reads the question, looks by title, by all words and by the rarest, in what the reader may
see, ranks, marks what was found, says what may have been meant, and notes the search; each is committed.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from _ground import figure, start_app

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent / "floors"))

import floor_knowledge

from contact_center.extensions import db
from contact_center.kb import indexing, searching
from contact_center.kb.reading import Reader
from contact_center.kb.searching import Where
from contact_center.text import tokens

TEXTS = int(os.environ.get("BENCH_TEXTS", "200000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
COPIES = 10  # of each text that is made up
WORDS, CHARACTERS, CLAUSES = 20_000, 2_000, 8_000
ZH = "zh_Hans_CN"


class Vocabulary:
    """Words and characters, the first of them in every third text, the last in a handful."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il", "on", "us")]
        made: dict[str, None] = {}
        while len(made) < WORDS:
            made["".join(self.chance.choices(syllables, k=self.chance.randint(2, 4)))] = None
        self.words = list(made)
        self.characters = [chr(0x4E00 + 7 * i) for i in range(CHARACTERS)]
        self.clauses = ["".join(self.pair() for _ in range(3)) for _ in range(CLAUSES)]

    def word(self, least: float = 0.0) -> str:
        """A word; *least* is how rare at least, from 0 to 1."""
        return self.words[int(WORDS ** self.chance.uniform(least, 1)) - 1]

    def pair(self, least: float = 0.0) -> str:
        """Two characters that go together, likewise."""
        place = int(WORDS ** self.chance.uniform(least, 1)) - 1
        return self.characters[place % CHARACTERS] + self.characters[(place * 31 + place // CHARACTERS) % CHARACTERS]


def main() -> None:
    dsn = os.environ["DATABASE_URL"].replace("+psycopg", "")
    app, known = start_app(), Vocabulary()
    with psycopg.connect(dsn, autocommit=True) as bare:
        vectors = _fill(bare, known)
    floor_knowledge.build(TEXTS, vectors)
    with psycopg.connect(floor_knowledge.DSN, autocommit=True) as floor, app.app_context():
        every: list[float] = []
        for name, ask in _kinds(known).items():
            ours, below = _measure(floor, ask)
            every += ours
            figure(f"search, {TEXTS:,} texts, {name}, p95", _p95(ours), "ms", _p95(below))
        figure(f"search, {TEXTS:,} texts, all of these, p95", _p95(every), "ms")


def _kinds(known: Vocabulary) -> dict[str, Callable[[], tuple[str, str]]]:
    word, pair = known.word, known.pair
    return {
        "one rare word": lambda: (word(0.8), "en"),
        "three words": lambda: (" ".join(word(0.5) for _ in range(3)), "en"),
        "two of the commonest words": lambda: (" ".join(known.chance.sample(known.words[:12], 2)), "en"),
        "a question of nine words": lambda: ("how can i " + " ".join(word(0.2) for _ in range(6)), "en"),
        "a word half typed": lambda: (word(0.5)[:4], "en"),
        "a misspelt word": lambda: (_misspelt(word(0.6), known.chance), "en"),
        "two Chinese characters": lambda: (pair(0.4), ZH),
        "a Chinese sentence": lambda: ("请问" + "".join(known.chance.choices(known.clauses, k=2)), ZH),
        "a misspelt Chinese word": lambda: (pair(0.5)[0] + "㐀" + pair(0.5), ZH),
    }


def _misspelt(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _measure(floor: psycopg.Connection, ask: Callable[[], tuple[str, str]]) -> tuple[list[float], list[float]]:
    ours, below = [], []
    for _ in range(ROUNDS + 20):
        words, language = ask()
        below.append(floor_knowledge.once(floor, tokens.exactly(words) or "'x'"))
        started = time.perf_counter()
        searching.search(Reader(language=language), words, language, Where.PORTAL)
        db.session.commit()
        ours.append((time.perf_counter() - started) * 1000)
    return ours[20:], below[20:]


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _fill(bare: psycopg.Connection, known: Vocabulary) -> list[str]:
    """Articles in two languages, one in five for agents only; returns the vectors."""
    bare.execute("TRUNCATE kb_space, kb_word, kb_search CASCADE")
    bare.execute(
        "INSERT INTO kb_space (id, names, slug) OVERRIDING SYSTEM VALUE VALUES (1, '{\"en\": \"Help\"}', 'help')"
    )
    bare.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    bare.execute(
        """INSERT INTO kb_article (id, space_id, slug, audience, source_language, state, published_at, added_at, changed_at)
           OVERRIDING SYSTEM VALUE
           SELECT i, 1, 'a' || i, CASE WHEN i %% 5 = 0 THEN 'AGENTS' ELSE 'PUBLIC' END, 'en', 'PUBLISHED', now(), now(), now()
           FROM generate_series(1, %s) i""", (TEXTS // 2,),
    )  # fmt: skip
    bare.execute(
        "CREATE TEMP TABLE made (id bigint, language text, title text, plain text, head tsvector, search tsvector)"
    )
    counted: Counter[tuple[str, str | None, str | None]] = Counter()
    vectors = []
    with bare.cursor().copy("COPY made FROM STDIN") as out:
        for row in _texts(known, counted):
            vectors.append(row[-1])
            out.write_row(row)
    bare.execute(
        """INSERT INTO kb_article_text (article_id, language, title, plain, head, search, revision_id)
           SELECT id + %s * copy, language, title, plain, head, search, 0 FROM made, generate_series(0, %s) copy""",
        (TEXTS // 2 // COPIES, COPIES - 1),
    )  # fmt: skip
    with bare.cursor().copy("COPY kb_word (word, token, spelt, texts, public_texts) FROM STDIN") as out:
        for (word, token, spelt), count in _once(counted):
            out.write_row((word, token, spelt, count * COPIES, count * COPIES))
    bare.execute("SET session_replication_role = origin")
    bare.execute("VACUUM (ANALYZE) kb_article, kb_article_text, kb_word")
    bare.execute("CHECKPOINT")
    return vectors


def _texts(known: Vocabulary, counted: Counter[tuple[str, str | None, str | None]]) -> Iterator[tuple[object, ...]]:
    for number in range(1, TEXTS // 2 // COPIES + 1):
        english = [known.word() for _ in range(120)]
        chinese = known.chance.choices(known.clauses, k=40)
        titles = " ".join(known.word(0.3) for _ in range(5)), known.chance.choice(known.clauses)
        for language, title, text in (("en", titles[0], " ".join(english)), (ZH, titles[1], "，".join(chinese))):
            counted.update(indexing.words((title, "", text)))
            yield number, language, title, text, *indexing.vectors(language, title, "", text)


def _once(
    counted: Counter[tuple[str, str | None, str | None]],
) -> Iterator[tuple[tuple[str, str | None, str | None], int]]:
    """A word may be counted with a spelling and without: it is one."""
    whole: dict[str, tuple[str | None, str | None, int]] = {}
    for (word, token, spelt), count in counted.items():
        before = whole.get(word, (None, None, 0))
        whole[word] = (before[0] or token, before[1] or spelt, before[2] + count)
    yield from (((word, token, spelt), count) for word, (token, spelt, count) in whole.items())


if __name__ == "__main__":
    main()
