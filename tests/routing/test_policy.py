"""Who is served first, and who serves: the rules of routing, without a clock or a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contact_center.queues.easing import both, eased, parse, write
from contact_center.routing.matching import Matcher
from contact_center.routing.policy import Candidate, Lane, Out, Waiting, Weight, decide, order_of

MAIL, CALL = Lane(1, "email"), Lane(1, "phone")
WEIGHTS = {"email": Weight(2, is_interruptible=True), "phone": Weight(None), "sms": Weight(2)}


def agent(number: int, **fields: object) -> Candidate:
    return Candidate(number, **{"levels": {1: 3}, "capacity": 6, **fields})  # type: ignore[arg-type]


def test_the_valuable_come_first_among_those_who_came_together() -> None:
    matcher = Matcher(WEIGHTS)
    for number, bonus in ((1, {}), (2, {"tier": 60}), (3, {"tier": 10})):
        matcher.arrive(Waiting(order_of(1000, bonus), number, MAIL))
    taken = [matcher.free(agent(number)) for number in range(3)]
    assert [one.id for one in taken if one] == [2, 3, 1]


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.dictionaries(st.sampled_from(["tier", "complaint"]), st.floats(0, 600)))
def test_whoever_has_waited_longer_than_all_bonus_minutes_outranks_any_newcomer(
    came: float, gap: float, bonus: dict[str, float]
) -> None:
    newcomer = order_of(came + gap + 60 * sum(bonus.values()) + 1, bonus)
    assert order_of(came, {}) < newcomer


def test_the_oldest_is_first_among_equals() -> None:
    matcher = Matcher(WEIGHTS)
    for number in (3, 1, 2):
        matcher.arrive(Waiting(float(number), number, MAIL))
    assert [matcher.free(agent(number)).id for number in range(3)] == [1, 2, 3]  # type: ignore[union-attr]


def test_the_longest_idle_of_the_least_busy_is_asked() -> None:
    matcher = Matcher(WEIGHTS)
    for one in (agent(1, idle_since=5.0), agent(2, idle_since=3.0), agent(3, idle_since=1.0, load=2, loose=2)):
        matcher.free(one)
    asked = [matcher.arrive(Waiting(float(number), number, MAIL)) for number in range(3)]
    assert [one.id for one in asked if one] == [2, 1, 3]


def test_the_most_proficient_are_asked_before_the_idlest() -> None:
    matcher = Matcher(WEIGHTS)
    matcher.free(agent(1, idle_since=1.0))
    matcher.free(agent(2, idle_since=9.0, levels={1: 5}))
    asked = matcher.arrive(Waiting(0.0, 1, MAIL))
    assert asked is not None
    assert asked.id == 2


def test_a_skill_is_asked_for_at_its_level() -> None:
    matcher, french = Matcher(WEIGHTS), Lane(1, "email", asks=((7, 4),))
    matcher.free(agent(1, skills={7: 3}))
    assert matcher.arrive(Waiting(0.0, 1, french)) is None
    eased_lane = french._replace(asks=((7, 3),))
    matcher.withdraw(Waiting(0.0, 1, french))
    asked = matcher.arrive(Waiting(0.0, 1, eased_lane))
    assert asked is not None


def test_work_that_nobody_can_take_holds_up_nobody_else() -> None:
    matcher = Matcher(WEIGHTS)
    for number in range(50):
        matcher.arrive(Waiting(float(number), number, Lane(1, "email", asks=((7, 5),))))
    matcher.arrive(Waiting(99.0, 99, MAIL))
    taken = matcher.free(agent(1))
    assert taken is not None
    assert taken.id == 99


def test_a_mail_is_set_aside_for_a_call_and_never_the_reverse() -> None:
    busy_with_mails, busy_with_text = agent(1), agent(2)
    busy_with_mails.take(WEIGHTS["email"])
    busy_with_text.take(WEIGHTS["sms"])
    assert busy_with_mails.has_room(WEIGHTS["phone"])
    assert not busy_with_text.has_room(WEIGHTS["phone"])
    busy_with_mails.take(WEIGHTS["phone"])
    assert not busy_with_mails.has_room(WEIGHTS["email"])
    assert not busy_with_mails.has_room(WEIGHTS["phone"])


def test_a_call_finds_the_one_who_can_set_mails_aside() -> None:
    matcher = Matcher(WEIGHTS)
    texting, mailing = agent(1), agent(2)
    texting.take(WEIGHTS["sms"])
    for _mail in range(2):
        mailing.take(WEIGHTS["email"])
    matcher.free(texting)
    matcher.free(mailing)
    asked = matcher.arrive(Waiting(0.0, 1, CALL))
    assert asked is mailing


def test_three_mails_fill_an_agent() -> None:
    one = agent(1)
    for _mail in range(3):
        assert one.has_room(WEIGHTS["email"])
        one.take(WEIGHTS["email"])
    assert not one.has_room(WEIGHTS["email"])


def test_work_is_kept_for_whoever_knows_the_customer() -> None:
    matcher = Matcher(WEIGHTS)
    stranger, friend = agent(1, idle_since=0.0), agent(2, idle_since=9.0)
    matcher.free(stranger)
    matcher.free(friend)
    asked = matcher.arrive(Waiting(0.0, 1, MAIL._replace(held_for=(2,))))
    assert asked is friend
    assert matcher.arrive(Waiting(1.0, 2, MAIL._replace(held_for=(2,)))) is None  # they ring already


def test_whoever_declined_is_not_asked_again_while_that_counts() -> None:
    matcher = Matcher(WEIGHTS)
    matcher.free(agent(1))
    assert matcher.arrive(Waiting(0.0, 1, MAIL._replace(not_for=(1,)))) is None
    asked = matcher.arrive(Waiting(1.0, 2, MAIL))
    assert asked is not None


def test_a_decision_says_of_everybody_why_not() -> None:
    lane = Lane(1, "email", asks=((7, 3),), not_for=(6,))
    full = agent(3, skills={7: 5}, load=6)
    members = [
        agent(1, skills={7: 4}, idle_since=2.0), agent(2, skills={7: 2}), full,
        agent(4, skills={7: 5}, hindered=Out.RINGING), agent(5, skills={7: 5}, paused=frozenset({"email"})),
        agent(6, skills={7: 5}), agent(7, skills={7: 4}, idle_since=1.0),
    ]  # fmt: skip
    decision = decide(lane, WEIGHTS["email"], members, members[6])
    assert [one[0] for one in decision.ranked] == [7, 1]
    assert decision.out == {
        Out.SKILL: (2,), Out.FULL: (3,), Out.RINGING: (4,), Out.PAUSED: (5,), Out.DECLINED: (6,)
    }  # fmt: skip


def test_skills_ease_step_by_step() -> None:
    steps = [{"after": 30, "lower": 1}, {"after": 90, "anyone": True}]
    asked = parse("3:4 7:1")
    assert eased(asked, steps, 0) == (((3, 4), (7, 1)), 30)
    assert eased(asked, steps, 30) == (((3, 3),), 90)
    assert eased(asked, steps, 90) == ((), None)
    assert write({"7": 1, "3": 4}) == "3:4 7:1"
    assert both(asked, ((3, 5), (9, 2))) == ((3, 5), (7, 1), (9, 2))


@given(
    st.lists(st.tuples(st.sampled_from(["come", "free"]), st.integers(0, 3), st.integers(1, 3)), max_size=80),
)
def test_nobody_waits_while_somebody_could_take_it(steps: list[tuple[str, int, int]]) -> None:
    """Whatever happens in whatever order: no pair is overlooked, nothing is given twice."""
    matcher = Matcher({"email": Weight(1)})
    free: dict[int, Candidate] = {}
    waiting: dict[int, Waiting] = {}
    given_away: list[int] = []
    for number, (what, skill, level) in enumerate(steps):
        if what == "come":
            one = Waiting(float(number), number, Lane(1, "email", asks=((skill, level),) if skill else ()))
            taker = matcher.arrive(one)
            if taker is None:
                waiting[number] = one
            else:
                free.pop(taker.id)
                given_away.append(number)
        else:
            candidate = Candidate(number, {1: 1}, {skill: level})
            taken = matcher.free(candidate)
            if taken is None:
                free[number] = candidate
            else:
                waiting.pop(taken.id)
                given_away.append(taken.id)
        for left in waiting.values():
            for candidate in free.values():
                assert any(candidate.skills.get(skill, 0) < level for skill, level in left.lane.asks)
    assert len(given_away) == len(set(given_away))
    assert {one.id for one in matcher.waits()} == set(waiting)
