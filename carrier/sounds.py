"""How long a sound is: known, read off its name (`music-30s.mp3`), or measured by fetching it once.

The real carrier fetches what <Play> names and caches it; a sound that cannot be had is an error in its debugger and
silence to the caller (error 11200).
"""

from __future__ import annotations

import re
import struct
from functools import partial
from urllib.parse import urlsplit

from carrier import overrides, webhooks
from carrier.couriers import Outcome
from carrier.exchange import Exchange, Sent
from carrier.lines import Line
from carrier.process import Steps, Wait
from carrier.webhooks import Webhook, WebhookAnswer

UNKNOWN = 10.0
_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s by a frame's index
_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
MUSIC = "the carrier's music"
FETCHED = frozenset({"sound"})


def seconds(line: Line, url: str) -> Steps:
    """How long the sound at this address lasts; 0 when it cannot be had."""
    known = _known(line.exchange, url)
    if known is not None:
        return known
    assert line.process is not None
    limits = overrides.read(url)
    done = partial(line.process.signal, "sound")
    line.exchange.courier.send(_request(line.exchange, limits.url), limits, done)
    signal = yield Wait(None, FETCHED)
    outcome: Outcome = signal.value if signal is not None else "ct"
    length: float = _measured(outcome)
    line.exchange.sounds[url] = length
    said = str(outcome.status) if isinstance(outcome, WebhookAnswer) else outcome
    line.exchange.sent.append(Sent(line.exchange.now, "sound", "GET", url, (), "", said))
    if not length:
        line.exchange.alert(11200, f"a sound could not be had ({said}): {url}", line.leg.sid)
    return length


def _known(exchange: Exchange, url: str) -> float | None:
    if url in exchange.sounds:
        return exchange.sounds[url]
    named = re.search(r"(\d+)s\.(?:mp3|wav|ogg|ulaw)$", urlsplit(url).path)
    return float(named.group(1)) if named else None


def _request(exchange: Exchange, url: str) -> Webhook:
    if exchange.beliefs.media_fetches_signed:
        return webhooks.signed("GET", url, [], token=exchange.account.token)
    return Webhook("GET", url, [], {"User-Agent": webhooks.USER_AGENT, "Accept": "audio/*"})


def _measured(outcome: Outcome) -> float:
    if not isinstance(outcome, WebhookAnswer) or outcome.status >= 400:
        return 0.0
    return _wav_seconds(outcome.content) or _mp3_seconds(outcome.content) or UNKNOWN


def _wav_seconds(data: bytes) -> float:
    """By its size and how many bytes make a second, whatever its coding."""
    found = data.find(b"data", 12)
    if data[:4] != b"RIFF" or data[8:16] != b"WAVEfmt " or found < 0:
        return 0.0
    (a_second,), (size,) = struct.unpack_from("<I", data, 28), struct.unpack_from("<I", data, found + 4)
    return min(size, len(data) - found - 8) / a_second if a_second else 0.0


def _mp3_seconds(data: bytes) -> float:
    """Frame by frame, behind a tag ("MPEG audio frame header", layer III)."""
    at, seconds = 0, 0.0
    if data[:3] == b"ID3":
        at = 10 + sum((byte & 127) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    while at + 4 <= len(data):
        (head,) = struct.unpack_from(">I", data, at)
        version, index, rate = head >> 19 & 3, head >> 12 & 15, head >> 10 & 3
        if head >> 21 != 0x7FF or head >> 17 & 3 != 1 or version == 1 or index in (0, 15) or rate == 3:
            break
        hertz = (44_100, 48_000, 32_000)[rate] // (1 if version == 3 else 2 if version == 2 else 4)
        samples, kbits = (1152, _MPEG1[index]) if version == 3 else (576, _MPEG2[index])
        seconds, at = seconds + samples / hertz, at + samples * kbits * 125 // hertz + (head >> 9 & 1)
    return seconds
