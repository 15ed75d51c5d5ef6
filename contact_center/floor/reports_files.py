"""Reports as files: a table, a whole report, the rows behind a figure, whole lists; and how far a long one is.

Long files are streamed while they are read. A page that wants to show how far one is sends a key of its own with the
request, and asks by it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, request, stream_with_context
from flask_babel import gettext as _

from contact_center import access
from contact_center.floor import reports_reading as reading
from contact_center.floor.reports_rows import chosen
from contact_center.reports import dimensions, exporting, listings, metrics, periods, tables
from contact_center.reports import pages as ready
from contact_center.reports.listings import Listing
from contact_center.reports.tables import Split

blueprint = Blueprint("reports_files", __name__, url_prefix="/floor/reports/files")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KEY = re.compile(r"[\w-]{8,64}", re.ASCII)


@blueprint.get("/report-<key>.xlsx")
@access.supervisor
def workbook(key: str) -> Response:
    """All tables of a report, a sheet each."""
    page = ready.get(key)
    if page is None and key != ready.EXPLORE:
        abort(404)
    said = reading.asked(page.usual if page else periods.Named.TWELVE_WEEKS)
    title = str(page.name) if page else _("Report")
    parts = tables.workbook(access.me(), said, title, tables.of_page(said, key))
    return _file(parts, f"{key}.xlsx")


@blueprint.get("/table.<any(csv, xlsx):ending>")
@access.supervisor
def table(ending: str) -> Response:
    """One table, with the same lines as on the screen and all of them."""
    said = reading.asked()
    by = said.by or said.grain
    shown = said.metrics or (ready.USUAL_METRIC,)
    name = str((dimensions.DIMENSIONS.get(by) or dimensions.GRAINS[by]).name)
    split = Split(name, by, shown)
    title = " · ".join(str(metrics.get(key).name) for key in shown)
    if ending == "csv":
        return _file((line.encode() for line in tables.csv(access.me(), said, title, split)), f"{shown[0]}.csv")
    return _file(tables.workbook(access.me(), said, title, [split]), f"{shown[0]}.xlsx")


@blueprint.get("/rows.<any(csv, xlsx):ending>")
@access.supervisor
def rows(ending: str) -> Response:
    """The rows behind a figure, all of them."""
    metric, part = chosen()
    listing = listings.behind(access.me(), reading.asked(), metric.key, part)
    return _streamed(listing, metric.key, str(metric.name), ending)


@blueprint.get("/all-<any(contacts, tickets):what>.<any(csv, xlsx):ending>")
@access.supervisor
def whole(what: str, ending: str) -> Response:
    """Every contact, or every ticket, of the period."""
    title = _("Contacts") if what == "contacts" else _("Tickets")
    return _streamed(listings.whole(access.me(), reading.asked(), what), what, title, ending)


@blueprint.get("/progress/<key>")
@access.supervisor
def progress(key: str) -> Any:
    """How far a file of one's own is; no such file yet is the same as one that has not begun."""
    found = exporting.how_far(access.me(), key)
    if found is None:
        return {"state": "WAITING", "written": 0, "total": 0}
    return {"state": found.state, "written": found.written, "total": found.total}


def _streamed(listing: Listing, name: str, title: str, ending: str) -> Response:
    typed = request.args.get("progress", "")
    key = typed if _KEY.fullmatch(typed) else secrets.token_urlsafe(12)
    query = request.query_string.decode("utf-8", "replace")[:2000]
    going = exporting.begin(access.me(), key, f"{name}.{ending}", query, listing)
    parts = exporting.as_csv(listing, going) if ending == "csv" else exporting.as_xlsx(listing, title, going)
    return _file(parts, f"{name}.{ending}")


def _file(parts: Iterator[bytes], name: str) -> Response:
    kind = "text/csv" if name.endswith(".csv") else _XLSX
    answer = Response(stream_with_context(parts), mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
