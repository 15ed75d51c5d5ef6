"""Pieces of voices that a handset's page sends while its call is recorded: read, and listened to for speech.

A piece is base64 of 16 bit samples at 8 kHz, the caller's and the others' in turn (`recordings.hear`).
"""

from __future__ import annotations

import base64
import binascii
from array import array

from carrier.recordings import FRAME, RATE

LONGEST = 2 * RATE * FRAME  # bytes: nobody's page saves up more
LOUD = 700  # of 32,767: louder than a quiet room


def read(text: object) -> bytes:
    """The piece; nothing of what is none."""
    if not isinstance(text, str) or len(text) > LONGEST * 4 // 3 + 4:
        return b""
    try:
        piece = base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
    return piece[: len(piece) // FRAME * FRAME]


def is_speech(piece: bytes) -> bool:
    """Whether the caller speaks in it."""
    own = array("h", piece)[0::2]
    return any(abs(sample) >= LOUD for sample in own)
