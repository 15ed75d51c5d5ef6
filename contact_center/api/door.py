"""The blueprint of the API: who is counted for limits, how large a request may be, in which language it answers.

Every module of this door adds its routes to `blueprint`; `access.token` lets in. No form and no cookie is read here,
which is why it needs no CSRF token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ServiceUnavailable

from contact_center.config import LANGUAGES
from contact_center.extensions import csrf, db, limiter
from contact_center.statement import Statement

PREFIX = "/api/v1"
PER_TOKEN = "600 per minute"
BATCHES = "60 per minute"
REFUSALS = "60 per minute"  # of one network address
LARGEST = 1024 * 1024  # bytes of one resource
LARGEST_BATCH = 16 * 1024 * 1024
TRIES = 3
_TURNS = 4219  # of the advisory lock by which writers take turns; the number means nothing
_AMONG_OTHERS = Statement("SELECT pg_advisory_xact_lock_shared(:key)")
_ALONE = Statement("SELECT pg_advisory_xact_lock(:key)")
_GAVE_WAY = ("40P01", "40001")  # a deadlock, or a transaction that cannot be put in a row with another
Made = TypeVar("Made")

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


def done(make: Callable[[], Made]) -> Made:
    """Do *make* and commit. Of two that write the same rows in another order one gives way, and begins again alone."""
    for left in reversed(range(TRIES)):
        try:
            (_AMONG_OTHERS if left == TRIES - 1 else _ALONE).run({"key": _TURNS})
            made = make()
            db.session.commit()
        except OperationalError as error:
            db.session.rollback()
            if getattr(error.orig, "sqlstate", None) not in _GAVE_WAY:
                raise
            if not left:
                raise ServiceUnavailable(retry_after=1) from error
        else:
            break
    return made


def answer(value: Any, status: int = 200) -> Response:
    """*value* as JSON."""
    made: Response = jsonify(value)
    made.status_code = status
    made.headers["Cache-Control"] = "no-store"
    return made
