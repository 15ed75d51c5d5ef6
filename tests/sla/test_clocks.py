"""The clocks of a ticket as values: what starts, pauses and ends them, and what a change makes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.calendars.arithmetic import ROUND_THE_CLOCK, Hours, Why
from contact_center.sla import clocks, explain
from contact_center.sla.clocks import Clock, Standing, World
from contact_center.sla.models import DeadlineState, Target
from contact_center.sla.targets import Asked, Contract, Policy, promises

OFFICE = Hours("Europe/Berlin", (((9 * 60, 17 * 60),),) * 5 + ((), ()))
FRIDAY = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 16:30 in Berlin
FIRST, NEXT, RESOLUTION = Target
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def hours(calendar_id: int | None) -> Hours:
    return ROUND_THE_CLOCK if calendar_id is None else OFFICE


def asked(tier: str = "D", **other: object) -> Asked:
    fields: dict[str, object] = {"kind": None, "channel": "email", "contract": None, "calendar_id": 1} | other
    minutes = {"A": (30, 480)}.get(tier, (240, 960))
    return Asked(tier=tier, tier_response=minutes[0], tier_resolution=minutes[1], **fields)  # type: ignore[arg-type]


def world(tier: str = "D", *policies: Policy, **other: object) -> World:
    about = asked(tier, **other)
    return World(promises(policies, about), hours, f"{tier} {policies} {other}")


def written(at: datetime = FRIDAY, **fields: object) -> Standing:
    return replace(Standing("NEW", at, at, None, at, None), **fields)  # type: ignore[arg-type]


def opened(at: datetime = FRIDAY, by: World | None = None) -> dict[Target, Clock]:
    return numbered(clocks.follow(written(at), (), (), by or world(), at))


def numbered(made: list[Clock]) -> dict[Target, Clock]:
    return {each.target: replace(each, id=number) for number, each in enumerate(made, 1)}


def then(before: dict[Target, Clock], ticket: Standing, now: datetime, by: World | None = None) -> dict[Target, Clock]:
    had = [target for target, each in before.items() if not each.is_open]
    after = clocks.follow(ticket, before.values(), had, by or world(), now)
    return before | numbered(after)


def test_it_owes_an_answer_and_a_solution_from_the_first_words_on() -> None:
    made = opened()
    assert set(made) == {FIRST, RESOLUTION}
    assert made[FIRST].due_at == datetime(2026, 11, 23, 11, 30, tzinfo=UTC)  # Monday 12:30 in Berlin
    assert made[FIRST].next_at == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)  # 75 %: 180 minutes
    assert made[FIRST].because["by"] == "tier"


def test_it_is_met_by_an_answer_in_time_and_missed_by_a_late_one() -> None:
    made = opened()
    for late, state in ((FRIDAY + HOUR, DeadlineState.MET), (FRIDAY + 7 * DAY, DeadlineState.MISSED)):
        ticket = written(state="WAITING", waiting_since=None, answered_at=late)
        after = then(made, ticket, late)
        assert (after[FIRST].state, after[FIRST].ended_at) == (state, late)
        assert after[RESOLUTION].state is DeadlineState.PAUSED


def test_it_owes_the_next_answer_when_the_customer_writes_again() -> None:
    answered = written(state="WAITING", waiting_since=None, answered_at=FRIDAY + HOUR)
    made = then(opened(), answered, FRIDAY + HOUR)
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    again = replace(answered, state="OPEN", waiting_since=monday, written_at=monday)
    after = then(made, again, monday)
    assert after[NEXT].started_at == monday
    assert after[RESOLUTION].state is DeadlineState.RUNNING
    assert then(after, again, monday) == after  # twice is as good as once


def test_it_does_not_pause_the_answer_that_is_owed() -> None:
    waiting = written(state="WAITING")  # an agent says that the customer owes something, and has not answered
    after = then(opened(), waiting, FRIDAY + HOUR)
    assert after[FIRST].state is DeadlineState.RUNNING
    assert after[RESOLUTION].state is DeadlineState.PAUSED


def test_it_owes_nothing_after_the_ticket_is_resolved_without_an_answer() -> None:
    resolved = written(state="RESOLVED", waiting_since=None, resolved_at=FRIDAY + HOUR)
    after = then(opened(), resolved, FRIDAY + HOUR)
    assert after[FIRST].state is DeadlineState.CANCELLED
    assert after[RESOLUTION].state is DeadlineState.MET


def test_it_promises_anew_when_a_ticket_is_reopened() -> None:
    later = FRIDAY + 5 * DAY
    made = then(opened(), written(state="RESOLVED", waiting_since=None, answered_at=FRIDAY, resolved_at=FRIDAY), FRIDAY)
    after = then(made, written(state="OPEN", waiting_since=later, answered_at=FRIDAY, written_at=later), later)
    assert after[RESOLUTION].is_open
    assert after[RESOLUTION].started_at == later
    assert after[NEXT].is_open


def test_it_owes_nothing_on_a_ticket_that_an_agent_began() -> None:
    begun = Standing("WAITING", FRIDAY, None, FRIDAY, None, None)
    assert not clocks.follow(begun, (), (), world(), FRIDAY)
    answer = replace(begun, state="OPEN", waiting_since=FRIDAY + DAY, written_at=FRIDAY + DAY)
    assert {each.target for each in clocks.follow(answer, (), (), world(), FRIDAY + DAY)} == {NEXT, RESOLUTION}


def test_it_waits_as_long_as_the_longer_of_two_that_were_joined() -> None:
    before = opened(FRIDAY + HOUR)
    after = then(before, written(FRIDAY + HOUR, waiting_since=FRIDAY), FRIDAY + 2 * HOUR)
    assert after[FIRST].started_at == FRIDAY
    assert after[FIRST].due_at < before[FIRST].due_at


spans = st.lists(st.integers(1, 3 * 24 * 60), min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 7 * 24 * 60), spans)
def test_it_moves_what_is_due_by_exactly_the_working_time_of_the_pauses(start: int, stretches: list[int]) -> None:
    at = FRIDAY + timedelta(minutes=start)
    clock, here, counted = opened(at)[RESOLUTION], at, 0.0
    for number, stretch in enumerate(stretches):
        rests, there = number % 2 == 1, here + timedelta(minutes=stretch)
        ticket = written(at, state="WAITING" if rests else "OPEN", waiting_since=None, answered_at=at)
        clock = then({RESOLUTION: clock}, ticket, here)[RESOLUTION]
        counted += 0 if rests else OFFICE.between(here, there)
        here = there
    clock = then({RESOLUTION: clock}, written(at, state="OPEN", waiting_since=None, answered_at=at), here)[RESOLUTION]
    if counted < clock.minutes:
        assert abs(counted + OFFICE.between(here, clock.due_at) - clock.minutes) < 1e-3
    else:
        assert clock.due_at <= here  # it was late before, and a pause does not make it young again


def test_it_keeps_what_was_late_before_a_pause_late() -> None:
    late = FRIDAY + 30 * DAY
    waiting = written(state="WAITING", waiting_since=None, answered_at=late)
    paused = then(opened(), waiting, late)[RESOLUTION]
    assert (paused.left_seconds or 0) < 0
    resumed = then({RESOLUTION: paused}, replace(waiting, state="OPEN"), late + DAY)[RESOLUTION]
    assert resumed.due_at == paused.due_at
    settled = replace(waiting, state="RESOLVED", resolved_at=late + DAY)
    assert then({RESOLUTION: paused}, settled, late + DAY)[RESOLUTION].state is DeadlineState.MISSED


def test_it_tells_of_each_stage_once() -> None:
    clock, told = opened()[FIRST], []
    now = FRIDAY
    while now < FRIDAY + 4 * DAY:
        if clock.next_at is not None and clock.next_at <= now:
            clock = clocks.crossed(clock, hours, now)
            told.append(clock.stage)
        now += timedelta(minutes=5)
    assert told == [75, 90, 100]
    assert clock.next_at is None


def test_it_skips_stages_that_nobody_was_there_to_tell_of() -> None:
    assert clocks.crossed(opened()[FIRST], hours, FRIDAY + 9 * DAY).stage == 100


def test_it_tells_of_nothing_outside_the_hours() -> None:
    clock = opened()[FIRST]
    night = datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert clocks.postponed(clock, hours, night) == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert clocks.postponed(clock, hours, datetime(2026, 11, 23, 16, 0, 5, tzinfo=UTC)) is None  # with the last minute
    assert clocks.postponed(replace(clock, calendar_id=None), hours, night) is None


def test_it_is_set_anew_by_another_tier_and_keeps_old_and_new() -> None:
    now = FRIDAY + HOUR / 4
    after = then(opened(), written(), now, world("A"))
    (change,) = after[FIRST].because["changes"]
    assert (change["was"]["minutes"], change["now"]["minutes"]) == (240, 30)
    assert (change["was"]["tier"], change["now"]["tier"]) == ("D", "A")
    assert after[FIRST].due_at == FRIDAY + HOUR / 2
    assert after[FIRST].started_at == FRIDAY


def test_it_warns_again_when_it_was_given_more_time() -> None:
    clock = clocks.crossed(opened(by=world("A"))[FIRST], hours, FRIDAY + HOUR)
    assert clock.stage == 100
    after = then({FIRST: clock}, written(), FRIDAY + HOUR, world("D"))[FIRST]
    assert (after.stage, after.next_at) == (0, datetime(2026, 11, 23, 10, 30, tzinfo=UTC))


def test_it_changes_nothing_but_the_stamp_where_the_promise_is_the_same() -> None:
    before = opened()
    after = then(before, written(), FRIDAY + HOUR, replace(world(), stamp="other settings"))
    assert "changes" not in after[FIRST].because
    assert after[FIRST].due_at == before[FIRST].due_at


@pytest.mark.parametrize(
    ("about", "by", "minutes"),
    [
        (asked(), "tier", 240),
        (asked("A"), "policy", 15),
        (asked(channel="phone"), "policy", 5),
        (asked(contract=Contract(7, "Gold", "24x7", 60, None)), "contract", 60),
        (asked("A", contract=Contract(7, "Gold", "24x7", 60, None)), "policy", 15),
        (asked(contract=Contract(7, "Bronze", "working", None, None)), "tier", 240),
    ],
)
def test_it_asks_the_first_policy_then_the_contract_then_the_tier(about: Asked, by: str, minutes: int) -> None:
    policies = (
        Policy(1, "VIP", tiers=("A",), minutes={FIRST: 15}),
        Policy(2, "Calls", channels=("phone",), minutes={FIRST: 5}),
        Policy(3, "All of A", tiers=("A",), minutes={FIRST: 99, RESOLUTION: 99}),
    )
    found = promises(policies, about)
    assert (found[FIRST].source["by"], found[FIRST].minutes) == (by, minutes)


def test_it_leaves_to_others_what_a_policy_leaves_open() -> None:
    found = promises((Policy(1, "VIP", minutes={FIRST: 15}, pauses=False, on_breach=("REASSIGN",)),), asked())
    assert (found[RESOLUTION].source["by"], found[RESOLUTION].minutes) == ("tier", 960)
    assert not found[RESOLUTION].pauses
    assert found[RESOLUTION].source["on_breach"] == ["REASSIGN"]


def test_it_runs_round_the_clock_by_such_a_contract() -> None:
    made = opened(by=world(contract=Contract(7, "Gold", "24x7", 60, None)))
    assert made[FIRST].due_at == FRIDAY + HOUR


def test_it_explains_the_way_from_friday_to_monday() -> None:
    lines = explain.lines(opened()[FIRST], OFFICE)
    assert [(line.why, line.minutes) for line in lines] == [(Why.OPEN, 30), (Why.FREE_WEEKDAY, 0), (Why.OPEN, 210)]


def test_it_explains_pauses_and_sums_whole_days_up() -> None:
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    waiting = written(state="WAITING", waiting_since=None, answered_at=FRIDAY)
    paused = then(opened(), waiting, FRIDAY + HOUR / 4)[RESOLUTION]
    assert explain.lines(paused, OFFICE)[-1].ends is None
    resumed = then({RESOLUTION: paused}, replace(waiting, state="OPEN"), monday)[RESOLUTION]
    lines = explain.lines(replace(resumed, minutes=5 * 480, due_at=OFFICE.add(monday, 5 * 480 - 15)), OFFICE)
    assert [(line.why, line.days) for line in lines] == [
        (Why.OPEN, 1), ("PAUSED", 1), (Why.OPEN, 1), (Why.OPEN, 4), (Why.FREE_WEEKDAY, 1), (Why.OPEN, 1),
    ]  # fmt: skip
    assert sum(line.minutes for line in lines) == 5 * 480
