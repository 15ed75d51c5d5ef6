"""Base64 and its relatives as they really arrive: cut short, badly padded, glued together, with text behind.

Called for bodies and encoded words. Never raises; gives back as many bytes as can be had.
"""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_CHUNK = re.compile(rb"[A-Za-z0-9+/\s]+=*")


def decoded(data: bytes) -> bytes:
    """The bytes behind *data*. Chunks padded one by one are joined; a quantum cut in the middle is dropped."""
    padding = data.find(b"=")
    if 0 <= padding < len(data) - 4 and data[padding:].strip(b"= \t\r\n-"):
        return b"".join(map(_chunk, _chunks(data)))
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return _chunk(data)


def _chunks(data: bytes) -> list[bytes]:
    """Every padded run, until something that is not Base64 (a footer some server hung below)."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        match = _CHUNK.match(data, at)
        if match is None or (found and b" " in match[0].strip()):
            break
        found.append(match[0])
        at = match.end()
    return found or [data]


def _chunk(data: bytes) -> bytes:
    letters = _NOT_BASE64.sub(b"", data)
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def uudecoded(data: bytes) -> bytes:
    """What stands between "begin 644 name" and "end"."""
    out = []
    for line in data.replace(b"\r\n", b"\n").split(b"\n"):
        if line == b"end":
            break
        if line and not line.startswith(b"begin "):
            out.append(_uu_line(line))
    return b"".join(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (((line[0] - 32) & 63) * 4 + 5) // 3  # some encoders add a checksum or rubbish behind
        try:
            return binascii.a2b_uu(line[:length])
        except binascii.Error:
            return b""
