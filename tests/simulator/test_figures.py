"""Figures of a small day, counted by hand."""

from __future__ import annotations

from typing import Any

from contact_center.simulator import figures
from contact_center.simulator.engine import Run
from contact_center.simulator.setting import AgentSetting, Arrival, ChannelSetting, QueueSetting, Setting


def played(**more: object) -> Run:
    """One agent from 0 to 3600; a call of five minutes every two, and one of a queue that nobody serves."""
    arrivals = [Arrival(120.0 * n, 300, tier="AB"[n % 2]) for n in range(4)]
    arrivals += [Arrival(130, 300, tier="A", patience=60), Arrival(0, 10, queue=2)]
    queues = {1: QueueSetting(1, "Calls", target_seconds=200), 2: QueueSetting(2, "Nobody's")}
    agents = [AgentSetting(5, "Ada", {1: 3}, shifts=[(0, 3600)])]
    told: dict[str, Any] = {"starved_seconds": 300, "response": {"A": 5, "B": 5}, "until": 3600, **more}
    setting = Setting(queues, {"phone": ChannelSetting()}, agents, **told)
    return Run(setting, arrivals).go()


def test_all_is_counted_per_tier_and_queue() -> None:
    report = figures.of(played(is_strict=True))
    total = report.total  # A comes at 0 and 240, B at 120 and 360; begun at 0, 300 (A), 600 (B), 900 (B)
    assert (total.offered, total.answered, total.abandoned, total.unserved) == (6, 4, 1, 1)
    assert (total.asa, total.p50, total.p99) == ((0 + 60 + 480 + 540) / 4, 60, 540)
    assert total.longest == 3600
    assert total.service_level == 2 / 6
    assert total.starved == 3
    assert total.occupancy == 1200 / 3600
    by_tier = {figure.name: figure for figure in report.tiers}
    assert list(by_tier) == ["A", "B", ""]
    assert (by_tier["A"].offered, by_tier["A"].abandoned, by_tier["A"].asa, by_tier["A"].in_time) == (3, 1, 30, 2 / 3)
    assert (by_tier["B"].asa, by_tier["B"].in_time, by_tier["B"].occupancy) == (510, 0, 600 / 3600)
    assert by_tier[""].in_time is None
    by_queue = {figure.name: figure for figure in report.queues}
    assert (by_queue["Nobody's"].unserved, by_queue["Nobody's"].occupancy, by_queue["Nobody's"].asa) == (1, None, None)


def test_the_hours_tell_who_came_how_long_they_waited_and_who_was_there() -> None:
    slots = figures.of(played()).slots
    assert [(slot.begin, slot.offered, slot.agents) for slot in slots] == [(0, 6, 1)]
    assert slots[0].occupancy == 1200 / 1800


def test_nothing_is_counted_where_nothing_came() -> None:
    report = figures.of(Run(Setting({}, {}, []), []).go())
    assert (report.total.offered, report.total.service_level, report.total.asa, list(report.slots)) == (
        0,
        None,
        None,
        [],
    )
    assert report.as_json()["total"]["p90"] is None


def test_two_runs_are_compared_arrival_by_arrival() -> None:
    found = figures.difference(played(is_strict=True), played(is_strict=False, bonus={}))
    assert (found.sooner, found.later, found.same) == (1, 1, 4)
    assert found.gained == 0
