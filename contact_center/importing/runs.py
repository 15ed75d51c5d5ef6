"""An import from the file to the last row: opened, its columns said, checked, started, cancelled.

Called by the settings screen, the jobs and the command; the rows themselves are `work`'s, and `claims` knows who
works on them. Verbs never commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.files import names, store
from contact_center.files.models import File
from contact_center.importing import cells, columns, mappings, sniffing, tables, workbooks
from contact_center.importing.cells import Reading
from contact_center.importing.columns import Columns
from contact_center.importing.fields import Kind
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import WORKING, ImportBadRow, ImportRun, RunState
from contact_center.importing.sniffing import Format
from contact_center.importing.tables import Record, Table
from contact_center.importing.types import Currency, Day, Instant, Number, Texts, Whole

KEPT_FOR = timedelta(days=90)  # bad rows and files of imports that ended
_SAMPLE = 200  # records that decimal mark and order of dates are guessed from
_STEP = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it came, before anybody has looked inside."""

    path: Path
    name: str
    digest: bytes
    size: int
    file_id: int | None = None


def source_at(path: Path) -> Source:
    """The file that lies at *path*."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while step := file.read(_STEP):
            digest.update(step)
    return Source(path, path.name, digest.digest(), path.stat().st_size)


def open_run(kind: Kind, source: Source, agent: Agent | None) -> ImportRun:
    """Look at a file and propose what its columns mean. Raises Unreadable."""
    form = sniffing.sniff(source.path)
    sheet = workbooks.sheets(source.path)[0] if form.is_workbook else ""
    told = {"encoding": form.encoding, "separator": form.separator, "sheet": sheet}
    run = ImportRun(
        kind=kind.name, name=names.safe(source.name), digest=source.digest, size=source.size,
        file_id=source.file_id, agent_id=agent.id if agent else None, form=told, headers=[], at=clock.now(),
    )  # fmt: skip
    db.session.add(run)
    look(run, source.path)
    db.session.flush()
    return run


def look(run: ImportRun, path: Path) -> None:
    """Read the header again, after somebody said how the file is written, and propose its columns anew."""
    kind = KINDS[run.kind]
    with opened(run, path) as table:
        run.headers = table.headers
        sample = list(islice(table, _SAMPLE))
    known = mappings.recall(kind, run.headers)
    found = mappings.columns_of(known, kind, run.headers) if known else columns.guess(kind, run.headers)
    run.columns = {str(position): name for position, name in found.items()}
    run.form = {**run.form, **_guessed(kind, found, sample), **(known.form if known else {})}
    run.whole_bytes = workbooks.unpacked_size(path, run.form["sheet"]) if not run.form["encoding"] else run.size


def look_again(run: ImportRun, path: Path, form: Mapping[str, str]) -> None:
    """Read the file in another way: encoding, separator, sheet. Raises Unreadable, IllegalMove."""
    if run.state not in (RunState.NEW, RunState.CHECKED):
        raise IllegalMove(_("This import has begun. Upload the file again to read it in another way."))
    run.form = {**run.form, **form}
    run.state = RunState.NEW
    look(run, path)


def _guessed(kind: Kind, found: Columns, sample: list[Record]) -> dict[str, str]:
    """Decimal mark and order of dates, as the cells of such columns prove them; else as it is usual here."""
    texts: dict[type, list[str]] = {Number: [], Day: []}
    for position, name in found.items():
        type_ = kind.columns()[name].type
        of = Number if isinstance(type_, (Number, Whole)) else Day if isinstance(type_, (Day, Instant)) else None
        if of:
            texts[of] += [r.cells[position] for r in sample if position < len(r.cells)]
    american = current_app.config["CC"].default_region == "US"
    return {
        "decimal": cells.decimal_mark(texts[Number]) or ".",
        "order": cells.date_order(texts[Day]) or ("MDY" if american else "DMY"),
    }


def opened(run: ImportRun, path: Path) -> AbstractContextManager[Table]:
    """The run's file as a table. Raises Unreadable."""
    return tables.reading(path, Format(run.form["encoding"], run.form["separator"]), run.form["sheet"])


def source_of(file_id: int, name: str) -> Source:
    """An uploaded file, which is stored already."""
    file = db.session.get_one(File, file_id)
    return Source(store.path_of(file), name, file.sha256, file.size, file_id)


def path_of(run: ImportRun) -> Path | None:
    """Where the file lies, if it was stored and still is."""
    try:
        return store.path_of(run.file) if run.file else None
    except FileNotFoundError:
        return None


def columns_of(run: ImportRun) -> Columns:
    """What the columns mean, by position."""
    return {int(position): name for position, name in run.columns.items()}


def reading_of(run: ImportRun) -> Reading:
    """How the cells are written."""
    zone = ZoneInfo(current_app.config["CC"].time_zone)
    return Reading(run.form.get("decimal", "."), run.form.get("order", "DMY"), zone)


