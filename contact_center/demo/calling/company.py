"""The emulated carrier, in this process, joined to an application: its webhooks as requests, our requests as its REST.

Time is the carrier's: before each of its events the application's clock stands at that instant.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from flask import Flask
from requests.exceptions import ReadTimeout
from twilio.http import HttpClient
from twilio.http.response import Response

from carrier import Account, Carrier, TimedOut, VirtualClock
from carrier.webhooks import Webhook, WebhookAnswer
from contact_center import clock
from contact_center.channels.phone.twilio.addresses import EVENTS, STEPS
from contact_center.channels.twilio import account
from contact_center.mailboxes import places


class Company:
    """The carrier with the application's own numbers."""

    def __init__(self, app: Flask, start: datetime, *, seed: int = 1, **options: Any) -> None:
        self.app, self._is_at_work = app, False
        with app.app_context():
            ours = account.current()
            assert ours is not None, "no carrier is set up"
            numbers = [number.address for number in places.numbers().values()]
        self.base: str = app.config["CC"].public_url
        self.app_sid = ours.app_sid
        known = Account(ours.sid, ours.token, ours.api_key, ours.api_secret)
        self.carrier = Carrier(known, deliver=self._deliver, clock=VirtualClock(start), seed=seed, **options)
        told = f"{self.base}{EVENTS}/leg"
        for number in numbers:
            self.carrier.number(number, voice_url=f"{self.base}{STEPS}/in", status_callback=told)
        self.carrier.application(ours.app_sid, voice_url=f"{self.base}{STEPS}/client", status_callback=told)

    @contextmanager
    def at_work(self) -> Iterator[Carrier]:
        """Inside the block the application's requests come here, and its clock is the carrier's. Blocks nest."""
        if self._is_at_work:
            yield self.carrier
            return
        http = self.app.extensions.get("carrier_http")
        self.app.extensions["carrier_http"], self._is_at_work = _Here(self.carrier), True
        with clock.moving() as move:
            move(self.carrier.now)
            self.carrier.on_advance.append(move)
            try:
                yield self.carrier
            finally:
                self.carrier.on_advance.remove(move)
                self.app.extensions["carrier_http"], self._is_at_work = http, False

    def _deliver(self, webhook: Webhook) -> WebhookAnswer:
        status, headers, data = _answered(self.app, _environ(self.base, webhook))
        kind = headers.get("Content-Type", "")
        return WebhookAnswer(status, data.decode() if kind.startswith("text/") else "", kind, headers, data)


class _Here(HttpClient):
    """The official library's way out, into the carrier of this process."""

    def __init__(self, carrier: Carrier) -> None:
        super().__init__(None, False, None)
        self._carrier = carrier

    def fetch(self, path: str, auth: tuple[str, str]) -> tuple[int, bytes]:
        """A file, as its bytes."""
        answer = self._carrier.rest("GET", path, [], [], auth)
        return answer.status, answer.content

    def request(self, method: str, url: str, *given: Any, **named: Any) -> Response:
        params, data, _headers, auth = (*given, None, None, None, None)[:4]
        params, data, auth = named.get("params", params), named.get("data", data), named.get("auth", auth)
        split = urlsplit(url)
        query = [*parse_qsl(split.query), *_pairs(params)]
        try:
            answer = self._carrier.rest(method.upper(), split.path, query, _pairs(data), auth or ("", ""))
        except TimedOut as error:
            raise ReadTimeout(str(error)) from error
        text = answer.content.decode("utf-8", "replace") if answer.body is None else json.dumps(answer.body)
        return Response(answer.status, text)


def _pairs(given: Any) -> list[tuple[str, str]]:
    """As a form is written: several values of one name one after the other, what is missing not at all."""
    found = []
    for name, value in (given or {}).items():
        values = value if isinstance(value, list | tuple) else [value]
        found += [(name, str(one)) for one in values if one is not None]
    return found


def _environ(base: str, webhook: Webhook) -> dict[str, Any]:
    """The request as a WSGI server would hand it over. A test client's own builder takes as long as the answer."""
    url, here, body = urlsplit(webhook.url), urlsplit(base), urlencode(webhook.form).encode()
    given = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in webhook.headers.items()}
    return given | {
        "REQUEST_METHOD": webhook.method, "SCRIPT_NAME": "", "PATH_INFO": unquote(url.path), "QUERY_STRING": url.query,
        "SERVER_NAME": here.hostname, "SERVER_PORT": str(here.port or 80), "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": here.netloc, "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "wsgi.version": (1, 0), "wsgi.url_scheme": here.scheme,
        "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


def _answered(app: Flask, environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    said: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        said[:] = [int(status.split(maxsplit=1)[0]), dict(headers)]
        return lambda _more: None

    with app.app_context():  # its own session, whoever lets time pass
        body = app(environ, start)
        try:
            return said[0], said[1], b"".join(body)
        finally:
            if hasattr(body, "close"):
                body.close()
