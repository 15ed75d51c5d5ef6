"""What a wall shows: some queues, one tier, one channel, or all; and how that is written in an address.

`q3-7.tA.cphone` is queues 3 and 7, tier A, calls; nothing is everything. Pure: no database.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from contact_center.tickets.inbound import CHANNELS

MOST = 12  # views that one screen turns through
_PART = re.compile(r"q(\d{1,18}(?:-\d{1,18}){0,49})|t([A-D])|c([a-z]{1,16})")


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the floor. No queues: all that the viewer sees; no tier, no channel: all of them."""

    queues: tuple[int, ...] = ()
    tier: str = ""
    channel: str = ""

    @classmethod
    def read(cls, written: str) -> View:
        """The view that is written like this. Raises ValueError."""
        found: dict[str, str] = {}
        for part in filter(None, written.split(".")):
            match = _PART.fullmatch(part)
            if match is None or part[0] in found or (part[0] == "c" and part[1:] not in CHANNELS):
                raise ValueError(written)
            found[part[0]] = part[1:]
        ids = sorted({int(one) for one in found.get("q", "").split("-") if one})
        return cls(tuple(ids), found.get("t", ""), found.get("c", ""))

    def __str__(self) -> str:
        parts = ["q" + "-".join(map(str, self.queues))] if self.queues else []
        return ".".join(
            [*parts, *([f"t{self.tier}"] if self.tier else []), *([f"c{self.channel}"] * (self.channel != ""))]
        )

    def among(self, visible: Iterable[int]) -> Part:
        """The same as *visible* queues allow it: nobody gets more by writing an address of their own."""
        seen = set(visible)
        return Part(tuple(sorted(seen.intersection(self.queues) if self.queues else seen)), self.tier, self.channel)


@dataclass(frozen=True, slots=True)
class Part:
    """A view with its queues spelt out: what is computed, once for all who watch the same."""

    queues: tuple[int, ...]
    tier: str = ""
    channel: str = ""
    names_agents: bool = True

    @property
    def key(self) -> str:
        """By which those who watch the same find each other."""
        return hashlib.sha256(self.written.encode()).hexdigest()[:24]

    @property
    def written(self) -> str:
        return json.dumps([self.queues, self.tier, self.channel, self.names_agents])

    @classmethod
    def read(cls, written: str) -> Part:
        queues, tier, channel, names_agents = json.loads(written)
        return cls(tuple(queues), tier, channel, names_agents)

    def has(self, queue_id: int, tier: str = "", channel: str = "") -> bool:
        """Whether something of that queue, tier and channel belongs to it."""
        return queue_id in self.queues and self.tier in ("", tier) and self.channel in ("", channel)


def read_all(written: Iterable[str]) -> list[View]:
    """Several, each once, in their order; the whole floor if there are none. Raises ValueError."""
    found = list(dict.fromkeys(View.read(one) for one in written)) or [View()]
    if len(found) > MOST:
        raise ValueError(len(found))
    return found
