"""Recordings: of a call or a room, begun by REST, by a verb or by <Dial>; paused, ended, fetched and deleted.

Source: "Recordings resource", "TwiML: Record", "TwiML: Dial" (record). A recording is ready some seconds after its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from carrier import faults, parameters
from carrier.exchange import Exchange
from carrier.legs import Leg, Subscription
from carrier.rooms import Room
from carrier.webhooks import Form

RUNNING = frozenset({"in-progress", "paused"})
RATE, FRAME = 8000, 4  # samples of a second; bytes of one, with both sides
LATE = 0.4  # seconds: less is the way of the pieces, not a gap


@dataclass(frozen=True, slots=True)
class Pause:
    """A part that is not recorded; `skip` leaves it out of the file, else there is silence."""

    since: datetime
    until: datetime
    skip: bool


@dataclass(eq=False, slots=True)
class Recording:
    """A recording."""

    sid: str
    leg: Leg | None
    room: Room | None
    source: str  # StartCallRecordingAPI, RecordVerb, DialVerb, Conference, OutboundAPI
    channels: int
    track: str
    created_at: datetime
    updated_at: datetime
    subscription: Subscription | None = None
    status: str = "in-progress"  # in-progress, paused, stopped, processing, completed, absent
    ended_at: datetime | None = None
    ready_at: datetime | None = None
    paused_since: datetime | None = None
    skips: bool = True
    pauses: list[Pause] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # what was spoken into it, for the console
    voices: bytearray = field(default_factory=bytearray)  # what a browser's people said: see `hear`

    def seconds(self, now: datetime) -> float:
        """How long the file is."""
        until = self.ended_at or now
        skipped = sum((pause.until - pause.since).total_seconds() for pause in self.pauses if pause.skip)
        return max(0.0, (until - self.created_at).total_seconds() - skipped)


def start(
    exchange: Exchange,
    source: str,
    *,
    leg: Leg | None = None,
    room: Room | None = None,
    channels: int = 1,
    track: str = "both",
    subscription: Subscription | None = None,
) -> Recording:
    """Begin to record."""
    now = exchange.now
    recording = Recording(exchange.chances.sid("RE"), leg, room, source, channels, track, now, now, subscription)
    exchange.recordings[recording.sid] = recording
    if leg is not None:
        leg.recording_sids.append(recording.sid)
        exchange.note(leg, "recording", recording=recording.sid)
    if room is not None:
        room.recording_sid = recording.sid
    _tell(exchange, recording, "in-progress")
    return recording


def pause(exchange: Exchange, recording: Recording, *, skip: bool) -> None:
    """Record nothing for a while."""
    if recording.status == "in-progress":
        recording.status, recording.paused_since, recording.skips = "paused", exchange.now, skip
        recording.updated_at = exchange.now


def resume(exchange: Exchange, recording: Recording) -> None:
    """Record again."""
    if recording.status == "paused":
        _close_pause(exchange, recording)
        recording.status, recording.updated_at = "in-progress", exchange.now


def hear(exchange: Exchange, recording: Recording, voices: bytes) -> None:
    """Take in what people in browsers said just now: 16 bit at 8 kHz, the caller and the others in turn.

    Pieces follow each other; where they were late or nobody spoke, there is silence, so that the file keeps its time.
    """
    if recording.status != "in-progress":
        return
    since = int(recording.seconds(exchange.now) * RATE) * FRAME - len(voices)
    if since - len(recording.voices) > LATE * RATE * FRAME:
        recording.voices.extend(bytes(since - len(recording.voices)))
    recording.voices.extend(voices)


def stop(exchange: Exchange, recording: Recording) -> None:
    """End a recording; the file is ready later."""
    if recording.status not in RUNNING:
        return
    if recording.status == "paused":
        _close_pause(exchange, recording)
    recording.status, recording.ended_at, recording.updated_at = "processing", exchange.now, exchange.now
    delay = exchange.chances.within("recording", exchange.timings.recording_ready)
    exchange.clock.schedule(delay, partial(_ready, exchange, recording))


def end_all(exchange: Exchange, leg: Leg) -> None:
    """End what is being recorded of a call."""
    for sid in leg.recording_sids:
        recording = exchange.recordings.get(sid)
        if recording is not None:
            stop(exchange, recording)


def running(exchange: Exchange, sids: list[str]) -> Recording | None:
    """The latest of these recordings that still runs: Twilio.CURRENT."""
    for sid in reversed(sids):
        recording = exchange.recordings.get(sid)
        if recording is not None and recording.status in RUNNING:
            return recording
    return None


def can_be_fetched(exchange: Exchange, recording: Recording) -> bool:
    """Whether its file is there: it may take a moment longer than the status says."""
    if recording.status != "completed" or recording.ready_at is None:
        return False
    late = timedelta(seconds=0.0 if exchange.beliefs.recording_url_at_once else 1.0)
    return exchange.now >= recording.ready_at + late


def address(exchange: Exchange, recording: Recording) -> str:
    """Where its file is."""
    version, account = parameters.VERSION, exchange.account.sid
    return f"{exchange.api_base}/{version}/Accounts/{account}/Recordings/{recording.sid}"


def _close_pause(exchange: Exchange, recording: Recording) -> None:
    since, recording.paused_since = recording.paused_since, None
    if since is not None:
        recording.pauses.append(Pause(since, exchange.now, recording.skips))


def _ready(exchange: Exchange, recording: Recording) -> None:
    if recording.sid not in exchange.recordings:
        return
    struck = exchange.faults.strike("recording", recording.sid, recording.source)
    lost = any(isinstance(fault, faults.Absent) for fault in struck)
    recording.status = "absent" if lost or recording.seconds(exchange.now) < 0.1 else "completed"
    recording.ready_at = recording.updated_at = exchange.now
    if recording.leg is not None:
        exchange.note(recording.leg, f"recording {recording.status}", recording=recording.sid)
    _tell(exchange, recording, recording.status)


def _tell(exchange: Exchange, recording: Recording, status: str) -> None:
    wanted = recording.subscription
    if wanted is not None and status in wanted.events:
        exchange.callbacks.post(exchange, wanted, form(exchange, recording, status), status)


def form(exchange: Exchange, recording: Recording, status: str) -> Form:
    """A recording's callback."""
    said = [("AccountSid", exchange.account.sid)]
    if recording.leg is not None:
        said.append(("CallSid", recording.leg.sid))
    if recording.room is not None:
        said.append(("ConferenceSid", recording.room.sid))
    said += [
        ("RecordingSid", recording.sid),
        ("RecordingUrl", address(exchange, recording)),
        ("RecordingStatus", status),
        ("RecordingChannels", str(recording.channels)),
        ("RecordingStartTime", parameters.rfc2822(recording.created_at)),
        ("RecordingSource", recording.source),
        ("RecordingTrack", recording.track),
        ("ErrorCode", "0"),
    ]
    if status != "in-progress":
        said.append(("RecordingDuration", str(int(recording.seconds(exchange.now)))))
    return said
