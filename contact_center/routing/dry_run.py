"""Rules tried out on what has come in: on the tickets of the last 30 days, or on one, rule by rule. Nothing is written.

Called by the settings screen, with the rules as they are kept or as a form has them. Bounded in number and in time.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from contact_center import clock
from contact_center.extensions import db
from contact_center.routing import conditions, past, placement
from contact_center.routing.conditions import Check
from contact_center.routing.past import Past
from contact_center.routing.placement import Rule, Verdict
from contact_center.tickets.models import Ticket

DAYS = 30
MOST = 2000  # tickets
SECONDS = 4.0
SAMPLES = 3
_BATCH = 250


@dataclass(slots=True)
class Outcome:
    """What one rule would get (rule None: what no rule fits). `moves`: (queue now, queue then) → how many."""

    rule: Rule | None
    count: int = 0
    moves: Counter[tuple[int, int]] = field(default_factory=Counter)
    samples: list[Past] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """How many would go elsewhere than they went."""
        return sum(many for (now, then), many in self.moves.items() if now != then)


@dataclass(slots=True)
class Report:
    """What the rules would do. `looked` tickets of `total` were tried, the newest first."""

    outcomes: list[Outcome]
    total: int
    looked: int = 0
    skipped: int = 0  # would have fitted a rule whose queue is deactivated
    queues: dict[int, list[int]] = field(default_factory=dict)  # queue → [went there, would go there]

    @property
    def is_whole(self) -> bool:
        return self.looked >= self.total


@dataclass(frozen=True, slots=True)
class Trial:
    """One rule tried on one ticket; `is_reached`: no rule above takes it."""

    rule: Rule
    checks: list[Check]
    is_reached: bool

    @property
    def fits(self) -> bool:
        return all(check.holds for check in self.checks)


def run(rules: Sequence[Rule]) -> Report:
    """Try *rules* on what customers opened in the last 30 days, the newest first, as far as the bounds allow."""
    since = clock.now() - timedelta(days=DAYS)
    total = db.session.scalar(select(func.count()).where(_lately(since))) or 0
    outcomes: dict[int | None, Outcome] = {rule.id: Outcome(rule) for rule in rules} | {None: Outcome(None)}
    report = Report(list(outcomes.values()), total)
    end = time.monotonic() + SECONDS
    ids = list(db.session.scalars(select(Ticket.id).where(_lately(since)).order_by(Ticket.id.desc()).limit(MOST)))
    for batch in _batches(ids):
        for ticket in past.read(batch, rules):
            _count(report, outcomes, ticket, placement.decide(rules, ticket.facts))
        report.looked += len(batch)
        if time.monotonic() > end:
            break
    return report


def one(ticket: Ticket, rules: Sequence[Rule]) -> tuple[Past | None, list[Trial]]:
    """Try every rule on *ticket*: which one fits, and why the others do not. Nothing for what an agent began."""
    found = next(iter(past.read([ticket.id], rules)), None)
    if found is None:
        return None, []
    trials: list[Trial] = []
    is_taken = False
    for rule in rules:
        trial = Trial(rule, conditions.look(rule.conditions, found.facts), not is_taken)
        trials.append(trial)
        is_taken = is_taken or (trial.fits and rule.is_open)
    return found, trials


def _lately(since: datetime) -> ColumnElement[bool]:
    """Opened since then, as the index on changes finds them: nothing changes before it opens."""
    return and_(Ticket.changed_at >= since, Ticket.opened_at >= since, Ticket.last_inbound_at.is_not(None))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _count(report: Report, outcomes: dict[int | None, Outcome], ticket: Past, verdict: Verdict) -> None:
    rule = verdict.rule
    outcome = outcomes[rule.id if rule else None]
    then = (rule.queue_id if rule else None) or ticket.queue_id
    outcome.count += 1
    outcome.moves[ticket.queue_id, then] += 1
    if len(outcome.samples) < SAMPLES:
        outcome.samples.append(ticket)
    report.skipped += bool(verdict.skipped)
    report.queues.setdefault(ticket.queue_id, [0, 0])[0] += 1
    report.queues.setdefault(then, [0, 0])[1] += 1
