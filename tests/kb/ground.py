"""Short ways to articles that tests start from."""

from __future__ import annotations

from typing import Any

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.kb import articles, spaces
from contact_center.kb.articles import Place, Words
from contact_center.kb.models import Article, Space


def space(slug: str = "help", **fields: Any) -> Space:
    """A space, the same one for the same slug."""
    found = spaces.by_slug(slug)
    return found or spaces.add_space(None, names={"en": slug.title(), "zh_Hans_CN": "帮助"}, slug=slug, **fields)


def draft(agent: Agent | None, title: str = "Descale the kettle", text: str = "", **place: Any) -> Article:
    """An article that nobody has approved; text with html or without."""
    language = place.pop("language", "en")
    where = Place(place.pop("space", None) or space(), **place)
    html = text if text.startswith("<") else f"<p>{text or 'Boil vinegar in it.'}</p>"
    return articles.new(agent, where, Words(language, title, html=html))


def published(
    agent: Agent | None, title: str = "Descale the kettle", text: str = "", zh: tuple[str, str] | None = None,
    **place: Any,
) -> Article:  # fmt: skip
    """An article that is read, with its translation *zh* (title, text) if there is one."""
    article = draft(agent, title, text, **place)
    if zh:
        articles.save(article, agent, Words("zh_Hans_CN", zh[0], html=f"<p>{zh[1]}</p>"))
    articles.publish(article, agent, (article.state,))
    db.session.flush()
    return article
