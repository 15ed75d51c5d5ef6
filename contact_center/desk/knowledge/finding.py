"""What the desk's knowledge pages share: the article that an address names, the languages, the left column."""

from __future__ import annotations

from typing import Any

from flask import abort, request

from contact_center import access, pages
from contact_center.config import LANGUAGES
from contact_center.extensions import db
from contact_center.kb import lists, spaces
from contact_center.kb.models import Article, Category, Space
from contact_center.kb.reading import Reader


def article_or_404(article_id: int) -> Article:
    """The article; agents see every one."""
    return db.session.get(Article, article_id) or abort(404)


def reader(language: str = "") -> Reader:
    """The agent who reads."""
    return Reader(agent_id=access.me().id, language=language or mine())


def mine() -> str:
    """The agent's own language, one of those that articles are written in."""
    spoken = pages.language()
    return spoken if spoken in LANGUAGES else "en"


def language_of(article: Article) -> str:
    """The language that was asked for, else the agent's if there are words in it, else the article's own."""
    wanted = request.values.get("language", "")
    if wanted in LANGUAGES:
        return wanted
    return mine() if lists.words(article, mine()) is not None else article.source_language


def left() -> dict[str, Any]:
    """The left column: spaces and their categories, and the lists that ask for work."""
    shelves = [(space, spaces.categories(space)) for space in spaces.everything()]
    return {"shelves": shelves, "in_all": spaces.counts(), "counts": lists.counts(access.me())}


def place(typed: str) -> tuple[Space, Category | None] | None:
    """What a select of places says: "3" is a space, "3.7" a category of it."""
    space_id, _dot, category_id = typed.partition(".")
    space = db.session.get(Space, int(space_id)) if space_id.isdecimal() else None
    category = db.session.get(Category, int(category_id)) if category_id.isdecimal() else None
    return (space, category) if space is not None else None


def places() -> list[tuple[str, str]]:
    """Where an article may stand, for a select."""
    found = []
    for space in spaces.everything():
        found.append((f"{space.id}", space.name))
        for one in spaces.categories(space):
            deeper = "\u2003" if one.parent_id else ""
            found.append((f"{space.id}.{one.id}", f"{space.name} › {deeper}{one.name}"))
    return found
