"""A call queue and who waits in it: data only. The verb <Enqueue> and REST move them.

Source: "TwiML: Enqueue", "Queue resource", "Member resource".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from carrier.legs import Leg

DEFAULT_SIZE = 1000
GREATEST_SIZE = 5000


@dataclass(eq=False, slots=True)
class Member:
    """A leg that waits."""

    leg: Leg
    since: datetime
    dequeue_to: tuple[str, str] = ("", "")


@dataclass(eq=False, slots=True)
class CallQueue:
    """A queue of legs, first come, first served."""

    sid: str
    name: str
    created_at: datetime
    updated_at: datetime
    greatest: int = DEFAULT_SIZE
    members: dict[str, Member] = field(default_factory=dict)
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=50))

    def position(self, sid: str) -> int:
        """The place of a member, from 1; 0 for nobody."""
        return next((place for place, one in enumerate(self.members, 1) if one == sid), 0)

    def average_wait(self, now: datetime) -> int:
        """How long those waiting have waited, on average, in whole seconds."""
        waits = [(now - member.since).total_seconds() for member in self.members.values()]
        return int(sum(waits) / len(waits)) if waits else 0
