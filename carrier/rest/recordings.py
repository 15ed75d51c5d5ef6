"""Recordings over REST: begun, paused, ended, fetched with their sound, deleted.

Source: "Recordings resource", "Call recordings", "Conference recordings". `Twilio.CURRENT` names the one that runs.
"""

from __future__ import annotations

from functools import partial

from carrier import audio, recordings
from carrier.errors import Refused
from carrier.parameters import VERSION, rfc2822
from carrier.recordings import Recording
from carrier.rest import calls, conferences
from carrier.rest.answers import Body, RestAnswer, created, deleted, found, page, uri
from carrier.rest.requests import Request, missing

CURRENT = "Twilio.CURRENT"
CHANNELS = {"mono": 1, "1": 1, "dual": 2, "2": 2}


def create(request: Request) -> RestAnswer:
    """Begin to record a call."""
    leg = calls.the(request)
    if leg.status != "in-progress":
        raise Refused(400, 21220, "Requested resource is not eligible for recording")
    channels, track = request.get("RecordingChannels", "mono"), request.get("RecordingTrack", "both")
    if channels not in CHANNELS or track not in {"inbound", "outbound", "both"}:
        raise Refused(400, 20001, "Invalid value for parameter RecordingChannels or RecordingTrack")
    made = recordings.start(
        request.exchange,
        "StartCallRecordingAPI",
        leg=leg,
        channels=CHANNELS[channels],
        track=track,
        subscription=request.subscription("RecordingStatusCallback"),
    )
    return created(_shown_of_call(request, made))


def of_call(request: Request) -> RestAnswer:
    """A call's recordings."""
    leg = calls.the(request)
    items = [request.exchange.recordings[sid] for sid in leg.recording_sids if sid in request.exchange.recordings]
    return page(request, "recordings", items, partial(_shown_of_call, request))


def fetch_of_call(request: Request) -> RestAnswer:
    """One of a call's recordings."""
    return found(_shown_of_call(request, _of_call(request)))


def update_of_call(request: Request) -> RestAnswer:
    """Pause, go on with, or end what is being recorded of a call."""
    recording = _of_call(request)
    _change(request, recording)
    return found(_shown_of_call(request, recording))


def delete_of_call(request: Request) -> RestAnswer:
    """Delete one of a call's recordings."""
    return _delete(request, _of_call(request))


def of_room(request: Request) -> RestAnswer:
    """A conference's recordings."""
    room = conferences.the(request)
    items = [one for one in request.exchange.recordings.values() if one.room is room]
    return page(request, "recordings", items, partial(_shown_of_room, request))


def fetch_of_room(request: Request) -> RestAnswer:
    """One of a conference's recordings."""
    return found(_shown_of_room(request, _of_room(request)))


def update_of_room(request: Request) -> RestAnswer:
    """Pause, go on with, or end what is being recorded of a conference."""
    recording = _of_room(request)
    _change(request, recording)
    return found(_shown_of_room(request, recording))


def listing(request: Request) -> RestAnswer:
    """All recordings."""
    items = [
        one
        for one in reversed(request.exchange.recordings.values())
        if (not request.has("CallSid") or (one.leg is not None and one.leg.sid == request.get("CallSid")))
        and (
            not request.has("ConferenceSid") or (one.room is not None and one.room.sid == request.get("ConferenceSid"))
        )
    ]
    return page(request, "recordings", items, partial(_shown, request))


def fetch(request: Request) -> RestAnswer:
    """One recording."""
    return found(_shown(request, _the(request)))


def delete(request: Request) -> RestAnswer:
    """Delete a recording and its sound."""
    return _delete(request, _the(request))


def sound(request: Request) -> RestAnswer:
    """The sound itself."""
    recording = _the(request)
    if not recordings.can_be_fetched(request.exchange, recording):
        raise missing(request)
    if request.keys[1] == ".mp3":
        return RestAnswer(200, content=audio.mp3(recording, request.exchange.now), content_type="audio/mpeg")
    return RestAnswer(200, content=audio.wav(recording, request.exchange.now), content_type="audio/x-wav")


