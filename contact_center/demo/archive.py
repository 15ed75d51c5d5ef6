"""The archive around the year's requests: imported when it begins, ranked and valued as it goes, told apart at its end.

Called by `installing`, under the clock of the instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import duplicates
from contact_center.customers.models import Customer
from contact_center.demo import catalogue, dossiers, ledger, people
from contact_center.demo.casting import SEED, Cast
from contact_center.demo.feed import Feed, bring_in
from contact_center.demo.steps import Play, World
from contact_center.extensions import db
from contact_center.orders import products
from contact_center.tiers import overrides, ranking
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.settings import Schedule
from contact_center.value import contribution

_PROMISED = ("Pension Alpenblick", "B", "Opens two more houses in spring: promised by Lee")


def set_rates(agent: Agent) -> None:
    """The firm reckons in euros, and ranks its customers once a month."""
    rates = {code: rate for code, rate in catalogue.RATES.items() if code != "EUR"}
    wanted = replace(tier_settings.current(), currency="EUR", rates=rates, schedule=Schedule.MONTH)
    tier_settings.save(wanted, agent)


def import_all(cast: Cast, agent: Agent) -> Feed:
    """Bring in what is known on the first day, kind by kind, each as a file; commits. Returns what is still to come."""
    begin = clock.now()
    known = [buyer for buyer in cast.buyers if buyer.is_known]
    firms_first = sorted(known, key=lambda buyer: not buyer.is_company)
    bring_in("customers", (_customer(cast, buyer) for buyer in firms_first), agent)
    rng = cast.book.rng
    bring_in("products", catalogue.rows(cast.book.begin.date(), rng), agent)
    feed = Feed(cast.book, cast.contracts)
    for kind, rows in feed.until(begin).items():
        bring_in(kind, rows, agent)
    return feed


def twins_appear(cast: Cast, world: World) -> Play:
    """Somebody brings in the visitors of a fair, without looking who is known already."""
    yield world.now - timedelta(days=66)
    agent = db.session.get_one(Agent, world.colleagues["Robin Admin"])
    bring_in("customers", (ledger.customer(twin, {}, "") for twin in cast.twins), agent)


def stock_is_counted(cast: Cast, world: World) -> Play:
    """The stores count what lies there, the day before yesterday."""
    yield world.now - timedelta(hours=27)
    products.put_stocks(list(catalogue.counted(clock.now().date(), cast.book.rng)))


def ranks(world: World) -> Play:
    """Supervisors rank the customers anew: half a year ago, and the day before yesterday."""
    for days in (183, 2):
        yield world.now - timedelta(days=days, hours=4)
        supervisor = db.session.get_one(Agent, world.colleagues["Lee Wong"])
        rank(supervisor)
        if days == 183:
            _promise(supervisor)


def rank(agent: Agent) -> None:
    """A preview, and then what it says; commits."""
    run = ranking.preview(tier_settings.current(), agent)
    db.session.commit()
    ranking.apply(run, agent)
    contribution.recompute()
    db.session.commit()


def _promise(agent: Agent) -> None:
    """One tier is set by hand, until a day that has not come yet."""
    name, tier, reason = _PROMISED
    customer = db.session.scalars(select(Customer).where(Customer.name == name)).first()
    if customer is not None:
        overrides.set(customer, tier, reason, clock.now() + timedelta(days=300), agent)


def conclude(at: datetime) -> None:
    """Today's figures: contribution and colours, limits, who may be the same as whom."""
    with clock.standing_at(at):
        contribution.recompute()
        db.session.commit()
        dossiers.watch()
    with clock.standing_at(at + duplicates.LAG * 2):  # a sweep leaves the last minutes to the next one
        while duplicates.sweep():
            db.session.commit()
        db.session.commit()


def plays(cast: Cast, world: World, feed: Feed) -> Iterator[Play]:
    """What happens by itself beside the requests."""
    yield feed.play()
    yield ranks(world)
    yield twins_appear(cast, world)
    yield stock_is_counted(cast, world)
    yield dossiers.surveyed(cast.buyers, world, SEED)
    yield dossiers.agreed(cast.buyers, world, SEED)
    yield dossiers.judged(cast.buyers, world, SEED)


def _customer(cast: Cast, buyer) -> ledger.Row:  # type: ignore[no-untyped-def]
    owner = cast.owners.get(buyer.number)
    return ledger.customer(buyer, cast.companies, f"{owner}@{people.DOMAIN}" if owner else "")
