"""A small help centre for tests: one space, one category, articles that somebody else has approved."""

from __future__ import annotations

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.kb import articles
from contact_center.kb.models import Article, Audience, Category, Space
from contact_center.kb.writing import Place, Words
from tests import factories

HUMS = (
    "<p>A fridge that hums is usually fine.</p><h2>What is normal</h2><p>The compressor hums.</p>"
    "<h2>What helps</h2><p>Pull it from the wall.</p><h2>When to call</h2><p>After eight hours.</p>"
)


def category() -> Category:
    """Help › Fridges."""
    known = db.session.scalar(select(Category).where(Category.slug == "fridges"))
    if known is not None:
        return known
    space = Space(names={"en": "Help", "zh_Hans_CN": "帮助"}, slug="help")
    db.session.add(space)
    db.session.flush()
    row = Category(space_id=space.id, slug="fridges", names={"en": "Fridges", "zh_Hans_CN": "冰箱"})
    db.session.add(row)
    db.session.flush()
    return row


def article(
    title: str = "My fridge hums",
    html: str = HUMS,
    chinese: str = "",
    audience: Audience = Audience.PUBLIC,
    *tiers: str,
) -> Article:
    """An article that is read."""
    place = Place(category().space, category(), audience=audience, tiers=tiers)
    row = articles.new(_writer("Wim Writer"), place, Words("en", title, "Which sounds are normal.", html))
    if chinese:
        articles.save(row, _writer("Wim Writer"), Words("zh_Hans_CN", chinese, "", "<p>压缩机的声音是正常的。</p>"))
    articles.approve(row, _writer("Rita Reader"))
    db.session.commit()
    return row


def _writer(name: str) -> Agent:
    return db.session.scalar(select(Agent).where(Agent.name == name)) or factories.agent(name)
