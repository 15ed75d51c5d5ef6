"""What plays to somebody in a room beside the conversation: waiting music, hold music, announcements.

Each is a process of its own. Documents for it may hold only Play, Say, Pause and Redirect; at their end there is
silence, unless they redirect to themselves ("TwiML: Conference": waitUrl; "Participant resource": HoldUrl).
"""

from __future__ import annotations

from collections.abc import Callable

from carrier import asking
from carrier.errors import FetchFailed, TwimlError
from carrier.exchange import Exchange
from carrier.lines import Fetch, Line, Perform
from carrier.process import Process, Steps, Wait
from carrier.rooms import Participant
from carrier.sounds import MUSIC
from carrier.twiml.contexts import Context

Changed = Callable[[], object]


def play(
    exchange: Exchange,
    guest: Participant,
    document: Fetch | None,
    changed: Changed,
    perform: Perform,
    *,
    loops: bool = False,
    failed: Changed | None = None,
) -> None:
    """Play a document to one participant until somebody stops it; None plays the carrier's own music."""
    line = Line(exchange, guest.leg, perform, Context.ROOM, on_sound=lambda on: _sounds(guest, on, changed))
    line.process = Process(exchange.clock, _steps(line, document, loops, failed))
    guest.music = line.process.start()


def announce(
    exchange: Exchange, guest: Participant, document: Fetch, perform: Perform, done: Callable[[bool], object]
) -> Process:
    """Play a document once; `done` is told whether it could be had."""
    line = Line(exchange, guest.leg, perform, Context.ROOM, on_sound=lambda _on: None)
    line.process = Process(exchange.clock, _once(line, document, done))
    return line.process.start()


def _sounds(guest: Participant, on: bool, changed: Changed) -> None:
    if guest.music_sounds != on:
        guest.music_sounds = on
        changed()


def _steps(line: Line, document: Fetch | None, loops: bool, failed: Changed | None) -> Steps:
    if document is None:
        line.plays("music", MUSIC, 0)
        yield Wait(None)
    if document is None or not document.url:
        return
    rounds = True
    while rounds:
        try:
            yield from _documents(line, document)
        except FetchFailed as error:
            line.exchange.alert(error.code, f"music could not be had: {error}", line.leg.sid)
            if failed is not None:
                line.exchange.clock.schedule(0, failed)
            break
        except TwimlError as error:
            line.exchange.blame(error, line.leg.sid)
            break
        rounds = loops
    line.is_silent()


def _documents(line: Line, document: Fetch) -> Steps:
    fetch: Fetch | None = document
    while fetch is not None:
        fetch = yield from line.perform(line, (yield from asking.document(line, fetch)))


def _once(line: Line, document: Fetch, done: Callable[[bool], object]) -> Steps:
    try:
        yield from _documents(line, document)
    except FetchFailed as error:
        line.exchange.alert(error.code, f"an announcement could not be had: {error}", line.leg.sid)
        done(False)
    except TwimlError as error:
        line.exchange.blame(error, line.leg.sid)
        done(False)
    else:
        done(True)
