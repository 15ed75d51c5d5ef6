"""Tier runs: count, look, apply, take back. A run that was lost half-way is carried on with by the next sweep.

Called by the supervisors' screens, the clock and the command line. One run counts or applies at a time; a second one is
told so. Nothing is half applied: moves, history and what is pending change in one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, text, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tiers import counting, judging
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.models import Origin, Rule, RunState, TierChange, TierRun
from contact_center.tiers.settings import Settings

UNDO_FOR = timedelta(days=7)
FRESH_FOR = timedelta(days=1)  # a preview that is older shows another day's customers
KEPT_FOR = timedelta(days=30)  # the moves of a run; figures and history stay
_LOCK = 7_461_001  # of the advisory lock that lets one run work at a time


def ask(settings: Settings, origin: Origin, agent: Agent | None = None, *, applies: bool = False) -> TierRun:
    """Write down that a run is wanted; `carry_on` does it."""
    run = TierRun(
        state=RunState.PENDING, origin=origin, applies=applies, settings=settings.said(),
        agent_id=agent.id if agent else None, asked_at=clock.now(),
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    return run


def preview(settings: Settings, agent: Agent | None = None, origin: Origin = Origin.SCREEN) -> TierRun:
    """Count by *settings*; no customer is changed. Raises AlreadyTaken while another run is at work."""
    _lock()
    run = ask(settings, origin, agent)
    _count(run)
    return run


def carry_on(run_id: int) -> bool:
    """Do what a pending run asks for; False if it is not pending any more, or another run is at work."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return False
    wanted = select(TierRun).where(TierRun.id == run_id, TierRun.state == RunState.PENDING)
    run = db.session.scalars(wanted.with_for_update()).one_or_none()
    if run is None:
        return False
    _count(run)
    if run.applies:
        _apply(run, run.agent)
    return True


def apply(run: TierRun, agent: Agent | None = None) -> int:
    """Let the moves of a preview happen; returns how many customers moved.

    Raises IllegalMove if it is no fresh preview any more, AlreadyTaken while another run is at work.
    """
    _lock()
    db.session.refresh(run, with_for_update=True)
    if run.state is not RunState.PREVIEW:
        raise IllegalMove(_("This run is not a preview any more."))
    last = last_applied()
    is_overtaken = last is not None and last.applied_at is not None and run.counted_at < last.applied_at  # type: ignore[operator]
    if is_overtaken or clock.now() - run.asked_at > FRESH_FOR:
        raise IllegalMove(_("The customers have changed since this preview. Preview again."))
    return _apply(run, agent)


def discard(run: TierRun) -> None:
    """Put a preview away. Raises IllegalMove if it is none."""
    db.session.refresh(run, with_for_update=True)
    if run.state is not RunState.PREVIEW:
        raise IllegalMove(_("This run is not a preview any more."))
    run.state = RunState.DISCARDED
    db.session.flush()


def may_undo(run: TierRun) -> bool:
    """Whether *run* is the newest applied one, and recent enough."""
    if run.state is not RunState.APPLIED or run.applied_at is None or clock.now() - run.applied_at > UNDO_FOR:
        return False
    last = last_applied()
    return last is not None and last.id == run.id


def undo(run: TierRun, agent: Agent) -> int:
    """Give everybody the tier they had; who was moved again since, or overridden, stays. Raises IllegalMove.

    Beneath an override stands again what stood there. What the run found pending is forgotten: it does not count as the
    first of two runs in a row.
    """
    _lock()
    db.session.refresh(run, with_for_update=True)
    if not may_undo(run):
        raise IllegalMove(_("Only the newest run can be undone, within seven days."))
    run.state, run.undone_at = RunState.UNDONE, clock.now()
    db.session.flush()
    values = {"run_id": run.id, "at": clock.now(), "agent_id": agent.id}
    moved = db.session.execute(text(_UNDO), values).rowcount  # type: ignore[attr-defined]
    for statement in (_UNDO_STARS, _UNDO_EARNED, _FORGET_PENDING, _PERSONS):
        db.session.execute(text(statement), values)
    db.session.expire_all()
    log.record(Name.TIERS_UNDONE, run, agent, moves=moved)
    return int(moved)


def history(customer_id: int, limit: int = 100) -> Sequence[TierChange]:
    """The changes of a customer's tier, newest first; a contact person's are those of the company."""
    account = select(func.coalesce(Customer.company_id, Customer.id)).where(Customer.id == customer_id)
    changes = select(TierChange).where(TierChange.customer_id == account.scalar_subquery())
    return db.session.scalars(changes.order_by(TierChange.id.desc()).limit(limit)).all()


def runs(limit: int = 50, before: int | None = None) -> Sequence[TierRun]:
    """The runs, newest first."""
    asked = select(TierRun).order_by(TierRun.id.desc()).limit(limit)
    return db.session.scalars(asked.where(TierRun.id < before) if before else asked).all()


def last_applied() -> TierRun | None:
    """The newest run that is in force."""
    asked = select(TierRun).where(TierRun.state == RunState.APPLIED)
    return db.session.scalars(asked.order_by(TierRun.applied_at.desc(), TierRun.id.desc()).limit(1)).one_or_none()


