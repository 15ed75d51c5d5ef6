"""Which articles may help with a ticket: by what the customer wrote and the products it is about.

The desk calls it for the agent who reads a ticket; a request form for who writes one. Nothing is noted: nobody has
asked for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, cast, select, true

from contact_center.extensions import db
from contact_center.kb import questions, reading, searching
from contact_center.kb.models import Article, Space
from contact_center.kb.reading import Reader
from contact_center.kb.searching import Hit

READ = 2_000  # characters of what was written that are looked at
MOST = 200  # words of it
TELLING = 10  # of its words, the rarest, that are asked for


def for_words(reader: Reader, words: str, product_ids: Sequence[int] = (), limit: int = 5) -> list[Hit]:
    """The best articles for what was written, those about the products first; if no words help, those about them."""
    asked = " ".join(words.replace("\x00", " ").split())[:READ]
    question = questions.read(asked, is_public=reader.agent_id is None, is_typing=False, most=MOST)
    telling = questions.Question(question.known[:TELLING], ())
    hits = searching.find(reader, telling, asked, reader.language, limit, product_ids)
    if len(hits) < limit and product_ids:
        met = {hit.article_id for hit in hits}
        hits += [hit for hit in _about(reader, product_ids, limit) if hit.article_id not in met]
    return hits[:limit]


def _about(reader: Reader, product_ids: Sequence[int], limit: int) -> list[Hit]:
    best = reading.best_text(reader)
    asked = select(best.c.id).select_from(Article).join(Space, Space.id == Article.space_id).join(best, true())
    asked = asked.where(
        reading.may_read(reader),
        Article.product_ids.op("&&", is_comparison=True)(cast(list(product_ids), ARRAY(BigInteger))),
    )
    ids = db.session.scalars(asked.order_by(Article.changed_at.desc(), Article.id).limit(limit))
    return searching.hits_of(dict.fromkeys(ids, 0.0))
