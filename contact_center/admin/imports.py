"""Settings, Import: upload a file, say what its columns mean, check it, bring it in, and what became of each."""

from __future__ import annotations

from itertools import islice
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_security import current_user

from contact_center import access, once, rows
from contact_center.admin import reading
from contact_center.errors import Invalid, Unreadable
from contact_center.extensions import db
from contact_center.files import store
from contact_center.importing import bad_rows, mappings, runs, sniffing, workbooks
from contact_center.importing.fields import Field, Kind
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import ImportRun, RunState

blueprint = Blueprint("imports", __name__, url_prefix="/admin/imports")
SAMPLE, SHOWN = 50, 3  # records looked at, and different cells shown of each column
PAGE = 50


@blueprint.url_value_preprocessor
def take_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: what an administrator uploads here may be larger than an attachment."""
    if endpoint == "imports.upload" and current_user.is_authenticated and current_user.is_administrator:
        request.max_content_length = current_app.config["CC"].max_import_bytes + 1024 * 1024


@blueprint.app_template_filter("counted")
def counted(number: int) -> str:
    """A count as the reader writes it: 12,345."""
    return str(format_decimal(number))


@blueprint.get("")
@access.administrator
def listing() -> str:
    """A new import, and those there were."""
    found = runs.page(rows.number(request.args.get("before", "")), PAGE + 1)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    most = current_app.config["CC"].max_import_bytes
    kind = request.args.get("kind", "")
    return render_template(
        "admin/imports.html", page="imports", runs=found[:PAGE], older=older, kinds=KINDS, kind=kind, most=most
    )


@blueprint.post("")
@access.administrator
def upload() -> Any:
    """Store a file and look at it."""
    kind = KINDS.get(reading.text("kind"))
    if kind is None:
        raise Invalid(_("Choose what the file holds."), {"kind": _("Choose what the file holds.")})
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid(_("Choose a file."), {"file": _("Choose a file.")})
    try:
        run = once.made(ImportRun, lambda: _open(kind, given.filename or "", given.stream))
    except Unreadable as error:
        raise Invalid(error.sentence, {"file": error.sentence}) from None
    db.session.commit()
    return redirect(url_for("imports.show", run_id=run.id), 303)


def _open(kind: Kind, name: str, stream: Any) -> ImportRun:
    return runs.open_run(kind, runs.source_of(store.put_stream(stream), name), access.me())


@blueprint.get("/<int:run_id>")
@access.administrator
def show(run_id: int) -> str:
    """One import: its columns while they can be said, else how it goes."""
    run = reading.or_404(ImportRun, run_id)
    is_open = run.state is RunState.NEW or (run.state is RunState.CHECKED and "columns" in request.args)
    if is_open:
        return _columns_page(run)
    after = rows.number(request.args.get("after", "")) or 0
    bad = bad_rows.page(run, after, PAGE + 1)
    older = bad[PAGE - 1].line if len(bad) > PAGE else None
    return render_template(
        "admin/import_run.html",
        page="imports",
        run=run,
        kind=KINDS[run.kind],
        bad=bad[:PAGE],
        older=older,
        first=not after,
    )


def _columns_page(run: ImportRun) -> str:
    kind, path = KINDS[run.kind], runs.path_of(run)
    if path is None:
        abort(404)
    with runs.opened(run, path) as table:
        sample = [record.cells for record in islice(table, SAMPLE)]
        first_cells = [_first_cells(sample, position) for position in range(len(run.headers))]
    mapped = runs.columns_of(run)
    return render_template(
        "admin/import_columns.html",
        page="imports",
        run=run,
        kind=kind,
        columns=kind.columns(),
        mapped=mapped,
        first_cells=first_cells,
        missing=_missing(kind, set(mapped.values())),
        encodings=[(code, name) for code, name in sniffing.ENCODINGS.items()],
        separators=[(",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", "|")],
        sheets=[(name, name) for name in workbooks.sheets(path)] if not run.form["encoding"] else [],
        mapping_name=_mapping_name(run, kind),
    )


def _missing(kind: Kind, mapped: set[str]) -> list[Field]:
    """What a new row cannot do without and no column says; of a part only where another column speaks of it."""
    spoken_of = {"", *(name.rpartition(".")[0] for name in mapped)}
    needed = {name: field for name, field in kind.columns().items() if field.needed and name not in mapped}
    return [field for name, field in needed.items() if name.rpartition(".")[0] in spoken_of]


def _first_cells(sample: list[list[str]], position: int) -> list[str]:
    """A few different cells of one column."""
    cells = (cells[position].strip()[:80] for cells in sample if position < len(cells))
    return list(dict.fromkeys(filter(None, cells)))[:SHOWN]


def _mapping_name(run: ImportRun, kind: Kind) -> str:
    known = mappings.recall(kind, run.headers)
    return known.name if known else run.name.rpartition(".")[0] or run.name


@blueprint.post("/<int:run_id>/form")
@access.administrator
def read_anew(run_id: int) -> Any:
    """Read the file with another encoding, separator or sheet."""
    run = reading.or_404(ImportRun, run_id)
    path = runs.path_of(run)
    if path is None or run.state not in (RunState.NEW, RunState.CHECKED):
        abort(404)
    wanted = {name: reading.text(name) for name in ("encoding", "separator", "sheet") if name in request.form}
    if wanted.get("encoding", "utf-16") not in {*sniffing.ENCODINGS, "utf-16-le", "utf-16-be"}:
        raise Invalid(_("Choose an encoding."), {"encoding": _("Choose an encoding.")})
    if wanted.get("separator", ",") not in sniffing.SEPARATORS:
        raise Invalid(_("Choose a separator."), {"separator": _("Choose a separator.")})
    if run.form["encoding"]:
        wanted.pop("sheet", None)
    else:
        wanted = {"sheet": wanted.get("sheet", "")}
    runs.look_again(run, path, wanted)
    db.session.commit()
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.post("/<int:run_id>/check")
@access.administrator
def check(run_id: int) -> Any:
    """Say what the columns mean, remember it, and begin the dry run."""
    run, me = reading.or_404(ImportRun, run_id), access.me()
    wanted = {position: name for position in range(len(run.headers)) if (name := reading.text(f"column-{position}"))}
    form = {name: reading.text(name) for name in ("decimal", "order", "currency")}
    runs.say_columns(run, wanted, form)
    if name := reading.text("remember").strip():
        mappings.remember(KINDS[run.kind], name, run.headers, wanted, run.form, me)
    runs.check(run, me)
    db.session.commit()
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.post("/<int:run_id>/start")
@access.administrator
def start(run_id: int) -> Any:
    """Bring it in."""
    runs.start(reading.or_404(ImportRun, run_id), access.me())
    db.session.commit()
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.post("/<int:run_id>/cancel")
@access.administrator
def cancel(run_id: int) -> Any:
    """Stop it; what is in stays in."""
    runs.cancel(reading.or_404(ImportRun, run_id), access.me())
    db.session.commit()
    flash(_("The import is cancelled."), "success")
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.get("/<int:run_id>/progress")
@access.administrator
def progress(run_id: int) -> Any:
    """How far it is, asked every second; when it has ended the page is to be loaded anew."""
    run = reading.or_404(ImportRun, run_id)
    answer = current_app.make_response(render_template("admin/_import_progress.html", run=run))
    if not run.is_working:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.get("/<int:run_id>/bad.csv")
@access.administrator
def bad_file(run_id: int) -> Response:
    """The rows that could not be used, with their reasons, to be corrected and uploaded again."""
    run = reading.or_404(ImportRun, run_id)
    answer = Response("".join(bad_rows.as_csv(run)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"bad-rows-{run_id}.csv")
    return answer
