"""The emulated carrier, in this process, joined to an application: its webhooks as requests, our requests as its REST.

Time is the carrier's: before each of its events the application's clock stands at that instant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

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
        self.app = app
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
        """Inside the block the application's requests come here, and its clock is the carrier's."""
        http = self.app.extensions.get("carrier_http")
        self.app.extensions["carrier_http"] = _Here(self.carrier)
        with clock.moving() as move:
            move(self.carrier.now)
            self.carrier.on_advance.append(move)
            try:
                yield self.carrier
            finally:
                self.carrier.on_advance.remove(move)
                self.app.extensions["carrier_http"] = http

    def _deliver(self, webhook: Webhook) -> WebhookAnswer:
        url = urlsplit(webhook.url)
        answer = self.app.test_client(use_cookies=False).open(
            f"{url.path}?{url.query}" if url.query else url.path, base_url=self.base, method=webhook.method,
            data=_fields(webhook.form), headers=webhook.headers,
        )  # fmt: skip
        data, kind = answer.data, answer.content_type
        answer.close()
        text = data.decode() if kind.startswith("text/") else ""
        return WebhookAnswer(answer.status_code, text, kind, dict(answer.headers), data)


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


def _fields(form: list[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in form:
        fields.setdefault(name, []).append(value)
    return fields
