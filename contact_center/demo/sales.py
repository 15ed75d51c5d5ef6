"""What the demo's buyers bought: sales with their way to the customer, bills with their payments, what is owned since.

Everything is planned here, with the instant at which each step happens; `ledger` says what of it is known at a time.
Called by `trade` (the everyday business), `plots` (what letters speak of) and `told` (whose whole story is told).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from contact_center.demo import ways
from contact_center.demo.buyers import Buyer
from contact_center.demo.catalogue import RAISED_AFTER, Item
from contact_center.demo.ways import Step

NOTHING = Decimal("0.00")
_MOST_UNITS = 12  # of one line that get a number of their own as assets


@dataclass(frozen=True, slots=True)
class Line:
    item: Item
    quantity: int
    unit_price: Decimal
    discount: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price - self.discount


@dataclass(frozen=True, slots=True)
class Owned:
    """One appliance that a sale brought."""

    number: str
    item: Item
    serial: str
    bought: date
    installed: datetime | None
    place: str
    until: date | None = None  # of the warranty, where it is not the product's


@dataclass(slots=True)
class Paid:
    number: str
    at: datetime
    amount: Decimal
    method: str


@dataclass(slots=True)
class Bill:
    """An invoice and what came in for it; `order` is empty for a contract's fee."""

    number: str
    account: Buyer
    order: str
    title: str
    currency: str
    amount: Decimal
    issued: datetime
    due: date
    paid: list[Paid] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Given:
    """A return, a compensation or a discount given afterwards."""

    number: str
    account: Buyer
    order: str
    item: Item | None
    kind: str
    currency: str
    amount: Decimal
    reason: str
    at: datetime


@dataclass(slots=True)
class Sale:
    number: str
    account: Buyer
    placed: datetime
    lines: tuple[Line, ...]
    currency: str
    delivery: Decimal
    promised: date
    parcel: str
    way: list[Step]
    cancelled: datetime | None = None
    owned: list[Owned] = field(default_factory=list)
    bill: Bill | None = None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), NOTHING) + self.delivery

    @property
    def delivered(self) -> datetime | None:
        last = self.way[-1] if self.way else None
        return last.at if last and last.state == "DELIVERED" and not self.cancelled else None

    @property
    def shipped(self) -> datetime | None:
        return next((step.at for step in self.way if step.state != "PREPARING"), None) if not self.cancelled else None


class Numbers:
    """Numbers of one kind: unique, the same every time, and in no order that a customer could count on from."""

    def __init__(self, prefix: str, lowest: int, rng: random.Random) -> None:
        self._prefix, self._lowest, self._rng = prefix, lowest, random.Random(rng.random())
        self._taken: set[int] = set()

    def next(self) -> str:
        """One that was not drawn before."""
        drawn = self._rng.randrange(self._lowest, self._lowest * 10)
        while drawn in self._taken:
            drawn = self._rng.randrange(self._lowest, self._lowest * 10)
        self._taken.add(drawn)
        return f"{self._prefix}{drawn}"


