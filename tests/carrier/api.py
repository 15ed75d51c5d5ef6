"""The carrier's REST API in the same process: raw, and under the official client. Every answer is held against
Twilio's own description on the way."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from requests.auth import _basic_auth_str  # the official client depends on it
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from carrier import Carrier, RestAnswer
from carrier.conformance.openapi import Description
from tests.carrier.office import ACCOUNT_SID, TOKEN

ROOT = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
AUTH = (ACCOUNT_SID, TOKEN)


@lru_cache
def description() -> Description | None:
    """Twilio's description; without it there is nothing to compare with, and in CI that is a failure."""
    path = os.environ.get("TWILIO_OPENAPI", "")
    if path and Path(path).exists():
        return Description(Path(path))
    if os.environ.get("CI"):
        pytest.fail("TWILIO_OPENAPI has to name Twilio's twilio_api_v2010.json")
    return None


@dataclass
class Api:
    """Requests to one carrier, each of them checked."""

    carrier: Carrier
    checked: int = 0

    def call(self, method: str, path: str, query: Any = (), **form: Any) -> RestAnswer:
        pairs = [
            (name, item) for name, value in form.items() for item in (value if isinstance(value, list) else [value])
        ]
        return self.raw(method, f"{ROOT}/{path}.json", list(query), pairs)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        answer = self.raw("GET", f"{ROOT}/{path}.json", list(query.items()), [])
        assert answer.status == 200, answer
        assert answer.body is not None
        return answer.body

    def post(self, path: str, **form: Any) -> dict[str, Any]:
        answer = self.call("POST", path, **form)
        assert answer.status in {200, 201}, answer
        assert answer.body is not None
        return answer.body

    def refused(self, method: str, path: str, **form: Any) -> tuple[int, int]:
        answer = self.call(method, path, **form)
        assert answer.body is not None
        return answer.status, answer.body["code"]

    def raw(self, method: str, path: str, query: list[tuple[str, str]], form: list[tuple[str, str]]) -> RestAnswer:
        answer = self.carrier.rest(method, path, query, form, AUTH)
        known = description()
        if known is not None and path.endswith(".json") and answer.status != 501:
            found = known.problems(method, path, query, form, answer.status, answer.body)
            assert not found, f"{method} {path}: {found}"
            self.checked += 1
        return answer

    def client(self) -> Client:
        """The official client, talking to the carrier."""
        return Client(*AUTH, http_client=_InProcess(self))


class _InProcess(HttpClient):
    def __init__(self, api: Api) -> None:
        super().__init__(None, False, None)
        self.api = api

    def request(
        self, method: str, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any
    ) -> Any:
        parts = urlsplit(url)
        assert headers is None or headers.get("Authorization", _basic_auth_str(*AUTH)).startswith("Basic ")
        query = parse_qsl(parts.query, keep_blank_values=True) + _pairs(params)
        answer = self.api.raw(method, parts.path, query, _pairs(data))
        return Response(answer.status, json.dumps(answer.body) if answer.body is not None else "")


def _pairs(data: Any) -> list[tuple[str, str]]:
    return [
        (name, str(item).lower() if isinstance(item, bool) else str(item))
        for name, value in (data or {}).items()
        for item in (value if isinstance(value, list) else [value])
    ]
