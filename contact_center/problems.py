"""Errors as other systems read them: problem+json (RFC 9457), in the language they asked for.

Called by `pages` for whatever goes wrong below /api/.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response
from werkzeug.http import HTTP_STATUS_CODES


def problem(
    status: int, sentence: str, fields: Mapping[str, str] | None = None, headers: Iterable[tuple[str, str]] = ()
) -> Response:
    """An error as other systems read it (RFC 9457); *fields* maps JSON pointers to sentences."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTP_STATUS_CODES.get(status, ""), "status": status}
    body["detail"] = sentence
    if fields:
        body["errors"] = [{"pointer": f"#{at}", "detail": str(text)} for at, text in fields.items()]
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")
    for name, value in headers:
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response
