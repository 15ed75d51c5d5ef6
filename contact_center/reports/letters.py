"""The letters that bring saved reports: made when they are due, once, with what their reader may see at that moment.

The jobs call `due` and `send`; each letter is a transaction of its own, which the job commits. Who holds the row's lock
sends, and moves `next_at` on in the same transaction: two processes send one letter, and what dies leaves it due.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.files import store
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.reports import asked, asking, metrics, pages, periods, saved, schedules, tables, wording
from contact_center.reports.asked import Asked
from contact_center.reports.schedules import Pause, ReportSchedule, ReportSending

KEPT_FOR = timedelta(days=30)  # a file that was sent
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def due(limit: int = 20) -> list[int]:
    """The letters whose time has come."""
    waiting = select(ReportSchedule.id).where(ReportSchedule.pause.is_(None), ReportSchedule.next_at <= clock.now())
    return list(db.session.scalars(waiting.order_by(ReportSchedule.next_at).limit(limit)))


def send(schedule_id: int) -> bool:
    """Queue one letter, if it is due and nobody else does; what was missed meanwhile is not sent after."""
    schedule = _claim(schedule_id)
    if schedule is None:
        return False
    schedule.pause = _why_not(schedule)
    if schedule.pause is not None:
        return False
    with force_locale(schedule.agent.language):
        try:
            letter, file_id = _letter(schedule)
        except Invalid:
            schedule.pause = Pause.UNREADABLE
            return False
    schedule.sent_at = clock.now()
    db.session.add(
        ReportSending(schedule_id=schedule.id, due_at=schedule.next_at, made_at=clock.now(), file_id=file_id)
    )
    schedule.next_at = schedules.following(schedule, clock.now())
    return post.queue(letter) is not None


def sweep() -> bool:
    """Forget one file that was sent long ago; False if there is none. The caller commits after each."""
    old = select(ReportSending).where(ReportSending.made_at < clock.now() - KEPT_FOR).limit(1)
    sending = db.session.scalar(old.with_for_update(skip_locked=True))
    if sending is None:
        return False
    file_id = sending.file_id
    db.session.delete(sending)
    db.session.flush()
    if file_id is not None:
        store.discard(file_id)
    return True


def _claim(schedule_id: int) -> ReportSchedule | None:
    """The schedule, locked, with the time it is due for; None where another process has it, or it is not due."""
    mine = select(ReportSchedule).where(ReportSchedule.id == schedule_id, ReportSchedule.pause.is_(None))
    mine = mine.where(ReportSchedule.next_at <= clock.now())
    return db.session.scalar(mine.with_for_update(skip_locked=True).execution_options(populate_existing=True))


def _why_not(schedule: ReportSchedule) -> Pause | None:
    reader = schedule.agent
    if not reader.active or not reader.is_supervisor:
        return Pause.LEFT
    return None if saved.get(reader, schedule.report_id) else Pause.WITHDRAWN


def _letter(schedule: ReportSchedule) -> tuple[Letter, int]:
    """The letter and its file."""
    report, reader = schedule.report, schedule.agent
    ready = pages.get(report.page)
    usual = ready.usual if ready else periods.USUAL
    said = asked.read(report.query, schedule.next_at, ZoneInfo(schedule.zone), usual)
    if said.problem:
        raise Invalid(said.problem)
    splits = tables.of_page(said, report.page)
    file_id = store.put(b"".join(tables.workbook(reader, said, report.name, splits)))
    url = current_app.config["CC"].public_url
    of_when = wording.period(said.period)
    letter = Letter(
        purpose=Purpose.REPORT, recipient=reader.email,
        subject=_("%(report)s: %(period)s", report=report.name, period=of_when),
        text=_text(schedule, said, f"{url}/floor/reports/saved/{report.id}"),
        domain=urlsplit(url).hostname or "localhost",
        payload={
            "automatic": True, "language": reader.language,
            "file_ids": [[file_id, f"{_file_name(report.name)}-{_stamp(schedule.next_at, said)}.xlsx", _XLSX]],
        },
    )  # fmt: skip
    return letter, file_id


def _text(schedule: ReportSchedule, said: Asked, link: str) -> str:
    keys = _shown(schedule, said)
    figures = asking.answer(schedule.agent, said.question(keys)).total.figures
    told = [f"{metrics.get(key).name}: {wording.value(metrics.get(key), figures[key].value)}" for key in keys]
    return str(
        _(
            "%(report)s\n%(period)s, %(zone)s\n\n%(figures)s\n\n"
            "The tables are in the attached workbook. The report as it is now:\n%(link)s",
            report=schedule.report.name,
            period=wording.period(said.period),
            zone=schedule.zone,
            figures="\n".join(told),
            link=link,
        )
    )


def _shown(schedule: ReportSchedule, said: Asked) -> tuple[str, ...]:
    ready = pages.get(schedule.report.page)
    return ready.known(said) if ready else said.metrics or (pages.USUAL_METRIC,)


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -_." else " " for letter in name).strip() or "report"


def _stamp(at: datetime, said: Asked) -> str:
    return f"{at.astimezone(said.zone):%Y-%m-%d}"
