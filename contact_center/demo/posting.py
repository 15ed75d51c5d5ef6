"""How the demo's visitors reach a running installation: a mail by SMTP, a request through the form's own page.

Called by `contact-center traffic`. Like a browser it reads the form first, sends back what the page hides in it, and
takes a moment to type.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable
from email.message import EmailMessage
from html.parser import HTMLParser
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

TIMEOUT = 20.0
TYPING = 3.5  # seconds; who sends a form sooner looks like a machine


class NotSent(Exception):
    """Nobody took it; the text says why."""


def by_mail(mail: EmailMessage, sender: str, host: str, port: int) -> None:
    """Hand a mail over to the mail room. Raises NotSent."""
    try:
        with smtplib.SMTP(host, port, local_hostname="traffic.example", timeout=TIMEOUT) as line:
            line.send_message(mail, from_addr=sender)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"{host}:{port}: {error}") from error


def by_form(fields: dict[str, str], base: str, language: str, wait: Callable[[float], object] = time.sleep) -> None:
    """Open the request form, type, and send it. Raises NotSent."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    browser.addheaders = [("User-Agent", "traffic"), ("Accept-Language", language)]
    page = _Hidden()
    page.feed(_open(browser, f"{base}/request"))
    if "token" not in page.fields:
        raise NotSent(f"{base}/request holds no request form")
    wait(TYPING)
    _open(browser, f"{base}/request", urlencode({**page.fields, **fields}).encode())


def _open(browser: OpenerDirector, url: str, data: bytes | None = None) -> str:
    try:
        with browser.open(url, data, TIMEOUT) as answer:
            text: str = answer.read().decode("utf-8", "replace")
    except HTTPError as error:
        raise NotSent(f"{url}: {error.code} {error.reason}") from error
    except (URLError, OSError, HTTPException) as error:
        raise NotSent(f"{url}: {getattr(error, 'reason', error)}") from error
    return text


class _Hidden(HTMLParser):
    """The hidden fields of the request form."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._is_inside = said.get("id") == "request"
        elif tag == "input" and self._is_inside and said.get("type") == "hidden":
            self.fields[said.get("name") or ""] = said.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
