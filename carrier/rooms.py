"""A conference room and who is in it: data only. `conferences` moves them.

Source: "TwiML: Conference", "Conference resource", "Participant resource".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from carrier.legs import Leg, Subscription
from carrier.process import Process

GREATEST = 250


@dataclass(eq=False, slots=True)
class Participant:
    """A leg in a room, or on its way there."""

    leg: Leg
    label: str = ""
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    call_sid_to_coach: str = ""
    start_on_enter: bool = True
    end_on_exit: bool = False
    beep: str = "true"
    beep_on_exit: bool = True
    wait_url: str | None = None  # None: the carrier's own music; empty: silence
    wait_method: str = "POST"
    created_at: datetime | None = None
    updated_at: datetime | None = None
    status: str = "connected"  # queued, connecting, ringing, connected, complete, failed
    music: Process | None = None  # what plays while waiting, or on hold
    music_sounds: bool = False
    announcement: Process | None = None
    left_because: str = ""
    call_status: str = ""


@dataclass(eq=False, slots=True)
class Room:
    """A conference."""

    sid: str
    name: str
    region: str
    created_at: datetime
    updated_at: datetime
    status: str = "init"  # init, in-progress, completed
    members: dict[str, Participant] = field(default_factory=dict)  # by CallSid, in the order of joining
    coming: dict[str, Participant] = field(default_factory=dict)  # placed over REST and not here yet
    subscription: Subscription | None = None
    sequence: int = 0
    reason_ended: str = ""
    ended_by: str = ""
    recording_sid: str = ""
    greatest: int = GREATEST
    announcing: Process | None = None
    announcement_url: str = ""

    @property
    def live(self) -> bool:
        """Whether it is not over."""
        return self.status != "completed"

    def find(self, key: str) -> Participant | None:
        """The participant with this CallSid or label, here or on the way."""
        everybody = [*self.members.values(), *self.coming.values()]
        found = next((one for one in everybody if one.leg.sid == key), None)
        return found or next((one for one in everybody if one.label and one.label == key), None)

    def heard_by(self, listener: Participant) -> list[Participant]:
        """Those whom this participant can hear."""
        if self.status != "in-progress":
            return []
        return [one for one in self.members.values() if may_hear(speaker=one, listener=listener)]


def may_hear(*, speaker: Participant, listener: Participant) -> bool:
    """Whether one participant is heard by another: the whole of hold, mute and coaching."""
    return (
        speaker is not listener
        and not speaker.muted
        and not speaker.hold
        and not listener.hold
        and (not speaker.coaching or speaker.call_sid_to_coach == listener.leg.sid)
    )


def edges(participants: Iterable[Participant]) -> set[tuple[str, str]]:
    """Who is heard by whom, as pairs of CallSids."""
    everybody = list(participants)
    return {
        (speaker.leg.sid, listener.leg.sid)
        for speaker in everybody
        for listener in everybody
        if may_hear(speaker=speaker, listener=listener)
    }
