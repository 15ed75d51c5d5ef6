"""Saved reports: kept under a name, opened again, shared, and sent by mail at an hour of one's own."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once, pages
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.floor import reports_schedule_words as schedule_words
from contact_center.reports import asked as asked_room
from contact_center.reports import pages as ready
from contact_center.reports import saved, schedules
from contact_center.reports.saved import SavedReport
from contact_center.reports.schedules import Every

blueprint = Blueprint("reports_saved", __name__, url_prefix="/floor/reports/saved")


@blueprint.get("")
@access.supervisor
def listing() -> str:
    """One's own and what others share, each with its letters."""
    viewer = access.me()
    return render_template(
        "floor/reports_saved.html", section="floor", page="saved", reports=saved.all_of(viewer),
        schedules=schedules.all_of(viewer), words=schedule_words, zone=pages.zone().key,
        page_names={page.key: page.name for page in ready.PAGES}, Every=Every,
    )  # fmt: skip


@blueprint.post("")
@access.supervisor
def save() -> Any:
    """Keep what a page shows."""
    page = request.form.get("page", "")
    if ready.get(page) is None and page != ready.EXPLORE:
        raise Invalid(_("This report cannot be saved."))
    query = request.form.get("query", "")[: asked_room.LONGEST]
    name, is_shared = request.form.get("name", ""), request.form.get("shared") == "1"
    report = once.made(SavedReport, lambda: saved.save(access.me(), name, page, query, is_shared=is_shared))
    db.session.commit()
    flash(_("“%(name)s” is saved. Here you can have it sent to you by mail.", name=report.name), "success")
    return redirect(f"{url_for('.listing')}#report-{report.id}", 303)


@blueprint.get("/<int:saved_report_id>")
@access.supervisor
def open_report(saved_report_id: int) -> Any:
    """The report as it is now."""
    report = _report(saved_report_id)
    path = url_for("reports.explore") if report.page == ready.EXPLORE else url_for("reports.page", key=report.page)
    return redirect(f"{path}?{report.query}" if report.query else path, 303)


@blueprint.post("/<int:saved_report_id>")
@access.supervisor
def change(saved_report_id: int) -> Any:
    """Rename it, share it or not."""
    report = _report(saved_report_id)
    saved.change(report, access.me(), request.form.get("name", ""), is_shared=request.form.get("shared") == "1")
    return _done(_("Saved."))


@blueprint.post("/<int:saved_report_id>/remove")
@access.supervisor
def remove(saved_report_id: int) -> Any:
    """Forget it and its letters."""
    report = _report(saved_report_id)
    name = report.name
    saved.remove(report, access.me())
    return _done(_("“%(name)s” is deleted.", name=name))


@blueprint.post("/<int:saved_report_id>/schedule")
@access.supervisor
def schedule(saved_report_id: int) -> Any:
    """Have it sent, or no more, or not for now."""
    report, viewer = _report(saved_report_id), access.me()
    act = request.form.get("act", "put")
    if act == "put":
        made = schedules.put(report, viewer, *_times())
        return _done(_("It comes by mail %(when)s.", when=schedule_words.when(made)))
    found = schedules.of(report, viewer)
    if found is None or act not in _ACTS:
        abort(404)
    _ACTS[act](found)
    return _done(_("Saved."))


_ACTS = {"pause": schedules.pause, "resume": schedules.resume, "remove": schedules.remove}


def _times() -> tuple[Every, int, int, str]:
    typed = request.form
    zone = typed.get("zone", "")
    if zone not in available_timezones():
        sentence = _("There is no time zone “%(zone)s”.", zone=zone[:60])
        raise Invalid(sentence, {"zone": sentence})
    try:
        every = Every(typed.get("every", ""))
        day = {Every.DAY: "0", Every.WEEK: typed.get("weekday", ""), Every.MONTH: typed.get("monthday", "")}[every]
        return every, int(day), int(typed.get("hour", "")), zone
    except ValueError:
        raise Invalid(_("Choose a day and an hour.")) from None


def _report(report_id: int) -> SavedReport:
    found = saved.get(access.me(), report_id)
    if found is None:
        abort(404)
    return found


def _done(sentence: str) -> Any:
    db.session.commit()
    flash(sentence, "success")
    return redirect(url_for(".listing"), 303)
