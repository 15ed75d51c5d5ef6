"""The carrier's REST interface, by its own library: the one place that makes a client.

Loaded when it is first used, since it is large. Waits 5 s for a connection and 20 s for an answer. With an emulated
carrier every request goes to this machine, its path untouched.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _

from contact_center.channels.twilio import account
from contact_center.channels.twilio.account import Account
from contact_center.errors import DeliveryError

TIMEOUTS = (5.0, 20.0)
ORIGINAL_HOST = "X-Original-Host"


def current() -> Any:
    """A client of the account. Raises DeliveryError where there is none."""
    ours = account.current()
    if ours is None:
        raise DeliveryError(_("No carrier is set up: an administrator must enter an account."))
    here = current_app.extensions.get("carrier_http")  # a carrier in this very process
    return _made(ours) if here is None else _client(ours, here)


def fetch(path: str) -> tuple[int, Iterator[bytes]]:
    """A file of the account under *path*: the status, and its bytes in pieces."""
    import requests

    ours = account.current()
    if ours is None:
        raise DeliveryError(_("No carrier is set up: an administrator must enter an account."))
    here = current_app.extensions.get("carrier_http")
    if here is not None:
        status, content = here.fetch(path, (ours.sid, ours.token))
        return status, iter([content])
    session = requests.Session()
    session.trust_env = not ours.base
    answer = session.get(
        f"{ours.base or 'https://api.twilio.com'}{path}", auth=(ours.sid, ours.token), timeout=TIMEOUTS, stream=True
    )
    return answer.status_code, answer.iter_content(64 * 1024)


@lru_cache(maxsize=4)
def _made(ours: Account) -> Any:
    from twilio.http.http_client import TwilioHttpClient

    class HttpClient(TwilioHttpClient):
        """Its own, to our carrier and with two timeouts."""

        def request(self, method: str, url: str, *given: Any, **named: Any) -> Any:
            if ours.base:
                named["headers"] = {**(named.get("headers") or {}), ORIGINAL_HOST: urlsplit(url).netloc}
                url = moved(url, ours.base)
            return super().request(method, url, *given, **named)

    http = HttpClient()
    http.timeout = TIMEOUTS
    http.session.trust_env = not ours.base  # a proxy does not lead to this machine
    return _client(ours, http)


def _client(ours: Account, http: Any) -> Any:
    from twilio.rest import Client

    return Client(ours.sid, ours.token, http_client=http)


def moved(url: str, base: str) -> str:
    """*url* at the carrier *base* instead of its own."""
    scheme, netloc, *_rest = urlsplit(base)
    return urlsplit(url)._replace(scheme=scheme, netloc=netloc).geturl()
