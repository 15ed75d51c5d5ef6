"""Scenarios: read with care, changed in parts, and their traffic the same for the same seed."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from contact_center.queues.easing import Asks
from contact_center.simulator import scenario, traffic, whatif
from contact_center.simulator.engine import Run
from contact_center.simulator.reading import BadScenario
from contact_center.simulator.scenario import Scenario

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
SMALL = """
from = "09:00"
until = "11:00"
[queues.Calls]
target = 20
[[arrivals]]
queue = "Calls"
per_hour = [60, 120]
tiers = { A = 1, D = 3 }
handle = 60
[[agents]]
count = 3
queues = ["Calls"]
"""


def small(more: str = "") -> Scenario:
    return scenario.read(SMALL + more)


def test_the_example_is_read_from_toml_and_from_json() -> None:
    text = (EXAMPLES / "scenario.toml").read_text()
    found = scenario.read(text)
    assert scenario.read(json.dumps(tomllib.loads(text))) == found
    assert (found.begin, found.until, found.seed) == (8 * 3600, 20 * 3600, 7)
    assert [agent.name for agent in found.setting.agents][:5] == [
        "Early 1",
        "Early 2",
        "Early 3",
        "Early 4",
        "Cantonese",
    ]
    assert found.setting.channels["phone"].weight.units is None
    assert found.setting.agents[4].skills == {1: 4}
    assert found.streams[1].asks == ((1, 3),)


def test_the_change_of_the_example_adds_two_people() -> None:
    base = scenario.read((EXAMPLES / "scenario.toml").read_text()).setting
    then = scenario.changed((EXAMPLES / "two-more-at-noon.toml").read_text(), base)
    assert len(then.agents) == len(base.agents) + 2
    assert len({agent.id for agent in then.agents}) == len(then.agents)
    assert then.agents[-1].shifts == [(36000, 50400)]
    assert (then.bonus, then.queues, then.channels) == (base.bonus, base.queues, base.channels)


def test_a_change_touches_only_what_it_names() -> None:
    base = small().setting
    then = scenario.changed('bonus = { A = 90 }\nqueues.Calls.prefer = 5\nwithout_agents = ["Agent 2"]', base)
    assert then.bonus == {**base.bonus, "A": 90}
    assert (then.queues[1].prefer_seconds, then.queues[1].target_seconds) == (5, 20)
    assert [agent.name for agent in then.agents] == ["Agent 1", "Agent 3"]


def test_a_day_may_go_on_past_midnight() -> None:
    text = SMALL.replace('"09:00"', '"22:00"').replace('"11:00"', '"04:00"')
    found = scenario.read(text + 'from = "00:00"\nuntil = "03:00"\n')
    assert (found.begin, found.until) == (22 * 3600, 28 * 3600)
    assert found.setting.agents[0].shifts == [(24 * 3600, 27 * 3600)]
    more = '[[more_agents]]\nqueues = ["Calls"]\nfrom = "02:00"\nuntil = "03:00"'
    then = scenario.changed(more, found.setting)
    assert then.agents[-1].shifts == [(26 * 3600, 27 * 3600)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[", "neither TOML nor JSON"),
        ("colour = 1", "agents[0].colour: nothing is called so here"),
        ('[[arrivals]]\nqueue = "Cals"\nper_hour = 1', "arrivals[1]: there is no queue called Cals"),
        ('[[arrivals]]\nqueue = "Calls"', "arrivals[1].per_hour: is missing"),
        ('[[arrivals]]\nqueue = "Calls"\nper_hour = []', "arrivals[1].per_hour: a number is expected"),
        ('[[arrivals]]\nqueue = "Calls"\nper_hour = -1', "arrivals[1].per_hour: a number from 0"),
        ('[[arrivals]]\nqueue = "Calls"\nper_hour = 1\ntiers = { A = 0 }', "some tier needs a share"),
        ('[[arrivals]]\nqueue = "Calls"\nper_hour = 1\nshape = "round"', "one of exponential, lognormal, fixed"),
        ('[[agents]]\nname = "Bo"', "agents[1].queues: is missing"),
        ('[[agents]]\nqueues = ["Calls"]\nfrom = "9 am"', 'a time like "08:30" is expected'),
        ('[[agents]]\nqueues = ["Calls"]\ncount = 6000', "count: a number from 0 to 5000"),
        ('[channels.phone]\nweight = "whole"\ninterruptible = true', "channels.phone.interruptible"),
        ("[channels.phone]\nweight = true", "channels.phone.weight: a number"),
        ('[bonus]\nA = "much"', "bonus.A: a number"),
        ("[response]\nA = -5", "response.A: a number from 0"),
        ('[[agents]]\nqueues = [["Calls"]]', "agents[1].queues: a list of names"),
        ('[[arrivals]]\nqueue = "Calls"\nper_hour = 1\nasks = [{}]', "arrivals[1].asks: a list of names"),
        ('[[arrivals]]\nqueue = "Calls"\nper_hour = 1\npatience = ' + "9" * 400, "arrivals[1].patience: a number"),
    ],
)
def test_a_mistake_is_named_by_where_it_stands(more: str, said: str) -> None:
    with pytest.raises(BadScenario, match=r".") as caught:
        small(more)
    assert said in str(caught.value)


@pytest.mark.parametrize("said", ["5", '"Agent 1"', "[[1]]", "[{}]", "[7]"])
def test_who_is_left_out_is_a_list_of_names(said: str) -> None:
    with pytest.raises(BadScenario, match="without_agents: a list of names is expected"):
        scenario.changed(f"without_agents = {said}", small().setting)


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadScenario, match="neither TOML nor JSON"):
        scenario.read(b"\xff\xfe\x00")
    assert scenario.read(b"\xef\xbb\xbf" + SMALL.encode()) == small()


def test_traffic_has_its_rates_and_shares() -> None:
    found = small()
    arrivals = traffic.drawn(found)
    first = sum(arrival.at < 10 * 3600 for arrival in arrivals)
    assert 35 < first < 90 < len(arrivals) - first < 155
    assert 0.15 < sum(arrival.tier == "A" for arrival in arrivals) / len(arrivals) < 0.35
    assert all(found.begin <= arrival.at < found.until for arrival in arrivals)


def test_traffic_is_the_same_for_the_same_seed_and_streams_are_apart() -> None:
    found = small()
    arrivals = traffic.drawn(found)
    assert traffic.drawn(found) == arrivals != traffic.drawn(found, 2)
    both = traffic.drawn(small('[[arrivals]]\nqueue = "Calls"\nchannel = "email"\nper_hour = 30'))
    assert [arrival for arrival in both if arrival.channel == "phone"] == arrivals


def test_handle_times_have_their_mean_in_every_shape() -> None:
    for shape in scenario.SHAPES:
        found = small(f'[[arrivals]]\nqueue = "Calls"\nchannel = "x"\nper_hour = 2000\nhandle = 100\nshape = "{shape}"')
        times = [arrival.service for arrival in traffic.drawn(found) if arrival.channel == "x"]
        assert 90 < sum(times) / len(times) < 110


def test_what_a_queue_asks_for_is_asked_with_what_the_traffic_asks() -> None:
    found = scenario.read(
        'queues.Calls.asks = { French = 3 }\n[[arrivals]]\nqueue = "Calls"\nper_hour = 9\nasks = { Repairs = 2 }\n'
        '[[agents]]\nqueues = ["Calls"]\n'
    )
    wanted: Asks = ((1, 3), (2, 2))
    run = Run(found.setting, traffic.drawn(found)).go()
    assert {work.waiting.lane.asks for work in run.works if work.waiting} == {wanted}
    assert found.setting.skill_names == {1: "French", 2: "Repairs"}
    none = replace(found.setting, queues={1: replace(found.setting.queues[1], asks=())})
    run = Run(none, traffic.drawn(found)).go()
    assert {work.waiting.lane.asks for work in run.works if work.waiting} == {((2, 2),)}


def test_a_queue_flows_over_into_one_that_is_told_of_later() -> None:
    queue = small(
        '[queues.First]\nmax_size = 4\noverflow = [{ when = "wait", at = 60, to = "Second" }]\n[queues.Second]\n'
    ).setting.queues[2]
    assert (queue.max_size, queue.overflow) == (4, [{"when": "wait", "at": 60, "to": "queue", "queue_id": 3}])
    with pytest.raises(BadScenario, match="there is no queue called Third"):
        small('[queues.First]\noverflow = [{ at = 60, to = "Third" }]\n')


def test_more_people_never_make_the_same_day_wait_longer() -> None:
    found = small()
    more = scenario.changed('[[more_agents]]\nname = "Extra"\nqueues = ["Calls"]', found.setting)
    outcome = whatif.play(traffic.drawn(found), found.setting, more)
    assert outcome.difference is not None
    assert outcome.difference.gained > 0
    assert outcome.difference.sooner > outcome.difference.later == 0
    assert set(outcome.as_json()) == {"now", "then", "difference"}
