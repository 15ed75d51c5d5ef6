"""Reports by mail: one letter per time, with what its reader may see, and none once they have left."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from contact_center import clock
from contact_center.agents.models import Agent, RoleName
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.reports import letters, saved, schedules
from contact_center.reports.schedules import Every, Pause, ReportSchedule
from tests import factories

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # seven o'clock in Berlin
BEFORE = MONDAY - timedelta(hours=1)


def scheduled(agent: Agent, query: str = "period=last-week", page: str = "volume") -> ReportSchedule:
    """*agent*'s own report, every Monday at seven in Berlin, an hour before its first time."""
    with clock.standing_at(BEFORE):
        report = saved.save(agent, "My week", page, query, is_shared=False)
        schedule = schedules.put(report, agent, Every.WEEK, 0, 7, "Europe/Berlin")
    db.session.commit()
    return schedule


def sent() -> list[Outgoing]:
    return list(db.session.scalars(select(Outgoing).where(Outgoing.purpose == Purpose.REPORT)))


def test_a_letter_brings_the_report_of_its_week_with_the_readers_own_queues(app: Flask) -> None:
    lee, mine, other = factories.lee(), factories.queue("Mine"), factories.queue("Others")
    factories.team("Ours", lee)
    mine.team_id = db.session.scalar(text("SELECT id FROM team WHERE name = 'Ours'"))
    with clock.standing_at(MONDAY - timedelta(days=3)):
        for queue in (mine, other, other):
            factories.ticket(queue)
    schedule = scheduled(lee)
    with clock.standing_at(MONDAY):
        assert letters.due() == [schedule.id]
        assert letters.send(schedule.id)
    [letter] = sent()
    assert letter.recipient == lee.email
    assert letter.subject == "My week: 16 Nov – 22 Nov 2026"
    assert "Tickets opened: 1\n" in letter.text
    [(file_id, name, _kind)] = letter.payload["file_ids"]
    assert name == "My week-2026-11-23.xlsx"
    with zipfile.ZipFile(io.BytesIO(store.read(db.session.get_one(File, file_id)))) as book:
        sheets = "".join(book.read(one).decode() for one in book.namelist() if "worksheets" in one)
    assert "Mine" in sheets
    assert "Others" not in sheets


def test_it_is_sent_once_and_what_was_missed_is_not_sent_after(app: Flask) -> None:
    schedule = scheduled(factories.lee())
    with clock.standing_at(MONDAY + timedelta(days=15)):  # nobody was there for two Mondays
        assert letters.send(schedule.id)
        assert not letters.send(schedule.id)
        assert letters.due() == []
    assert len(sent()) == 1
    assert schedule.next_at == MONDAY + timedelta(days=21)


@pytest.mark.committing
def test_while_one_process_writes_a_letter_another_leaves_it_alone(app: Flask) -> None:
    schedule = scheduled(factories.lee())
    with clock.standing_at(MONDAY), db.engine.connect() as elsewhere:
        elsewhere.execute(text("SELECT FROM report_schedule FOR UPDATE"))
        assert not letters.send(schedule.id)
        elsewhere.rollback()
        assert letters.send(schedule.id)
        db.session.commit()
    assert len(sent()) == 1


@pytest.mark.parametrize(
    ("what", "why"), [("closed", Pause.LEFT), ("an agent now", Pause.LEFT), ("unshared", Pause.WITHDRAWN)]
)
def test_who_may_not_see_it_any_more_gets_no_letter(app: Flask, what: str, why: Pause) -> None:
    lee, mo = factories.lee(), factories.agent("Mo Other", RoleName.SUPERVISOR)
    with clock.standing_at(BEFORE):
        report = saved.save(mo, "Shared", "volume", "", is_shared=True)
        schedule = schedules.put(report, lee, Every.DAY, 0, 7, "Europe/Berlin")
    if what == "unshared":
        report.is_shared = False
    elif what == "closed":
        lee.active = False
    else:
        lee.roles = []
    db.session.commit()
    with clock.standing_at(MONDAY):
        assert not letters.send(schedule.id)
        db.session.commit()
        assert letters.due() == []
    assert schedule.pause is why
    assert sent() == []


def test_what_was_sent_long_ago_is_forgotten(app: Flask) -> None:
    schedule = scheduled(factories.lee())
    with clock.standing_at(MONDAY):
        letters.send(schedule.id)
    db.session.commit()
    with clock.standing_at(MONDAY + timedelta(days=31)):
        assert letters.sweep()
        assert not letters.sweep()
    assert db.session.scalars(select(File)).all() == []
