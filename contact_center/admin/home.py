"""Settings as such: leads to the first page the person may open."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for

from contact_center import access

blueprint = Blueprint("settings", __name__, url_prefix="/admin")


@blueprint.get("")
@access.supervisor
def first() -> Any:
    """People for administrators, the board for supervisors."""
    return redirect(url_for("people.listing") if access.me().is_administrator else "/desk/presence/board")
