"""Settings, Credit: what each factor of a score sheet weighs, and where the grades begin."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.admin import reading
from contact_center.credit import sheets, words
from contact_center.errors import Invalid
from contact_center.extensions import db

blueprint = Blueprint("credit_settings", __name__, url_prefix="/admin/credit")


@blueprint.get("")
@access.administrator
def show() -> str:
    row = sheets.settings()
    typed = {f"{template}.{factor}": n for template, factors in row.weights.items() for factor, n in factors.items()}
    return _page(typed | {f"grade.{grade}": least for grade, least in row.grades.items()}, {})


@blueprint.post("")
@access.administrator
def change() -> Any:
    try:
        sheets.change_settings(access.me(), reading.version(), request.form)
    except Invalid as error:
        db.session.rollback()
        return _page(request.form.to_dict(), error.fields), error.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("credit_settings.show"), 303)


def _page(typed: dict[str, Any], problems: dict[str, str]) -> str:
    return render_template(
        "admin/credit.html", page="credit", typed=typed, problems=problems, version=sheets.settings().version,
        factors=sheets.FACTORS, words=words.factors(), grades=sheets.GRADES, lowest=sheets.LOWEST,
    )  # fmt: skip
