"""The language and the theme, one click each, on every page: kept in the account, or in the session of a visitor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, request, session
from flask_security import current_user

from contact_center import access
from contact_center.admin.entrance.forms import is_local
from contact_center.agents import accounts
from contact_center.config import LANGUAGES
from contact_center.extensions import db

THEMES = ("system", "light", "dark")
blueprint = Blueprint("preferences", __name__)


@blueprint.post("/preferences")
@access.public
def save() -> Any:
    """Take `language`, `theme`, or both, and go back to the page it was clicked on."""
    wanted = {name: request.form[name] for name in ("language", "theme") if name in request.form}
    if wanted.get("language", "en") not in LANGUAGES or wanted.get("theme", "light") not in THEMES:
        abort(400)
    if current_user.is_authenticated:
        accounts.prefer(access.me(), **wanted)
        db.session.commit()
    if "language" in wanted:
        session["language"] = wanted["language"]
    return redirect(_back(), 303)


def _back() -> str:
    """The path of the page that sent the form, if it is one of ours."""
    came_from = urlsplit(request.referrer or "")
    path = came_from._replace(scheme="", netloc="").geturl()
    return path if came_from.netloc == request.host and is_local(path) else "/"
