"""Settings, Customer fields: what a firm wants to know of its customers beyond our own fields."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.customers import custom
from contact_center.customers.models import CustomerKind, CustomField, FieldKind
from contact_center.extensions import db

blueprint = Blueprint("fields", __name__, url_prefix="/admin/fields")


@blueprint.get("")
@access.administrator
def listing() -> str:
    return render_template("admin/fields.html", page="fields", fields=custom.listed(), label=custom.label, **_words())


@blueprint.get("/new")
@access.administrator
def blank() -> str:
    return render_template("admin/field.html", page="fields", field=None, **_words())


@blueprint.post("/new")
@access.administrator
def define() -> Any:
    row = once.made(
        CustomField,
        lambda: custom.define(access.me(), key=reading.text("key"), kind=reading.text("kind"), **_told()),
    )
    db.session.commit()
    flash(_("The field “%(name)s” can be filled in now.", name=custom.label(row)), "success")
    return redirect(url_for("fields.listing"), 303)


@blueprint.get("/<int:field_id>")
@access.administrator
def edit(field_id: int) -> str:
    field = reading.or_404(CustomField, field_id)
    return render_template("admin/field.html", page="fields", field=field, label=custom.label, **_words())


@blueprint.post("/<int:field_id>")
@access.administrator
def save(field_id: int) -> Any:
    custom.change(reading.or_404(CustomField, field_id), access.me(), **_told())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("fields.listing"), 303)


@blueprint.post("/<int:field_id>/move")
@access.administrator
def move(field_id: int) -> Any:
    """One place up or down, as customers' pages show them."""
    custom.move(reading.or_404(CustomField, field_id), reading.step(), access.me())
    db.session.commit()
    return redirect(url_for("fields.listing"), 303)


@blueprint.post("/<int:field_id>/<any(deactivate, reactivate):act>")
@access.administrator
def activate(field_id: int, act: str) -> Any:
    """Put the field away with its values, or use it again."""
    field = reading.or_404(CustomField, field_id)
    custom.activate(field, access.me(), is_active=act == "reactivate")
    db.session.commit()
    told = _("%(name)s is deactivated; its values are kept.") if act == "deactivate" else _("%(name)s is reactivated.")
    flash(told % {"name": custom.label(field)}, "success")
    return redirect(url_for("fields.listing"), 303)


def _told() -> dict[str, Any]:
    return {
        "label": reading.text("label"),
        "label_zh": reading.text("label_zh"),
        "choices": reading.text("choices"),
        "customer_kind": reading.text("customer_kind"),
        "is_searched": request.form.get("is_searched") == "1",
    }


def _words() -> dict[str, Any]:
    return {
        "kinds": {
            FieldKind.TEXT: _("Text"),
            FieldKind.NUMBER: _("Number"),
            FieldKind.DATE: _("Date"),
            FieldKind.YES_NO: _("Yes or no"),
            FieldKind.CHOICE: _("One of several"),
        },
        "whose": {CustomerKind.PERSON: _("People"), CustomerKind.COMPANY: _("Companies")},
    }
