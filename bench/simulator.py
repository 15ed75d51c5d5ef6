"""Virtual interactions per second of the simulator, on one core: the plain case, and skills in twenty lanes.

The floor is a queue of classes and servers in two heaps and nothing else: what any event loop in Python has to do.
Plain: one queue, ten agents, four tiers. Skills: four queues, five skills that ease twice, patience, 46 agents.
"""

from __future__ import annotations

import os
import random
import time
from heapq import heappop, heappush

from _ground import compare, figure

from contact_center.simulator.engine import Run
from contact_center.simulator.setting import AgentSetting, Arrival, ChannelSetting, QueueSetting, Setting

NUMBER = int(os.environ.get("BENCH_INTERACTIONS", "100000"))
EASING = [{"after": 5, "lower": 1}, {"after": 15, "anyone": True}]
CHANNELS = {"phone": ChannelSetting()}


def main() -> None:
    arrivals = _plain()
    for name, is_strict in (("simulator, plain, as shipped", False), ("simulator, plain, strict", True)):
        agents = [AgentSetting(n, str(n), {1: 3}) for n in range(10)]
        setting = Setting({1: QueueSetting(1, "Calls")}, CHANNELS, agents, is_strict=is_strict)
        floor, ours = compare(lambda: _rate(_floor, arrivals), lambda: _rate(Run(setting, arrivals).go))  # noqa: B023
        figure(name, ours, "/s", floor)
    arrivals, setting = _with_skills()
    figure("simulator, 4 queues, 5 skills easing, 20 lanes", _rate(Run(setting, arrivals).go), "/s")


def _rate(act: object, *values: object) -> float:
    started = time.perf_counter()
    act(*values)  # type: ignore[operator]
    return NUMBER / (time.perf_counter() - started)


def _plain() -> list[Arrival]:
    rng, now, made = random.Random(1), 0.0, []
    for _ in range(NUMBER):
        now += rng.expovariate(9.0)
        made.append(Arrival(now, rng.expovariate(1.0), tier=rng.choice("ABCD")))
    return made


def _with_skills() -> tuple[list[Arrival], Setting]:
    rng, now, made = random.Random(1), 0.0, []
    for n in range(NUMBER):
        now += rng.expovariate(9.0)
        asks = ((1 + n % 20 // 4, 3),)
        made.append(
            Arrival(
                now,
                rng.expovariate(0.2),
                1 + n % 4,
                tier=rng.choice("ABCD"),
                asks=asks,
                patience=rng.expovariate(1 / 30),
            )
        )
    queues = {n: QueueSetting(n, str(n), easing=EASING) for n in range(1, 5)}
    agents = [
        AgentSetting(n, str(n), {1 + n % 4: 3, 1 + n // 4 % 4: 2}, {1 + n % 5: 2 + n % 3, 1 + n // 3 % 5: 3 + n % 2})
        for n in range(46)
    ]
    return made, Setting(queues, CHANNELS, agents)


def _floor(arrivals: list[Arrival]) -> None:
    """Ten servers, the smallest order first."""
    ends: list[tuple[float, int]] = []
    waiting: list[tuple[float, int]] = []
    idle = list(range(10))
    for n, one in enumerate(arrivals):
        while ends and ends[0][0] < one.at:
            end, server = heappop(ends)
            if waiting:
                heappush(ends, (end + arrivals[heappop(waiting)[1]].service, server))
            else:
                idle.append(server)
        if idle:
            heappush(ends, (one.at + one.service, idle.pop(0)))
        else:
            heappush(waiting, (one.at - 60 * "DCBA".index(one.tier), n))


if __name__ == "__main__":
    main()
