"""How long a sound is: known, read off its name (`music-30s.mp3`), or measured by fetching it once.

The real carrier fetches what <Play> names and caches it; a sound that cannot be had is an error in its debugger and
silence to the caller (error 11200).
"""

from __future__ import annotations

import io
import re
import wave
from functools import partial
from urllib.parse import urlsplit

from carrier import overrides, webhooks
from carrier.couriers import Outcome
from carrier.exchange import Exchange, Sent
from carrier.lines import Line
from carrier.process import Steps, Wait
from carrier.webhooks import Webhook, WebhookAnswer

UNKNOWN = 10.0
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
    try:
        with wave.open(io.BytesIO(outcome.content)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError):
        return UNKNOWN
