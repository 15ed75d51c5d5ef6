"""Sound files of recordings, as WAV and MP3: what people in browsers said, else tones to hear and see in a waveform.

Each recording has its own tones, swelling like speech; the two channels take turns. Paused parts are silent.
"""

from __future__ import annotations

import io
import math
import wave
from array import array
from datetime import datetime
from functools import lru_cache

from carrier.recordings import FRAME, RATE, Recording

STEP = 0.25  # seconds of one block
LONGEST = 3600.0  # nobody listens to more of a tone
BIT_RATE = 32  # kbit/s of an MP3


def wav(recording: Recording, now: datetime) -> bytes:
    """The recording as a WAV file: 8 kHz, 16 bit."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(recording.channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframesraw(_samples(recording, now))
    return out.getvalue()


def mp3(recording: Recording, now: datetime) -> bytes:
    """The recording as an MP3 file: 8 kHz, with as many channels as were asked for."""
    import lameenc  # type: ignore[import-not-found]

    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(RATE)
    encoder.set_out_sample_rate(RATE)
    encoder.set_channels(recording.channels)
    encoder.set_bit_rate(BIT_RATE)
    encoder.silence()
    return bytes(encoder.encode(_samples(recording, now))) + bytes(encoder.flush())


def _samples(recording: Recording, now: datetime) -> bytes:
    seconds = min(recording.seconds(now), LONGEST)
    return _voices(recording, seconds) if recording.voices else _tones(recording, seconds)


def _voices(recording: Recording, seconds: float) -> bytes:
    """What was said, on as many channels as were asked for; of one, the caller alone or everybody."""
    length = max(1, int(seconds * RATE)) * FRAME
    both = bytes(recording.voices[:length]).ljust(length, b"\0")
    if recording.channels == 2:
        return both
    sides = array("h", both)
    if recording.track == "inbound":
        return sides[0::2].tobytes()
    return array("h", (max(-32768, min(32767, a + b)) for a, b in zip(sides[0::2], sides[1::2], strict=True))).tobytes()


def _tones(recording: Recording, seconds: float) -> bytes:
    pitches = [220 + int(recording.sid[-2:], 16), 330 + int(recording.sid[-4:-2], 16)]
    out = bytearray()
    for block in range(max(1, int(seconds / STEP))):
        quiet = _silent(recording, block * STEP)
        sides = [
            _block(pitches[side], 0 if quiet else _speaking(recording, block, side))
            for side in range(recording.channels)
        ]
        out += sides[0] if len(sides) == 1 else _woven(sides[0], sides[1])
    return bytes(out)


@lru_cache(64)
def _block(pitch: int, loudness: int) -> bytes:
    """A quarter of a second of tone that begins and ends softly."""
    count = int(RATE * STEP)
    wavelength = 2 * math.pi * pitch / RATE
    tone = (int(loudness * math.sin(math.pi * place / count) * math.sin(wavelength * place)) for place in range(count))
    return array("h", tone).tobytes()


@lru_cache(256)
def _woven(left: bytes, right: bytes) -> bytes:
    both = array("h", bytes(len(left) + len(right)))
    both[0::2] = array("h", left)
    both[1::2] = array("h", right)
    return both.tobytes()


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