def sweep() -> None:
    """Forget the moves of old runs, and previews that nobody applied."""
    before = clock.now() - KEPT_FOR
    idle = TierRun.state.in_((RunState.PREVIEW, RunState.DISCARDED))
    db.session.execute(delete(TierRun).where(idle, TierRun.asked_at < before))
    db.session.execute(
        text("DELETE FROM tier_move m USING tier_run r WHERE r.id = m.run_id AND r.asked_at < :before"),
        {"before": before},
    )


def _lock() -> None:
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        raise AlreadyTaken(_("Customers are being ranked at this moment. Try again in a minute."))


def _count(run: TierRun) -> None:
    started, settings = time.monotonic(), tier_settings.heard(run.settings)
    now = clock.now()
    run.figures = judging.judge(run, settings, counting.count(settings, now))
    run.counted_at, run.state = now, RunState.PREVIEW
    run.seconds = round(time.monotonic() - started, 2)
    db.session.flush()


def _apply(run: TierRun, agent: Agent | None) -> int:
    now = clock.now()
    values = {
        "run_id": run.id, "at": now, "agent_id": agent.id if agent else None, "of": run.figures["buyers"],
        "currency": run.figures["currency"],
    }  # fmt: skip
    moved = db.session.execute(text(_APPLY), values).rowcount  # type: ignore[attr-defined]
    for statement in (_STARS, _EARNED, _FORGET_PENDING, _PENDING, _PLACE, _PERSONS):
        db.session.execute(text(statement), values)
    db.session.execute(
        update(TierRun)
        .where(TierRun.id == run.id)
        .values(state=RunState.APPLIED, applied_at=now, applied_by=agent.id if agent else None)
    )
    db.session.expire_all()
    log.record(Name.TIERS_APPLIED, run, agent, moves=moved)
    return int(moved)


# A customer who has another tier than the run saw (set by hand in the meantime) is left alone.
_APPLY = """
    WITH moved AS (
        UPDATE customer c SET tier = m.new, tier_since = :at
        FROM tier_move m
        WHERE m.run_id = :run_id AND c.id = m.customer_id AND m.new <> coalesce(m.old, 'D')
          AND c.tier IS NOT DISTINCT FROM m.old
          AND NOT EXISTS (SELECT FROM tier_override o WHERE o.customer_id = c.id AND o.lifted_at IS NULL)
        RETURNING c.id, m.old, m.new, m.rule, m.place, m.value, m.before
    )
    INSERT INTO tier_change (customer_id, old, new, rule, at, place, "of", value, before, currency, run_id, agent_id)
    SELECT id, old, new, rule, :at, place, CAST(:of AS bigint), value, before, :currency, CAST(:run_id AS bigint),
           CAST(:agent_id AS bigint)
    FROM moved"""
_STARS = """
    UPDATE customer c SET is_rising = m.is_rising FROM tier_move m
    WHERE m.run_id = :run_id AND c.id = m.customer_id AND m.is_rising IS NOT NULL"""
_EARNED = """
    UPDATE tier_override o SET earned = m.target FROM tier_move m
    WHERE m.run_id = :run_id AND o.customer_id = m.customer_id AND o.lifted_at IS NULL AND o.earned <> m.target"""
_FORGET_PENDING = "DELETE FROM tier_pending"
_PENDING = """
    INSERT INTO tier_pending (customer_id, tier) SELECT customer_id, earned FROM tier_move
    WHERE run_id = :run_id AND earned <> target"""
# Whoever is no prospect and has no tier yet has bought nothing: D. That is where one begins, not a change.
_PLACE = """
    UPDATE customer SET tier = 'D', tier_since = :at
    WHERE tier IS NULL AND company_id IS NULL AND status <> 'PROSPECT'"""
_PERSONS = """
    UPDATE customer p SET tier = c.tier, tier_since = c.tier_since, is_rising = false FROM customer c
    WHERE c.id = p.company_id AND (p.tier IS DISTINCT FROM c.tier OR p.is_rising)"""
_UNDO = """
    WITH moved AS (
        UPDATE customer c SET tier = m.old, tier_since = :at
        FROM tier_move m
        WHERE m.run_id = :run_id AND c.id = m.customer_id AND m.new <> coalesce(m.old, 'D') AND c.tier = m.new
          AND NOT EXISTS (SELECT FROM tier_override o WHERE o.customer_id = c.id AND o.lifted_at IS NULL)
        RETURNING c.id, m.old, m.new
    )
    INSERT INTO tier_change (customer_id, old, new, rule, at, run_id, agent_id)
    SELECT id, new, old, 'UNDONE', :at, CAST(:run_id AS bigint), CAST(:agent_id AS bigint) FROM moved"""
_UNDO_STARS = """
    UPDATE customer c SET is_rising = NOT m.is_rising FROM tier_move m
    WHERE m.run_id = :run_id AND c.id = m.customer_id AND c.is_rising = m.is_rising"""
# A run that was applied before `was` was kept knows it only of whom it saw without an override: there it is `old`.
_UNDO_EARNED = f"""
    UPDATE tier_override o SET earned = coalesce(m.was, m.old, 'D') FROM tier_move m
    WHERE m.run_id = :run_id AND o.customer_id = m.customer_id AND o.lifted_at IS NULL AND o.earned = m.target
    AND (m.was IS NOT NULL OR m.rule NOT IN ('{Rule.OVERRIDE}', '{Rule.RISING}'))"""  # noqa: S608 (constants only)
