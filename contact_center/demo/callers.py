"""Who rings the demo's telephone: a year of callers, and one morning on which too few agents were there.

That morning is yesterday's, so that there is a fallen service level to look into. `rung` writes what they left.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.customers.models import ContactPoint, Customer
from contact_center.demo import hotline, people
from contact_center.extensions import db
from contact_center.text.addresses import Scheme

WEEKS = 52
A_DAY_FIRST, A_DAY = 3.0, 12.5  # calls between eight and eight: a year ago, and now
RINGS = 20  # seconds
_HANDED_OVER, _MISSED = 0.06, 0.4  # of the answered; of those who waited longer than it rings
_BACK, _REACHED = 0.2, 0.85  # of those who waited long and were answered; of them
_MORNING = (time(10), time(12))  # the bad one
_MORE = 26  # callers on it
_ABOUT = (
    ("REPAIR", "Does not start", "无法启动"), ("REPAIR", "Leaks", "漏水"),
    ("DELIVERY", "Where is my delivery?", "配送到哪里了？"), ("QUESTION", "How do I set it?", "如何设置？"),
    ("INVOICE", "A question about an invoice", "关于发票的问题"), ("RETURN", "Wants to return it", "想退货"),
    ("ORDER", "Change of an order", "修改订单"),
)  # fmt: skip
_WEIGHTS = (6, 4, 6, 5, 3, 3, 3)


@dataclass(frozen=True, slots=True)
class Rung:
    """One call: who rang when, how long they waited, who answered, and for how long they talked."""

    at: datetime
    wait: timedelta
    talk: timedelta
    wrap: timedelta
    agent_id: int | None  # who answered, or had it last; None: they gave up
    first_id: int | None  # who handed it over to them
    missed_id: int | None  # at whose desk it rang in vain
    is_back: bool  # they asked to be called back
    is_reached: bool  # and answered then
    customer_id: int
    number: str
    language: str
    about: tuple[str, str, str]

    @property
    def answered_at(self) -> datetime:
        return self.at + self.wait

    @property
    def left_at(self) -> datetime:
        """When they hung up, to be called back."""
        return self.at + timedelta(seconds=35)

    @property
    def dialled_at(self) -> datetime:
        return self.answered_at - timedelta(seconds=12)

    @property
    def consulted_at(self) -> datetime:
        return self.answered_at + 0.3 * self.talk

    @property
    def handed_over_at(self) -> datetime:
        """After some talk and a word with the colleague, if it was."""
        return self.answered_at + (0.4 * self.talk if self.first_id else timedelta())

    @property
    def ended_at(self) -> datetime:
        return self.at + self.wait + (self.talk if self.agent_id else timedelta())

    @property
    def words(self) -> str:
        """What it was about, in the caller's language."""
        _kind, english, chinese = self.about
        return chinese if self.language.startswith("zh") else english


def draw(now: datetime, rng: random.Random, weeks: int) -> Iterator[Rung]:
    """The calls up to yesterday, the oldest first."""
    callers = [tuple(row) for row in db.session.execute(
        select(ContactPoint.customer_id, ContactPoint.value, Customer.language)
        .join(Customer, Customer.id == ContactPoint.customer_id)
        .where(ContactPoint.scheme == Scheme.PHONE).order_by(ContactPoint.id)
    )]  # fmt: skip
    agents = list(db.session.scalars(select(Agent.id).where(Agent.name.in_(hotline.SERVING)).order_by(Agent.id)))
    zone = people.zone("en")
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    for back in range(7 * weeks if callers else 0, -1, -1):
        day = yesterday - timedelta(days=back)
        for at, is_bad in _times(back, rng):
            local = datetime.combine(day, time(), zone) + at
            yield _one(local.astimezone(UTC), rng.choice(callers), rng.sample(agents, 3), rng, is_bad=is_bad)


def usual(back: int) -> float:
    """Calls on an ordinary day, *back* days before yesterday: a little more from week to week.

    Of late they are enough for `reports.unusual` to compare a day with those before.
    """
    return A_DAY * (A_DAY_FIRST / A_DAY) ** (back / (7 * WEEKS))


def _times(back: int, rng: random.Random) -> Iterator[tuple[timedelta, bool]]:
    """When somebody rings, after midnight, and whether on the bad morning; *back* counts days from yesterday."""
    is_last = back == 0
    count = round(usual(back)) + rng.randint(-1, 1)
    first, last = (timedelta(hours=at.hour) for at in _MORNING)
    for _ in range(count):
        at = timedelta(hours=8) + timedelta(hours=12) * rng.random()
        yield at, is_last and first <= at < last
    for _ in range(_MORE if is_last else 0):
        yield first + (last - first) * rng.random(), True


def _one(at: datetime, caller: tuple[Any, ...], agents: list[int], rng: random.Random, *, is_bad: bool) -> Rung:
    slow = rng.random() < (0.9 if is_bad else 0.1)
    wait = rng.randint(45, 240) if is_bad and slow else rng.randint(22, 60) if slow else rng.randint(4, 18)
    gave_up = slow and rng.random() < (0.35 if is_bad else 0.2)
    customer_id, number, language = caller
    about = rng.choices(_ABOUT, _WEIGHTS)[0]
    agent_id, first_id, missed_id = agents
    is_handed_over = not gave_up and rng.random() < _HANDED_OVER
    is_missed = not gave_up and wait > RINGS + 5 and rng.random() < _MISSED
    is_back = slow and not gave_up and not is_handed_over and rng.random() < _BACK
    is_reached = not is_back or rng.random() < _REACHED
    wait += rng.randint(120, 480) if is_back else 0
    return Rung(
        at, timedelta(seconds=wait), timedelta(seconds=rng.randint(70, 420) if is_reached else 0),
        timedelta(seconds=rng.randint(10, 90)),
        None if gave_up else agent_id, first_id if is_handed_over else None, missed_id if is_missed else None,
        is_back, is_reached, customer_id, number, language or "en", about,
    )  # fmt: skip
