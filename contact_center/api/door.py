"""The blueprint of the API: who is counted for limits, how large a request may be, in which language it answers.

Every module of this door adds its routes to `blueprint`; `access.token` lets in. No form and no cookie is read here,
which is why it needs no CSRF token.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from contact_center.config import LANGUAGES
from contact_center.extensions import csrf, limiter

PREFIX = "/api/v1"
PER_TOKEN = "600 per minute"
BATCHES = "60 per minute"
REFUSALS = "60 per minute"  # of one network address
LARGEST = 1024 * 1024  # bytes of one resource
LARGEST_BATCH = 16 * 1024 * 1024

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
csrf.exempt(blueprint)


def caller() -> str:
    """Whose calls are counted together: a token's, without keeping it."""
    return hashlib.sha256(request.headers.get("Authorization", "").encode("utf-8", "replace")).hexdigest()


def _network() -> str:
    return request.remote_addr or "unknown"


limiter.limit(PER_TOKEN, key_func=caller)(blueprint)
limiter.limit(REFUSALS, key_func=_network, deduct_when=lambda response: response.status_code == 401)(blueprint)


@blueprint.url_value_preprocessor
def prepare(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything else looks at the request: its language and its size."""
    g.language = _language()
    request.max_content_length = LARGEST_BATCH if endpoint == "api.batch" else LARGEST


def _language() -> str:
    wanted = request.accept_languages.values()
    return next((code for word in wanted for code in LANGUAGES if code[:2] == word[:2].lower()), "en")


def answer(value: Any, status: int = 200) -> Response:
    """*value* as JSON."""
    made: Response = jsonify(value)
    made.status_code = status
    made.headers["Cache-Control"] = "no-store"
    return made
