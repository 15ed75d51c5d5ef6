"""Who plays in the demo and what will have happened: planned whole before the first row is written.

`draw` is pure but for its random numbers: the same instant gives the same people, sales and requests.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from contact_center.demo import buyers, dossiers, history, told, told_en, told_zh, trade
from contact_center.demo.buyers import Buyer
from contact_center.demo.plans import Contracts
from contact_center.demo.plots import Plot
from contact_center.demo.sales import Book

SEED = 42
ARCHIVE = timedelta(days=735)
TOLD = (told_en.HAMBURG, told_zh.SHANGHAI)
_OWNED = 0.2  # of the persons have somebody who looks after them; all companies have
_OWNERS = {"en": ("ada", "jonas", "nora"), "zh": ("chenyue", "liwei")}


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything that the demo will tell. `orders`: of those whose story is told, by customer number and model."""

    book: Book
    contracts: Contracts
    buyers: list[Buyer]
    twins: list[Buyer]
    owners: dict[str, str]  # customer number -> local part of an agent's address
    plots: list[Plot]
    orders: dict[str, dict[str, str]]

    @property
    def companies(self) -> dict[str, str]:
        """Their numbers by name."""
        return {buyer.name: buyer.number for buyer in self.buyers if buyer.is_company}


def draw(now: datetime, stories: int, customers: int) -> Cast:
    """Plan a demo of so many requests and customers that ends at *now*."""
    now = now.replace(microsecond=0)
    rng = random.Random(SEED)
    others = buyers.draw(customers - len(TOLD), rng)
    everybody = [*(each.buyer for each in TOLD), *others]
    book = Book(now - ARCHIVE, now, random.Random(SEED + 1))
    contracts = Contracts(book)
    trade.plan(book, others)
    dossiers.overdraw(book, others)
    orders = {each.buyer.number: told.sell(each, book, contracts) for each in TOLD}
    plots = history.draw(book, others, stories, SEED)
    contracts.plan(others)
    return Cast(book, contracts, everybody, buyers.twice(others), _owners(everybody, rng), plots, orders)


def _owners(everybody: list[Buyer], rng: random.Random) -> dict[str, str]:
    owners = {each.buyer.number: _OWNERS[each.buyer.language][0] for each in TOLD}
    for buyer in everybody:
        if buyer.number not in owners and (buyer.is_company or buyer.company or rng.random() < _OWNED):
            owners[buyer.number] = rng.choice(_OWNERS[buyer.language])
    return owners
