"""An application for the carrier to talk to: addresses with scripted answers, and every request it got.

It checks each request's signature with the official validator, as any application has to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

from carrier import Webhook, WebhookAnswer

BASE = "https://desk.example.test"
TOKEN = "a token for tests"
API_KEY, API_SECRET = "SK" + "1" * 32, "a secret for tests, as long as such are"
ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
APPLICATION_SID = "AP" + "0123456789abcdef" * 2
OURS = "+4930123456"
THEIRS = "+4915112345678"

Reply = str | WebhookAnswer | Callable[[dict[str, str]], "str | WebhookAnswer"]


@dataclass(frozen=True)
class Got:
    """A request that the application got."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]
    method: str
    query: dict[str, str]


@dataclass
class Office:
    """The application."""

    replies: dict[str, Reply] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)

    def on(self, path: str, reply: Reply) -> None:
        self.replies[path] = reply

    def deliver(self, webhook: Webhook) -> WebhookAnswer:
        parts = urlsplit(webhook.url)
        if webhook.headers.get("Accept") == "audio/*" or "X-Twilio-Signature" not in webhook.headers:
            return self._sound(parts.path)
        assert len(dict(webhook.form)) == len(webhook.form), "a parameter came twice"
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        form = dict(webhook.form) if webhook.method == "POST" else query
        signature = webhook.headers["X-Twilio-Signature"]
        signed = dict(webhook.form) if webhook.method == "POST" else {}
        assert RequestValidator(TOKEN).validate(webhook.url, signed, signature), f"forged: {webhook.url}"
        self.got.append(Got(parts.path, form, webhook.headers, webhook.method, query))
        reply = self.replies.get(parts.path, WebhookAnswer(404))
        if callable(reply):
            reply = reply(form)
        return WebhookAnswer(200, f"<Response>{reply}</Response>") if isinstance(reply, str) else reply

    def _sound(self, path: str) -> WebhookAnswer:
        self.got.append(Got(path, {}, {}, "GET", {}))
        reply = self.replies.get(path, WebhookAnswer(404))
        assert isinstance(reply, WebhookAnswer)
        return reply

    def at(self, path: str) -> list[dict[str, str]]:
        """The forms that came to an address."""
        return [got.form for got in self.got if got.path == path]

    def events(self, path: str = "/events") -> list[str]:
        """The conference events that came, in their own order."""
        forms = sorted(self.at(path), key=lambda form: int(form["SequenceNumber"]))
        return [form["StatusCallbackEvent"] for form in forms]
