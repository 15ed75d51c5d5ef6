"""Sound files of recordings: real WAV, with something to hear and to see in a waveform, and MP3 of silence.

Each recording has its own tones, swelling like speech; the two channels take turns. Paused parts are silent.
"""

from __future__ import annotations

import io
import math
import wave
from array import array
from datetime import datetime
from functools import lru_cache

from carrier.recordings import Recording

RATE = 8000
STEP = 0.25  # seconds of one block
LONGEST = 3600.0  # nobody listens to more of a tone
MP3_FRAME = bytes((0xFF, 0xE3, 0x18, 0xC0)) + bytes(68)  # MPEG 2.5 layer III, 8 kbit/s, 8 kHz, mono: 72 ms of silence
MP3_FRAME_SECONDS = 576 / 8000


@lru_cache(64)
def _block(pitch: int, loudness: int) -> bytes:
    """A quarter of a second of tone that begins and ends softly."""
    count = int(RATE * STEP)
    wavelength = 2 * math.pi * pitch / RATE
    tone = (int(loudness * math.sin(math.pi * place / count) * math.sin(wavelength * place)) for place in range(count))
    return array("h", tone).tobytes()


def _speaking(recording: Recording, block: int, channel: int) -> int:
    """How loud one side is in this block: they take turns of a few seconds."""
    mixed = int(recording.sid[2:10], 16) + block // 10
    if mixed % 2 != channel and recording.channels == 2:
        return 0
    return (0, 6000, 12_000, 9000, 15_000)[(mixed * 7 + block * 3) % 5]


def _silent(recording: Recording, at: float) -> bool:
    start = recording.created_at
    return any(
        (pause.since - start).total_seconds() <= at < (pause.until - start).total_seconds()
        for pause in recording.pauses
        if not pause.skip
    )


def wav(recording: Recording, now: datetime) -> bytes:
    """The recording as a WAV file: 8 kHz, 16 bit."""
    blocks = max(1, int(min(recording.seconds(now), LONGEST) / STEP))
    pitches = [220 + int(recording.sid[-2:], 16), 330 + int(recording.sid[-4:-2], 16)]
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(recording.channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for block in range(blocks):
            quiet = _silent(recording, block * STEP)
            sides = [
                _block(pitches[side], 0 if quiet else _speaking(recording, block, side))
                for side in range(recording.channels)
            ]
            file.writeframesraw(sides[0] if len(sides) == 1 else _woven(sides[0], sides[1]))
    return out.getvalue()


@lru_cache(256)
def _woven(left: bytes, right: bytes) -> bytes:
    both = array("h", bytes(len(left) + len(right)))
    both[0::2] = array("h", left)
    both[1::2] = array("h", right)
    return both.tobytes()


def mp3(seconds: float) -> bytes:
    """So much silence as MP3."""
    return MP3_FRAME * max(1, int(seconds / MP3_FRAME_SECONDS))