def say_columns(run: ImportRun, wanted: Columns, form: Mapping[str, str]) -> None:
    """Say what the columns mean and how cells are written. Raises Invalid, IllegalMove."""
    if run.state not in (RunState.NEW, RunState.CHECKED):
        raise IllegalMove(_("This import has begun. Upload the file again to read it in another way."))
    kind = KINDS[run.kind]
    known = kind.columns()
    bad = [name for name in wanted.values() if name not in known]
    if bad or any(not 0 <= position < len(run.headers) for position in wanted):
        raise Invalid(_("A column that is not there any more was chosen. Look again."))
    if kind.key.name not in wanted.values():
        raise Invalid(_("Choose the column that holds: %(field)s.", field=kind.key.label))
    _refuse_doubles(kind, wanted, run.headers)
    run.columns = {str(position): name for position, name in wanted.items()}
    run.form = {**run.form, **_checked_form(form)}


def _checked_form(form: Mapping[str, str]) -> dict[str, str]:
    """How cells are written, as somebody chose it; what is no choice is passed over. Raises Invalid."""
    choices = {"decimal": (".", ","), "order": ("DMY", "MDY")}
    chosen = {name: form[name] for name, words in choices.items() if form.get(name) in words}
    if "currency" not in form:
        return chosen
    typed = form["currency"].strip()
    try:
        return {**chosen, "currency": Currency().cell(typed, Reading()) if typed else ""}
    except ValueError as error:
        raise Invalid(str(error), {"currency": str(error)}) from None


def _refuse_doubles(kind: Kind, wanted: Columns, headers: list[str]) -> None:
    first: dict[str, int] = {}
    for position, name in wanted.items():
        field = kind.columns()[name]
        if name in first and not isinstance(field.type, Texts):
            both = {"one": headers[first[name]], "other": headers[position], "field": field.label}
            raise Invalid(_("“%(one)s” and “%(other)s” cannot both be: %(field)s.", **both))
        first.setdefault(name, position)


def check(run: ImportRun, agent: Agent | None) -> None:
    """Begin the dry run: everything is done and nothing kept but figures and reasons."""
    _begin(run, agent, RunState.CHECKING, (RunState.NEW, RunState.CHECKED))


def start(run: ImportRun, agent: Agent | None) -> None:
    """Begin the import. Raises IllegalMove unless it was checked, or is the command's."""
    if run.state is RunState.CHECKED:
        run.checked = {name: getattr(run, name) for name in ("rows", "created", "changed", "same", "bad")}
    _begin(run, agent, RunState.IMPORTING, (RunState.CHECKED, RunState.NEW))


def _begin(run: ImportRun, agent: Agent | None, state: RunState, allowed: tuple[RunState, ...]) -> None:
    db.session.flush()
    now = clock.now()
    begun = update(ImportRun).where(ImportRun.id == run.id, ImportRun.state.in_(allowed))
    zero = dict.fromkeys(("rows", "created", "changed", "same", "bad", "read_bytes", "attempts"), 0)
    values = {"state": state, "started_at": now, "ended_at": None, "error": None, "claim": None}
    if not db.session.execute(begun.values(**zero, **values).returning(ImportRun.id)).all():
        raise IllegalMove(_("This import is under way already, or over."))
    db.session.execute(delete(ImportBadRow).where(ImportBadRow.run_id == run.id))
    db.session.refresh(run)
    log.record(Name.IMPORT_STARTED, run, agent, kind=run.kind, file=run.name, dry=state is RunState.CHECKING)


def cancel(run: ImportRun, agent: Agent | None) -> None:
    """Stop after the chunk that is being written; what is in stays in."""
    ending = update(ImportRun).where(ImportRun.id == run.id, ImportRun.state.in_((*WORKING, "NEW", "CHECKED")))
    done = db.session.execute(
        ending.values(state=RunState.CANCELLED, ended_at=clock.now(), claim=None).returning(ImportRun.id)
    )
    if not done.all():
        raise IllegalMove(_("This import is over already."))
    db.session.refresh(run)
    log.record(Name.IMPORT_ENDED, run, agent, kind=run.kind, file=run.name, state=RunState.CANCELLED, rows=run.rows)


def unfinished(kind: Kind, digest: bytes) -> ImportRun | None:
    """The command's own run of the very same file that was killed on its way."""
    mine = (ImportRun.kind == kind.name, ImportRun.digest == digest, ImportRun.file_id.is_(None))
    asked = select(ImportRun).where(*mine, ImportRun.state == RunState.IMPORTING)
    return db.session.scalar(asked.order_by(ImportRun.id.desc()).limit(1))


def page(before: int | None = None, limit: int = 50) -> list[ImportRun]:
    """The imports, newest first."""
    asked = select(ImportRun).order_by(ImportRun.id.desc()).limit(limit)
    return list(db.session.scalars(asked.where(ImportRun.id < before) if before else asked))


def sweep() -> int:
    """Forget what nobody will look at again: files and bad rows of imports that ended long ago."""
    old = clock.now() - KEPT_FOR
    ended = select(ImportRun).where(ImportRun.file_id.is_not(None), ImportRun.at < old, ImportRun.state.not_in(WORKING))
    found = list(db.session.scalars(ended.limit(100)))
    for run in found:
        file_id, run.file_id = run.file_id, None
        db.session.execute(delete(ImportBadRow).where(ImportBadRow.run_id == run.id))
        db.session.flush()
        if file_id is not None:
            store.discard(file_id)
    return len(found)
