"""Browsers that telephone: their WebSocket at /rtc, and the page of a customer's handset at /."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

from flask import Blueprint, Response, current_app, jsonify, request, send_from_directory

from carrier.server.api import clock
from carrier.server.gateway import Gateway
from carrier.server.guard import is_same_site
from carrier.server.sockets import Browser

PAGES = Path(__file__).resolve().parent.parent / "pages"
blueprint = Blueprint("browsers", __name__)


class _Over(Response):
    """Says nothing more: somebody else has had the connection, and this is how Werkzeug is told."""

    def __call__(self, *_given: object) -> NoReturn:
        raise ConnectionError


@blueprint.route("/rtc", websocket=True)
def talk() -> Response:
    """One browser, as long as it is there."""
    gateway: Gateway = current_app.extensions["gateway"]
    Browser(request.environ, gateway, clock(), may_be_handset=is_same_site()).serve()
    return _Over()


@blueprint.get("/")
def handset() -> Response:
    """A customer's telephone."""
    return _page("handset.html")


@blueprint.get("/pages/<name>")
def page(name: str) -> Response:
    """What belongs to it."""
    return _page(name)


@blueprint.get("/book.json")
def book() -> Response:
    """Which numbers it offers to dial, and as whom: nothing where nobody wrote it down."""
    path: Path | None = current_app.extensions["book"]
    try:
        return jsonify(json.loads(path.read_text()) if path is not None else {})
    except OSError:
        return jsonify({})


def _page(name: str) -> Response:
    response = send_from_directory(PAGES, name, max_age=0)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "media-src 'self' http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = "microphone=(self)"
    return response
