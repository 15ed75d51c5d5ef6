"""The live dispatcher, over real rows, serves a trace in the same order as the simulator: by whom, and when."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush

import pytest
from flask import Flask

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import dispatcher, offers
from contact_center.simulator import recorded, trace
from contact_center.simulator.setting import BONUS, Arrival
from contact_center.simulator.trace import Served
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket
from tests import factories

NINE = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
NUMBER, AGENTS = 30, 3


def traffic() -> list[Arrival]:
    """More than three agents manage at first, so that A overtakes D, and D has waited long enough in the end."""
    rng = random.Random(5)
    instants = sorted(rng.sample(range(60, 3600), NUMBER))
    return [
        Arrival(at, rng.randrange(200, 900) + n / 64, channel="trace", tier=rng.choice("ABCDD"), key=n)
        for n, at in enumerate(instants)
    ]


class Floor:
    """Agents who accept whatever rings, at once, and are done with it when its time is over."""

    def __init__(self, arrivals: Sequence[Arrival]) -> None:
        self.arrivals = arrivals
        self.agents = [factories.agent(f"Agent{n} No{n}", capacity=2) for n in range(AGENTS)]  # one mail at a time
        self.queue: Queue = factories.queue("Service", *self.agents)
        self.served: list[Served] = []
        self.tickets: dict[int, Arrival] = {}
        for agent in self.agents:
            open_desks.opened(f"desk of {agent.id}", agent.id)
            presence.set_presence(agent, PresenceState.AVAILABLE)

    def play(self) -> list[Served]:
        events: list[tuple[float, int, Arrival | None, tuple[Ticket, Agent] | None]]
        events = [(one.at, n, one, None) for n, one in enumerate(self.arrivals)]  # sorted: a heap already
        while events:
            at, _number, arrival, done = heappop(events)
            with clock.standing_at(NINE + timedelta(seconds=at)):
                open_desks.seen([f"desk of {agent.id}" for agent in self.agents])
                if arrival is not None:
                    self.comes(arrival)
                if done is not None:
                    lifecycle.resolve(*done)
                for one, ticket, agent in self.answered(at):
                    heappush(events, (at + one.service, NUMBER + len(self.served), None, (ticket, agent)))
        return self.served

    def comes(self, arrival: Arrival) -> None:
        address = f"c{arrival.key}@customers.example"
        factories.customer(f"Customer {arrival.key}", address, tier=arrival.tier)
        self.tickets[factories.ticket(self.queue, factories.mail(address)).id] = arrival

    def answered(self, at: float) -> list[tuple[Arrival, Ticket, Agent]]:
        found = []
        while dispatcher.turn():
            for server, agent in enumerate(self.agents):
                offer = offers.ringing(agent)
                if offer is not None:
                    ticket = offers.accept(offer.id, agent)
                    arrival = self.tickets[ticket.id]
                    self.served.append(Served(arrival.key, at, server))
                    found.append((arrival, ticket, agent))
        return found


def test_the_dispatcher_and_the_simulator_serve_a_trace_alike(app: Flask) -> None:
    arrivals = traffic()
    with clock.standing_at(NINE):
        floor = Floor(arrivals)
    live = floor.play()
    simulated = trace.replay(arrivals, AGENTS, bonus=BONUS)
    assert trace.differing(live, simulated) == []
    assert [(one.id, one.server) for one in live] == [(one.id, one.server) for one in simulated]
    assert [one.start for one in live] == pytest.approx([one.start for one in simulated])
    assert [one.id for one in live] != sorted(one.id for one in live)  # the valuable have overtaken others
    ids = dict(db.session.execute(db.select(Interaction.id, Interaction.ticket_id)).all())
    taken = recorded.between(NINE, NINE + timedelta(days=1)).served
    assert [floor.tickets[ids[one.id]].key for one in taken] == [one.id for one in live]
