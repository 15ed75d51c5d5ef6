"""Settings, Surveys: what customers are asked and when, who is left out, and what a low answer sets off."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.admin import reading
from contact_center.calendars import settings as calendars
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.satisfaction import permission, recoveries, scales, settings, words
from contact_center.satisfaction.models import Scale
from contact_center.tickets import scope
from contact_center.tickets.inbound import CHANNELS
from contact_center.tickets.models import Ticket

blueprint = Blueprint("surveys", __name__, url_prefix="/admin/satisfaction")


@blueprint.get("")
@access.administrator
def show() -> str:
    row = settings.current()
    return _page(settings.typed(row), {}, is_on=row.is_on)


@blueprint.post("")
@access.administrator
def change() -> Any:
    is_on = request.form.get("is_on") == "1"
    try:
        settings.change(access.me(), reading.version(), request.form, is_on=is_on)
    except Invalid as error:
        db.session.rollback()
        return _page(request.form.to_dict(), error.fields, is_on=is_on), error.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("surveys.show"), 303)


@blueprint.get("/ticket")
@access.administrator
def one() -> str:
    """What would be asked about one ticket, and why it would not."""
    asked = request.args.get("ticket", "").strip()[:40]
    number = scope.number_in(asked)
    ticket = db.session.get(Ticket, number) if number else None
    verdict = permission.of_resolution(ticket, settings.current()) if ticket else None
    return render_template(
        "admin/_survey_one.html", ticket=ticket, verdict=verdict, asked=asked, words=words, name_of=scales.name_of
    )


def _page(typed: dict[str, str], problems: dict[str, str], *, is_on: bool) -> str:
    return render_template(
        "admin/surveys.html", page="surveys", typed=typed, is_on=is_on, problems=problems, tiers=TIERS,
        version=settings.current().version, channels=CHANNELS, calendars=calendars.listed(), Scale=Scale,
        name_of=scales.name_of, at_once=recoveries.AT_ONCE,
    )  # fmt: skip
