"""One request of the carrier to the application, as it goes over the wire: its form, its signature, its answer.

Source: "Security: validating requests" for the signature, which the official library computes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

Form = list[tuple[str, str]]
USER_AGENT = "TwilioProxy/1.1"


@dataclass(frozen=True, slots=True)
class Webhook:
    """What is sent. A GET has its parameters in the address, and an empty form."""

    method: str
    url: str
    form: Form
    headers: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """The value of one field; the empty text when it is not there."""
        return next((value for key, value in self.form if key == name), "")


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What the application said."""

    status: int
    body: str = ""
    content_type: str = "text/xml"
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""  # of a sound, or a file that goes with a text


Deliver = Callable[[Webhook], WebhookAnswer]


class _Values(dict[str, list[str]]):
    """A form as the validator reads it: several values of one name."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


@lru_cache(8)
def _validator(token: str) -> Any:
    return RequestValidator(token)


def _grouped(form: Form) -> _Values:
    values = _Values()
    for name, value in form:
        values.setdefault(name, []).append(value)
    return values


def signed(method: str, url: str, form: Form, *, token: str, extra: Mapping[str, str] = {}) -> Webhook:
    """A request with the signature that the account's token makes."""
    if method == "GET":
        if form:
            url += ("&" if "?" in url else "?") + urlencode(form)
        form = []
    signature = str(_validator(token).compute_signature(url, _grouped(form)))
    headers = {"X-Twilio-Signature": signature, "User-Agent": USER_AGENT, "Accept": "*/*", **extra}
    return Webhook(method, url, form, headers)
