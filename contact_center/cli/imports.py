"""`contact-center import`: bring a file in from where it lies, or say what would come of it.

The same verbs as the screen's import; a file of any size. Killed on its way it goes on where it stopped when the same
file is given again.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy.exc import OperationalError

from contact_center.cli.opening import as_json, in_app
from contact_center.errors import ContactCenterError
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.importing import bad_rows, claims, mappings, runs, work
from contact_center.importing.fields import Kind
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import ImportRun, RunState
from contact_center.text import sayings

SOME_BAD = 1
EX_USAGE, EX_DATAERR, EX_TEMPFAIL = 64, 65, 75  # sysexits.h
_SHOWN = 1000  # bad rows in the answer; `--bad-rows` writes all


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--dry-run", "is_dry", is_flag=True, help="Change nothing; say what would be new, changed, the same, bad."
)
@click.option("--mapping", metavar="NAME", help="What the columns mean, as remembered under this name.")
@click.option("--currency", metavar="CODE", help="Of amounts whose currency the file does not name.")
@click.option(
    "--bad-rows",
    "bad_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="CSV",
    help="Write the rows that could not be used there, with their reasons.",
)
@click.option("--json", "wants_json", is_flag=True)
@in_app
def bring_in(
    kind: str,
    file: Path,
    is_dry: bool,
    mapping: str | None,
    currency: str | None,
    bad_file: Path | None,
    wants_json: bool,
) -> None:
    """Import KIND from FILE (CSV or XLSX). Exit code 0: every row is in; 1: some were bad; 64, 65: nothing was done."""
    started = time.monotonic()
    try:
        run, path = _opened(KINDS[kind], file, mapping, currency, is_dry=is_dry)
        db.session.commit()
        _work(run.id, path, quiet=wants_json)
    except ContactCenterError as error:
        _give_up(EX_DATAERR, error.sentence)
    run = db.session.get_one(ImportRun, run.id, populate_existing=True)
    if bad_file:
        _write_bad_rows(run, bad_file)
        run = db.session.get_one(ImportRun, run.id)
    _tell(run, time.monotonic() - started, wants_json=wants_json)
    if run.state is RunState.FAILED:
        _give_up(EX_DATAERR, sayings.say(run.error))
    sys.exit(SOME_BAD if run.bad else 0)


def _opened(
    kind: Kind, file: Path, mapping: str | None, currency: str | None, *, is_dry: bool
) -> tuple[ImportRun, Path]:
    source = runs.source_at(file)
    if not is_dry and (run := runs.unfinished(kind, source.digest)):
        click.echo(f"goes on behind row {run.rows:,}", err=True)
        return run, file
    run = runs.open_run(kind, source, None)
    columns, form = runs.columns_of(run), {"currency": currency.strip().upper()} if currency else {}
    if mapping:
        known = mappings.find_named(kind, mapping)
        if known is None:
            _give_up(
                EX_USAGE, f"there is no mapping “{mapping}”; there are: {', '.join(mappings.names(kind)) or 'none'}"
            )
        columns, form = mappings.columns_of(known, kind, run.headers), {**known.form, **form}
    runs.say_columns(run, columns, form)
    (runs.check if is_dry else runs.start)(run, None)
    return run, file


def _work(run_id: int, path: Path, *, quiet: bool) -> None:
    with bus.muted(), claims.worker_of(run_id) as claim:
        if claim is None:
            _give_up(EX_DATAERR, "this very import is under way already")
        try:
            for rows in work.steps(run_id, claim, path):
                db.session.commit()
                if not quiet and sys.stderr.isatty():
                    click.echo(f"\r{rows:,} rows", err=True, nl=False)
        except work.Lost:
            db.session.rollback()
            _give_up(EX_DATAERR, "the import was cancelled on the screen")
        except OperationalError:
            db.session.rollback()
            _give_up(EX_TEMPFAIL, "the database broke off; give the same file again and it goes on where it stopped")


def _write_bad_rows(run: ImportRun, file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        for text in bad_rows.as_csv(run):
            out.write(text)


def _tell(run: ImportRun, seconds: float, *, wants_json: bool) -> None:
    figures = {name: getattr(run, name) for name in ("rows", "created", "changed", "same", "bad")}
    bad: list[dict[str, Any]] = [
        {"line": row.line, "column": row.column, "reason": sayings.say(row.reason)}
        for row in bad_rows.page(run, limit=_SHOWN if wants_json else 20)
    ]
    if wants_json:
        told: dict[str, Any] = {"import": run.id, "kind": run.kind, "file": run.name, "state": run.state, **figures}
        told |= {"columns": {run.headers[int(at)]: name for at, name in run.columns.items()}}
        as_json({**told, "seconds": round(seconds, 2), "bad_rows": bad})
        return
    words = "would be" if run.state is RunState.CHECKED else "are"
    click.echo(f"{figures['rows']:,} rows in {seconds:.1f} s; {words} new: {figures['created']:,}, changed: "
               f"{figures['changed']:,}, the same: {figures['same']:,}, bad: {figures['bad']:,}")  # fmt: skip
    for row in bad:
        click.echo(f"  line {row['line']}{', ' + row['column'] if row['column'] else ''}: {row['reason']}")
    if figures["bad"] > len(bad):
        click.echo(f"  … and {figures['bad'] - len(bad):,} more; --bad-rows FILE writes all of them")


def _give_up(code: int, sentence: str) -> NoReturn:
    click.echo(f"contact-center import: {sentence}", err=True)
    sys.exit(code)
