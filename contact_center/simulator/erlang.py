"""Closed forms of queueing theory, which a simulation is checked against and staffing is estimated by. Pure.

Rates are per second, times in seconds, *load* is the offered work in erlangs (arrival rate times mean handle time).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf


def blocked(servers: int, load: float) -> float:
    """Erlang B: the part that finds all servers busy where nobody waits.

    A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
    exchanges", Elektroteknikeren 13 (1917); by the usual recursion, which neither overflows nor cancels.
    """
    part = 1.0
    for n in range(1, servers + 1):
        part = load * part / (n + load * part)
    return part


def waits(servers: int, load: float) -> float:
    """Erlang C: the part that has to wait, M/M/c, nobody gives up (Erlang 1917). 1 where the servers do not suffice."""
    if load >= servers:
        return 1.0
    part = blocked(servers, load)
    return part / (1 - load / servers * (1 - part))


def mean_wait(servers: int, rate: float, handle: float) -> float:
    """The mean wait of all, M/M/c first come first served; infinite where the servers do not suffice."""
    load = rate * handle
    return waits(servers, load) * handle / (servers - load) if load < servers else inf


def service_level(servers: int, rate: float, handle: float, seconds: float) -> float:
    """The part that is answered within so many seconds, M/M/c: 1 - C exp(-(c/handle - rate) t)."""
    load = rate * handle
    if load >= servers:
        return 0.0
    return 1 - waits(servers, load) * exp(-(servers - load) * seconds / handle)


def servers_needed(rate: float, handle: float, share: float, seconds: float, most: int = 10_000) -> int | None:
    """The fewest servers that answer *share* of all within so many seconds (M/M/c); None if *most* are too few."""
    least = int(rate * handle) + 1
    enough = (n for n in range(max(least, 1), most + 1) if service_level(n, rate, handle, seconds) >= share)
    return next(enough, None)


def priority_waits(servers: int, rates: Sequence[float], handle: float) -> list[float]:
    """The mean wait of each class, the first served first, M/M/c, services are not interrupted.

    A. Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954), 70-76: with one handle time
    for all classes, W_k = C / (c/handle) / ((1 - s_(k-1)) (1 - s_k)), s_k the load per server of the first k classes.
    """
    residual = waits(servers, sum(rates) * handle) * handle / servers
    return _cobham(residual, [rate * handle / servers for rate in rates])


def priority_waits_of_one(rates: Sequence[float], handles: Sequence[float], squares: Sequence[float]) -> list[float]:
    """The same for one server and any handle times, M/G/1: means and second moments by class (Cobham 1954).

    What is in service when somebody comes lasts sum(rate * E[S²]) / 2 more on average, as in the formula of Pollaczek
    and Khinchin, which this is for a single class.
    """
    residual = sum(rate * square for rate, square in zip(rates, squares, strict=True)) / 2
    return _cobham(residual, [rate * handle for rate, handle in zip(rates, handles, strict=True)])


def impatient(servers: int, rate: float, handle: float, patience: float) -> tuple[float, float]:
    """Erlang A, M/M/c+M: the part that gives up, and the mean wait of all, given up or not.

    C. Palm, "Research on telephone traffic carried by full availability groups", Tele 1 (1957); O. Garnett,
    A. Mandelbaum and M. Reiman, "Designing a call center with impatient customers", M&SOM 4 (2002), 208-227.
    From the stationary birth and death chain; rate * P(gives up) = E[queue] / patience, Little's law gives the wait.
    """
    weight, total, queue, n = 1.0, 1.0, 0.0, 0
    while n < servers or weight > total * 1e-15:
        n += 1
        weight *= rate / (min(n, servers) / handle + max(n - servers, 0) / patience)
        total += weight
        queue += weight * max(n - servers, 0)
        if total > 1e200:  # only their proportions count
            weight, total, queue = weight / total, 1.0, queue / total
    waiting = queue / total
    return waiting / patience / rate, waiting / rate


def _cobham(residual: float, loads: Sequence[float]) -> list[float]:
    found, before = [], 0.0
    for load in loads:
        upto = before + load
        found.append(residual / ((1 - before) * (1 - upto)) if upto < 1 else inf)
        before = upto
    return found
