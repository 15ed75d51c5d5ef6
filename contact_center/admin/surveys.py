"""Settings, Satisfaction: when customers are asked, who is left out, and what a low score sets off."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.admin import reading
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.satisfaction import settings

blueprint = Blueprint("surveys", __name__, url_prefix="/admin/satisfaction")


@blueprint.get("")
@access.administrator
def show() -> str:
    row = settings.current()
    typed = {name: str(getattr(row, name)) for name in settings.LIMITS}
    return _page(typed | {"excluded_tags": ", ".join(row.excluded_tags)}, {}, is_on=row.is_on)


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


def _page(typed: dict[str, str], problems: dict[str, str], *, is_on: bool) -> str:
    return render_template(
        "admin/surveys.html", page="surveys", typed=typed, is_on=is_on, problems=problems,
        version=settings.current().version,
    )  # fmt: skip
