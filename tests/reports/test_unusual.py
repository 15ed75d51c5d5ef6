"""What has moved beyond its usual spread is pointed out, and nothing else."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import text

from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.reports import sweeping, unusual
from contact_center.reports.unusual import Movement
from tests import factories as make

DAY = date(2026, 10, 20)  # a Tuesday
ZONE = "Europe/Berlin"


def contacts(queue: Queue, day: date, many: int, in_time: int) -> None:
    """*many* mails of one day, of which so many were answered in time."""
    values = {"queue": queue.id, "at": datetime.combine(day, time(10), ZoneInfo(ZONE)), "many": many, "good": in_time}
    db.session.execute(text(_CONTACTS), values)


_CONTACTS = """
    WITH t AS (
        INSERT INTO ticket (subject, queue_id, channel, token, portal_token, opened_at, changed_at)
        SELECT 'T', :queue, 'email', md5(random()::text), md5(random()::text), :at, :at
        FROM generate_series(1, :many) RETURNING id
    )
    INSERT INTO interaction (ticket_id, queue_id, channel, kind, direction, state, queued_at, answered_at)
    SELECT id, :queue, 'email', 'MAIL', 'IN', 'DONE', :at, CAST(:at AS timestamptz)
           + CASE WHEN row_number() OVER () <= :good THEN interval '1 minute' ELSE interval '9 hours' END FROM t
"""


def found(metric: str, by: str | None = "queue") -> list[Movement]:
    moved = unusual.movements(None, DAY, ZONE)
    return [one for one in moved if one.metric.key == metric and one.by == by]


def test_a_service_level_that_fell_is_pointed_out_with_its_usual_value(app: Flask) -> None:
    queue = make.queue(target_seconds=3600)
    for back in range(1, 9):
        contacts(queue, DAY - timedelta(weeks=back), 40, 32 + back % 3)
    contacts(queue, DAY, 44, 18)
    raw = unusual.movements(None, DAY, ZONE)
    sweeping.rebuild(lambda: None)

    [moved] = found("service_level")
    assert unusual.movements(None, DAY, ZONE) == raw
    assert moved.is_good is False
    assert (moved.figure.n, moved.only) == (44, (("queue", str(queue.id)),))
    with force_locale("en"):
        assert moved.sentence == (
            "Service level, Service e-mail: 40.9% on Tuesday, 20 October; "
            "on that weekday of the 8 weeks before it was usually 82.5%."
        )
    with force_locale("zh_Hans_CN"):
        assert "10月20日星期二" in moved.sentence
    assert not found("offered")  # 44 against 40 is nothing


def test_silence_is_unusual_where_there_is_always_something(app: Flask) -> None:
    queue = make.queue()
    for back in range(1, 9):
        contacts(queue, DAY - timedelta(weeks=back), 30 + back, 30)

    [moved] = found("offered")
    assert (moved.figure.value, moved.usual) == (0, 34.5)
    assert moved.name == "Service e-mail"


def test_small_numbers_and_young_queues_are_left_alone(app: Flask) -> None:
    few, young = make.queue("Few"), make.queue("Young")
    for back in range(1, 9):
        contacts(few, DAY - timedelta(weeks=back), 4, 4)
    contacts(few, DAY, 4, 0)
    for back in range(1, 4):
        contacts(young, DAY - timedelta(weeks=back), 40, 40)
    contacts(young, DAY, 40, 0)

    assert not found("service_level")
    assert not found("offered")
