"""Who heard nothing for how long: a caller must never be left in silence for more than three seconds.

Quiet is: waiting for the application's answer, a pause, a room without music and without anybody who can be heard. A
caller who is being listened to (a key, speech or a message is awaited) is not in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from carrier.legs import Leg

LONGEST = 3.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A caller, since when, for how long."""

    leg: Leg
    since: datetime
    seconds: float


class Silences:
    """All silences of one carrier."""

    def __init__(self) -> None:
        self._over: list[Silence] = []
        self._quiet: dict[str, Leg] = {}

    def quiet(self, leg: Leg, now: datetime) -> None:
        """Nothing is to be heard from now on."""
        if leg.quiet_since is None and leg.started_at is not None and leg.live and not leg.is_client:
            leg.quiet_since = now
            self._quiet[leg.sid] = leg

    def loud(self, leg: Leg, now: datetime) -> None:
        """Something is to be heard again, or the call is over."""
        since, leg.quiet_since = leg.quiet_since, None
        if since is None:
            return
        self._quiet.pop(leg.sid, None)
        seconds = (now - since).total_seconds()
        if seconds > LONGEST:
            self._over.append(Silence(leg, since, seconds))

    def found(self, now: datetime) -> list[Silence]:
        """Those that were too long, and those that are too long already."""
        lasting = [
            Silence(leg, leg.quiet_since, (now - leg.quiet_since).total_seconds())
            for leg in self._quiet.values()
            if leg.quiet_since is not None
        ]
        return self._over + [silence for silence in lasting if silence.seconds > LONGEST]
