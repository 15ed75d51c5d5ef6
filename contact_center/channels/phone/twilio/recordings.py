"""The provider's recordings: of a talk begun, paused, ended over REST; any fetched and deleted.

Sources: the provider's pages "Recordings resource", "Call recordings". They do not say what pausing the paused answers,
or deleting what is not ready: so whatever is refused is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import current_app

from contact_center.channels.phone.provider import Again, Gone, Made, Refused
from contact_center.channels.phone.twilio.addresses import Addresses
from contact_center.channels.phone.twilio.asking import asking
from contact_center.channels.twilio import account, client
from contact_center.text.sayings import gettext

_LIVE = ("in-progress", "paused")
_EVENTS = ["in-progress", "completed", "absent"]
_LATEST = 200
_MESSAGE = "RecordVerb"  # as what is said after the tone is called


class TwilioRecordings:
    """The part of `VoiceProvider` that records."""

    def record(self, leg: str, key: str) -> str:
        url = Addresses(current_app.config["CC"].public_url, key).event("talk")
        with asking():
            made = client.current().calls(leg).recordings.create(
                recording_channels="dual", recording_track="both", trim="do-not-trim",
                recording_status_callback=url, recording_status_callback_event=_EVENTS,
            )  # fmt: skip
        return str(made.sid)

    def pause_recording(self, leg: str, ref: str) -> None:
        _put(leg, ref, "paused", pause_behavior="silence")

    def resume_recording(self, leg: str, ref: str) -> None:
        _put(leg, ref, "in-progress")

    def stop_recording(self, leg: str, ref: str) -> None:
        _put(leg, ref, "stopped")

    def recordings(self, leg: str | None = None) -> Sequence[Made]:
        with asking():
            ours = client.current()
            found = ours.calls(leg).recordings.list(limit=20) if leg else ours.recordings.list(limit=_LATEST)
        return [
            Made(one.sid, one.call_sid or "", one.status in _LIVE, one.status == "paused")
            for one in found if one.source != _MESSAGE
        ]  # fmt: skip

    def recording(self, ref: str) -> Iterator[bytes]:
        """Its sound, as MP3, in pieces. Gone: it is not there, or not yet."""
        ours = account.current()
        if ours is None:
            raise Refused(gettext("No carrier is set up for telephones in the browser."))
        with asking():
            status, pieces = client.fetch(f"/2010-04-01/Accounts/{ours.sid}/Recordings/{ref}.mp3")
            if status == 404:
                raise Gone
            if status != 200:
                raise Again(5.0)
            yield from pieces

    def delete_recording(self, ref: str) -> None:
        try:
            with asking(over=()):
                client.current().recordings(ref).delete()
        except Refused as refused:
            raise Again(5.0) from refused


def _put(leg: str, ref: str, status: str, **given: Any) -> None:
    asked = client.current().calls(leg).recordings(ref)
    try:
        with asking():
            asked.update(status=status, **given)
    except Gone:
        with asking():
            now = asked.fetch().status
        if now == status:
            return
        if now in _LIVE:
            raise Refused(gettext("The carrier did not change the recording.")) from None
        if status != "stopped":
            raise
