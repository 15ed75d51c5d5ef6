"""Settings, Reasons to be away: their words and their order."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.agents import away_reasons
from contact_center.agents.models import AwayReason
from contact_center.extensions import db

blueprint = Blueprint("reasons", __name__, url_prefix="/admin/reasons")


@blueprint.get("")
@access.administrator
def listing() -> str:
    return render_template("admin/reasons.html", page="reasons", reasons=away_reasons.listed())


@blueprint.post("")
@access.administrator
def add() -> Any:
    once.made(AwayReason, lambda: away_reasons.add(reading.text("name"), access.me()))
    return _done()


@blueprint.post("/<int:reason_id>")
@access.administrator
def rename(reason_id: int) -> Any:
    away_reasons.rename(reading.or_404(AwayReason, reason_id), reading.text("name"), access.me())
    flash(_("Saved."), "success")
    return _done()


@blueprint.post("/<int:reason_id>/move")
@access.administrator
def move(reason_id: int) -> Any:
    away_reasons.move(reading.or_404(AwayReason, reason_id), reading.step(), access.me())
    return _done()


@blueprint.post("/<int:reason_id>/remove")
@access.administrator
def remove(reason_id: int) -> Any:
    away_reasons.remove(reading.or_404(AwayReason, reason_id), access.me())
    return _done()


def _done() -> Any:
    db.session.commit()
    return redirect(url_for("reasons.listing"), 303)
