"""Settings, Visits: the weekly windows by region with their capacity, and the days on which nobody goes out."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.selfservice import windows
from contact_center.selfservice.models import VisitWindow

blueprint = Blueprint("visits", __name__, url_prefix="/admin/visits")


@blueprint.get("")
@access.supervisor
def listing() -> str:
    return render_template("admin/visits.html", page="visits", windows=windows.listed(), closures=windows.closures())


@blueprint.post("")
@access.supervisor
def add() -> Any:
    """Open a window on each of the chosen days."""
    typed = {name: reading.text(name) for name in ("region", "begins", "ends", "capacity")}
    once.made(VisitWindow, lambda: windows.add(access.me(), weekdays=reading.ticked("weekday"), **typed))
    return _done()


@blueprint.post("/<int:window_id>")
@access.supervisor
def change(window_id: int) -> Any:
    windows.change(reading.or_404(VisitWindow, window_id), access.me(), reading.text("capacity"))
    return _done()


@blueprint.post("/<int:window_id>/remove")
@access.supervisor
def remove(window_id: int) -> Any:
    windows.remove(reading.or_404(VisitWindow, window_id), access.me())
    return _done()


@blueprint.post("/closures")
@access.supervisor
def close() -> Any:
    windows.close(access.me(), reading.text("on"), reading.text("why"))
    return _done()


@blueprint.post("/closures/open")
@access.supervisor
def open_again() -> Any:
    try:
        on = date.fromisoformat(reading.text("on"))
    except ValueError:
        raise Invalid(_("Choose a day."), {"on": _("Choose a day.")}) from None
    windows.open_again(access.me(), on)
    return _done()


def _done() -> Any:
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("visits.listing"), 303)
