"""Runs by themselves: when they are due, once however many clocks ask, carried on after a crash, one at a time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from contact_center import clock
from contact_center.errors import AlreadyTaken
from contact_center.extensions import db
from contact_center.jobs import value as clocks
from contact_center.tiers import overrides, ranking, schedule
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.models import Origin, RunState, TierChange, TierRun
from contact_center.tiers.settings import Schedule, Settings
from tests import factories
from tests.tiers import sales
from tests.tiers.sales import PLAIN

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("how", "last", "following"),
    [
        (Schedule.OFF, None, None),
        (Schedule.DAY, "2026-03-16 02:00", "2026-03-17 02:00"),
        (Schedule.WEEK, "2026-03-16 02:00", "2026-03-23 02:00"),
        (Schedule.MONTH, "2026-03-01 02:00", "2026-04-01 02:00"),
    ],
)
def test_runs_are_due_in_the_night_of_the_zone(how: Schedule, last: str | None, following: str | None) -> None:
    made = Settings(schedule=how)
    told = [due and f"{due.astimezone(ZONE):%Y-%m-%d %H:%M}" for due in (
        schedule.last_due(made, MONDAY, ZONE), schedule.next_due(made, MONDAY, ZONE))]  # fmt: skip
    assert told == [last, following]


def test_a_night_opens_one_run_and_it_is_applied(app: Any) -> None:
    with clock.standing_at(MONDAY):
        tier_settings.save(Settings(schedule=Schedule.DAY, arrears_days=None), None)
        customer = sales.buyer(total=100)
        clocks.sweep_tiers()
        assert ranking.runs() == []  # switched on after that night's hour
    for hours in (15, 15.5, 16):
        with clock.standing_at(MONDAY + timedelta(hours=hours)):
            clocks.sweep_tiers()
    [run] = ranking.runs()
    assert (run.state, run.origin) == (RunState.APPLIED, Origin.SCHEDULE)
    assert sales.letters(customer) == "D"


def test_what_a_crash_left_pending_is_carried_on(app: Any) -> None:
    customers = sales.buyers(300, 200, 100)
    run = ranking.ask(PLAIN, Origin.SCHEDULE, applies=True)
    db.session.commit()
    clocks.sweep_tiers()
    db.session.refresh(run)
    assert run.state is RunState.APPLIED
    assert sales.letters(*customers) == "CDD"
    assert not ranking.carry_on(run.id)


def test_the_clock_lifts_what_has_ended(app: Any) -> None:
    customer = sales.buyer(total=10)
    now = clock.now()
    overrides.set(customer, "A", "For a week", now + timedelta(days=7), factories.lee())
    with clock.standing_at(now + timedelta(days=8)):
        clocks.sweep_tiers()
    assert sales.letters(customer) == "D"


@pytest.mark.committing
def test_two_at_once_apply_a_run_once(app: Any) -> None:
    customers = sales.buyers(300, 200, 100)
    run = ranking.ask(PLAIN, Origin.SCHEDULE, applies=True)
    run_id = run.id
    db.session.commit()
    done: list[bool] = []

    def work() -> None:
        with app.app_context():
            done.append(ranking.carry_on(run_id))
            db.session.commit()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 5 + [True]
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(TierChange)) == 1
    assert sales.letters(*customers) == "CDD"


@pytest.mark.committing
def test_a_second_preview_is_told_that_one_is_at_work(app: Any) -> None:
    sales.buyers(1, 2)
    db.session.commit()
    ranking.preview(PLAIN)  # not committed: its lock stands
    told: list[str] = []

    def ask() -> None:
        with app.app_context():
            try:
                ranking.preview(PLAIN)
            except AlreadyTaken as taken:
                told.append(taken.sentence)
            finally:
                db.session.rollback()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    db.session.rollback()
    assert told == ["Customers are being ranked at this moment. Try again in a minute."]
    assert db.session.scalars(select(TierRun)).all() == []


def test_old_previews_and_moves_are_forgotten_and_figures_stay(app: Any) -> None:
    sales.buyers(30, 20, 10)
    now = clock.now()
    with clock.standing_at(now - timedelta(days=40)):
        applied = sales.run()
        ranking.preview(PLAIN)
    fresh = ranking.preview(PLAIN)
    ranking.sweep()
    db.session.expire_all()
    assert {run.id for run in ranking.runs()} == {applied.id, fresh.id}
    assert applied.figures["counted"] == 3
    assert db.session.scalar(db.text("SELECT count(*) FROM tier_move WHERE run_id = :id"), {"id": applied.id}) == 0
