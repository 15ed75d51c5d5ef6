"""The portal of the demo: its look, notices and promotions, the weekly windows for visits, what was looked up there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from flask_babel import force_locale
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.demo import casting
from contact_center.demo.buyers import Buyer
from contact_center.demo.sales import Book
from contact_center.demo.steps import Play, World
from contact_center.demo.told import find
from contact_center.errors import AlreadyTaken
from contact_center.extensions import db
from contact_center.selfservice import deflections, look, notices, visits, windows
from contact_center.selfservice.models import DeflectionKind
from contact_center.text.languages import locale_of
from contact_center.tickets.models import RequestKind, Ticket, TicketState

_WINDOWS = (  # region, weekdays, begins, ends, how many
    ("", (0, 1, 2, 3, 4), "08:00", "10:00", 2), ("", (0, 1, 2, 3, 4), "13:00", "16:00", 3),
    ("North", (0, 1, 2, 3, 4, 5), "09:30", "11:30", 4), ("South", (1, 3), "09:30", "11:30", 2),
    ("West", (1, 4), "10:00", "12:00", 2), ("华东", (0, 1, 2, 3, 4, 5), "09:30", "11:30", 4),
    ("华北", (1, 3, 5), "10:00", "12:00", 2), ("华南", (2, 4), "10:00", "12:00", 2),
)  # fmt: skip


def open_up(agent: Agent, today: date) -> None:
    """Name, telephone and hours, windows for visits, and what is to be read."""
    look.change(
        agent, 0, name="Norra Care", name_zh="诺岚服务", phone="+49 40 555 0100", hours="Mon to Sat, 8–20 h",
        hours_zh="周一至周六 8:00–20:00",
    )  # fmt: skip
    for region, weekdays, begins, ends, capacity in _WINDOWS:
        windows.add(agent, region=region, weekdays=weekdays, begins=begins, ends=ends, capacity=str(capacity))
    christmas = date(today.year, 12, 25)
    closed = christmas if christmas >= today else date(today.year + 1, 12, 25)
    windows.close(agent, closed.isoformat(), "Christmas 圣诞节")
    for notice in _notices(today):
        notices.add(agent, **notice)


_RELAYS = (
    "Start relays of FrostLine 420, batch 24-W18", "FrostLine 420（24-W18 批次）启动继电器",
    "If your fridge gets warm while the freezer is fine, tell us: the relay is exchanged free of charge, also after "
    "the warranty.",
    "如冷藏室不制冷而冷冻室正常，请联系我们：免费更换继电器，过保也免费。",
)  # fmt: skip
_HOLIDAYS = (
    "Public holidays", "节假日安排",
    "On public holidays we answer from 10 to 16 h.", "法定节假日服务时间为 10:00–16:00。",
)  # fmt: skip
_CARE = (
    "Two years more for your appliances: 20 % off Care Plus", "安心保养八折，多保两年",
    "For our best customers, as long as the promotion lasts: say “Care 20” when you write.",
    "老客户专享，活动期间续约安心保养享八折，来信注明“Care 20”。",
)  # fmt: skip
_PARTS = (
    "Filters and descaler: three for two", "滤网、除垢剂买二送一",
    "In the shop, with every order of parts.", "商城下单配件即享。",
)  # fmt: skip


def _notices(today: date) -> list[dict[str, object]]:
    """Two notices for everybody, a promotion for the best, and one for all others."""
    begins = (today - timedelta(days=10)).isoformat()
    return [
        {
            "title": title, "title_zh": title_zh, "text": words, "text_zh": words_zh, "from_on": begins,
            "until_on": (today + timedelta(days=21 if tiers else 60)).isoformat(), "tiers": tiers,
            "is_promotion": bool(tiers),
        }
        for (title, title_zh, words, words_zh), tiers in (
            (_RELAYS, ()), (_HOLIDAYS, ()), (_CARE, ("A", "B")), (_PARTS, ("C", "D"))
        )
    ]  # fmt: skip


def looked_up(book: Book, world: World, seed: int) -> Play:
    """Every week some find out without an agent where their order is."""
    rng, at = random.Random(f"{seed}.lookups"), world.now - timedelta(days=180)
    while at < world.now:
        at += timedelta(days=7)
        yield min(at, world.now)
        under_way = [sale for sale in book.sales if sale.placed <= at and sale.way and sale.way[-1].at > at]
        for sale in rng.sample(under_way, min(9, len(under_way))):
            kind = rng.choice((DeflectionKind.LOOKUP, DeflectionKind.LOOKUP, DeflectionKind.ORDER))
            deflections.note(kind, find(sale.account).id, sale.number)
        while deflections.sweep():
            db.session.commit()


def booked(world: World, buyers: Sequence[Buyer]) -> Play:
    """Some of those whose repair is open have chosen a time on the portal; to those of the stories one is promised."""
    yield world.now - timedelta(minutes=3)
    told = {each.buyer.number for each in casting.TOLD}
    regions = {buyer.number: buyer.region for buyer in buyers if buyer.number not in told}
    waiting = (Ticket.state.in_((TicketState.OPEN, TicketState.WAITING)), Ticket.kind == RequestKind.REPAIR)
    asked = select(Ticket).where(*waiting, Ticket.customer_id.is_not(None)).order_by(Ticket.id).limit(8)
    for ticket in db.session.scalars(asked).all():
        region = regions.get(ticket.customer.external_id or "") if ticket.customer else None
        free = visits.slots(region) if region else []
        if free and region:
            with force_locale(locale_of(ticket.language)), suppress(AlreadyTaken):
                visits.book(ticket, region, free[len(free) // 2].key)
