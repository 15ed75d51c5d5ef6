"""The seam: what a telephone company must be able to do for us, at the level of what we intend.

Nothing of a provider's own (its ids' shape, its markup, its words for states) is known on this side. A provider is a
folder beside `twilio/`; see docs/adding-a-voice-provider.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from contact_center.channels.phone.plan import Plan


class Refused(Exception):
    """The provider says no, and will say so again; `sentence` says why, translated."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Gone(Exception):
    """What it was about is over: there is nothing to do."""


class Again(Exception):
    """Nothing was done: too busy, or out of reach. Try again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What a leg said when it was asked: keys, words, how the line or the room was left. Untrusted text."""

    leg: str  # the provider's name for it
    caller: str = ""  # as it was sent: perhaps withheld, perhaps nonsense
    called: str = ""
    digits: str = ""
    words: str = ""
    confidence: float = 0.0
    left_line: str = ""  # fetched, hung_up, left, full, failed
    line: str = ""  # the provider's name for the line
    recording: str = ""
    given: Mapping[str, str] = field(default_factory=dict)  # what our own page sent along with its leg
    identity: str = ""  # of our own page's leg
    repeat: str = ""  # the same for a question that is asked again; empty: unknown


@dataclass(frozen=True, slots=True)
class LegEnded:
    """`label` is ours of a leg that we had dialled: it may end before the request that dials it is answered."""

    leg: str
    cause: str  # completed, busy, no_answer, rejected, failed, canceled, lost
    sequence: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class RoomJoined:
    room: str  # our name for it
    ref: str  # theirs
    label: str
    leg: str
    sequence: int


@dataclass(frozen=True, slots=True)
class RoomLeft:
    room: str
    ref: str
    label: str
    leg: str
    sequence: int
    cause: str = ""


@dataclass(frozen=True, slots=True)
class RecordingChanged:
    """A recording runs, can be fetched, or nothing was recorded; of a talk, or else of a message after the tone."""

    recording: str
    leg: str
    is_ready: bool
    seconds: float = 0.0
    is_talk: bool = False
    is_running: bool = False


Event = LegEnded | RoomJoined | RoomLeft | RecordingChanged


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a room."""

    leg: str
    label: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A recording of a talk, as the provider knows it."""

    ref: str
    leg: str
    is_live: bool
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the provider says is going on now: live legs, who is in line, open rooms by our names with theirs."""

    legs: frozenset[str]
    in_line: frozenset[str]
    rooms: Mapping[str, str]


class VoiceProvider(Protocol):
    """One telephone company. Commands raise Gone, Again or Refused, and are harmless when repeated."""

    name: str

    def render(self, plan: Plan, key: str, leg: int | None = None) -> tuple[str, str]:
        """A plan in the provider's language: (body, content type). *key* names the call in what it asks us next."""
        ...

    def fetch(self, line: str, leg: str, to: str, key: str) -> None:
        """Take a leg out of the line and let it ask for the step *to*."""
        ...

    def send(self, leg: str, to: str, key: str) -> None:
        """Let a leg ask for the step *to*, wherever it is."""
        ...

    def hang_up(self, leg: str) -> None: ...

    def hold(self, room: str, label: str, hears: str, key: str) -> None:
        """Let somebody in a room hear nothing of it, but the step *hears*."""
        ...

    def take_back(self, room: str, label: str) -> None: ...

    def ends_room(self, room: str, label: str, *, ends: bool) -> None: ...

    def remove(self, room: str, label: str) -> None: ...

    def end_room(self, room: str) -> None: ...

    def dial(self, room: str, label: str, caller: str, number: str, key: str, seconds: int) -> str:
        """Ring *number* and bring whoever answers into the room; returns the provider's name for the leg."""
        ...

    def snapshot(self) -> Snapshot: ...

    def room(self, name: str) -> str | None:
        """What they call the open room that we call *name*."""
        ...

    def members(self, room: str) -> Sequence[Member]:
        """Who is in a room of theirs."""
        ...

    def cause_of_end(self, leg: str) -> str | None:
        """Why a leg has ended; None while it lives."""
        ...

    def record(self, leg: str, key: str) -> str:
        """Record what a leg says and hears, each on a side of its own; returns the recording's name."""
        ...

    def pause_recording(self, leg: str, ref: str) -> None:
        """Record silence, so that the recording keeps its time."""
        ...

    def resume_recording(self, leg: str, ref: str) -> None: ...

    def stop_recording(self, leg: str, ref: str) -> None: ...

    def recordings(self, leg: str | None = None) -> Sequence[Made]:
        """The talks' recordings that they have: of a leg all, else the latest of everybody."""
        ...

    def recording(self, ref: str) -> Iterator[bytes]: ...

    def delete_recording(self, ref: str) -> None:
        """Gone: they have none of that name. What is not ready yet may have to wait: Again."""
        ...

    def pass_for(self, agent_id: int) -> Mapping[str, str]:
        """What an agent's browser needs to telephone: the kind of phone, a pass, how many seconds it is good for."""
        ...
