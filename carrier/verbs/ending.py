"""The verbs that end a call or send it elsewhere: <Hangup>, <Reject>, <Redirect>, <Leave>.

Sources: their TwiML pages. An empty <Redirect> begins the same document again.
"""

from __future__ import annotations

from urllib.parse import urljoin

from carrier.legs import HungUp
from carrier.lines import Fetch, Left, Line, Rejected
from carrier.process import Steps
from carrier.twiml.documents import Document, Verb

REASONS = {"rejected": ("busy", "603"), "busy": ("busy", "486")}


def hangup(_line: Line, _verb: Verb, _document: Document) -> Steps:
    """<Hangup>."""
    yield from ()
    raise HungUp("verb")


def reject(_line: Line, verb: Verb, _document: Document) -> Steps:
    """<Reject>."""
    yield from ()
    raise Rejected(*REASONS[verb.get("reason", "rejected")])


def leave(_line: Line, _verb: Verb, _document: Document) -> Steps:
    """<Leave>."""
    yield from ()
    raise Left


def redirect(_line: Line, verb: Verb, document: Document) -> Steps:
    """<Redirect>."""
    yield from ()
    return Fetch(urljoin(document.url, verb.text), verb.get("method", "POST"))
