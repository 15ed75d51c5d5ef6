"""A storm of scripted calls: callers of all tempers, agents with habits, a carrier that loses and doubles its words.

`contact-center traffic calls` runs it and leaves its rows; `Counted` says what became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from flask import Flask
from sqlalchemy import func, select

from carrier import faults, scripts
from carrier.phones import Script
from contact_center.calls import invariants
from contact_center.calls.models import OVER, Call, Outcome
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.statement import Statement
from contact_center.tickets.messages import Direction

EVERY = 6.0  # seconds between two calls, for each agent there is a sixth of that
SETTLED = 60.0  # seconds after the last call in which everything must have come to its end
TROUBLE = (
    faults.Rule(faults.When("callback", probability=0.05), faults.Duplicate()),
    faults.Rule(faults.When("callback", probability=0.05), faults.Delay()),
    faults.Rule(faults.When("callback", probability=0.02), faults.Lose()),
    faults.Rule(faults.When("rest", probability=0.02), faults.Refuse()),
    faults.Rule(faults.When("rest", probability=0.01), faults.LoseAnswer()),
    faults.Rule(faults.When("request", probability=0.01), faults.LoseAnswer()),
)
STEADY = Habits(talk=40.0)
TRYING = Habits(talk=40.0, deaf=0.06, declines=0.04, mute=0.03, vanishes=0.02)


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of the calls. `silent`: callers who heard nothing for more than three seconds."""

    calls: int
    answered: int
    abandoned: int
    stuck: int
    double_offered: int
    silent: int
    broken: int
    webhooks: int
    seconds: float  # of virtual time

    def as_json(self) -> dict[str, float]:
        return asdict(self)


# Two agents at once with one call: by the ledger of offers, or by the stretches in which somebody talked.
_DOUBLED = Statement("""
    SELECT count(*) AS found FROM offer a JOIN offer b ON b.interaction_id = a.interaction_id AND b.id > a.id
    WHERE b.offered_at < coalesce(a.ended_at, 'infinity') AND a.interaction_id = ANY(:interactions)
""")


def storm(
    app: Flask,
    start: datetime,
    agents: Sequence[int],
    count: int,
    *,
    seed: int = 1,
    is_faulty: bool = False,
    is_watched: bool = False,
) -> Counted:
    """Place *count* calls, let everything come to its end, and count. Raises CarrierError if it does not.

    *is_watched*: the rules that must always hold of calls are looked at after every event, not only at the end.
    """
    chances = Random(seed)
    with app.app_context():
        first = db.session.scalar(select(func.coalesce(func.max(Call.id), 0))) or 0
        numbers = [number.address for number in places.numbers().values() if number.takes_calls]
    # Its calls get other names than those of a storm before it, which had the same seed and the same day.
    day = Day(app, start, agents, TRYING if is_faulty else STEADY, seed=seed, era=str(first))
    day.is_watched = is_watched
    for rule in TROUBLE if is_faulty else ():
        day.carrier.faults.add(faults.Rule(rule.when, rule.do))
    gap, at = EVERY / max(1, len(agents)), 1.0
    for place in range(count):
        caller = f"+4915{chances.randrange(10**8, 10**9)}" if chances.random() > 0.03 else "anonymous"
        script = _caller(chances)
        day.carrier.at(at, partial(day.carrier.place_call, caller, chances.choice(numbers), script))
        at += chances.expovariate(1 / (gap * 8)) if place else 0.0
    last = day.carrier.now + timedelta(seconds=at)
    day.run(lambda: day.carrier.now >= last and _is_over(first, count), limit=at + 3 * 3600)
    end = day.carrier.now + timedelta(seconds=SETTLED)
    day.run(lambda: day.carrier.now >= end)
    with day.company.at_work(), app.app_context():
        return _counted(day, first, start)


def _caller(chances: Random) -> Script:
    """Most are patient and answer what they are asked; some hang up somewhere on the way."""
    leaves = None
    if chances.random() < 0.1:  # not before the third event: whoever goes while the carrier sets up has not called us
        leaves = ("*", chances.randrange(3, 14), chances.uniform(0.0, 2.0))
    return scripts.caller([], answers={"press 2": "2", "Press 2": "2"}, patience=chances.uniform(30, 400),
                          hangs_up_at=leaves)  # fmt: skip


def _is_over(first: int, count: int) -> bool:
    over = func.count().filter(Call.state.in_(OVER))
    came = func.count().filter(Call.direction == Direction.IN)
    row = db.session.execute(select(came, func.count(), over).where(Call.id > first)).one()
    db.session.rollback()
    return row[0] >= count and row[1] == row[2]


def _counted(day: Day, first: int, start: datetime) -> Counted:
    mine = Call.id > first
    came = select(Call.outcome, func.count()).where(mine, Call.direction == Direction.IN)  # callbacks are ours
    outcomes = dict(db.session.execute(came.group_by(Call.outcome)).all())
    stuck = db.session.scalar(select(func.count()).where(mine, Call.outcome.is_(None))) or 0
    ids = list(db.session.scalars(select(Call.interaction_id).where(mine, Call.interaction_id.is_not(None))))
    return Counted(
        calls=sum(outcomes.values()),
        answered=outcomes.get(Outcome.HANDLED, 0),
        abandoned=outcomes.get(Outcome.ABANDONED, 0),
        stuck=stuck,
        double_offered=int(_DOUBLED.rows({"interactions": ids})[0].found),
        silent=len(day.carrier.silences()),
        broken=len(day.broken | set(invariants.broken())),
        webhooks=len(day.carrier.sent),
        seconds=(day.carrier.now - start).total_seconds(),
    )
