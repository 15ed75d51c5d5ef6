"""Runs a call's documents, one after the other, until the last one ends."""

from __future__ import annotations

from carrier import asking
from carrier.lines import CallFailed, Fetch, Line, Redirected
from carrier.process import Steps, Wait
from carrier.twiml.documents import Document

SORRY = "An application error has occurred. Goodbye."


def run(line: Line, first: Fetch) -> Steps:
    """Everything from this document on; returns when the call's instructions are over."""
    yield from run_from(line, None, first)


def run_from(line: Line, document: Document | None, fetch: Fetch | None = None) -> Steps:
    """The same, beginning with a document that is here already."""
    while document is not None or fetch is not None:
        try:
            if document is None:
                assert fetch is not None
                document = yield from asking.document_or_fallback(line, fetch)
            fetch = yield from line.perform(line, document)
        except Redirected as redirected:
            line.exchange.note(line.leg, "redirected", url=redirected.fetch.url)
            fetch = redirected.fetch
        except CallFailed:
            yield from apologise(line)
            return
        document = None


def apologise(line: Line) -> Steps:
    """What the carrier says when it has no document for a call."""
    line.exchange.note(line.leg, "failed for want of a document")
    line.plays("say", SORRY, 3.0)
    yield Wait(3.0)
