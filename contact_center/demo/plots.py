"""Which request comes when, from whom, about what: the archive has the order or the appliance that a letter names.

`draw` plans a whole year before it is played, so that what was bought for it is known in time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from contact_center.demo import catalogue, letters, stories_en, stories_zh
from contact_center.demo.buyers import Buyer
from contact_center.demo.catalogue import BY_MODEL, Item
from contact_center.demo.letters import Slots
from contact_center.demo.sales import Book, Sale
from contact_center.demo.stories import About, Opening, Story

STORIES = {"en": stories_en.STORIES, "zh": stories_zh.STORIES}
_FRIDGES = (BY_MODEL["FrostLine 420"], BY_MODEL["FrostLine 300"])
_BOUGHT = {About.WASHER: BY_MODEL["W9 Pro"], About.STEAMER: BY_MODEL["Steam Q2"]}
_RECENT = {  # how many days before the letter the order was placed: at least, at most
    About.LATE: (5, 9), About.HOOD: (8, 16), About.SHELF: (5, 12), About.BILLED: (5, 15), About.FRESH: (0.2, 0.9),
    About.WASHER: (90, 330), About.FRIDGE: (60, 560), About.STEAMER: (20, 600), About.MODEL: (20, 600),
    About.ORDER: (20, 300),
}  # fmt: skip
_OF_BUYERS = frozenset(
    {About.FRIDGE, About.STEAMER, About.NOTHING}
)  # what somebody who buys no more still writes about
SIGNS = {"EUR": "€{}", "CNY": "¥{}", "GBP": "£{}", "SEK": "{} kr"}


@dataclass(frozen=True, slots=True)
class Plot:
    """One request to be: who, about what, and the facts that its letters give."""

    start: datetime
    buyer: Buyer
    story: Story
    opening: Opening
    subject: str
    slots: Slots
    sale: Sale | None
    by_web: bool


def draw(book: Book, buyer: Buyer, start: datetime, rng: random.Random, accounts: dict[str, Buyer]) -> Plot:
    """A request of *buyer* that comes at *start*; *accounts* are the companies by name."""
    account = accounts.get(buyer.company or "", buyer)
    story, opening = _chosen(buyer, account, rng)
    sale = _sale(book, account, opening.about, start, rng) if opening.about is not About.NOTHING else None
    slots = _slots(buyer, opening.about, sale, start, rng)
    return Plot(
        start, buyer, story, opening, slots.fill(rng.choice(opening.subjects)), slots, sale, rng.random() < 0.24
    )


def _chosen(buyer: Buyer, account: Buyer, rng: random.Random) -> tuple[Story, Opening]:
    stories = STORIES[buyer.language]
    while True:
        story = rng.choices(stories, [each.weight for each in stories])[0]
        opening = rng.choice(story.openings)
        if _may_say(account, opening.about):
            return story, opening


def _may_say(account: Buyer, about: About) -> bool:
    """Who bought nothing only asks what anybody may ask."""
    if about is About.NOTHING:
        return True
    if not account.is_known or account.status == "PROSPECT":
        return False
    return account.status != "FORMER" or about in _OF_BUYERS


def _sale(book: Book, account: Buyer, about: About, start: datetime, rng: random.Random) -> Sale:
    """The sale that the letter is about: one that fits, or one more."""
    least, most = _RECENT[about]
    begins, ends = start - timedelta(days=most), start - timedelta(days=least)
    items = _items(about, rng)
    if about not in (About.LATE, About.FRESH) and (fitting := _fitting(book, account, items, begins, ends)):
        return fitting
    placed, wanted = max(begins + (ends - begins) * rng.random(), book.begin), [(rng.choice(items), 1)]
    if about is About.FRESH:
        return book.sell(account, wanted, placed)
    if about is About.LATE:
        promised = (start - timedelta(days=rng.choice((1, 1, 2)))).date()
        return book.sell(account, wanted, placed, promised=promised, delivered=_daily(start, rng.randint(3, 5)))
    sale = book.sell(account, wanted, placed, delivered=placed + timedelta(days=rng.uniform(3, 4.5)))
    if about in (About.HOOD, About.SHELF):
        reason = "与预期不符，退货" if account.is_chinese else "Does not fit, sent back"
        back, line = start + timedelta(days=rng.randint(4, 9)), sale.lines[0]
        book.give(sale, "RETURN", line.unit_price, reason, back, line.item)
    return sale


def _fitting(book: Book, account: Buyer, items: tuple[Item, ...], begins: datetime, ends: datetime) -> Sale | None:
    numbers = {item.number for item in items}
    for sale in book.of(account):
        is_in_time = begins <= sale.placed <= ends and not sale.cancelled
        if is_in_time and any(line.item.number in numbers for line in sale.lines):
            return sale
    return None


def _daily(start: datetime, days: int) -> datetime:
    """So many days later, while vans are on the road."""
    return (start + timedelta(days=days)).replace(hour=9 + days)


def _items(about: About, rng: random.Random) -> tuple[Item, ...]:
    if about is About.FRIDGE:
        return _FRIDGES
    if about in _BOUGHT:
        return (_BOUGHT[about],)
    if about is About.HOOD:
        return (BY_MODEL["Hood Air 60"], BY_MODEL["Hood Air 90"])
    if about is About.SHELF:
        return (BY_MODEL["Shelf 60"], BY_MODEL["Shelf 45"])
    return tuple(rng.sample(catalogue.HOUSEHOLD, 6))


def _slots(buyer: Buyer, about: About, sale: Sale | None, start: datetime, rng: random.Random) -> Slots:
    """The facts of one request, the same through all its letters."""
    item = _item(about, sale, rng)
    facts = letters.slots(buyer, rng, start)
    facts.values.update(model=item.model, amount=SIGNS[buyer.currency].format(rng.randint(4, 60) * 5))
    if item in _FRIDGES:
        facts.values["fridge"] = item.model
    if sale is None:
        return facts
    serial = next((owned.serial for owned in sale.owned if owned.item is item), "")
    facts.values.update(order=sale.number, month=letters.month(buyer, sale.placed))
    if serial:
        facts.values["serial"] = serial
    if about in (About.HOOD, About.SHELF):
        facts.values["amount"] = shown(sale.lines[0].unit_price, sale.currency)
    if about is About.BILLED:
        facts.values["amount"] = shown(sale.total, sale.currency)
    if about is About.LATE and sale.delivered:
        due = datetime(sale.promised.year, sale.promised.month, sale.promised.day, tzinfo=start.tzinfo)
        facts.values.update(weekday=letters.day(buyer, due), weekday2=letters.day(buyer, sale.delivered))
    return facts


def _item(about: About, sale: Sale | None, rng: random.Random) -> Item:
    """What the letter is about: of a sale of several things the one that fits."""
    if sale is None:
        return rng.choice(catalogue.HOUSEHOLD)
    fitting = {item.number for item in _items(about, rng)}
    return next((line.item for line in sale.lines if line.item.number in fitting), sale.lines[0].item)


def shown(amount: Decimal, currency: str) -> str:
    """An amount as people write it in a letter."""
    return SIGNS[currency].format(f"{amount:.2f}".removesuffix(".00"))
