"""The matcher beside a plain search through everything, whatever happens in whatever order."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contact_center.routing import policy
from contact_center.routing.matching import Matcher
from contact_center.routing.policy import Candidate, Lane, Waiting, Weight

WEIGHTS = {"phone": Weight(None), "email": Weight(2, is_interruptible=True), "web": Weight(1, is_interruptible=True)}
LANES = st.builds(
    Lane,
    queue=st.integers(1, 2),
    channel=st.sampled_from(sorted(WEIGHTS)),
    asks=st.sampled_from([(), ((1, 2),), ((1, 4),)]),
    held_for=st.sampled_from([(), (0,), (1, 2)]),
    not_for=st.sampled_from([(), (1,), (0, 3)]),
)


class Matching(RuleBasedStateMachine):
    """Six agents. `waiting` and `free` are what the matcher ought to know."""

    def __init__(self) -> None:
        super().__init__()
        self.matcher = Matcher(WEIGHTS)
        self.agents = [Candidate(n, {1: 1 + n % 3, 2: 1} if n < 4 else {2: n}, {1: n}, capacity=3) for n in range(6)]
        self.waiting: dict[int, Waiting] = {}
        self.free: set[int] = set()
        self.in_hand: list[tuple[Candidate, Weight]] = []
        self.now = 0

    def could(self, agent: Candidate, waiting: Waiting) -> bool:
        return policy.hindrance(waiting.lane, WEIGHTS[waiting.lane.channel], agent) is None

    def begin(self, agent: Candidate, lane: Lane) -> None:
        weight = WEIGHTS[lane.channel]
        if weight.units is None:
            self.in_hand = [one for one in self.in_hand if one[0] is not agent]
        agent.take(weight)
        self.in_hand.append((agent, weight))

    def found_work(self, agent: Candidate) -> None:
        """Tell the matcher that they have room, until nothing is left for them."""
        self.now += 1
        agent.idle_since = self.now
        while True:
            fitting = [one for one in self.waiting.values() if self.could(agent, one)]
            found = self.matcher.free(agent)
            assert found == min(fitting, key=lambda one: one[:2], default=None)
            if found is None:
                self.free.add(agent.id)
                return
            del self.waiting[found.id]
            self.begin(agent, found.lane)

    @rule(number=st.integers(0, 30), order=st.integers(0, 5), lane=LANES)
    def comes_or_changes_its_lane(self, number: int, order: int, lane: Lane) -> None:
        if number in self.waiting:
            self.matcher.withdraw(self.waiting.pop(number))
        waiting = Waiting(order, number, lane)
        ranked = policy.decide(lane, WEIGHTS[lane.channel], [self.agents[n] for n in self.free]).ranked
        agent = self.matcher.arrive(waiting)
        assert (agent.id if agent else None) == (ranked[0][0] if ranked else None)
        if agent is None:
            self.waiting[number] = waiting
        else:
            self.free.discard(agent.id)
            self.begin(agent, lane)
            self.found_work(agent)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def gives_up(self, data: st.DataObject) -> None:
        self.matcher.withdraw(self.waiting.pop(data.draw(st.sampled_from(sorted(self.waiting)))))

    @rule(number=st.integers(0, 5))
    def comes_to_work(self, number: int) -> None:
        if number not in self.free:
            self.found_work(self.agents[number])

    @rule(number=st.integers(0, 5))
    def goes(self, number: int) -> None:
        self.matcher.leave(self.agents[number])
        self.free.discard(number)

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data())
    def ends(self, data: st.DataObject) -> None:
        agent, weight = self.in_hand.pop(data.draw(st.integers(0, len(self.in_hand) - 1)))
        self.matcher.leave(agent)
        agent.drop(weight)
        self.found_work(agent)

    @invariant()
    def knows_what_waits_and_nothing_could_be_taken(self) -> None:
        assert sorted(self.matcher.waits()) == sorted(self.waiting.values())
        for waiting in self.waiting.values():
            assert not any(self.could(self.agents[n], waiting) for n in self.free)


TestMatching = Matching.TestCase
TestMatching.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
