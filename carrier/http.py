"""Delivers webhooks over HTTP. Only to this machine: a phone company in a box has no business elsewhere."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlencode, urlsplit

import urllib3

from carrier.errors import TimedOut, Unreachable
from carrier.overrides import Overrides
from carrier.webhooks import Webhook, WebhookAnswer

_pool = urllib3.PoolManager(maxsize=16, retries=False)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def deliver(webhook: Webhook, limits: Overrides | None = None) -> WebhookAnswer:
    """Send a request and read its answer."""
    limits = limits or Overrides(webhook.url)
    if not is_loopback(urlsplit(webhook.url).hostname or ""):
        raise Unreachable(f"{webhook.url} is not on this machine")
    timeout = urllib3.Timeout(connect=limits.connect, read=limits.read)
    headers = dict(webhook.headers)
    body = None
    if webhook.method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        body = urlencode(webhook.form)
    try:
        answer = _pool.request(webhook.method, webhook.url, body=body, headers=headers, timeout=timeout, redirect=False)
    except (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ProtocolError) as error:
        raise TimedOut(str(error)) from error
    except urllib3.exceptions.HTTPError as error:
        raise Unreachable(str(error)) from error
    kind = answer.headers.get("Content-Type", "")
    text = "" if kind.startswith("audio/") else answer.data.decode("utf-8", "replace")
    return WebhookAnswer(answer.status, text, kind, dict(answer.headers), answer.data)
