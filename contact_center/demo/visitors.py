"""Who writes next to a running installation of the demo, and what: customers of all four tiers, in both languages.

Called by `contact-center traffic`. Nothing is asked of the database: the demo's people are drawn again from the same
seed, and ranked by what they bought. The letters are the stories', with the facts of each customer.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage

from contact_center.customers.models import TIERS
from contact_center.demo import casting, installing, letters, plots, steps
from contact_center.demo.buyers import Buyer
from contact_center.demo.casting import Cast
from contact_center.demo.plots import Plot
from contact_center.demo.sales import Sale

WRITE = (8, 22, 30, 40)  # of a hundred; A are so few that they would hardly be met
SHARES = (Decimal(1), Decimal(5), Decimal(20))  # percent of the customers who are A, B, C by what they bought in a year
_RATES = {"EUR": Decimal(1), "CNY": Decimal("0.125"), "GBP": Decimal("1.15"), "SEK": Decimal("0.09")}
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing to send: a mail, or what to fill into the request form."""

    tier: str
    buyer: Buyer
    subject: str
    mail: EmailMessage | None
    fields: dict[str, str]

    @property
    def language(self) -> str:
        return self.buyer.language


class Visitors:
    """Draws one letter after the other; the same seed draws the same people and texts."""

    def __init__(self, now: datetime, seed: int) -> None:
        self._cast = casting.draw(now, installing.STORIES, installing.CUSTOMERS)
        self._accounts = {buyer.name: buyer for buyer in self._cast.buyers if buyer.is_company}
        self._by_tier = ranked(self._cast, now)
        self._rng = random.Random(f"{seed}.traffic")

    def next(self, now: datetime, *, web_share: float) -> Letter:
        """What is sent now; *web_share* of all by the request form."""
        rng = self._rng
        tier = rng.choices(TIERS, WRITE)[0]
        plot = plots.draw(self._cast.book, rng.choice(self._by_tier[tier]), now, rng, self._accounts)
        if rng.random() < web_share:
            return Letter(tier, plot.buyer, plot.subject, None, _fields(plot))
        address = steps.address_for(plot.buyer, plot.story.kind)
        kind, text = plot.story.kind, plot.opening.text
        mail = letters.opening(plot.buyer, address, plot.subject, text, plot.slots, rng, kind)
        mail.replace_header("Message-ID", f"<{uuid.uuid4().hex}@{plot.buyer.email.partition('@')[2]}>")
        return Letter(tier, plot.buyer, plot.subject, mail, {})

    def gap(self, per_hour: float) -> float:
        """Seconds until the next one: arrivals that know nothing of each other (Poisson)."""
        return self._rng.expovariate(per_hour / 3600)


def ranked(cast: Cast, now: datetime) -> dict[str, Sequence[Buyer]]:
    """The buyers by tier, as ranking by a year's revenue puts them; contact persons and strangers are D."""
    bought: dict[str, Decimal] = defaultdict(Decimal)
    for sale in cast.book.sales:
        if sale.placed > now - _YEAR and not sale.cancelled:
            bought[sale.account.number] += _worth(sale)
    owners = [buyer for buyer in cast.buyers if buyer.number in bought]
    owners.sort(key=lambda buyer: (-bought[buyer.number], buyer.number))
    ends = [max(place, round(len(owners) * part / 100)) for place, part in enumerate(_cumulated(), 1)]
    bands = [owners[start:end] for start, end in zip([0, *ends], [*ends, None], strict=True)]
    rest = [buyer for buyer in cast.buyers if buyer.number not in bought]
    return dict(zip(TIERS, [*bands[:3], [*bands[3], *rest]], strict=True))


def _cumulated() -> list[Decimal]:
    return [sum(SHARES[:number], Decimal(0)) for number in range(1, len(SHARES) + 1)]


def _worth(sale: Sale) -> Decimal:
    return sum((line.amount for line in sale.lines), Decimal(0)) * _RATES[sale.currency]


def _fields(plot: Plot) -> dict[str, str]:
    return {
        "kind": plot.story.kind, "text": plot.slots.fill(plot.opening.text), "name": plot.buyer.name,
        "order_number": plot.slots.values["order"], "email": plot.buyer.email, "phone": plot.buyer.phone,
    }  # fmt: skip
