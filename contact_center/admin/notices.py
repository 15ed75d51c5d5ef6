"""Settings, Notices: what customers are told on the portal, from when to when, and which tiers see it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.customers.models import TIERS
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.selfservice import notices
from contact_center.selfservice.models import Notice

blueprint = Blueprint("notices", __name__, url_prefix="/admin/notices")


@blueprint.get("")
@access.supervisor
def listing() -> str:
    return render_template("admin/notices.html", page="notices", notices=notices.listed(), today=accounts.today())


@blueprint.get("/new")
@access.supervisor
def blank() -> str:
    return _form(None)


@blueprint.post("/new")
@access.supervisor
def add() -> Any:
    once.made(Notice, lambda: notices.add(access.me(), **_fields()))
    return _done()


@blueprint.get("/<int:notice_id>")
@access.supervisor
def edit(notice_id: int) -> str:
    return _form(reading.or_404(Notice, notice_id))


@blueprint.post("/<int:notice_id>")
@access.supervisor
def save(notice_id: int) -> Any:
    notices.change(reading.or_404(Notice, notice_id), access.me(), **_fields())
    return _done()


@blueprint.post("/<int:notice_id>/remove")
@access.supervisor
def remove(notice_id: int) -> Any:
    notices.remove(reading.or_404(Notice, notice_id), access.me())
    return _done()


@blueprint.post("/<int:notice_id>/move")
@access.supervisor
def move(notice_id: int) -> Any:
    notices.move(reading.or_404(Notice, notice_id), reading.step(), access.me())
    return _done()


def _fields() -> dict[str, Any]:
    names = ("title", "title_zh", "text", "text_zh", "from_on", "until_on")
    return {name: reading.text(name) for name in names} | {
        "tiers": request.form.getlist("tiers"),
        "is_promotion": "is_promotion" in request.form,
    }


def _form(notice: Notice | None) -> str:
    return render_template("admin/notice.html", page="notices", notice=notice, tiers=TIERS, today=accounts.today())


def _done() -> Any:
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("notices.listing"), 303)
