"""Service contracts of the demo: three plans, who has which, since when, and their yearly fees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contact_center.demo.buyers import Buyer
from contact_center.demo.catalogue import RATES
from contact_center.demo.sales import Book

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is promised. `visits` None: as many as needed."""

    name: str
    zh: str
    hours: str
    response: int
    resolution: int
    visits: int | None
    kinds: str
    eur: int

    def title(self, language: str) -> str:
        return self.zh if language == "zh" else self.name


CARE = Plan("Care Plus", "安心保养", "working", 240, 1440, 4, "REPAIR; QUESTION", 189)
LAUNDRY = Plan("Laundry Care", "洗护保养", "working", 480, 2880, 2, "REPAIR", 129)
PRO = Plan("Pro Service", "商用全保", "24x7", 60, 480, None, "", 1290)


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract; `used` are the visits that had taken place when it was written down. No assets: all of them."""

    number: str
    account: Buyer
    plan: Plan
    begins: date
    ends: date
    signed: datetime
    used: int = 0
    assets: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """As the importer and the register have it."""
        plan, currency = self.plan, self.account.currency
        row = {
            "external_id": self.number, "customer": self.account.number, "name": plan.title(self.account.language),
            "valid_from": self.begins, "valid_until": self.ends, "hours": plan.hours,
            "response_minutes": plan.response, "resolution_minutes": plan.resolution, "visits_used": self.used,
            "kinds": plan.kinds, "fee": self.fee, "currency": currency,
        }  # fmt: skip
        row |= {"visits_included": plan.visits} if plan.visits is not None else {}
        return row | {"assets": "; ".join(self.assets)} if self.assets else row

    @property
    def fee(self) -> Decimal:
        return (Decimal(self.plan.eur) / RATES[self.account.currency]).quantize(Decimal(1))


class Contracts:
    """All contracts, in the order in which they were signed by each account."""

    def __init__(self, book: Book) -> None:
        self._book, self._count = book, book.rng.randrange(900)
        self.all: list[Contract] = []

    def plan(self, buyers: list[Buyer]) -> None:
        """Most companies have one, some persons; each is renewed once a year."""
        rng = self._book.rng
        for buyer in buyers:
            buys = bool(self._book.of(buyer))
            if not buys or rng.random() > (0.75 if buyer.is_company else 0.12):
                continue
            plan = rng.choice((PRO, PRO, CARE)) if buyer.is_company else rng.choice((CARE, LAUNDRY))
            self.sign(buyer, plan, self._book.begin + timedelta(days=rng.randint(3, 640)), used=rng.choice((0, 1, 2)))

    def sign(
        self, account: Buyer, plan: Plan, since: datetime, *, used: int = 0, assets: tuple[str, ...] = (),
        renews: bool = True,
    ) -> list[Contract]:  # fmt: skip
        """Sign a contract for a year and, as long as it *renews*, the next one; each has its bill."""
        signed: list[Contract] = []
        while since < self._book.now:
            begins = since.date()
            self._count += 37
            number = f"SC-{1000 + self._count % 9000}"
            signed.append(
                Contract(number, account, plan, begins, begins + YEAR - timedelta(days=1), since, used, assets)
            )
            self._charge(signed[-1], is_punctual=not renews)
            since, used = since + YEAR, 0
            if not renews or self._book.rng.random() < 0.25:
                break
        self.all += signed
        return signed

    def _charge(self, contract: Contract, *, is_punctual: bool) -> None:
        account = contract.account
        year = f"{contract.begins:%Y}"
        words = f"{contract.plan.title(account.language)} {year}"
        bill = self._book.bill(account, words, account.currency, contract.fee, contract.signed, 30)
        if is_punctual:
            self._book.settle(bill, contract.signed + timedelta(days=8))
        else:
            self._book.pay(bill)

    def rows(self, until: datetime) -> Iterator[dict[str, Any]]:
        """What was signed up to *until*."""
        return (contract.row() for contract in self.all if contract.signed <= until)
