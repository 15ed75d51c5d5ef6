"""What sound a file is, by what it holds."""

from __future__ import annotations

import io
import math
import struct
import wave
from array import array

import pytest

from contact_center.files import sounds

FRAME = bytes((0xFF, 0xE3, 0x18, 0xC0)) + bytes(68)  # MPEG 2.5 layer III, 8 kbit/s at 8 kHz: 72 ms

TONE = array("h", [round(8000 * math.sin(math.tau * place / 20)) for place in range(20)])  # a 20th of all our lengths


def wav(seconds: float = 1.0, rate: int = 8000, quiet: tuple[float, float] = (0, 0), bits: int = 16) -> bytes:
    """A tone, silent between two instants."""
    values = TONE * round(seconds * rate / len(TONE))
    begin, end = (round(instant * rate) for instant in quiet)
    values[begin:end] = array("h", bytes(2 * (end - begin)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, bits // 8, rate, 0, "NONE", ""))
        file.writeframes(values.tobytes())
    return out.getvalue()


def test_a_wav_says_how_long_it_lasts() -> None:
    found = sounds.look(wav(2.5))
    assert (found.content_type, found.ending, found.seconds) == ("audio/wav", "wav", 2.5)


@pytest.mark.parametrize("front", [b"", b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10), bytes(100)])
def test_an_mp3_is_measured_by_its_frames_behind_whatever_stands_in_front(front: bytes) -> None:
    found = sounds.look(front + FRAME * 100 + b"TAG" + bytes(125))
    assert (found.content_type, round(found.seconds, 1)) == ("audio/mpeg", 7.2)


def test_the_longest_silence_of_a_wav_is_found() -> None:
    found = sounds.look(wav(12, quiet=(5, 9)))
    assert (found.quiet_at, found.quiet_for) == (5.0, 4.0)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.4 " + bytes(900), "kind"),
        (b"\xff\xfb\x90\x00" + bytes(2000), "kind"),  # one header alone is in many files
        (b"<html><script>alert(1)</script>", "kind"),
        (b"RIFF\x24\x00\x00\x00WAVEjunk", "broken"),
        (wav(bits=16)[:44], "empty"),
        (wav().replace(struct.pack("<HH", 1, 1), struct.pack("<HH", 3, 1), 1), "coding"),
        (wav(rate=96_000), "coding"),
    ],
)
def test_what_no_telephone_plays_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(sounds.Unknown, match=why):
        sounds.look(data)
