"""Two years of everyday business: who bought what and when, who sent something back, and who has a service contract."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from contact_center.demo import catalogue
from contact_center.demo.buyers import Buyer
from contact_center.demo.catalogue import Item
from contact_center.demo.sales import Book, Sale

_ORDERS = {"great": 15, "steady": 9, "rising": 12, "falling": 12, "narrow": 8}  # of a company in two years
_REASONS = {
    "en": {
        "RETURN": (
            "Does not fit",
            "Ordered by mistake",
            "Too loud for an open kitchen",
            "Colour differs from the picture",
        ),
        "COMPENSATION": ("Two visits in vain", "Scratched on delivery", "Four weeks late"),
        "DISCOUNT": ("Shop-soiled", "Promised on the telephone", "Late delivery"),
    },
    "zh": {
        "RETURN": ("尺寸不合适", "拍错了", "声音太大", "颜色与图片不符"),
        "COMPENSATION": ("两次上门未修好", "送货时划伤", "晚到四周"),
        "DISCOUNT": ("展示机", "电话里答应的优惠", "送货延误"),
    },
}


def plan(book: Book, buyers: list[Buyer]) -> None:
    """Fill the book for everybody who is known and buys."""
    for buyer in buyers:
        if not buyer.is_known or buyer.company or buyer.status == "PROSPECT":
            continue
        (_company if buyer.is_company else _person)(book, buyer)
    for sale in list(book.sales):
        _afterwards(book, sale)


def _person(book: Book, buyer: Buyer) -> None:
    rng = book.rng
    many = rng.choices((1, 2, 3, 4, 6), (20, 30, 25, 15, 10))[0]
    for number in range(many):
        share = rng.random() * (0.45 if buyer.status == "FORMER" else 1)
        if number and rng.random() < 0.45:
            wanted = [(rng.choice(catalogue.EXTRAS), 1)]
        else:
            items = rng.sample(catalogue.HOUSEHOLD, rng.choices((1, 2, 4), (70, 20, 10))[0])
            wanted = [(item, 1) for item in items]
        book.sell(buyer, wanted, _at(book, share))


def _company(book: Book, buyer: Buyer) -> None:
    rng, trend = book.rng, buyer.firm.trend if buyer.firm else "steady"
    choose = _of_one_line(rng) if trend == "narrow" else _of_all(rng)
    for _order in range(_ORDERS[trend]):
        share = {"rising": rng.random() ** 0.55, "falling": rng.random() ** 1.9}.get(trend, rng.random())
        most = 6 if trend == "great" else 4
        wanted = [(item, rng.randint(1, most)) for item in choose(rng.choice((1, 1, 2, 3)))]
        book.sell(buyer, wanted, _at(book, share))


def _of_all(rng: random.Random) -> Callable[[int], list[Item]]:
    return lambda many: rng.sample(catalogue.ITEMS[:26] + catalogue.EXTRAS, many)


def _of_one_line(rng: random.Random) -> Callable[[int], list[Item]]:
    line = rng.choice((catalogue.SMALL, catalogue.DISH))
    items = [item for item in catalogue.APPLIANCES if item.line == line]
    return lambda many: rng.sample(items, min(many, len(items)))


def _at(book: Book, share: float) -> datetime:
    """That far into the two years, by day; nothing of it in the last hours."""
    span = book.now - timedelta(hours=20) - book.begin
    at = book.begin + span * share
    return min(at.replace(hour=book.rng.randint(7, 20), minute=book.rng.randint(0, 59)), book.now - timedelta(hours=3))


def _afterwards(book: Book, sale: Sale) -> None:
    """Some orders are cancelled, some goods come back, some cost a concession."""
    rng = book.rng
    if rng.random() < 0.02:
        book.cancel(sale, sale.placed + timedelta(hours=rng.randint(1, 20)))
        return
    kind = rng.choices(("RETURN", "COMPENSATION", "DISCOUNT", ""), (4, 2, 3, 91))[0]
    if not kind or sale.delivered is None:
        return
    at = sale.delivered + timedelta(days=rng.randint(2, 13), hours=rng.randint(0, 5))
    line = rng.choice(sale.lines)
    share = {"RETURN": Decimal(1), "COMPENSATION": Decimal("0.2"), "DISCOUNT": Decimal("0.1")}[kind]
    amount = (line.unit_price * share).quantize(Decimal("0.01"))
    book.give(sale, kind, amount, rng.choice(_REASONS[sale.account.language][kind]), at, line.item)