class Book:
    """All that was sold, and who writes it down; *now* is when the demo ends, *begin* when its archive begins."""

    def __init__(self, begin: datetime, now: datetime, rng: random.Random) -> None:
        self.begin, self.now, self.rng = begin, now, rng
        self.sales: list[Sale] = []
        self.bills: list[Bill] = []
        self.given: list[Given] = []
        self._of: dict[str, list[Sale]] = {}
        series = (("", 10**6), ("P", 10**8), ("R-", 10**5), ("Z-", 10**6), ("A-", 10**5), ("S-", 10**4), ("", 10**3))
        (
            self._orders, self._parcels, self._bills, self._payments, self._assets, self._settlements, self._serials,
        ) = (Numbers(prefix, lowest, rng) for prefix, lowest in series)  # fmt: skip

    def of(self, account: Buyer) -> list[Sale]:
        """The sales to an account, in the order in which they were written down."""
        return self._of.get(account.number, [])

    def sell(
        self, account: Buyer, wanted: list[tuple[Item, int]], placed: datetime, *,
        promised: date | None = None, delivered: datetime | None = None, serials: dict[str, str] | None = None,
        pays: bool = True,
    ) -> Sale:  # fmt: skip
        """Write a sale down with everything that follows from it. *delivered* says when it really arrives."""
        rng = self.rng
        lines = tuple(self._line(account, item, many, placed) for item, many in wanted)
        promised = promised or (placed + timedelta(days=rng.randint(4, 8))).date()
        sale = Sale(
            self._orders.next(), account, placed, lines, account.currency, _delivery(account, lines), promised,
            self._parcels.next(), ways.of(account, placed, promised, delivered, rng),
        )  # fmt: skip
        sale.owned = list(self._owned(sale, serials or {}))
        sale.bill = self.charge(sale, pays=pays)
        self.sales.append(sale)
        self._of.setdefault(account.number, []).append(sale)
        return sale

    def cancel(self, sale: Sale, at: datetime) -> None:
        """The customer does not want it any more: nothing leaves, nothing is owed."""
        sale.cancelled, sale.way, sale.owned = at, [], []
        if sale.bill:
            self.bills.remove(sale.bill)
            sale.bill = None

    def charge(self, sale: Sale, *, pays: bool = True) -> Bill:
        """The invoice of a sale: with the goods, payable at once by persons and after 30 days by companies."""
        days = 30 if sale.account.is_company else 14
        issued = sale.shipped or sale.placed + timedelta(days=2)
        bill = self.bill(sale.account, _title(sale), sale.currency, sale.total, issued, days, order=sale.number)
        if pays:
            self.pay(bill, ordered=sale.placed)
        return bill

    def bill(
        self,
        account: Buyer,
        title: str,
        currency: str,
        amount: Decimal,
        issued: datetime,
        days: int,
        *,
        order: str = "",
    ) -> Bill:
        """An invoice that nobody has paid yet."""
        due = (issued + timedelta(days=days)).date()
        made = Bill(self._bills.next(), account, order, title, currency, amount, issued, due)
        self.bills.append(made)
        return made

    def pay(self, bill: Bill, *, ordered: datetime | None = None) -> None:
        """Pay as such an account pays: persons mostly at once, companies mostly in time, some late, some not yet."""
        rng, at_once = self.rng, ordered is not None and not bill.account.is_company
        if at_once and rng.random() < 0.85:
            self.settle(bill, (ordered or bill.issued) + timedelta(minutes=rng.randint(1, 50)))
            return
        luck, due = rng.random(), bill.issued + (bill.due - bill.issued.date())
        if luck < 0.8:
            self.settle(bill, due - timedelta(days=rng.randint(0, max(1, (bill.due - bill.issued.date()).days - 2))))
        elif luck < 0.95:
            self.settle(bill, due + timedelta(days=rng.randint(2, 38)))
        elif luck < 0.975:
            self.settle(bill, due + timedelta(days=rng.randint(1, 9)), bill.amount / 2)

    def settle(self, bill: Bill, at: datetime, amount: Decimal | None = None) -> None:
        """Money comes in for a bill."""
        amount = (amount or bill.amount).quantize(NOTHING)
        bill.paid.append(Paid(self._payments.next(), at, amount, ways.method(bill.account, self.rng)))

    def give(self, sale: Sale, kind: str, amount: Decimal, reason: str, at: datetime, item: Item | None = None) -> None:
        """A return, a compensation or a discount for a sale."""
        self.given.append(
            Given(self._settlements.next(), sale.account, sale.number, item, kind, sale.currency, amount, reason, at)
        )

    def small(self, account: Buyer) -> Decimal:
        """A small round amount in the account's currency."""
        return {"CNY": Decimal("480.00"), "SEK": Decimal("690.00")}.get(account.currency, Decimal("62.00"))

    def _line(self, account: Buyer, item: Item, many: int, placed: datetime) -> Line:
        raised = placed >= self.begin + RAISED_AFTER
        price = item.price(account.currency, business=account.is_company, raised=raised)
        discount = (price * many / 20).quantize(NOTHING) if many >= 5 else NOTHING
        return Line(item, many, price, discount)

    def _owned(self, sale: Sale, serials: dict[str, str]):  # type: ignore[no-untyped-def]
        for line in sale.lines:
            for unit in range(min(line.quantity, _MOST_UNITS) if line.item.is_appliance else 0):
                serial = serials.get(line.item.model) if unit == 0 else None
                yield Owned(
                    self._assets.next(), line.item, serial or self._serial(sale.placed), sale.placed.date(),
                    sale.delivered, ways.place_of(sale.account, line.item, unit),
                )  # fmt: skip

    def _serial(self, placed: datetime) -> str:
        """Year, factory, week and a running number: made some weeks before it was sold."""
        week = (placed - timedelta(days=self.rng.randint(20, 150))).isocalendar()
        return f"{week.year % 100}{self.rng.choice('BKTW')}{week.week:02d}-{self._serials.next()}"


def _title(sale: Sale) -> str:
    first = sale.lines[0].item.title(sale.account.language)
    more = len(sale.lines) - 1
    return first if not more else f"{first} +{more}"


def _delivery(account: Buyer, lines: tuple[Line, ...]) -> Decimal:
    """Small parcels cost something; the rest is brought free of charge."""
    value = sum((line.amount for line in lines), NOTHING)
    if account.is_company or any(line.item.eur > 300 for line in lines) or not value:
        return NOTHING
    return {"CNY": Decimal("25.00"), "SEK": Decimal("59.00")}.get(account.currency, Decimal("6.90"))
