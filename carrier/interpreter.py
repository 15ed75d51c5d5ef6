"""Which verb does what: the table, and running one document through it."""

from __future__ import annotations

from collections.abc import Callable

from carrier.lines import Fetch, Line
from carrier.process import Steps
from carrier.twiml.documents import Document, Verb
from carrier.verbs import dialling, ending, gathering, queueing, recording, speaking

VERBS: dict[str, Callable[[Line, Verb, Document], Steps]] = {
    "Say": speaking.say,
    "Play": speaking.play,
    "Pause": speaking.pause,
    "Gather": gathering.gather,
    "Redirect": ending.redirect,
    "Hangup": ending.hangup,
    "Reject": ending.reject,
    "Leave": ending.leave,
    "Enqueue": queueing.enqueue,
    "Dial": dialling.dial,
    "Record": recording.record,
    "Start": recording.start,
}


def perform(line: Line, document: Document) -> Steps:
    """Do what a document says; where it goes on, or None at its end."""
    for verb in document.verbs:
        fetch: Fetch | None = yield from VERBS[verb.name](line, verb, document)
        if fetch is not None:
            return fetch
    return None
