"""Articles as documents, to take in and to hand out: one of each language, told by the address of its article.

`markdown` and `tables` make documents of files and files of documents; here they become articles, and articles become
documents. Called by the command line, a settings page and the demo.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from html import unescape
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contact_center.agents.models import Agent
from contact_center.errors import ContactCenterError, Invalid
from contact_center.extensions import db
from contact_center.files import store
from contact_center.kb import addresses, articles, images, publishing, spaces
from contact_center.kb.articles import Place, Words
from contact_center.kb.models import Article, ArticleState, Audience, Category, Image, Revision, Space
from contact_center.orders.models import Product

_SOURCE = re.compile(r'(<img\b[^<>]*?\ssrc=")([^"]*)(")')


@dataclass(frozen=True, slots=True)
class Document:
    """An article in one language. `name` says which file it is; `picture` reads one that it names.

    What it does not say, such as its audience, stays as it is, and is usual for a new one.
    """

    name: str
    space: str
    slug: str
    language: str
    title: str
    html: str
    summary: str = ""
    category: str = ""
    audience: str = ""
    tiers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()  # their numbers
    state: str = ""
    source_language: str = ""
    expires: date | None = None
    review_by: date | None = None
    picture: Callable[[str], bytes | None] | None = field(default=None, compare=False)


@dataclass(slots=True)
class Outcome:
    """What came of documents; `bad` are those that could not be used, with the reason."""

    created: int = 0
    changed: int = 0
    same: int = 0
    bad: list[tuple[str, str]] = field(default_factory=list)


def take_in(documents: Iterable[Document], agent: Agent | None, *, publishes: bool = False) -> Outcome:
    """Make articles of documents, or write those anew that are there; each file by itself.

    With *publishes* those that say that they are published, or nothing, are read at once. The caller commits.
    """
    outcome = Outcome()
    touched: dict[int, Article] = {}
    unfinished: set[int] = set()  # of which some language says so
    for document in sorted(documents, key=_originals_first):
        try:
            with db.session.begin_nested():
                article, what = _take_in(document, agent)
        except ContactCenterError as error:
            outcome.bad.append((document.name, error.sentence))
            continue
        setattr(outcome, what, getattr(outcome, what) + 1)
        touched[article.id] = article
        if document.state not in ("", "published"):
            unfinished.add(article.id)
    for article in touched.values() if publishes else ():
        # What somebody has withdrawn, or what has expired, comes back only if it was written anew.
        if article.id not in unfinished and article.state is ArticleState.DRAFT:
            articles.publish(article, agent, (ArticleState.DRAFT,))
    return outcome


def hand_out(only: Space | None = None) -> Iterator[Document]:
    """Every article in every language it has, its newest words; pictures by their own addresses."""
    asked = select(Article).options(joinedload(Article.space), joinedload(Article.category)).order_by(Article.id)
    if only is not None:
        asked = asked.where(Article.space_id == only.id)
    for article in db.session.scalars(asked).all():
        products = _product_numbers(article.product_ids)
        for _language, revision in sorted(publishing.newest(article.id).items()):
            yield _document(article, revision, products)


def _originals_first(document: Document) -> tuple[str, str, bool, str]:
    """A translation is made of the words that came with it."""
    original = document.source_language or "en"
    return document.space, document.slug, document.language != original, document.language


def _take_in(document: Document, agent: Agent | None) -> tuple[Article, str]:
    if not addresses.is_slug(document.space) or not addresses.is_slug(document.slug):
        raise Invalid(_("An address has letters, digits and hyphens."))
    space = spaces.by_slug(document.space)
    space = space or spaces.add_space(agent, names={"en": _titled(document.space)}, slug=document.space)
    article = db.session.scalar(select(Article).where(Article.space_id == space.id, Article.slug == document.slug))
    words = Words(document.language, document.title, document.summary, document.html)
    if article is None:
        category, audience = _category(space, document, agent), _audience(document)
        place = Place(space, category, document.slug, audience, document.tiers, _product_ids(document))
        article = articles.new(agent, place, words, illustrate=lambda made, html: _illustrated(made, html, document))
        _put_dates(article, document)
        return article, "created"
    words = replace(words, html=_illustrated(article, words.html, document))
    written = articles.save(article, agent, words)
    is_elsewhere = document.language == article.source_language and _put_elsewhere(article, document, agent)
    is_dated = _put_dates(article, document)
    return article, "changed" if written or is_elsewhere or is_dated else "same"


def _put_elsewhere(article: Article, document: Document, agent: Agent | None) -> bool:
    """What the original says of its place and its readers; a translation says nothing of them."""
    wanted: dict[str, Any] = {}
    if document.category:
        wanted["category"] = _category(article.space, document, agent)
    if document.audience:
        wanted |= {"audience": _audience(document), "tiers": document.tiers}
    if document.products:
        wanted["product_ids"] = _product_ids(document)
    return bool(articles.change(article, agent, **wanted)) if wanted else False


def _put_dates(article: Article, document: Document) -> bool:
    """Only a document that says one changes it."""
    before = article.expires_at, article.review_by
    if document.expires:
        article.expires_at = datetime.combine(document.expires, time(), UTC)
    if document.review_by:
        article.review_by = document.review_by
    db.session.flush()
    return before != (article.expires_at, article.review_by)


def _illustrated(article: Article, html: str, document: Document) -> str:
    """Its markup with the pictures that lie beside the file kept, and their addresses put in."""

    def kept(found: re.Match[str]) -> str:
        source = unescape(found[2])
        if source.startswith(addresses.image("")):
            return found[0]
        data = document.picture(source) if document.picture else None
        if data is None:
            raise Invalid(_("The picture %(name)s is not there.", name=source[:100]))
        return f"{found[1]}{addresses.image(images.add(article, data, source).key)}{found[3]}"

    return _SOURCE.sub(kept, html)


def _category(space: Space, document: Document, agent: Agent | None) -> Category | None:
    if not document.category:
        return None
    found = spaces.category_by_slug(space, document.category)
    return found or spaces.add_category(agent, space, names={"en": _titled(document.category)}, slug=document.category)


def _audience(document: Document) -> Audience:
    word = document.audience.strip().upper() or Audience.PUBLIC
    if word not in list(Audience):
        raise Invalid(_("“%(word)s” is no audience: public, tier or agents.", word=document.audience[:40]))
    return Audience(word)


def _product_ids(document: Document) -> list[int]:
    if not document.products:
        return []
    asked = select(Product.external_id, Product.id).where(Product.external_id.in_(document.products))
    known = {row.external_id: row.id for row in db.session.execute(asked)}
    unknown = [number for number in document.products if number not in known]
    if unknown:
        raise Invalid(_("There is no product %(number)s.", number=unknown[0][:60]))
    return sorted(known.values())


def _document(article: Article, revision: Revision, products: tuple[str, ...]) -> Document:
    return Document(
        f"{article.space.slug}/{article.slug}", article.space.slug, article.slug, revision.language, revision.title,
        revision.html, revision.summary, article.category.slug if article.category else "", article.audience.lower(),
        tuple(article.tiers), products, article.state.lower(), article.source_language,
        article.expires_at.astimezone(UTC).date() if article.expires_at else None, article.review_by,
        _kept_picture,
    )  # fmt: skip


def _kept_picture(address: str) -> bytes | None:
    """The bytes of a picture of ours."""
    row = db.session.scalar(select(Image).where(Image.key == address.removeprefix(addresses.image(""))))
    return store.read(images.file_of(row)) if row else None


def _product_numbers(product_ids: list[int]) -> tuple[str, ...]:
    asked = select(Product.external_id).where(Product.id.in_(product_ids)).order_by(Product.external_id)
    return tuple(db.session.scalars(asked)) if product_ids else ()


def _titled(slug: str) -> str:
    return slug.replace("-", " ").capitalize()
