"""Find articles by words, in every language, and note what was looked for. Pages, texts and telephones call it.

However common the words are, a fixed number of texts is looked at: first those that have all of them, in the title or
anywhere, then, if these are few, those that have the rarest. They are ranked by the share of the question that they
answer, rare words counting for more, and words of the title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Select, cast, func, select, union_all, update
from sqlalchemy.dialects.postgresql import TSQUERY, insert
from sqlalchemy.orm import InstrumentedAttribute

from contact_center import clock
from contact_center.extensions import db
from contact_center.kb import addresses, indexing, meaning, questions, reading
from contact_center.kb.models import Article, ArticleText, Audience, Space
from contact_center.kb.questions import Question, Token
from contact_center.kb.reading import Reader
from contact_center.kb.traces import KnowledgeSearch
from contact_center.kb.traces import Where as Where  # noqa: PLC0414 (who searches says where)
from contact_center.statement import Statement, array
from contact_center.text import snippets
from contact_center.text.snippets import Snippet

LONGEST = 200  # characters of a question that are read
LOOKED_AT = 3_000  # texts that an index hands out for one question, of which the reader may see some
IN_TITLE, ANYWHERE, ELSEWHERE, OF_THE_RAREST = 50, 80, 50, 50  # of them, how many are ranked
LEAST = 0.34  # share of a question that a hit has to answer
SHOWN = 20_000  # characters of a text in which a snippet is looked for


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found. `score`: how much of the question it answers, and a little more for what is near."""

    article_id: int
    language: str
    title: str
    summary: str
    snippet: Markup
    url_path: str
    score: float
    marked_title: Markup
    is_outdated: bool
    audience: Audience


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; `search_id` is the note of it, None if nothing was asked."""

    hits: list[Hit]
    did_you_mean: str | None = None
    search_id: int | None = None


_RANK = Statement("""
    SELECT t.article_id, t.language, x.score, t.id
    FROM kb_article_text t
    JOIN kb_article a ON a.id = t.article_id
    CROSS JOIN LATERAL (SELECT t.search || CAST('' AS tsvector) AS v OFFSET 0) whole
    CROSS JOIN LATERAL (
        SELECT sum(q.weight * CASE WHEN t.head @@ q.asked THEN 1 WHEN whole.v @@ q.asked THEN 0.6 ELSE 0 END)
               * CASE WHEN t.language = :language THEN 1.05 ELSE 1 END
               * CASE WHEN a.product_ids && CAST(:products AS bigint[]) THEN 2 ELSE 1 END AS score
        FROM unnest(CAST(:asked AS tsquery[]), CAST(:weights AS float8[])) AS q (asked, weight)) x
    WHERE t.id = ANY(CAST(:ids AS bigint[])) AND x.score >= CAST(:least AS float8)
    ORDER BY x.score DESC, (t.language = :language) DESC, t.article_id LIMIT 100
""")


def search(
    reader: Reader, words: str, language: str, where: Where, limit: int = 10, *, ticket_id: int | None = None,
    typing: str | None = None,
) -> Found:  # fmt: skip
    """Find what *reader* may read, and note the search. *typing*: the key of one typing, which is one note."""
    asked = " ".join(words.replace("\x00", " ").split())[:LONGEST]
    question = questions.read(asked, is_public=reader.agent_id is None)
    hits = find(reader, question, asked, language, limit)
    meant = meaning.of(asked, question, is_public=reader.agent_id is None) if asked else None
    noted = _note(reader, asked, language, where, len(hits), ticket_id, typing) if asked else None
    return Found(hits, meant, noted)


def chose(search_id: int, article_id: int, reader: Reader) -> bool:
    """Note which article of a search was opened; False if the search was not *reader*'s, or it is none of theirs."""
    asked = update(KnowledgeSearch).where(
        KnowledgeSearch.id == search_id,
        KnowledgeSearch.agent_id.is_not_distinct_from(reader.agent_id),
        KnowledgeSearch.customer_id.is_not_distinct_from(reader.customer_id),
        reading.is_readable(reader, article_id),
    )
    changed = asked.values(chosen_article_id=article_id).returning(KnowledgeSearch.id)
    return db.session.execute(changed).first() is not None


def find(
    reader: Reader, question: Question, asked: str, language: str, limit: int, products: Sequence[int] = ()
) -> list[Hit]:
    """The best *limit* articles for a question, each once, in the language that fits it best; noted by nobody."""
    if not question.known:
        return []
    ranked = _ranked(reader, question, language, limit, products)
    best: dict[int, Any] = {}
    for row in ranked:
        best.setdefault(row.article_id, row)
    return hits_of({row.id: row.score for row in list(best.values())[:limit]}, questions.telling_words(asked) or asked)


def _ranked(reader: Reader, question: Question, language: str, limit: int, products: Sequence[int]) -> list[Any]:
    every = " & ".join(map(_either, question.known))
    own = f"({every}) & {_quoted(indexing.in_language(language))}"
    ids = _ids([
        _looked_at(reader, ArticleText.head, own, IN_TITLE), _looked_at(reader, ArticleText.search, own, ANYWHERE)
    ])  # fmt: skip
    rows = _rank(ids, question, language, products)
    if len({row.article_id for row in rows}) < limit:
        ids |= _ids(_elsewhere(reader, question, every, language))
        rows = _rank(ids, question, language, products)
    return rows


