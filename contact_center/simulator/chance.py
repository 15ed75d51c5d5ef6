"""Chance that is the same in every run: drawn from the seed and what it is for, never from what happened before."""

from __future__ import annotations

import random
from math import log

from contact_center.simulator.setting import ChannelSetting
from contact_center.simulator.work import Work


def stream(seed: int, *what: object) -> random.Random:
    """Random numbers for one purpose."""
    return random.Random(":".join(map(str, (seed, *what))))


def accepted_after(seed: int, work: Work, channel: ChannelSetting) -> float | None:
    """After how many seconds a ringing offer is accepted; None: it rings out."""
    drawn = stream(seed, "ring", work.number, work.offers)
    if drawn.random() < channel.missed:
        return None
    seconds = -log(1 - drawn.random()) * channel.accept_seconds
    return None if seconds >= channel.ring_seconds else seconds
