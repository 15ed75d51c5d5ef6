"""A virtual day by hand: skills, channels, ringing, shifts, giving up, one at a time; then all together by chance."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.routing.policy import Weight
from contact_center.simulator.engine import Run
from contact_center.simulator.setting import AgentSetting, Arrival, ChannelSetting, QueueSetting, Setting

CHANNELS = {"phone": ChannelSetting(Weight(None)), "email": ChannelSetting(Weight(2, is_interruptible=True))}
CANTONESE = 7


def agent(
    number: int, *, capacity: int = 4, shifts: Sequence[tuple[float, float]] = ((-inf, inf),), **skills: int
) -> Any:
    levels = {CANTONESE: skills["cantonese"]} if skills else {}
    return AgentSetting(number, f"Agent {number}", {1: 3}, levels, capacity, shifts)


def run(agents: Sequence[AgentSetting], arrivals: Sequence[Arrival], queue: Any = None, **more: Any) -> Run:
    channels = more.pop("channels", CHANNELS)
    return Run(Setting({1: queue or QueueSetting(1, "Service")}, channels, agents, **more), arrivals).go()


def told(run: Run) -> list[tuple[float | None, int | None]]:
    return [(work.start, work.server) for work in run.works]


def test_who_is_not_served_in_time_gives_up() -> None:
    played = run([agent(0)], [Arrival(0, 60), Arrival(1, 60, patience=30), Arrival(2, 60, patience=58)])
    assert [work.left_at for work in played.works] == [None, 31, None]
    assert told(played) == [(0, 0), (None, None), (60, 0)]


def test_mails_are_set_aside_for_a_call_and_go_on_after_it() -> None:
    mails = [Arrival(0, 100, channel="email"), Arrival(10, 100, channel="email")]
    played = run([agent(0)], [*mails, Arrival(40, 30), Arrival(50, 20, channel="email")])
    assert [work.start for work in played.works] == [0, 10, 40, 130]
    assert [work.ended for work in played.works] == [130, 140, 70, 150]


def test_a_call_waits_for_nothing_but_a_call() -> None:
    played = run([agent(0)], [Arrival(0, 30), Arrival(10, 30)])
    assert told(played) == [(0, 0), (30, 0)]


def test_what_is_asked_for_eases_with_time() -> None:
    easing = [{"after": 30, "lower": 1}, {"after": 60, "anyone": True}]
    asks = ((CANTONESE, 4),)
    agents = [agent(0), agent(1, cantonese=3)]
    played = run(agents, [Arrival(0, 100, asks=asks), Arrival(5, 100, asks=asks)], QueueSetting(1, "", easing=easing))
    assert told(played) == [(30, 1), (65, 0)]


def test_work_is_kept_for_whom_it_prefers_but_only_if_they_are_here() -> None:
    queue = QueueSetting(1, "", prefer_seconds=20)
    there = agent(1)
    first = Arrival(0, 50, prefers=(1,))
    played = run([agent(0), there], [first, Arrival(1, 50, prefers=(1,)), Arrival(2, 50)], queue)
    assert told(played) == [(0, 1), (50, 1), (2, 0)]
    gone = agent(1, shifts=[(1000, 2000)])
    assert told(run([agent(0), gone], [first], queue)) == [(0, 0)]


def over(first: Sequence[tuple[float, float]], arrivals: Sequence[Arrival], **more: Any) -> Run:
    """A queue that flows over into a second one and back, where somebody serves the second; how many wait decides."""
    steps = [{"when": "wait", "at": 60, "to": "message"}, {"when": "wait", "at": 90, "to": "queue", "queue_id": 2}]
    back = [{"when": "wait", "at": 0, "to": "queue", "queue_id": 1}]
    queues = {
        1: QueueSetting(1, "First", overflow=more.get("steps", steps), max_size=more.get("max_size"), asks=((9, 1),)),
        2: QueueSetting(2, "Second", overflow=back),
    }
    people = [AgentSetting(0, "First", {1: 3}, {9: 1}, 1, first), AgentSetting(1, "Second", {2: 3})]
    return Run(Setting(queues, CHANNELS, people), arrivals).go()


def test_what_waits_too_long_flows_over_with_its_waiting_time_and_never_back() -> None:
    played = over([(0, 10)], [Arrival(0, 200), Arrival(5, 60), Arrival(50, 30)])
    assert told(played) == [(0, 0), (95, 1), (155, 1)]
    assert [work.waited(played.now) for work in played.works] == [0, 90, 105]
    assert [work.queue for work in played.works] == [1, 2, 2]


def test_a_crowd_makes_those_at_the_end_flow_over() -> None:
    step = {"when": "expected_wait", "at": 900, "to": "queue", "queue_id": 2}  # five minutes each
    arrivals = [Arrival(0, 3000), *(Arrival(n, 10) for n in range(1, 5))]
    assert [work.queue for work in over([(0, inf)], arrivals, steps=[step]).works] == [1, 1, 1, 2, 2]
    beyond = over([(0, inf)], arrivals, steps=[step | {"at": 90_000}], max_size=1)
    assert [work.queue for work in beyond.works] == [1, 1, 2, 2, 2]
    busy = over([(0, inf)], arrivals, steps=[{"when": "idle_agents", "at": 1, "to": "queue", "queue_id": 2}])
    assert [work.queue for work in busy.works] == [1, 2, 2, 2, 2]


def test_a_shift_begins_and_ends_and_what_is_in_hand_is_finished() -> None:
    played = run([agent(0, shifts=[(100, 200)])], [Arrival(0, 90), Arrival(10, 90), Arrival(20, 90)])
    assert told(played) == [(100, 0), (190, 0), (None, None)]
    assert played.seats[0].here == 180
    assert played.seats[0].busy == 180


def test_an_offer_that_rings_out_goes_to_the_next_and_keeps_its_place() -> None:
    ringing = {"phone": ChannelSetting(Weight(None), ring_seconds=20, accept_seconds=0.001, missed=0.5)}
    arrivals = [Arrival(float(n), 5) for n in range(200)]
    played = run([agent(n) for n in range(20)], arrivals, channels=ringing, away_seconds=30)
    assert all(work.start is not None for work in played.works)
    assert {work.offers for work in played.works} > {1, 2}
    again = next(work for work in played.works if work.offers == 2)
    assert again.start is not None
    assert again.start - again.arrival.at >= 20


def test_who_hangs_up_while_it_rings_frees_the_agent() -> None:
    ringing = {"phone": ChannelSetting(Weight(None), ring_seconds=20, accept_seconds=1e9)}  # never in time
    played = run([agent(0)], [Arrival(0, 5, patience=3)], channels=ringing)
    assert played.works[0].left_at == 3
    assert not played.seats[0].rings


def test_work_moves_forward_as_its_target_comes_near() -> None:
    arrivals = [Arrival(0, 3600), Arrival(1, 60, tier="C"), Arrival(2, 60, tier="D")]
    setting = {"bonus": {"C": 10, "D": 0}, "response": {"D": 40}}
    assert [work.start for work in run([agent(0)], arrivals, **setting).works][1:] == [3660, 3600]
    assert [work.start for work in run([agent(0)], arrivals, bonus=setting["bonus"]).works][1:] == [3600, 3660]


def test_who_is_never_answered_has_waited_until_the_end_of_the_day() -> None:
    gone = agent(0, shifts=[(0, 10)])
    setting = {"response": {"D": 100}, "until": 3600}  # its target comes near later than that
    played = run([gone], [Arrival(20, 60, tier="D")], **setting)
    assert played.works[0].waited(played.now) == 3580
    late = run([agent(0, shifts=[(0, 30)])], [Arrival(20, 7200, tier="D"), Arrival(25, 60, tier="D")], **setting)
    assert late.works[1].waited(late.now) == 7195


def test_wrapping_up_keeps_the_agent() -> None:
    played = run([agent(0)], [Arrival(0, 30), Arrival(1, 30)], QueueSetting(1, "", wrap_up_seconds=15))
    assert told(played) == [(0, 0), (45, 0)]


def test_the_same_seed_gives_the_same_day() -> None:
    ringing = {"phone": ChannelSetting(Weight(None), ring_seconds=10, accept_seconds=4, missed=0.2)}
    arrivals = [Arrival(n / 2, 7, tier="ABCD"[n % 4]) for n in range(300)]
    one, same, other = (
        Run(Setting({1: QueueSetting(1, "")}, ringing, [agent(n) for n in range(6)]), arrivals, seed).go()
        for seed in (1, 1, 2)
    )
    assert told(one) == told(same) != told(other)


STEPS = [{"after": 5, "lower": 2}, {"after": 9, "anyone": True}]
OVERFLOW = [
    {"when": "expected_wait", "at": 40, "to": "callback"},
    {"when": "wait", "at": 12, "to": "queue", "queue_id": 2},
]
WORK = st.builds(
    Arrival,
    at=st.floats(0, 60),
    service=st.floats(0, 20),
    queue=st.integers(1, 2),
    channel=st.sampled_from(["phone", "email"]),
    tier=st.sampled_from("ABCD"),
    patience=st.one_of(st.just(inf), st.floats(0, 30)),
    asks=st.sampled_from([(), ((CANTONESE, 3),)]),
    prefers=st.sampled_from([(), (0,), (1, 2)]),
)
SHIFTS = st.sampled_from([((-inf, inf),), ((0.0, 30.0), (40.0, 70.0)), ((20.0, 50.0),)])
AGENTS = st.lists(
    st.tuples(st.sampled_from([{1: 3}, {2: 1}, {1: 2, 2: 4}]), st.sampled_from([0, 2, 5]), st.integers(2, 6), SHIFTS),
    min_size=1,
    max_size=4,
)
RINGS = st.sampled_from([(0.0, 0.0), (1.0, 0.2)])


@given(st.lists(WORK, max_size=30), AGENTS, RINGS)
@settings(max_examples=150, deadline=None)
def test_whatever_happens_nothing_is_lost_doubled_or_too_much_for_anybody(
    arrivals: list[Arrival], people: list[Any], ringing: tuple[float, float]
) -> None:
    channels = {
        name: ChannelSetting(one.weight, 4, ringing[0], ringing[1]) for name, one in CHANNELS.items()
    }  # fmt: skip
    queues = {
        n: QueueSetting(n, str(n), (), STEPS, 3, 1, overflow=OVERFLOW[-n:], max_size=3) for n in (1, 2)
    }  # fmt: skip
    agents = [
        AgentSetting(n, str(n), levels, {CANTONESE: skill} if skill else {}, capacity, shifts)
        for n, (levels, skill, capacity, shifts) in enumerate(people)
    ]
    played = Run(Setting(queues, channels, agents, away_seconds=2), arrivals, 3).go()
    assert len(played.begun) == len({work.number for work in played.begun})
    for work in played.works:
        assert (work.start is not None) == (work in played.begun)
        assert work.start is None or work.left_at is None
        if work.start is not None:
            assert work.server is not None
            assert work.ended is not None
            assert work.start >= work.arrival.at
            assert work.ended >= work.start + work.arrival.service
            assert work.queue in agents[work.server].levels
    for seat in played.seats.values():
        assert not seat.rings
        assert (seat.candidate.load, seat.candidate.loose) == (0, 0)
        own = [work for work in played.begun if work.server == seat.agent.id]
        calls = [work for work in own if work.arrival.channel == "phone"]
        for call in calls:
            assert sum(_during(other, call.start) for other in calls if other.arrival.service) <= 1
        for mail in set(own) - set(calls):
            at_once = [o for o in own if o not in calls and _during(o, mail.start)]
            assert 2 * len(at_once) <= max(seat.agent.capacity, 2)


def _during(work: Any, instant: float) -> bool:
    return work.start <= instant < work.ended
