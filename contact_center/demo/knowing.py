"""What the demo's firm knows: its articles, some out of date, expired, waiting or unfinished, and a year of their use.

The articles are the Markdown files beside this one, taken in as anybody's would be. Their use is written down at the
end of the year, in few statements: what agents inserted and solved with, what customers searched, read and voted.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.kb import articles, documents, markdown, spaces
from contact_center.kb.articles import Words
from contact_center.kb.models import Article, ArticleText
from contact_center.kb.traces import ArticleUse, KnowledgeSearch, Reason, Use, Vote, Where
from contact_center.reports.models import TicketStretch
from contact_center.selfservice.models import Deflection, DeflectionKind, DeflectionState
from contact_center.tickets.models import RequestKind, Ticket, TicketState

FOLDER = Path(__file__).parent / "articles"
ZH = "zh_Hans_CN"
SHELVES = (  # space, its names, and its categories with theirs
    ("help", "Help", "使用帮助", (
        ("cooling", "Cooling", "制冷"), ("laundry", "Laundry", "洗护"), ("kitchen", "Kitchen", "厨房"),
        ("orders", "Orders and deliveries", "订单与配送"), ("service", "Visits and appliances", "上门与家电"),
    )),
    ("policies", "Our promises", "服务承诺", (("promises", "Returns, warranty, fees", "退货、保修与费用"),)),
    ("desk", "For agents", "坐席手册", (("rules", "Rules of the house", "内部规定"),)),
)  # fmt: skip
EXPIRED, SCHEDULED, REVIEW, OUTDATED = "holiday-hours", "trade-in", "first-wash", "relay-sb-211"
STALE = ("delivery-fees", "error-codes", "filters-of-the-hood")
_SPOILT = "<p>Of what was spoilt we also pay the freezer's part since this summer, up to 90 EUR.</p>"
_FITTING = {
    RequestKind.REPAIR: ("fridge-warm-freezer-cold", "washing-machine-leaks", "drum-knocks-when-spinning",
                         "dryer-takes-too-long", "book-a-visit", "warranty"),
    RequestKind.RETURN: ("return-a-purchase", "damaged-on-arrival", "goodwill-limits"),
    RequestKind.INVOICE: ("copy-of-an-invoice", "delivery-fees"),
}  # fmt: skip
_OTHERWISE = (
    "set-the-temperature",
    "where-is-my-order",
    "change-the-delivery-day",
    "dishwasher-white-film",
    "warranty",
)
_SEARCHED = (  # words, language, the article that was opened; none: nothing is written about it
    ("return", "en", "return-a-purchase"), ("fridge warm", "en", "fridge-warm-freezer-cold"),
    ("where is my order", "en", "where-is-my-order"), ("E20", "en", "error-codes"), ("warranty", "en", "warranty"),
    ("washing machine leaks", "en", "washing-machine-leaks"), ("退货", ZH, "return-a-purchase"),
    ("洗衣机漏水", ZH, "washing-machine-leaks"), ("发票", ZH, "copy-of-an-invoice"), ("保修", ZH, "warranty"),
    ("冰箱不制冷", ZH, "fridge-warm-freezer-cold"), ("smart home app", "en", None), ("air fryer", "en", None),
    ("spare key child lock", "en", None), ("连接 WiFi", ZH, None), ("分期付款", ZH, None),
)  # fmt: skip
_SEARCHES, _READERS, _DEFLECTED = 420, 520, 160
_SOLVED_WITH = 0.42  # of what was settled
_TRIED_FIRST = 0.5  # of those: some of what was settled that way was opened again


def open_up(agent: Agent) -> None:
    """Spaces, categories and articles; what is to be read is read from now on. Products have to be there."""
    for slug, name, name_zh, headings in SHELVES:
        space = spaces.add_space(agent, names={"en": name, ZH: name_zh}, slug=slug)
        for heading, title, title_zh in headings:
            spaces.add_category(agent, space, names={"en": title, ZH: title_zh}, slug=heading)
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(FOLDER.rglob("*.md"))}
    found, bad = markdown.read(files)
    outcome = documents.take_in(found, agent, publishes=True)
    assert not [*bad, *outcome.bad], [*bad, *outcome.bad]
    _publish(_article(EXPIRED), agent)
    relay = _article(OUTDATED)
    row = db.session.scalars(
        select(ArticleText).where(ArticleText.article_id == relay.id, ArticleText.language == "en")
    ).one()  # fmt: skip
    articles.save(relay, agent, Words("en", row.title, row.summary, row.html + _SPOILT))
    _publish(relay, agent)


def conclude(agent: Agent, now: datetime, seed: int) -> None:
    """What has come of them by *now*, and how they were used; commits."""
    gone = _article(EXPIRED)
    articles.change(gone, agent, expires_at=now - timedelta(days=200))
    articles.expire(gone)
    articles.schedule(_article(SCHEDULED), agent, now + timedelta(days=20))
    articles.submit(_article(REVIEW), agent)
    for slug in STALE:
        articles.change(_article(slug), agent, review_by=(now - timedelta(days=15)).date())
    ids = dict(db.session.execute(select(Article.slug, Article.id)).all())
    rng = random.Random(f"{seed}.knowledge")
    db.session.execute(insert(ArticleUse), [*_by_agents(ids, rng), *_by_readers(ids, now, rng)])
    db.session.execute(insert(KnowledgeSearch), _searches(ids, now, rng))
    db.session.execute(insert(Vote), _votes(ids, now, rng))
    db.session.execute(insert(Deflection), _deflections(ids, now, rng))
    db.session.commit()


def _by_agents(ids: dict[str, int], rng: random.Random) -> list[dict[str, Any]]:
    """Answers in which an article was used, and what it solved."""
    first = select(func.min(TicketStretch.started_at)).where(
        TicketStretch.ticket_id == Ticket.id, TicketStretch.state == TicketState.RESOLVED
    ).scalar_subquery()  # fmt: skip
    asked = select(
        Ticket.id, Ticket.kind, Ticket.resolved_at, Ticket.assignee_id, Ticket.customer_id,
        func.coalesce(first, Ticket.resolved_at).label("first"),  # what the telephone brought has no stretches
    ).where(Ticket.resolved_at.is_not(None), Ticket.assignee_id.is_not(None))  # fmt: skip
    made: list[dict[str, Any]] = []
    for row in db.session.execute(asked.order_by(Ticket.id)):
        if rng.random() > _SOLVED_WITH:
            continue
        slug = rng.choice(_FITTING.get(row.kind, _OTHERWISE))
        used = {
            "article_id": ids[slug],
            "ticket_id": row.id,
            "agent_id": row.assignee_id,
            "customer_id": row.customer_id,
        }
        solved_at = row.first if rng.random() < _TRIED_FIRST else row.resolved_at
        before = solved_at - timedelta(minutes=rng.randint(1, 20))
        made += [
            {**used, "what": rng.choice((Use.INSERTED, Use.LINKED)), "at": before},
            {**used, "what": Use.SOLVED_WITH, "at": solved_at},
        ]
    return made


def _by_readers(ids: dict[str, int], now: datetime, rng: random.Random) -> list[dict[str, Any]]:
    read = [ids[slug] for _words, _language, slug in _SEARCHED if slug]
    nobody = {"ticket_id": None, "agent_id": None, "customer_id": None}
    return [
        {**nobody, "article_id": rng.choice(read), "what": Use.READ, "at": _some_time(now, rng)}
        for _ in range(_READERS)
    ]


def _searches(ids: dict[str, int], now: datetime, rng: random.Random) -> list[dict[str, Any]]:
    made = []
    for _ in range(_SEARCHES):
        words, language, slug = rng.choice(_SEARCHED)
        where = rng.choice((Where.PORTAL, Where.PORTAL, Where.FORM, Where.DESK, Where.SMS))
        chosen = ids[slug] if slug and rng.random() < 0.7 else None
        made.append({
            "at": _some_time(now, rng), "words": words, "language": language, "where": where,
            "found": rng.randint(1, 4) if slug else 0, "chosen_article_id": chosen,
        })  # fmt: skip
    return made


def _votes(ids: dict[str, int], now: datetime, rng: random.Random) -> list[dict[str, Any]]:
    made = []
    for place, (_words, language, slug) in enumerate(_SEARCHED):
        for voter in range(rng.randint(6, 24) if slug else 0):
            helpful = rng.random() < (0.55 if slug == "error-codes" else 0.85)
            made.append({
                "article_id": ids[slug or ""], "language": language, "voter": f"visitor:demo-{place}-{voter}",
                "is_helpful": helpful, "reason": None if helpful else rng.choice(list(Reason)),
                "at": _some_time(now, rng),
            })  # fmt: skip
    return made


def _deflections(ids: dict[str, int], now: datetime, rng: random.Random) -> list[dict[str, Any]]:
    read = [str(ids[slug]) for _words, _language, slug in _SEARCHED if slug]
    return [
        {"kind": DeflectionKind.ARTICLE, "visitor": f"demo-{number}", "subject": rng.choice(read),
         "at": _some_time(now, rng) - timedelta(days=1),
         "state": DeflectionState.CONFIRMED if rng.random() < 0.78 else DeflectionState.REFUTED}
        for number in range(_DEFLECTED)
    ]  # fmt: skip


def _some_time(now: datetime, rng: random.Random) -> datetime:
    """More of late than long ago."""
    return now - timedelta(days=360 * rng.random() ** 1.6, minutes=rng.randint(5, 600))


def _article(slug: str) -> Article:
    return db.session.scalars(select(Article).where(Article.slug == slug)).one()


def _publish(article: Article, agent: Agent) -> None:
    articles.publish(article, agent, (article.state,))
