"""What a caller hears next, in our own words. `flow` makes plans; a provider turns them into its own language.

A plan is a tuple of steps, done one after the other. Where a step asks for something, `then` names the step of the flow
that gets the answer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Say:
    """Words, spoken in a language of ours ("en", "zh_Hans_CN")."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Play:
    """A sound of ours: a path under our public address."""

    path: str


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: int


Heard = Say | Play | Pause


@dataclass(frozen=True, slots=True)
class Gather:
    """Ask for keys, or words where `hints` are given. No answer is an answer: `then` always hears of it."""

    then: str
    prompts: tuple[Heard, ...]
    language: str
    digits: int | None = None  # how many keys; None: until #
    seconds: int = 5
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Stand in line. `hears` is asked what they hear meanwhile, over and over; `left` when they are in line no more."""

    hears: str
    left: str


@dataclass(frozen=True, slots=True)
class Room:
    """Join a room with others. `then` is asked when the leg comes out of it and is still there; "": nothing."""

    name: str
    label: str
    then: str
    ends_room: bool = True
    hears: str = ""  # while alone in it; nothing is silence


@dataclass(frozen=True, slots=True)
class Record:
    """A beep, and what the caller says after it. `kept` is told when the recording can be fetched."""

    then: str
    kept: str
    seconds: int = 180


@dataclass(frozen=True, slots=True)
class Go:
    """On to another step of the flow."""

    to: str


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """Out of the line; what follows is what `Wait.left` answers."""


@dataclass(frozen=True, slots=True)
class End:
    """Hang up; `refused`: without having answered, as "busy" or "rejected"."""

    refused: str = ""


Step = Say | Play | Pause | Gather | Wait | Room | Record | Go | LeaveLine | End
Plan = tuple[Step, ...]
