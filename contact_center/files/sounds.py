"""What sound some bytes are, by what they hold and never by what they are called: WAV and MP3, and how long they last.

Called wherever a sound is kept that somebody uploads. Pure. Raises Unknown with what is wrong, in a word of its own.
"""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

_PCM, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE
_BITRATES = {  # kbit/s by the index in a frame's header ("MPEG audio frame header"); MPEG 1 and 2/2.5, layer III
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_FEWEST_FRAMES = 4  # in a row: three bytes that look like a frame are in many files
_QUIET = 64  # of 32,768: nobody hears it on a telephone
_STEPS = 10  # looks a second


class Unknown(ValueError):
    """It is no sound that telephones play: "kind" (neither WAV nor MP3), "coding" (of a WAV), "broken" or "empty"."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What was found. `quiet_at` and `quiet_for` tell of the longest silence, in seconds, where it could be seen."""

    content_type: str
    ending: str
    seconds: float
    quiet_at: float = 0.0
    quiet_for: float = 0.0


@dataclass(frozen=True, slots=True)
class _Format:
    coding: int
    channels: int
    rate: int
    bytes_a_second: int
    bits: int


def look(data: bytes) -> Sound:
    """What sound *data* is. Raises Unknown."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _wav(data)
    frames, seconds = _walk(data, _first_frame(data))
    if frames < _FEWEST_FRAMES:
        raise Unknown("kind")
    return Sound("audio/mpeg", "mp3", seconds)


def _wav(data: bytes) -> Sound:
    form, samples = None, memoryview(b"")
    for name, chunk in _chunks(data):
        if name == b"fmt " and len(chunk) >= 16:
            form = _format(chunk)
        elif name == b"data":
            samples = chunk
    if form is None or not form.bytes_a_second or not form.channels or not form.rate:
        raise Unknown("broken")
    if not _is_played(form):
        raise Unknown("coding")
    if not samples:
        raise Unknown("empty")
    at, longest = _silence(samples, form)
    return Sound("audio/wav", "wav", len(samples) / form.bytes_a_second, at, longest)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """The parts of a RIFF file; the last may be shorter than it says, as recorders leave it that are switched off."""
    whole, at = memoryview(data), 12
    while at + 8 <= len(data):
        (size,) = struct.unpack_from("<I", data, at + 4)
        yield data[at : at + 4], whole[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _format(chunk: memoryview) -> _Format:
    coding, channels, rate, bytes_a_second, _block, bits = struct.unpack_from("<HHIIHH", chunk)
    if coding == _EXTENSIBLE and len(chunk) >= 26:
        (coding,) = struct.unpack_from("<H", chunk, 24)
    return _Format(coding, channels, rate, bytes_a_second, bits)


def _is_played(form: _Format) -> bool:
    if form.channels > 2 or not 8_000 <= form.rate <= 48_000:
        return False
    wanted = (8, 16) if form.coding == _PCM else (8,) if form.coding in (_A_LAW, _MU_LAW) else ()
    return form.bits in wanted and form.bytes_a_second == form.rate * form.channels * form.bits // 8


def _silence(samples: memoryview, form: _Format) -> tuple[float, float]:
    """Where the longest silence begins and how long it is. Looked for where samples are plain numbers."""
    if form.coding != _PCM or form.bits != 16:
        return 0.0, 0.0
    values = array("h")
    values.frombytes(samples[: len(samples) // 2 * 2])
    step = max(1, form.rate * form.channels // _STEPS)
    best, run, best_at = 0, 0, 0
    for number, at in enumerate(range(0, len(values), step)):
        piece = values[at : at + step]
        run = run + 1 if max(piece) <= _QUIET and min(piece) >= -_QUIET else 0
        if run > best:
            best, best_at = run, number + 1 - run
    return best_at / _STEPS, best / _STEPS


def _first_frame(data: bytes) -> int:
    """Behind the tag with title and pictures, if there is one."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    return 10 + size


def _walk(data: bytes, at: int) -> tuple[int, float]:
    """How many frames follow each other, and how long they last together; what comes behind them is a tag."""
    frames, seconds = 0, 0.0
    while at + 4 <= len(data):
        found = _frame(data, at)
        if found is None:
            if frames >= _FEWEST_FRAMES or at > 4096:
                break
            frames, seconds, at = 0, 0.0, at + 1  # padding in front of the first one
            continue
        size, length = found
        frames, seconds, at = frames + 1, seconds + length, at + size
    return frames, seconds


def _frame(data: bytes, at: int) -> tuple[int, float] | None:
    """Bytes and seconds of the frame that begins here: MPEG audio, layer III."""
    (head,) = struct.unpack_from(">I", data, at)
    version, layer = head >> 19 & 3, head >> 17 & 3
    index, rate_index, padding = head >> 12 & 15, head >> 10 & 3, head >> 9 & 1
    if head >> 21 != 0x7FF or layer != 1 or version == 1 or index in (0, 15) or rate_index == 3:
        return None
    rate = _RATES[version][rate_index]
    samples = 1152 if version == 3 else 576
    kbits = _BITRATES[1 if version == 3 else 2][index]
    size = math.floor(samples / 8 * kbits * 1000 / rate) + padding
    return size, samples / rate
