"""What callers of a line hear of us: a prompt, as its words or as its recording, and music. For the flow's steps."""

from __future__ import annotations

from contact_center.calls import lines, wording
from contact_center.calls.lines import Line
from contact_center.calls.models import Call
from contact_center.calls.wording import Prompt
from contact_center.channels.phone.plan import Play, Say

OURS = Play("/static/sounds/hold.wav")  # where a line has no music of its own


def prompt(call: Call, which: Prompt, line: Line | None = None) -> Say | Play:
    """A prompt in the caller's language: its recording, else its words."""
    found = optional(call, which, line)
    return found[0] if found else Say(wording.usual(which, call.language), call.language)


def optional(call: Call, which: Prompt, line: Line | None = None) -> tuple[Say | Play, ...]:
    """The same for a prompt that is only said where somebody has chosen what."""
    line = line or lines.of(call.number_id)
    if line is None:
        return ()
    sound = line.sounds.get((which, call.language))
    if sound is not None:
        return (Play(sound.path),)
    words = line.said(which, call.language)
    return (Say(words, call.language),) if words else ()


def music(call: Call) -> Play:
    """The next piece for somebody in line."""
    line = lines.of(call.number_id)
    if line is None or not line.music:
        return OURS
    return Play(line.music[int(call.flow.get("heard", 0)) % len(line.music)].path)


def all_music(call: Call) -> tuple[Play, ...]:
    """Everything once, for somebody on hold."""
    line = lines.of(call.number_id)
    return tuple(Play(piece.path) for piece in line.music) if line is not None and line.music else (OURS,)
