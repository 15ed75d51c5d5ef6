"""Bring the rows of a file in, chunk by chunk: read, resolve, put, count. The caller commits after every step.

Called by the jobs and the command. A chunk, its figures and its bad rows are one transaction, so a killed import goes
on behind the last chunk that is in; a check does the very same and takes it back.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import ContactCenterError, Unreadable
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.importing import bad_rows, claims, fields, references, rowwise, runs
from contact_center.importing.bad_rows import BadRow
from contact_center.importing.fields import Kind, Row
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import ImportRun, RunState
from contact_center.importing.rowwise import Group, Plan
from contact_center.importing.seen import Seen
from contact_center.importing.tables import Table
from contact_center.statement import Statement
from contact_center.text.sayings import gettext

CHUNK = 2000  # records in one transaction
_log = logging.getLogger(__name__)


class Lost(Exception):
    """Somebody else goes on with this run, or it was cancelled: take the chunk back."""


@dataclass(slots=True)
class _Tally:
    """What one chunk came to."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    same: int = 0
    bad: list[BadRow] = field(default_factory=list)


@dataclass(slots=True)
class _Job:
    """One run, as it is needed for every chunk."""

    run_id: int
    token: str
    kind: Kind
    agent: Agent | None
    is_dry: bool
    plan: Plan
    seen: Seen
    rows: int


Steps = Iterator[int]


def steps(run_id: int, token: str, path: Path, *, seconds: float | None = None) -> Steps:
    """Work on a claimed run; yields the rows that are done after every chunk, which the caller then commits.

    Ends when the file does, or after *seconds*. Raises Lost when the run is not ours any more; Unreadable and other
    errors of ours end the run as failed.
    """
    run = db.session.get_one(ImportRun, run_id, populate_existing=True)
    end = time.monotonic() + seconds if seconds else None
    try:
        with _few_collections(), runs.opened(run, path) as table, Seen() as seen:
            _check_headers(run, table)
            job = _job(run, token, table, seen)
            for tally in _chunks(job, table):
                _note(job, tally, table.read_bytes)
                yield job.rows
                if end and time.monotonic() > end:
                    return
            _end(job)
            yield job.rows
    except ContactCenterError as error:
        db.session.rollback()
        claims.fail(run_id, token, error.sentence)
        yield 0


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows make many objects and no cycles: looking for these as often as usual would be a quarter of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _check_headers(run: ImportRun, table: Table) -> None:
    if table.headers != run.headers:
        raise Unreadable(gettext("The file is not the one that was looked at."))


def _job(run: ImportRun, token: str, table: Table, seen: Seen) -> _Job:
    kind = KINDS[run.kind]
    unsaid: Row = {}
    if currency := run.form.get("currency"):
        mapped = set(run.columns.values())
        names = [name for name in kind.columns() if name.rpartition(".")[2] in ("currency", "cost_currency")]
        unsaid = {name: currency for name in names if name not in mapped and _is_money(name, mapped)}
    plan = Plan(kind, table.headers, runs.columns_of(run), runs.reading_of(run), unsaid)
    return _Job(run.id, token, kind, run.agent, run.state is RunState.CHECKING, plan, seen, run.rows)


def _is_money(name: str, mapped: set[str]) -> bool:
    """Whether the file says the amount whose currency this is."""
    part = name.rpartition(".")[0]
    amounts = {"cost_currency": {"unit_cost"}, "currency": {"amount", "total", "fee", "placed_at", "lines.unit_price"}}
    wanted = amounts[name.rpartition(".")[2]]
    return bool(mapped & ({f"{part}.{amount}" for amount in wanted} if part else wanted))


def _chunks(job: _Job, table: Table) -> Iterator[_Tally]:
    """Skip what is in already, remembering its numbers, and put the rest."""
    skip, chunk, size = job.rows, list[Group](), 0
    for group in job.plan.groups(table):
        if skip > 0:
            skip -= len(group.records)
            _meet(job, group)
            continue
        chunk.append(group)
        size += len(group.records)
        if size >= CHUNK:
            yield _put_chunk(job, chunk, size)
            chunk, size = [], 0
    if chunk:
        yield _put_chunk(job, chunk, size)


def _put_chunk(job: _Job, chunk: list[Group], size: int) -> _Tally:
    tally = _Tally(rows=size)
    for group in chunk:
        job.plan.read(group)
    good: list[Group] = []
    for group in chunk:
        if _refuse_twin(job, group):
            tally.same += len(group.records)
        elif not group.wrong:
            good.append(group)
    for place, reason in references.resolve([group.row for group in good]).items():
        good[place].wrong[0] = job.plan.headers_of.get("customer", ""), reason
    good = [group for group in good if not group.wrong]
    if good:
        _put(job, good, tally)
    for group in chunk:
        tally.bad += _told(group)
    return tally


def _meet(job: _Job, group: Group) -> tuple[int, bool] | None:
    if not group.number:
        return None
    return job.seen.meet(group.number, group.records[0].line, [record.cells for record in group.records])


