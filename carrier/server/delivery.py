"""Takes the carrier's requests to the application over HTTP."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from carrier.errors import TimedOut, Unreachable
from carrier.overrides import Overrides
from carrier.webhooks import Webhook, WebhookAnswer

MOST_BYTES = 8_000_000  # of a sound; documents have a few thousand


def deliver(webhook: Webhook, limits: Overrides) -> WebhookAnswer:
    """Send a request and read its answer. Raises Unreachable or TimedOut."""
    url = urlsplit(webhook.url)
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    line = kind(url.hostname or "", url.port, timeout=limits.connect)
    try:
        line.connect()
    except OSError as error:
        raise Unreachable(webhook.url) from error
    try:
        return _asked(line, webhook, limits)
    except (OSError, HTTPException) as error:
        raise TimedOut(webhook.url) from error
    finally:
        line.close()


def _asked(line: HTTPConnection, webhook: Webhook, limits: Overrides) -> WebhookAnswer:
    url = urlsplit(webhook.url)
    line.sock.settimeout(limits.read)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    body = urlencode(webhook.form) if webhook.form else None
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if webhook.method == "POST" else {}
    line.request(webhook.method, path, body, {**webhook.headers, **headers})
    return _read(line.getresponse())


def _read(answer: HTTPResponse) -> WebhookAnswer:
    content, kind = answer.read(MOST_BYTES), answer.headers.get("Content-Type", "")
    text = content.decode("utf-8", "replace") if kind.startswith(("text/", "application/xml")) else ""
    return WebhookAnswer(answer.status, text, kind, dict(answer.headers), content)
