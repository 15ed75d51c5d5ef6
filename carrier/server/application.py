"""The carrier as a WSGI application: REST under /2010-04-01/, browsers' calls at /rtc, the handset's page at /.

It answers only to this machine: a request that names another host, or comes from a page of another one, is refused.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from werkzeug.wrappers import Request, Response

from carrier.clocks import RealClock
from carrier.company import Carrier
from carrier.errors import TimedOut
from carrier.parameters import VERSION
from carrier.server.gateway import Gateway
from carrier.server.sockets import Browser

PAGES = Path(__file__).resolve().parent.parent / "pages"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
MOST_BYTES = 1_000_000


class Application:
    """Serves one carrier. `book` is what the handset's page offers to dial: numbers of ours, and people who call."""

    def __init__(self, carrier: Carrier, clock: RealClock, *, app_url: str, book: dict[str, Any]) -> None:
        self._carrier = carrier
        self._clock = clock
        self._gateway = Gateway(carrier)
        self._book = book
        self._policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            f"media-src 'self' {app_url}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = MOST_BYTES
        if not is_at_home(request.headers.get("Host", "")) or not _is_of_ours(request.headers.get("Origin")):
            return Response("This telephone company serves its own machine only.", 403)(environ, start_response)
        if request.path == "/rtc" and request.headers.get("Upgrade", "").lower() == "websocket":
            Browser(environ, self._gateway, self._clock).serve()
            raise ConnectionError  # how Werkzeug is told that somebody else has had the connection
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(f"/{VERSION}/"):
            return self._rest(request)
        if request.method not in ("GET", "HEAD"):
            return Response("", 405)
        if request.path == "/healthz":
            return Response("ok", mimetype="text/plain")
        if request.path == "/book.json":
            return Response(json.dumps(self._book), mimetype="application/json", headers={"Cache-Control": "no-store"})
        return self._page(request.path)

    def _rest(self, request: Request) -> Response:
        auth = request.authorization
        pair = (auth.username or "", auth.password or "") if auth is not None and auth.type == "basic" else ("", "")
        query = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)
        form = list(request.form.items(multi=True))
        try:
            with self._clock.lock:
                answer = self._carrier.rest(request.method, request.path, query, form, pair)
        except TimedOut:
            time.sleep(30)  # done, and never told
            return Response("", 504)
        time.sleep(answer.seconds)
        if answer.body is None:
            return Response(answer.content, answer.status, content_type=answer.content_type)
        return Response(json.dumps(answer.body), answer.status, content_type="application/json")

    def _page(self, path: str) -> Response:
        file = (PAGES / (path.removeprefix("/pages/") if path != "/" else "handset.html")).resolve()
        if file.parent != PAGES or file.suffix not in TYPES or not file.is_file():
            return Response("Not found", 404, mimetype="text/plain")
        headers = {
            "Content-Security-Policy": self._policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "microphone=(self)",
            "Cache-Control": "no-cache",
        }
        return Response(file.read_bytes(), content_type=f"{TYPES[file.suffix]}; charset=utf-8", headers=headers)


def is_at_home(host: str) -> bool:
    """Whether that is a name of this machine, with or without a port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _is_of_ours(origin: str | None) -> bool:
    """Whether a page of this machine asks, or no page at all."""
    return origin is None or is_at_home(urlsplit(origin).netloc)