def _the(request: Request) -> Recording:
    recording = request.exchange.recordings.get(request.keys[0])
    if recording is None:
        raise missing(request)
    return recording


def _of_call(request: Request) -> Recording:
    leg, key = calls.the(request), request.keys[1]
    recording = (
        recordings.running(request.exchange, leg.recording_sids)
        if key == CURRENT
        else request.exchange.recordings.get(key)
    )
    if recording is None or recording.leg is not leg:
        raise missing(request)
    return recording


def _of_room(request: Request) -> Recording:
    room, key = conferences.the(request), request.keys[1]
    recording = (
        recordings.running(request.exchange, [room.recording_sid])
        if key == CURRENT
        else request.exchange.recordings.get(key)
    )
    if recording is None or recording.room is not room:
        raise missing(request)
    return recording


def _change(request: Request, recording: Recording) -> None:
    status, behavior = request.need("Status"), request.get("PauseBehavior", "silence")
    if status not in {"paused", "in-progress", "stopped"} or behavior not in {"skip", "silence"}:
        raise Refused(400, 20001, f"Invalid value for parameter Status or PauseBehavior: {status}, {behavior}")
    if recording.status not in recordings.RUNNING:
        raise Refused(400, 21220, "Requested resource is not eligible for update")
    if status == recording.status and not request.exchange.beliefs.recording_repeats_ok:
        raise Refused(400, 21220, "Requested resource is not eligible for update")
    if status == "paused":
        recordings.pause(request.exchange, recording, skip=behavior == "skip")
    elif status == "in-progress":
        recordings.resume(request.exchange, recording)
    else:
        recordings.stop(request.exchange, recording)


def _delete(request: Request, recording: Recording) -> RestAnswer:
    if recording.status in recordings.RUNNING:
        raise Refused(400, 21220, "A recording that runs cannot be deleted")
    if recording.status == "processing" and not request.exchange.beliefs.unready_recording_is_deleted:
        raise Refused(400, 21220, "A recording that is not ready cannot be deleted")
    del request.exchange.recordings[recording.sid]
    return deleted()


def _common(request: Request, recording: Recording) -> Body:
    running = recording.status in recordings.RUNNING
    return {
        "account_sid": request.exchange.account.sid,
        "api_version": VERSION,
        "call_sid": recording.leg.sid if recording.leg else None,
        "conference_sid": recording.room.sid if recording.room else None,
        "date_created": rfc2822(recording.created_at),
        "date_updated": rfc2822(recording.updated_at),
        "start_time": rfc2822(recording.created_at),
        "duration": None if running else str(int(recording.seconds(request.exchange.now))),
        "sid": recording.sid,
        "price": None,
        "price_unit": None,
        "status": recording.status,
        "channels": recording.channels,
        "source": recording.source,
        "error_code": None,
        "encryption_details": None,
    }


def _shown(request: Request, recording: Recording) -> Body:
    own = uri(request, "Recordings", recording.sid)
    below = own.removesuffix(".json")
    return _common(request, recording) | {
        "uri": own,
        "subresource_uris": {
            "add_on_results": f"{below}/AddOnResults.json",
            "transcriptions": f"{below}/Transcriptions.json",
        },
        "media_url": recordings.address(request.exchange, recording),
    }


def _shown_of_call(request: Request, recording: Recording) -> Body:
    assert recording.leg is not None
    own = uri(request, "Calls", recording.leg.sid, "Recordings", recording.sid)
    return _common(request, recording) | {"uri": own, "track": recording.track}


def _shown_of_room(request: Request, recording: Recording) -> Body:
    assert recording.room is not None
    return _common(request, recording) | {
        "uri": uri(request, "Conferences", recording.room.sid, "Recordings", recording.sid)
    }
