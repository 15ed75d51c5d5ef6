"""Agents in a run: what they have in hand and set aside, and how long they were there and busy."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from contact_center.routing.policy import Candidate, Weight
from contact_center.simulator.setting import AgentSetting, ChannelSetting
from contact_center.simulator.work import Work


class Seat:
    """One agent. Work that is set aside for a call goes on when that ends, for as long as was left of it."""

    __slots__ = (
        "_aside", "_busy_since", "_here_since", "_in_hand", "_is_filled", "agent", "busy_spans", "candidate",
        "here_spans", "is_away", "is_here", "rings",
    )  # fmt: skip

    def __init__(self, agent: AgentSetting) -> None:
        self.agent = agent
        self.candidate = Candidate(agent.id, agent.levels, agent.skills, agent.capacity, paused=agent.paused)
        self.is_here = False
        self.is_away = False  # let it ring out
        self.rings = False
        self.here_spans: list[tuple[float, float]] = []  # from, until: at work, and with something in hand
        self.busy_spans: list[tuple[float, float]] = []
        self._in_hand: list[Work] = []
        self._aside: list[Work] = []
        self._is_filled = False
        self._busy_since = self._here_since = inf

    @property
    def here(self) -> float:
        """How long they were at work, in seconds."""
        return sum(until - since for since, until in self.here_spans)

    @property
    def busy(self) -> float:
        """How long they had something in hand."""
        return sum(until - since for since, until in self.busy_spans)

    @property
    def is_open(self) -> bool:
        """Whether they can be offered anything more."""
        if not self.is_here or self.rings or self.is_away or self._is_filled:
            return False
        candidate = self.candidate
        return candidate.load < candidate.capacity or candidate.load == candidate.loose

    @property
    def is_idle(self) -> bool:
        """Whether they have nothing in hand."""
        return not self._in_hand

    def come(self, now: float) -> None:
        """Their shift begins."""
        self.is_here = True
        self.candidate.idle_since = now
        if self._here_since == inf:
            self._here_since = now

    def go(self, now: float) -> None:
        """Their shift ends; what they have in hand they finish."""
        self.is_here = False
        self._leave(now)

    def close(self, now: float) -> None:
        """The run ends: count what lasts."""
        if self._here_since < now:
            self.here_spans.append((self._here_since, now))
        if self._in_hand and self._busy_since < now:
            self.busy_spans.append((self._busy_since, now))

    def begin(self, work: Work, weight: Weight, now: float) -> list[Work]:
        """Take work in hand. Returns what is set aside for it."""
        aside: list[Work] = []
        if not self._in_hand:
            self._busy_since = now
        elif weight.units is None:
            aside, self._in_hand = self._in_hand, []
            for other in aside:
                other.ends -= now  # what is left of it
            self._aside += aside
        self._is_filled = weight.units is None
        self._in_hand.append(work)
        self.candidate.take(weight)
        return aside

    def end(self, work: Work, weight: Weight, channels: Mapping[str, ChannelSetting], now: float) -> list[Work]:
        """Let go of it. Returns what was set aside for it and goes on."""
        self._in_hand.remove(work)
        self.candidate.drop(weight)
        self.candidate.idle_since = now
        resumed: list[Work] = []
        if weight.units is None:
            self._is_filled = False
            resumed, self._aside = self._aside, []
            for other in resumed:
                other.ends += now
                self._in_hand.append(other)
                self.candidate.take(channels[other.arrival.channel].weight)
        if not self._in_hand:
            self.busy_spans.append((self._busy_since, now))
            self._leave(now)
        return resumed

    def _leave(self, now: float) -> None:
        if not self.is_here and not self._in_hand and self._here_since < inf:
            self.here_spans.append((self._here_since, now))
            self._here_since = inf
