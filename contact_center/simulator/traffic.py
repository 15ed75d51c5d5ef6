"""Arrivals drawn from rates, the same for the same seed whatever the centre is like. Pure."""

from __future__ import annotations

import random
from math import exp, inf, log

from contact_center.simulator import chance
from contact_center.simulator.scenario import Scenario, Stream
from contact_center.simulator.setting import Arrival

_HOUR = 3600.0


def drawn(scenario: Scenario, seed: int | None = None) -> list[Arrival]:
    """All arrivals of a scenario. Each stream has chances of its own: another rate in one leaves the others alone."""
    seed = scenario.seed if seed is None else seed
    made: list[Arrival] = []
    for number, stream in enumerate(scenario.streams):
        rng = chance.stream(seed, "traffic", number)
        made += [_arrival(stream, at, rng) for at in _instants(stream, scenario.begin, scenario.until, rng)]
    return sorted(made, key=lambda arrival: arrival.at)


def _instants(stream: Stream, begin: float, until: float, rng: random.Random) -> list[float]:
    """A Poisson process with a rate for each hour; the last one stays to the end."""
    found, hour = [], 0
    while begin + hour * _HOUR < until:
        rate = stream.per_hour[min(hour, len(stream.per_hour) - 1)] / _HOUR
        now, end = begin + hour * _HOUR, min(begin + (hour + 1) * _HOUR, until)
        while rate and (now := now + rng.expovariate(rate)) < end:
            found.append(now)
        hour += 1
    return found


def _arrival(stream: Stream, at: float, rng: random.Random) -> Arrival:
    """Draws as many numbers for each, so that one change moves nothing else."""
    tier = rng.choices(list(stream.tiers), list(stream.tiers.values()))[0] if stream.tiers else None
    service = _duration(stream, rng)
    patience = -log(1 - rng.random()) * stream.patience if stream.patience < inf else inf
    return Arrival(at, service, stream.queue, stream.channel, tier, patience, stream.asks)


def _duration(stream: Stream, rng: random.Random) -> float:
    if stream.shape == "fixed":
        return stream.handle
    if stream.shape == "lognormal":  # of that mean, whatever its spread
        return stream.handle * exp(rng.gauss(0, 1) * stream.spread - stream.spread**2 / 2)
    return -log(1 - rng.random()) * stream.handle
