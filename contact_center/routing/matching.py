"""Pairs of waiting work and free agents, found as things happen. Pure: see `policy` for the rules.

The dispatcher fills one from the rows at every turn, the simulator keeps one for a whole virtual day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import Any

from contact_center.routing.policy import Candidate, Lane, Waiting, Weight, misfit


class _Group:
    """Candidates alike in queues, skills, capacity and pauses, the least busy and longest idle on top."""

    __slots__ = ("free", "heap", "levels", "paused", "served", "skills")

    def __init__(self, like: Candidate) -> None:
        self.levels, self.skills, self.paused = like.levels, like.skills, like.paused
        self.heap: list[tuple[int, float, int, int]] = []  # load, idle since, id, turn
        self.free: dict[int, Candidate] = {}
        self.served: dict[Lane, int] = {}

    def level(self, lane: Lane) -> int:
        """The proficiency with which they serve the lane, whomever it is held for; 0: not at all."""
        found = self.served.get(lane)
        if found is None:
            found = self.served[lane] = 0 if misfit(self, lane) else self.levels[lane.queue]
        return found

    def add(self, candidate: Candidate) -> None:
        candidate.turn += 1
        self.free[candidate.id] = candidate
        heappush(self.heap, (candidate.load, candidate.idle_since, candidate.id, candidate.turn))

    def head(self, weight: Weight) -> Candidate | None:
        """The best of them with room for that weight."""
        heap, free = self.heap, self.free
        while heap:
            candidate = free.get(heap[0][2])
            if candidate is not None and candidate.turn == heap[0][3]:
                break
            heappop(heap)
        else:
            return None
        if candidate.has_room(weight):
            return candidate
        if weight.units is None:  # who has the least to do may be the one who cannot set it aside
            return min((one for one in free.values() if one.has_room(weight)), key=_idlest, default=None)
        return None


class Matcher:
    """The waiting and the free, kept so that none of the waiting could be taken by any of the free.

    Each verb that may find a pair returns it; who calls offers it, then says what became of it.
    """

    def __init__(self, weights: Mapping[str, Weight]) -> None:
        self._weights = weights
        self._groups: dict[Any, _Group] = {}
        self._group_of: dict[int, _Group] = {}
        self._lanes: dict[Lane, list[Waiting]] = {}
        self._serving: dict[Lane, list[tuple[int, _Group]]] = {}
        self._entries: dict[int, Waiting] = {}  # those that count; what else is in a line was withdrawn

    def arrive(self, waiting: Waiting) -> Candidate | None:
        """Work begins to wait. Returns who takes it, and is free no more; None: it waits."""
        lane = waiting.lane
        line = self._lanes.get(lane)
        if not line or self._top(line) is None:
            candidate = self._best(lane)
            if candidate is not None:
                self.leave(candidate)
                return candidate
            line = self._lanes.setdefault(lane, [])
        self._entries[waiting.id] = waiting
        heappush(line, waiting)
        return None

    def free(self, candidate: Candidate) -> Waiting | None:
        """An agent has room. Returns the work they take, and they are free no more; None: they are free."""
        group = self._group_of.get(candidate.id) or self._join(candidate)
        found = self._first_for(candidate, group)
        if found is None:
            group.add(candidate)
            return None
        line = self._lanes[found.lane]
        heappop(line)
        del self._entries[found.id]
        if not line:
            del self._lanes[found.lane]
        return found

    def leave(self, candidate: Candidate) -> None:
        """They are free no more: they ring, are full, or went away."""
        group = self._group_of.get(candidate.id)
        if group is not None:
            group.free.pop(candidate.id, None)

    def forget(self, candidate: Candidate) -> None:
        """They have changed in what they serve: the next `free` looks anew."""
        self.leave(candidate)
        self._group_of.pop(candidate.id, None)

    def withdraw(self, waiting: Waiting) -> None:
        """Work waits no more there: it was abandoned, or its lane has changed and it arrives anew."""
        self._entries.pop(waiting.id, None)
        line = self._lanes.get(waiting.lane)
        if line and self._top(line) is None:
            del self._lanes[waiting.lane]

    def waits(self) -> Iterable[Waiting]:
        """All that waits, in no order."""
        return self._entries.values()

    def _join(self, candidate: Candidate) -> _Group:
        key = (
            tuple(sorted(candidate.levels.items())), tuple(sorted(candidate.skills.items())), candidate.capacity,
            candidate.paused,
        )  # fmt: skip
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(candidate)
            self._serving.clear()
        self._group_of[candidate.id] = group
        return group

    def _best(self, lane: Lane) -> Candidate | None:
        weight = self._weights[lane.channel]
        if lane.held_for:
            return self._best_of(lane, weight)
        best: Candidate | None = None
        best_level = 0
        for level, group in self._serving_groups(lane):
            if level < best_level:
                break
            head = group.head(weight) if not lane.not_for else _among(group.free.values(), lane, weight)
            if head is not None and (best is None or _idlest(head) < _idlest(best)):
                best, best_level = head, level
        return best

    def _best_of(self, lane: Lane, weight: Weight) -> Candidate | None:
        ranked = []
        for agent_id in lane.held_for:
            group = self._group_of.get(agent_id)
            candidate = group.free.get(agent_id) if group else None
            if group and candidate and agent_id not in lane.not_for and candidate.has_room(weight):
                level = group.level(lane)
                if level:
                    ranked.append((-level, _idlest(candidate), candidate))
        return min(ranked, key=lambda one: one[:2])[2] if ranked else None

    def _serving_groups(self, lane: Lane) -> list[tuple[int, _Group]]:
        found = self._serving.get(lane)
        if found is None:
            serving = ((group.level(lane), group) for group in self._groups.values())
            found = self._serving[lane] = sorted((one for one in serving if one[0]), key=lambda one: -one[0])
        return found

    def _first_for(self, candidate: Candidate, group: _Group) -> Waiting | None:
        found: Waiting | None = None
        for lane in list(self._lanes):
            if not group.level(lane) or not candidate.has_room(self._weights[lane.channel]):
                continue
            if (lane.held_for and candidate.id not in lane.held_for) or candidate.id in lane.not_for:
                continue
            head = self._top(self._lanes[lane])
            if head is None:
                del self._lanes[lane]
            elif found is None or head[:2] < found[:2]:
                found = head
        return found

    def _top(self, line: list[Waiting]) -> Waiting | None:
        while line and self._entries.get(line[0].id) is not line[0]:
            heappop(line)
        return line[0] if line else None


def _idlest(candidate: Candidate) -> tuple[int, float, int]:
    return candidate.load, candidate.idle_since, candidate.id


def _among(candidates: Iterable[Candidate], lane: Lane, weight: Weight) -> Candidate | None:
    fitting = (one for one in candidates if one.id not in lane.not_for and one.has_room(weight))
    return min(fitting, key=_idlest, default=None)