def _refuse_twin(job: _Job, group: Group) -> bool:
    """Whether the group says exactly what one before it said; one that says something else gets its reason."""
    before = _meet(job, group)
    if before is None or group.wrong:
        return False
    if before[1]:
        return True
    reason = gettext("Line %(line)d has the same number and says something else.", line=before[0])
    group.wrong = dict.fromkeys(range(len(group.records)), (job.plan.headers_of[job.kind.key.name], reason))
    return False


def _put(job: _Job, good: list[Group], tally: _Tally) -> None:
    rows = [_ready(job, group) for group in good]
    for group, result in zip(good, _in_savepoint(job, rows), strict=True):
        if result is None or result.wrong:
            _blame(job, group, result.wrong if result else {"": _not_stored()})
            continue
        many = len(group.records)
        outcome = str(result.outcome)
        tally.created += many if outcome == "created" else 0
        tally.changed += many if outcome == "changed" else 0
        tally.same += many if outcome == "same" else 0


def _ready(job: _Job, group: Group) -> Row:
    """The row as its room wants it. A check knows companies of the same file that are not in yet."""
    row = group.row
    if job.is_dry and job.kind.name == "customers" and row.get("company") and job.seen.knows(row["company"]):
        del row["company"]
    return row


def _in_savepoint(job: _Job, rows: Sequence[Row]) -> list[Any]:
    """Put rows; where the database refuses what nobody foresaw, halve until it is found. None is a refused row."""
    savepoint = db.session.begin_nested()
    try:
        results = list(job.kind.put_many(rows, job.agent))
    except (DataError, IntegrityError):
        savepoint.rollback()
        if len(rows) == 1:
            _log.warning("a row of %s could not be stored", job.kind.name, exc_info=True)
            return [None]
        middle = len(rows) // 2
        return _in_savepoint(job, rows[:middle]) + _in_savepoint(job, rows[middle:])
    spoiled = [at for at, row in enumerate(rows) if results[at].wrong and job.kind.is_compound(row)]
    if spoiled or job.is_dry:
        savepoint.rollback()
    else:
        savepoint.commit()
    return _without(job, rows, results, spoiled) if spoiled else results


def _without(job: _Job, rows: Sequence[Row], results: list[Any], spoiled: list[int]) -> list[Any]:
    """Put the others again where a part was refused after its row had been taken."""
    others = [at for at in range(len(rows)) if at not in set(spoiled)]
    again = dict(zip(others, _in_savepoint(job, [rows[at] for at in others]), strict=True)) if others else {}
    return [again.get(at, result) for at, result in enumerate(results)]


def _not_stored() -> str:
    return gettext("This row could not be stored; the log has the reason.")


def _blame(job: _Job, group: Group, wrong: dict[str, str]) -> None:
    """Give what a room says of a row to the records that it concerns."""
    found: dict[int, list[tuple[str, str]]] = {}
    for name, sentence in wrong.items():
        at, reason = fields.place_in(sentence)
        places = group.places.get(name, ()) if at is not None else ()
        place, told = (places[at], reason) if at is not None and at < len(places) else (0, sentence)
        found.setdefault(place, []).append(job.plan.named(name, told))
    group.wrong = {place: rowwise.joined(reasons) for place, reasons in found.items()}


def _told(group: Group) -> list[BadRow]:
    """The bad rows of a group: if one line of an order is wrong, none of it goes in."""
    if not group.wrong:
        return []
    lines = ", ".join(str(group.records[place].line) for place in sorted(group.wrong)[:5])
    spoiled = gettext("Line %(lines)s of the same number is wrong.", lines=lines)
    return [
        BadRow(record.line, *group.wrong.get(place, ("", spoiled)), record.cells)
        for place, record in enumerate(group.records)
    ]


_NOTE = Statement("""
    UPDATE import_run SET rows = :rows, created = created + :created, changed = changed + :changed, same = same + :same,
           bad = bad + :bad, read_bytes = :read_bytes, attempts = 0
    WHERE id = :id AND claim = :token AND state IN ('CHECKING', 'IMPORTING') RETURNING id
""")


def _note(job: _Job, tally: _Tally, read_bytes: int) -> None:
    """Write down how far it has come; raises Lost where that is not ours to write."""
    job.rows += tally.rows
    figures = {"created": tally.created, "changed": tally.changed, "same": tally.same, "bad": len(tally.bad)}
    mine = {"id": job.run_id, "token": job.token}
    if not _NOTE.rows({"rows": job.rows, **figures, "read_bytes": read_bytes, **mine}):
        raise Lost
    bad_rows.keep(job.run_id, tally.bad)


_END = Statement("""
    UPDATE import_run SET state = CASE state WHEN 'CHECKING' THEN 'CHECKED' ELSE 'DONE' END, ended_at = :now,
           read_bytes = whole_bytes, claim = NULL
    WHERE id = :id AND claim = :token AND state IN ('CHECKING', 'IMPORTING')
    RETURNING state, rows, created, changed, same, bad
""")


def _end(job: _Job) -> None:
    ended = _END.one({"id": job.run_id, "token": job.token, "now": clock.now()})
    if ended is None:
        raise Lost
    run = db.session.get_one(ImportRun, job.run_id, populate_existing=True)
    if ended.state == RunState.DONE:
        figures = ended._asdict() | {"kind": run.kind, "file": run.name}
        log.record(Name.IMPORT_ENDED, run, run.agent, **figures)
