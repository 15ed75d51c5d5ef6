"""Agents who answer calls by themselves: quick or slow, sometimes deaf, sometimes gone. They do what a desk does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random

from sqlalchemy import select

from carrier import Carrier
from carrier.legs import Leg
from contact_center import clock
from contact_center.agents import accounts, open_desks, open_phones, presence
from contact_center.agents.models import Presence, PresenceState
from contact_center.calls import answering, ending
from contact_center.calls.models import Call
from contact_center.errors import ContactCenterError
from contact_center.extensions import db
from contact_center.routing import offers, wrapping
from contact_center.statement import Statement

SEEN_EVERY = 10.0  # seconds
_RINGING = Statement("SELECT id, agent_id FROM offer WHERE state = 'PENDING' AND agent_id = ANY(:agents)")


@dataclass(frozen=True, slots=True)
class Habits:
    """How they work; shares are of all offers. Times are seconds."""

    reaction: float = 2.0
    talk: float = 120.0
    wrap_up: float = 5.0
    deaf: float = 0.0  # lets it ring
    declines: float = 0.0
    mute: float = 0.0  # accepts, and their phone never comes
    vanishes: float = 0.0  # accepts, talks, and their browser dies
    back_after: float = 20.0


@dataclass(slots=True)
class Crew:
    """Some agents at their desks. `asks` runs something of theirs in the application and commits it."""

    carrier: Carrier
    app_sid: str
    agents: list[int]
    habits: Habits
    chances: Random
    asks: Callable[[Callable[[], object]], None]
    legs: dict[int, Leg] = field(default_factory=dict)  # agent → their browser's leg
    rung: set[int] = field(default_factory=set)  # offers they have reacted to

    def come(self) -> None:
        """Everybody sits down, and stays."""
        for agent_id in self.agents:
            self.asks(partial(self.sit_down, agent_id))
        self._stay()

    def look(self) -> None:
        """React to what rings."""
        for offer_id, agent_id in _RINGING.rows({"agents": self.agents}):
            if offer_id not in self.rung:
                self.rung.add(offer_id)
                self._react(agent_id, offer_id)

    def _react(self, agent_id: int, offer_id: int) -> None:
        habits, luck = self.habits, self.chances.random()
        reaction = self.chances.uniform(0.5, 1.5) * habits.reaction
        if luck < habits.deaf:
            return
        what = self._decline if luck < habits.deaf + habits.declines else self._accept
        self.carrier.at(reaction, partial(self.asks, partial(what, agent_id, offer_id)))

    def sit_down(self, agent_id: int) -> None:
        """At their desk, with a telephone, available."""
        agent = accounts.by_id(agent_id)
        open_desks.opened(f"desk-{agent_id}", agent_id)
        open_phones.opened(f"desk-{agent_id}", agent_id)
        presence.set_presence(agent, PresenceState.AVAILABLE)

    def _stay(self) -> None:
        self.asks(self._seen)
        self.carrier.at(SEEN_EVERY, self._stay)

    def _seen(self) -> None:
        keys = [f"desk-{agent_id}" for agent_id in self.agents]
        open_desks.seen(keys)
        open_phones.seen(keys)
        away = select(Presence.agent_id).where(  # who let it ring says that they are back
            Presence.agent_id.in_(self.agents), Presence.ended_at.is_(None),
            Presence.state != PresenceState.AVAILABLE,
            Presence.started_at <= clock.now() - timedelta(seconds=self.habits.back_after),
        )  # fmt: skip
        for agent_id in db.session.scalars(away).all():
            self.sit_down(agent_id)

    def _decline(self, agent_id: int, offer_id: int) -> None:
        offers.decline(offer_id, accounts.by_id(agent_id))

    def _accept(self, agent_id: int, offer_id: int) -> None:
        agent = accounts.by_id(agent_id)
        try:
            _ticket, leg = answering.accept_offer(offer_id, agent)
        except ContactCenterError:
            db.session.rollback()
            return
        if leg is not None and self.chances.random() >= self.habits.mute:
            self.carrier.at(0.3, partial(self._connect, agent_id, leg.nonce or "", leg.call_id))

    def _connect(self, agent_id: int, nonce: str, call_id: int) -> None:
        leg = self.carrier.connect_client(f"agent_{agent_id}", self.app_sid, {"nonce": nonce})
        self.legs[agent_id] = leg
        talk = self.habits.talk * self.chances.uniform(0.5, 1.5)
        if self.chances.random() < self.habits.vanishes:
            self.carrier.at(talk / 2, partial(self.carrier.lose, leg))
        else:
            self.carrier.at(talk, partial(self.asks, partial(self._end, agent_id, call_id)))

    def _end(self, agent_id: int, call_id: int) -> None:
        agent, call = accounts.by_id(agent_id), db.session.get_one(Call, call_id)
        if call.agent_id == agent_id and call.ended_at is None:
            ending.by_agent(call, agent)
        self.carrier.at(self.habits.wrap_up, partial(self.asks, partial(self._wrap_up, agent_id)))

    def _wrap_up(self, agent_id: int) -> None:
        agent = accounts.by_id(agent_id)
        for interaction in wrapping.of(agent):
            wrapping.finish(interaction.id, agent, "solved")
