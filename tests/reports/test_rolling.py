"""Roll-ups equal the raw rows: when they are built, and after whatever changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from contact_center.extensions import db
from contact_center.reports import asking, metrics, sweeping
from contact_center.reports.dimensions import GRAINS
from contact_center.reports.question import Answer, Question
from contact_center.reports.rolled import ROLLED
from contact_center.reports.views import VIEWS
from tests.reports import month

FINE = ("quarter-hour", "hour")
NIGHT = (datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 4, tzinfo=UTC))  # the clocks are put back


def keys_of(view: str) -> tuple[str, ...]:
    return tuple(metric.key for metric in metrics.registry().values() if metric.view == view)


def both(question: Question) -> tuple[Answer, Answer]:
    """The same question, answered by the kept sums and by the raw rows."""
    assert set(sweeping.built()) == set(ROLLED)
    rolled = asking.answer(None, question)
    with db.session.begin_nested() as savepoint:
        db.session.execute(text("UPDATE report_rollup SET is_complete = false"))
        raw = asking.answer(None, question)
        savepoint.rollback()
    return rolled, raw


def question(view: str, by: str | None, *only: tuple[str, str], zone: str = month.ZONE) -> Question:
    since, until = NIGHT if by in FINE else (month.SINCE, month.UNTIL)
    return Question(keys_of(view), by, since, until, zone, only)


def sweep() -> None:
    while sweeping.sweep():
        pass


@pytest.fixture
def rolled(app: Flask) -> None:
    month.write()
    sweeping.rebuild(lambda: None)
    db.session.execute(text("DELETE FROM report_change"))  # what is built is true without them


@pytest.mark.usefixtures("rolled")
def test_every_metric_by_every_dimension_is_the_same_from_roll_ups() -> None:
    for view in ROLLED:
        for by in [None, *sorted(VIEWS[view].splits), *GRAINS]:
            summed, raw = both(question(view, by))
            assert summed == raw, (view, by)


LEFT = (
    ("day", (("channel", "phone"),), "Europe/Berlin"),
    ("day", (("queue", "901"), ("queue", "904")), "America/New_York"),
    ("hour", (("team", "none"),), "Asia/Kolkata"),
    ("week", (("agent", "903"),), "Europe/Berlin"),
    ("month", (("kind", "REPAIR"),), "Asia/Shanghai"),
    ("agent", (("channel", "phone"), ("team", "901")), "Europe/Berlin"),
    ("agent", (("tier", "A"),), "Europe/Berlin"),  # two that split finely: from the rows
    ("product", (("product", "none"),), "Europe/Berlin"),
    ("month", (("customer", "905"),), "Europe/Berlin"),
)


@pytest.mark.usefixtures("rolled")
def test_so_is_what_is_left_of_it_in_any_zone_from_any_minute() -> None:
    for by, only, zone in LEFT:
        for view in ROLLED:
            asked = question(view, by, *only, zone=zone)
            odd = Question(asked.metrics, by, asked.since + timedelta(hours=5, minutes=4), asked.until, zone, only)
            for one in (asked, odd):
                summed, raw = both(one)
                assert summed == raw, (view, by)


CHANGES = (  # each by itself, one after the other
    "UPDATE interaction SET answered_at = queued_at + interval '19 seconds' WHERE id % 31 = 0",
    "UPDATE interaction SET customer_id = 911 WHERE customer_id = 912",
    "UPDATE interaction SET kind = 'CALLBACK' WHERE id % 29 = 0 AND kind = 'CALL'",
    "UPDATE ticket SET kind = 'QUESTION' WHERE id % 13 = 0",
    "UPDATE ticket SET customer_id = 911 WHERE customer_id = 912",
    "UPDATE ticket SET state = 'RESOLVED', resolved_at = opened_at + interval '3 days', changed_at = opened_at"
    " WHERE state = 'OPEN' AND id % 2 = 0",
    "UPDATE ticket SET queue_id = 904, assignee_id = 902 WHERE id % 17 = 0",
    "UPDATE interaction SET queue_id = 904, agent_id = 902 WHERE id % 17 = 0 AND agent_id IS NOT NULL",
    "UPDATE handling SET ended_at = started_at + interval '1 minute' WHERE id % 5 = 0",
    "UPDATE offer SET state = 'DECLINED' WHERE id % 7 = 0",
    "UPDATE survey SET score = 1 WHERE score IS NOT NULL AND id % 3 = 0",
    "UPDATE queue SET target_seconds = 45, team_id = 902 WHERE id = 901",
    "UPDATE customer SET region = 'West' WHERE id IN (901, 905)",
    "UPDATE asset SET product_id = 902 WHERE id % 4 = 1",
    "UPDATE deadline SET state = 'MISSED' WHERE id % 4 = 0",
    "INSERT INTO call (key, provider, direction, caller, state, since, outcome, started_at, ended_at)"
    " SELECT 'later' || id, 'month', 'IN', caller, 'ENDED', started_at, 'HUNG_UP', started_at + interval '2 hours',"
    " started_at + interval '3 hours' FROM call WHERE outcome = 'CONTAINED'",
    "INSERT INTO interaction (ticket_id, customer_id, queue_id, channel, kind, direction, state, queued_at)"
    " SELECT id, customer_id, queue_id, 'web', 'FORM', 'IN', 'WAITING', opened_at + interval '2 days' FROM ticket"
    " WHERE id % 10 = 0 AND channel <> 'web'",
    "DELETE FROM interaction WHERE id % 37 = 0",
)


@pytest.mark.usefixtures("rolled")
def test_roll_ups_follow_whatever_changes() -> None:
    for change in CHANGES:
        db.session.execute(text(change))
        sweep()
        for view in ROLLED:
            summed, raw = both(question(view, "kind"))
            assert summed == raw, (view, change)
    for view in ROLLED:
        summed, raw = both(question(view, "day"))
        assert summed == raw, view
    by_and_by = sums()
    sweeping.rebuild(lambda: None)

    assert sums() == by_and_by


@pytest.mark.usefixtures("rolled")
def test_counting_again_what_has_not_changed_changes_nothing() -> None:
    before = sums()
    db.session.execute(text("INSERT INTO report_change (what, row_id) SELECT 'contact', id FROM interaction"))
    sweep()

    assert sums() == before
    assert db.session.scalar(text("SELECT count(*) FROM report_change")) == 0


@pytest.mark.usefixtures("rolled")
def test_what_is_built_in_many_pieces_with_changes_between_them_counts_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeping, "SLICE", 4_000)
    changes = iter(CHANGES[:8])
    sweeping.forget()
    while not sweeping.build(0.02, lambda: None):
        db.session.execute(text(next(changes, "SELECT")))
        assert sweeping.sweep() == 0, "nothing is followed before all is built"
    sweep()
    for view in ROLLED:
        summed, raw = both(question(view, "day"))
        assert summed == raw, view


def sums() -> list[Any]:
    """All sums of contacts that are not nothing."""
    some = "offered + handled + outbound + callback + settled <> 0"
    return list(db.session.execute(text(f"SELECT * FROM report_contact_sum WHERE {some} ORDER BY 1, 2, 3, 4, 5, 6, 7")))


def test_an_installation_without_rows_is_built_at_once(app: Flask) -> None:
    assert sweeping.build(10.0, lambda: None)
    assert sweeping.is_built()
    assert sweeping.sweep() == 0
