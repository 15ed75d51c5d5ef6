"""Traces: interactions as lines of JSON in, who was served when by whom out; and how two such orders differ. Pure.

In: `{"id", "t", "cls", "service"}`, and if there is any, `"bonus"`: minutes other than the class's. Out: `{"id",
"start", "server"}` in order of service. Called by `contact-center simulate` and whoever compares with live service.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from contact_center.simulator.engine import Run
from contact_center.simulator.setting import BONUS, AgentSetting, Arrival, ChannelSetting, QueueSetting, Setting

_CHANNEL = "trace"
_MOST = 1e15  # beyond it a second more or less is lost in the number


class BadLine(ValueError):
    """A line that is no interaction; the text says which and why."""


class Served(NamedTuple):
    """One interaction that was begun. Servers are numbered from 0."""

    id: Any
    start: float
    server: int


def read(lines: Iterable[str | bytes]) -> list[Arrival]:
    """The interactions of *lines* (UTF-8); empty ones are passed over. Raises BadLine."""
    arrivals: list[Arrival] = []
    seen: dict[Any, int] = {}
    for number, line in enumerate(lines, 1):
        arrival = _arrival(number, line)
        if arrival is None:
            continue
        if arrival.key in seen:
            raise BadLine(f"line {number}: the id {json.dumps(arrival.key)} stands in line {seen[arrival.key]} already")
        seen[arrival.key] = number
        arrivals.append(arrival)
    return arrivals


def replay(
    arrivals: Sequence[Arrival], servers: int, *, is_strict: bool = False, bonus: Mapping[str, float] | None = None
) -> list[Served]:
    """Serve them by the product's policy, with so many servers who do everything; in order of service."""
    setting = Setting(
        {1: QueueSetting(1, "")}, {_CHANNEL: ChannelSetting()},
        [AgentSetting(number, str(number), {1: 1}) for number in range(servers)],
        is_strict=is_strict, bonus=_by_class(BONUS if bonus is None else bonus),
    )  # fmt: skip
    begun = Run(setting, arrivals).go().begun
    return [Served(work.arrival.key, work.start, work.server) for work in begun]  # type: ignore[arg-type]


def write(served: Iterable[Served]) -> Iterator[str]:
    """One line of JSON each; instants are the numbers they came as, or sums of them."""
    return (json.dumps(one._asdict()) for one in served)


def lines(arrivals: Iterable[Arrival]) -> Iterator[str]:
    """One line of JSON for each, as `read` reads them."""
    for one in arrivals:
        row = {"id": one.key, "t": one.at, "cls": one.tier, "service": one.service}
        yield json.dumps(row | ({"bonus": one.minutes} if one.minutes else {}))


def read_served(lines: Iterable[str]) -> list[Served]:
    """What `write` wrote."""
    return [Served(row["id"], row["start"], row["server"]) for row in map(json.loads, lines)]


def differing(one: Sequence[Served], other: Sequence[Served]) -> list[tuple[int, Any, Any]]:
    """Where two orders of service differ: (place from 0, id here, id there); None where one is shorter."""
    longer = max(len(one), len(other))
    ids = ([served.id for served in order] + [None] * (longer - len(order)) for order in (one, other))
    return [(place, a, b) for place, (a, b) in enumerate(zip(*ids, strict=True)) if a != b]


def _by_class(bonus: Mapping[str, float]) -> dict[Any, float]:
    """Classes may be numbers, names of them are always words."""
    found: dict[Any, float] = dict(bonus)
    for name, minutes in bonus.items():
        with suppress(ValueError):
            found[float(name)] = minutes
    return found


def _arrival(number: int, line: str | bytes) -> Arrival | None:
    row = _row(number, line)
    if row is None:
        return None
    if not isinstance(row, dict):
        raise BadLine(f"line {number}: an object is expected, with id, t, cls and service")
    if missing := [name for name in ("id", "t", "cls", "service") if name not in row]:
        raise BadLine(f"line {number}: {', '.join(missing)} is missing")
    if isinstance(row["id"], bool) or not isinstance(row["id"], (str, int)):
        raise BadLine(f"line {number}: id is neither a text nor a whole number")
    cls = row["cls"]
    if cls is not None and not isinstance(cls, str):
        cls = _number(number, row, "cls")
    at, service = _number(number, row, "t"), _number(number, row, "service")
    if service < 0:
        raise BadLine(f"line {number}: service is less than 0")
    minutes = _number(number, row, "bonus") if "bonus" in row else 0
    return Arrival(at, service, channel=_CHANNEL, tier=cls, minutes=minutes, key=row["id"])


def _row(number: int, line: str | bytes) -> Any:
    """What stands in the line; None if it is empty."""
    try:
        text = (line if isinstance(line, str) else line.decode()).lstrip("\ufeff").strip()
        return json.loads(text, parse_constant=_refuse) if text else None
    except (ValueError, RecursionError) as error:
        raise BadLine(f"line {number}: this is no JSON ({error})") from None


def _number(number: int, row: Mapping[str, Any], name: str) -> float:
    value = row[name]
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not -_MOST <= value <= _MOST:
        raise BadLine(f"line {number}: {name} is no number from -1e15 to 1e15")
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
