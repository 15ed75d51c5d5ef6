"""Lets nobody in but this machine, and no page of another site: the console can place calls and read everything."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request

from carrier.http import is_loopback

SAFE = frozenset({"GET", "HEAD"})


def protect(app: Flask) -> None:
    """Refuse requests that are not from here."""
    app.before_request(_refuse_strangers)


def _refuse_strangers() -> None:
    if not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        abort(403, "This is for this machine only.")  # a name that was pointed here by somebody else
    if request.remote_addr is not None and not is_loopback(request.remote_addr):
        abort(403, "This is for this machine only.")
    if not is_same_site() and not _is_telephone():
        abort(403, "Not from another site.")
    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        abort(403, "Not from another site.")


def is_same_site() -> bool:
    """Whether one of our own pages asks, or no page at all."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _is_telephone() -> bool:
    """An agent's browser, on a page of an application on this machine: it has to show a pass."""
    return request.path == "/rtc" and is_loopback(urlsplit(request.headers.get("Origin", "")).hostname or "")
