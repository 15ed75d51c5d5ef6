"""Write articles: a new one, a new revision of one, an old one restored; and say where it stands and for whom it is.

Called through `articles`, by imports and the demo. Whatever is written makes the article a draft.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.config import LANGUAGES
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid, NotAllowed, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.kb import addresses, publishing, rendering
from contact_center.kb.models import Article, ArticleState, Audience, Category, FormerSlug, Revision, Space
from contact_center.rows import unique
from contact_center.text.lines import one_line

LONGEST_TITLE, LONGEST_SUMMARY = 200, 500


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody writes: an article in one language."""

    language: str
    title: str
    summary: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new article stands, for whom and about what. Without a *slug* it gets one from its title."""

    space: Space
    category: Category | None = None
    slug: str = ""
    audience: Audience = Audience.PUBLIC
    tiers: Sequence[str] = ()
    product_ids: Sequence[int] = ()


Illustrate = Callable[[Article, str], str]


def new(
    agent: Agent | None, place: Place, words: Words, ticket_id: int | None = None, illustrate: Illustrate | None = None
) -> Article:  # fmt: skip
    """Begin an article, with its first revision; *ticket_id*: it is made of that ticket. Raises Invalid.

    *illustrate* gets its markup once there is an article to keep the pictures of, and gives it back with them.
    """
    clean = _clean(words)
    now = clock.now()
    article = Article(
        space_id=place.space.id, category_id=_category(place.space.id, place.category),
        slug=_slug(place.space.id, place.slug, clean["title"]), audience=place.audience,
        tiers=_tiers(place.audience, place.tiers), product_ids=sorted(set(place.product_ids)),
        source_language=words.language, owner_id=agent.id if agent else None, state=ArticleState.DRAFT,
        ticket_id=ticket_id, added_at=now, changed_at=now,
    )  # fmt: skip
    with unique(slug=_("Another article of this space has this address.")):
        db.session.add(article)
        db.session.flush()
    if illustrate:
        clean["html"] = rendering.clean(illustrate(article, words.html))
    _revise(article, agent, clean)
    log.record(Name.ARTICLE_ADDED, article, agent, slug=article.slug, title=clean["title"])
    return article


def save(article: Article, agent: Agent | None, words: Words, version: int | None = None) -> Revision | None:
    """Write it anew in one language; None if the words are as before. A translation is of the newest original.

    *version* is the one that was edited; None: whatever it is. Raises Invalid, Stale.
    """
    clean = _clean(words)
    last = publishing.newest(article.id).get(words.language)
    if last is not None and all(getattr(last, name) == clean[name] for name in ("title", "summary", "html")):
        return None
    _claim(article, version, clean, last)
    return _revise(article, agent, clean)


def confirm(article: Article, agent: Agent, language: str) -> Revision:
    """Say that a translation still is one: its words stay, as a translation of the newest original. Raises Invalid."""
    last = publishing.newest(article.id).get(language)
    if last is None or language == article.source_language:
        raise Invalid(_("There is no translation in this language."))
    _claim(article, None, {}, None)
    return _revise(article, agent, _clean(Words(language, last.title, last.summary, last.html)))


def restore(article: Article, agent: Agent, revision: Revision) -> Revision:
    """Let what somebody wrote earlier be the newest words again. A restored translation is of its own original."""
    if revision.article_id != article.id:
        raise Invalid(_("This revision belongs to another article."))
    _claim(article, None, {}, None)
    words = _clean(Words(revision.language, revision.title, revision.summary, revision.html))
    return _revise(article, agent, words, restored=revision)


def change(article: Article, agent: Agent | None, version: int | None = None, **wanted: Any) -> dict[str, list[Any]]:
    """Change where it stands and whom it is for; returns what changed, field → [old, new].

    Fields: space, category, slug, audience, tiers, product_ids, owner_id, expires_at, review_by. Raises Invalid, Stale,
    NotAllowed: what people read already is addressed to others by supervisors only, or without an agent by a program.
    """
    new = _fields(article, wanted)
    before = {name: getattr(article, name) for name in new}
    changes = {name: [_plain(before[name]), _plain(new[name])] for name in new if before[name] != new[name]}
    if not changes:
        return {}
    if article.is_read and agent is not None and not agent.is_supervisor and {"audience", "tiers"} & set(changes):
        raise NotAllowed(_("People read it already: only a supervisor can say that it is for others."))
    _claim(article, version, changes, None)
    _leave_address(article, new)
    with unique(slug=_("Another article of this space has this address.")):
        for name, value in new.items():
            setattr(article, name, value)
        db.session.flush()
    publishing.address_to(article, before.get("audience", article.audience))
    db.session.expire(article, ["space", "category", "owner"])
    log.record(Name.ARTICLE_CHANGED, article, agent, changes=changes)
    return changes


def _fields(article: Article, wanted: dict[str, Any]) -> dict[str, Any]:
    new: dict[str, Any] = {name: wanted[name] for name in ("owner_id", "expires_at", "review_by") if name in wanted}
    space_id = wanted["space"].id if "space" in wanted else article.space_id
    new["space_id"] = space_id
    if "category" in wanted or space_id != article.space_id:
        new["category_id"] = _category(space_id, wanted.get("category"))
    if "slug" in wanted:
        new["slug"] = wanted["slug"]
        if not addresses.is_slug(wanted["slug"]):
            raise Invalid(_("An address has letters, digits and hyphens."), {"slug": _("Letters, digits and hyphens.")})
    audience = Audience(wanted.get("audience", article.audience))
    new["audience"], new["tiers"] = audience, _tiers(audience, wanted.get("tiers", article.tiers))
    if "product_ids" in wanted:
        new["product_ids"] = sorted(set(wanted["product_ids"]))
    return new


def _claim(article: Article, version: int | None, wanted: dict[str, Any], last: Revision | None) -> None:
    """Lock the row and give it its next version. Raises Stale with what differs."""
    asked = update(Article).where(Article.id == article.id).returning(Article.id)
    if version is not None:
        asked = asked.where(Article.version == version)
    new = asked.values(version=Article.version + 1, changed_at=clock.now())
    if db.session.execute(new, execution_options={"synchronize_session": False}).first() is None:
        db.session.refresh(article)
        now = {name: getattr(last, name, "") for name in ("title", "summary", "html")} if last else {}
        difference: dict[str, tuple[object, object]] = {
            name: (wanted[name], now[name]) for name in now if wanted.get(name) != now[name]
        }
        raise Stale(_("Somebody else has changed this article in the meantime."), difference)
    db.session.refresh(article)


def _revise(article: Article, agent: Agent | None, words: dict[str, str], restored: Revision | None = None) -> Revision:
    language = words["language"]
    newest = publishing.newest(article.id)
    original = newest.get(article.source_language)
    made_from = original.id if original and language != article.source_language else None
    if restored is not None and language != article.source_language:
        made_from = restored.made_from
    row = Revision(
        article_id=article.id, **words, number=newest[language].number + 1 if language in newest else 1,
        agent_id=agent.id if agent else None, at=clock.now(), restored_from=restored.id if restored else None,
        made_from=made_from,
    )  # fmt: skip
    db.session.add(row)
    article.state, article.publish_at = ArticleState.DRAFT, None
    db.session.flush()
    log.record(Name.ARTICLE_WRITTEN, article, agent, language=language, number=row.number)
    return row


def _leave_address(article: Article, new: dict[str, Any]) -> None:
    """Who knows its old address is led to the new one; an article that comes back to one has it for itself."""
    space_id, slug = new.get("space_id", article.space_id), new.get("slug", article.slug)
    if (space_id, slug) == (article.space_id, article.slug):
        return
    left = insert(FormerSlug).values(space_id=article.space_id, slug=article.slug, article_id=article.id)
    changed = left.on_conflict_do_update(index_elements=["space_id", "slug"], set_={"article_id": article.id})
    db.session.execute(changed)


def _clean(words: Words) -> dict[str, str]:
    """What was typed, storable and harmless. Raises Invalid."""
    wrong: dict[str, str] = {}
    if words.language not in LANGUAGES:
        wrong["language"] = _("This language is not one of ours.")
    clean = {"language": words.language, "html": rendering.clean(words.html)}
    for name, typed, longest in (("title", words.title, LONGEST_TITLE), ("summary", words.summary, LONGEST_SUMMARY)):
        try:
            clean[name] = one_line(typed, longest)
        except ValueError as error:
            wrong[name] = str(error)
    if not clean.get("title") and "title" not in wrong:
        wrong["title"] = _("Please write a title.")
    if len(words.html) > rendering.LONGEST:
        wrong["html"] = _("That is too long: %(longest)d characters at most.", longest=rendering.LONGEST)
    Invalid.raise_for(wrong)
    return clean


def _tiers(audience: Audience, tiers: Sequence[str]) -> list[str]:
    if audience is not Audience.TIER:
        return []
    chosen = sorted(set(tiers) & set(TIERS))
    if not chosen:
        raise Invalid(_("Say which customers may read it."), {"tiers": _("Say which customers may read it.")})
    return chosen


def _category(space_id: int, category: Category | None) -> int | None:
    if category is not None and category.space_id != space_id:
        raise Invalid(_("This category belongs to another space."), {"category": _("Choose one of the space.")})
    return category.id if category else None


def _slug(space_id: int, typed: str, title: str) -> str:
    """The one that was typed, or a free one for the title."""
    if typed:
        if not addresses.is_slug(typed):
            raise Invalid(_("An address has letters, digits and hyphens."), {"slug": _("Letters, digits and hyphens.")})
        return typed
    wanted = addresses.slug(title) or "article"
    alike = select(Article.slug).where(Article.space_id == space_id, Article.slug.startswith(wanted, autoescape=True))
    taken = set(db.session.scalars(alike))
    return next(s for s in (wanted, *(f"{wanted[:70]}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
