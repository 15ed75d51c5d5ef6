"""The verbs that end a call or send it elsewhere: <Hangup>, <Reject>, <Redirect>, <Leave>.

Sources: their TwiML pages. An empty <Redirect> begins the same document again.
"""

from __future__ import annotations

from urllib.parse import urljoin

from carrier.legs import HungUp
from carrier.lines import Fetch, Left, Line
from carrier.process import Steps
from carrier.twiml.documents import Document, Verb

REASONS = {"rejected": ("busy", "603"), "busy": ("busy", "486")}


class Rejected(Exception):
    """<Reject>: the call is never answered; `status` is what it ends as."""

    def __init__(self, status: str, cause: str) -> None:
        super().__init__(status)
        self.status = status
        self.cause = cause


def hangup(_line: Line, _verb: Verb, _document: Document) -> Steps:
    """<Hangup>."""
    raise HungUp("verb")
    yield


def reject(_line: Line, verb: Verb, _document: Document) -> Steps:
    """<Reject>."""
    raise Rejected(*REASONS[verb.get("reason", "rejected")])
    yield


def leave(_line: Line, _verb: Verb, _document: Document) -> Steps:
    """<Leave>."""
    raise Left
    yield


def redirect(_line: Line, verb: Verb, document: Document) -> Steps:
    """<Redirect>."""
    return Fetch(urljoin(document.url, verb.text), verb.get("method", "POST"))
    yield