def _elsewhere(reader: Reader, question: Question, every: str, language: str) -> list[Select[Any]]:
    """Texts in other languages that have all words, and texts that have the rarest of them, or some in the title."""
    own = _quoted(indexing.in_language(language))
    looks = [_looked_at(reader, ArticleText.search, f"({every}) & !{own}", ELSEWHERE)]
    if len(question.known) > 1:
        rarest = (_either(one) for one in question.known[:3])
        looks += [_looked_at(reader, ArticleText.search, one, OF_THE_RAREST) for one in rarest]
        in_title = " | ".join(map(_either, question.known[:6]))
        looks.append(_looked_at(reader, ArticleText.head, f"({in_title}) & {own}", IN_TITLE))
    return looks


def _looked_at(reader: Reader, vector: InstrumentedAttribute[Any], query: str, most: int) -> Select[Any]:
    """Texts that have it and that *reader* may read; of a common word no more are met than `LOOKED_AT`.

    The inner step is planned for all of it, lest the cut make it scan the table.
    """
    has = vector.op("@@", is_comparison=True)(cast(query, TSQUERY))
    every = select(ArticleText.id, ArticleText.article_id).where(has).cte().prefix_with("MATERIALIZED")
    met = select(every).limit(LOOKED_AT).subquery()
    asked = select(met.c.id).join(Article, Article.id == met.c.article_id).join(Space, Space.id == Article.space_id)
    return asked.where(reading.may_read(reader)).limit(most)


def _ids(asked: Iterable[Select[Any]]) -> set[int]:
    every = union_all(*(select(one.subquery().c.id) for one in asked))
    return set(db.session.scalars(every))


def _rank(ids: set[int], question: Question, language: str, products: Sequence[int]) -> list[Any]:
    if not ids:
        return []
    weights = [_weight(one) for one in question.known]
    # What nobody has written about counts half: else one strange word would hide what there is about the others.
    whole = sum(weights) + 0.5 * max(weights) * len(question.unknown)
    return _RANK.rows({
        "ids": array(ids), "asked": array(map(_either, question.known)), "weights": array(w / whole for w in weights),
        "language": language, "products": array(products), "least": LEAST,
    })  # fmt: skip


def _weight(one: Token) -> float:
    """Rare words say more."""
    return 1 + 8 / (1 + log(1 + one.texts))


def _either(one: Token) -> str:
    return "(" + " | ".join(_quoted(token) for token in one.alternatives) + ")"


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def hits_of(scores: Mapping[int, float], asked: str = "") -> list[Hit]:
    """The hits for texts by their ids and scores, in that order."""
    marks = snippets.pattern(asked)
    hits = {row.id: _hit(row, scores[row.id], marks) for row in _texts(list(scores))}
    return [hits[text_id] for text_id in scores if text_id in hits]


def _texts(ids: list[int]) -> Sequence[Any]:
    plain = func.left(ArticleText.plain, SHOWN).label("plain")
    asked = select(
        ArticleText.id, ArticleText.article_id, ArticleText.language, ArticleText.title, ArticleText.summary, plain,
        ArticleText.is_outdated, Article.slug, Article.audience, Space.slug.label("space"),
    )  # fmt: skip
    asked = asked.join(Article, Article.id == ArticleText.article_id).join(Space, Space.id == Article.space_id)
    return db.session.execute(asked.where(ArticleText.id.in_(ids))).all() if ids else []


def _hit(row: Any, score: float, marks: Any) -> Hit:
    path = addresses.article(row.space, row.slug, row.language)
    said = snippets.of(row.plain, marks)
    if not any(is_asked for _text, is_asked in said.parts) and row.summary:
        said = snippets.of(row.summary, marks)
    return Hit(
        row.article_id, row.language, row.title, row.summary, marked(said), path, round(score, 4),
        marked(snippets.marked(row.title, marks)), row.is_outdated, row.audience,
    )  # fmt: skip


def marked(snippet: Snippet) -> Markup:
    """A snippet as markup: what was asked for in <mark>, everything else escaped."""
    parts = (Markup("<mark>{}</mark>").format(text) if is_asked else escape(text) for text, is_asked in snippet.parts)
    return Markup("").join(parts)


def _note(
    reader: Reader, asked: str, language: str, where: Where, found: int, ticket_id: int | None, typing: str | None
) -> int:
    """One row; while somebody goes on typing it is the same one, if it is theirs."""
    values = {
        "at": clock.now(), "words": asked, "language": language, "where": where, "found": found,
        "customer_id": reader.customer_id, "agent_id": reader.agent_id, "ticket_id": ticket_id,
    }  # fmt: skip
    key = f"{where} {reader.agent_id or ''} {reader.customer_id or ''} {typing[:64]}" if typing else None
    new = insert(KnowledgeSearch).values(**values, typing=key)
    latest = {name: new.excluded[name] for name in ("at", "words", "language", "found")}
    again = new.on_conflict_do_update(index_elements=["typing"], set_=latest)
    return int(db.session.scalars(again.returning(KnowledgeSearch.id)).one())
