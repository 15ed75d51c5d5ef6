"""The event loop in virtual time: arrivals, ringing, service, wrap-up, giving up, shifts. Deterministic, and pure.

Who is served by whom is never decided here but by `routing.matching`, as in the live dispatcher. At one instant all who
arrive join first, the first in order before the others; then agents become free, by number; then the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf
from typing import Any

from contact_center.queues import easing
from contact_center.routing.matching import Matcher
from contact_center.routing.policy import Lane, Waiting
from contact_center.simulator import chance, ordering
from contact_center.simulator.overflow import EVERY, Overflow
from contact_center.simulator.seats import Seat
from contact_center.simulator.setting import Arrival, ChannelSetting, Setting
from contact_center.simulator.work import Work

# What happens at one instant happens in this order.
_END, _ACCEPT, _RING_OUT, _COME, _GO, _STEP, _GIVE_UP, _CROWD = range(8)

_MOMENT = 1e-6  # what a difference of two instants may lack


class Run:
    """One virtual day. `go` plays it; then `works` says what became of each arrival, `seats` how busy agents were."""

    def __init__(self, setting: Setting, arrivals: Sequence[Arrival], seed: int = 0) -> None:
        self.setting = setting
        self.works = [Work(arrival, n) for n, arrival in enumerate(sorted(arrivals, key=lambda one: one.at))]
        self.seats = {agent.id: Seat(agent) for agent in setting.agents}
        self.order = ordering.made_for(setting)
        self.begun: list[Work] = []  # in order of service
        self.now = 0.0
        self._seed = seed
        self._channels = {one.arrival.channel: setting.channel(one.arrival.channel) for one in self.works}
        self._matcher = Matcher({name: channel.weight for name, channel in self._channels.items()})
        self._lanes: dict[Any, Lane] = {}
        self._overflow = Overflow(setting)
        self._flows_over = any(queue.overflow for queue in setting.queues.values())
        self._looked_at: set[int] = set()  # queues whose crowd is looked at before long
        self._last = max(setting.until, self.works[-1].arrival.at) if self.works else setting.until
        self._events: list[tuple[float, int, int, int, Any, int]] = []
        self._number = 0
        self._acts: dict[int, Callable[[Any, int], None]] = {
            _END: self._end, _ACCEPT: self._accept, _RING_OUT: self._ring_out, _COME: self._come, _GO: self._go,
            _STEP: self._step, _GIVE_UP: self._give_up, _CROWD: self._crowd,
        }  # fmt: skip

    def go(self) -> Run:
        """Play until nothing happens any more."""
        self._open()
        events, works, acts = self._events, self.works, self._acts
        n, count = 0, len(works)
        while True:
            following = works[n].arrival.at if n < count else inf
            if events and events[0][0] < following:
                self.now, kind, _who, _number, what, version = heappop(events)
                acts[kind](what, version)
            elif n < count:
                self.now = following
                last = n + 1
                while last < count and works[last].arrival.at == following:
                    last += 1
                if last == n + 1:
                    self._arrive(works[n])
                else:
                    for work in sorted(works[n:last], key=lambda one: (self.order(one, following), one.number)):
                        self._arrive(work)
                n = last
            else:
                break
        self.now = max(self.setting.until, max((work.settled_at for work in works), default=self.now))
        for seat in self.seats.values():
            seat.close(self.now)
        return self

    def _open(self) -> None:
        """Let the shifts be known, and those begin that have begun already."""
        begin = self.works[0].arrival.at if self.works else 0.0
        self.now = begin
        for seat in self.seats.values():
            for since, until in seat.agent.shifts:
                if until <= begin:
                    seat.here_spans.append((since, until))
                    continue
                if since < begin:
                    seat.come(since if since > -inf else begin)
                    seat.candidate.idle_since = since
                    self._free(seat)
                else:
                    self._at(since, _COME, seat.agent.id, seat)
                if until < inf:
                    self._at(until, _GO, seat.agent.id, seat)

    def _at(self, instant: float, kind: int, who: int, what: Any, version: int = 0) -> None:
        self._number += 1
        heappush(self._events, (instant, kind, who, self._number, what, version))

    # ── work ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _arrive(self, work: Work) -> None:
        arrival = work.arrival
        if arrival.prefers:
            work.prefers = self._here(work)
        if arrival.patience < inf:
            self._at(self.now + arrival.patience, _GIVE_UP, work.number, work)
        self._wait(work)

    def _wait(self, work: Work) -> None:
        """Let it wait where it belongs now, or be taken at once."""
        lane, later = self._lane(work)
        waiting = Waiting(self.order(work, self.now), work.number, lane)
        candidate = self._matcher.arrive(waiting)
        if candidate is not None:
            seat = self.seats[candidate.id]
            if self._offer(work, seat):
                self._free(seat)
            return
        work.waiting = waiting
        later = min(later, self.order.next(work, self.now))
        if self._flows_over:
            later = min(later, self._overflow.by_clock(work))
            self._look_at(work.queue, self.now)
        if later < inf:
            self._at(max(later, self.now), _STEP, work.number, work, work.version)

    def _lane(self, work: Work) -> tuple[Lane, float]:
        """Where it waits now, and when that changes."""
        arrival, later, held = work.arrival, inf, work.prefers
        queue = self.setting.queues[work.queue]
        asks = easing.both(arrival.asks, queue.asks) if queue.asks else arrival.asks
        if asks and queue.easing:
            asks, after = easing.eased(asks, queue.easing, self.now - arrival.at + _MOMENT)
            later = inf if after is None else arrival.at + after
        if held:
            until = arrival.at + queue.prefer_seconds
            held, later = (held, min(later, until)) if self.now < until else ((), later)
        key = (work.queue, arrival.channel, asks, held)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane(work.queue, arrival.channel, asks, held)
        return lane, later

    def _step(self, work: Work, version: int) -> None:
        """What it asks for, its place in the queue, or the queue itself, changes with time."""
        if work.waiting is None or work.version != version:
            return
        if self._overflow.by_clock(work) <= self.now:
            self._spill(work)
        self._wait_anew(work)

    def _wait_anew(self, work: Work) -> None:
        if work.waiting is not None:
            self._matcher.withdraw(work.waiting)
        work.waiting = None
        work.version += 1
        self._wait(work)

    def _spill(self, work: Work) -> None:
        """Take the next overflow step with it. Wherever it goes, it has waited since it came in."""
        if self._overflow.take(work, self.now):
            work.prefers = self._here(work)

    def _look_at(self, queue_id: int, instant: float) -> None:
        """Have a look at how crowded a queue is, if that decides anything there."""
        if queue_id in self._overflow.watched and queue_id not in self._looked_at:
            self._looked_at.add(queue_id)
            self._at(instant, _CROWD, queue_id, queue_id)

    def _crowd(self, queue_id: int, _version: int) -> None:
        """Take the steps that are due in a crowded queue; look again before long, until the day ends."""
        self._looked_at.discard(queue_id)
        line = sorted(one[:2] for one in self._matcher.waits() if one.lane.queue == queue_id)
        crowd = self._overflow.crowd(queue_id, self.seats.values(), self.now)
        due = [
            work
            for place, (_order, number) in enumerate(line, 1)
            if crowd.due(place, (work := self.works[number]).overflowed, self.now - work.entered)
        ]
        for work in due:
            if work.waiting is not None:
                self._spill(work)
                self._wait_anew(work)
        if line and self.now < self._last:
            self._look_at(queue_id, self.now + EVERY)

    def _give_up(self, work: Work, _version: int) -> None:
        if work.start is not None:
            return
        work.left_at = self.now
        work.version += 1
        if work.waiting is not None:
            self._matcher.withdraw(work.waiting)
            work.waiting = None
        elif work.rings is not None:
            seat, work.rings = work.rings, None
            seat.rings = False
            self._free(seat)

    # ── offers ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _free(self, seat: Seat) -> None:
        """Offer an agent what waits, as long as they have room for more."""
        while seat.is_open:
            waiting = self._matcher.free(seat.candidate)
            if waiting is None or not self._offer(self.works[waiting.id], seat):
                return

    def _offer(self, work: Work, seat: Seat) -> bool:
        """Hold it out. Returns whether it was begun at once, and not only rings."""
        work.waiting = None
        work.offers += 1
        channel = self._channels[work.arrival.channel]
        if not channel.rings:
            self._begin(work, seat, channel)
            return True
        seat.rings, work.rings = True, seat
        accepted = chance.accepted_after(self._seed, work, channel)
        if accepted is None:
            self._at(self.now + channel.ring_seconds, _RING_OUT, seat.agent.id, work, work.version)
        else:
            self._at(self.now + accepted, _ACCEPT, seat.agent.id, work, work.version)
        return False

    def _accept(self, work: Work, version: int) -> None:
        if work.version != version or work.rings is None:
            return
        seat, work.rings = work.rings, None
        seat.rings = False
        self._begin(work, seat, self._channels[work.arrival.channel])
        self._free(seat)

    def _ring_out(self, work: Work, version: int) -> None:
        """Nobody answered: the work waits again, since it came in; the agent is not asked for a while."""
        if work.version != version or work.rings is None:
            return
        seat, work.rings = work.rings, None
        work.version += 1
        work.prefers = tuple(one for one in work.prefers if one != seat.agent.id)
        seat.rings, seat.is_away = False, True
        self._at(self.now + self.setting.away_seconds, _COME, seat.agent.id, seat, 1)
        self._wait(work)

    def _begin(self, work: Work, seat: Seat, channel: ChannelSetting) -> None:
        work.start, work.server = self.now, seat.agent.id
        self.begun.append(work)
        wrap = self.setting.queues[work.queue].wrap_up_seconds
        for other in seat.begin(work, channel.weight, self.now):
            other.version += 1  # set aside: its end comes later
        work.ends = self.now + work.arrival.service
        if wrap:
            work.ends += wrap
        self._at(work.ends, _END, seat.agent.id, work, work.version)

    def _end(self, work: Work, version: int) -> None:
        if work.version != version or work.server is None:
            return
        seat = self.seats[work.server]
        self._matcher.leave(seat.candidate)
        work.ended = self.now
        if self._flows_over:
            self._overflow.ended(work, self.now)
        for other in seat.end(work, self._channels[work.arrival.channel].weight, self._channels, self.now):
            self._at(other.ends, _END, seat.agent.id, other, other.version)
        self._free(seat)

    # ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _come(self, seat: Seat, is_back: int) -> None:
        """A shift begins, or somebody who let it ring out is back."""
        if is_back:
            seat.is_away = False
        else:
            seat.come(self.now)
        self._free(seat)

    def _go(self, seat: Seat, _version: int) -> None:
        seat.go(self.now)
        self._matcher.leave(seat.candidate)

    def _here(self, work: Work) -> tuple[int, ...]:
        """Those whom it prefers, as far as they are here and serve its queue."""
        if not self.setting.queues[work.queue].prefer_seconds:
            return ()
        here = (self.seats.get(one) for one in work.arrival.prefers)
        return tuple(sorted({s.agent.id for s in here if s and s.is_here and work.queue in s.agent.levels}))
