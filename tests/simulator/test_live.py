"""Over real rows and in virtual time one day is served in the same order, by the same agents."""

from __future__ import annotations

import heapq
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import PresenceState
from contact_center.extensions import db
from contact_center.routing import dispatcher, offers
from contact_center.simulator import trace
from contact_center.simulator.trace import Served
from contact_center.tickets import lifecycle
from contact_center.tickets.models import Ticket
from contact_center.tiers.models import TierPolicy
from tests import factories

EPOCH = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVERS = 3


def at(seconds: float) -> clock.standing_at:  # type: ignore[valid-type]
    return clock.standing_at(EPOCH + timedelta(seconds=seconds))


def a_busy_day(seed: int, count: int = 25) -> list[dict[str, object]]:
    """More comes in than three can do at once, so that the order matters."""
    chance, now, lines = random.Random(seed), 0.0, []
    for number in range(count):
        now += round(chance.expovariate(1 / 40), 3)
        service = round(20 + chance.expovariate(1 / 120), 3)
        lines.append({"id": number, "t": round(now, 3), "cls": chance.choice("AABCDDD"), "service": service})
    return lines


class Live:
    """The product, its agents accepting whatever rings and being done after the time that the trace says."""

    def __init__(self, lines: list[dict[str, object]]) -> None:
        self.lines = {str(line["id"]): line for line in lines}
        self.agents = [factories.agent(f"Agent{number} Smith", capacity=2) for number in range(SERVERS)]
        with at(-1):
            for one in self.agents:
                presence.set_presence(one, PresenceState.AVAILABLE)
        self.queue = factories.queue("Service", *self.agents, prefer_seconds=0)
        self.customers = {tier: self._customer(tier) for tier in "ABCD"}
        self.done: list[tuple[float, int, int]] = []  # when, ticket, server
        self.served: list[Served] = []

    def _customer(self, tier: str) -> str:
        return factories.customer(f"Customer {tier}", f"{tier.lower()}@customers.example", tier=tier).points[0].value

    def go(self) -> list[Served]:
        arrivals = sorted(self.lines.values(), key=lambda line: float(str(line["t"])))
        while arrivals or self.done:
            comes = float(str(arrivals[0]["t"])) if arrivals else float("inf")
            if self.done and self.done[0][0] < comes:
                now, ticket_id, server = heapq.heappop(self.done)
                self._turn(now, lambda ticket_id=ticket_id, server=server: self._finish(ticket_id, server))
            else:
                line = arrivals.pop(0)
                self._turn(comes, lambda line=line: self._arrive(line))
        return self.served

    def _turn(self, now: float, act: object) -> None:
        with at(now):
            act()  # type: ignore[operator]
            for one in self.agents:
                open_desks.opened(f"desk of {one.id}", one.id)
            while dispatcher.turn():
                self._accept(now)

    def _arrive(self, line: dict[str, object]) -> None:
        sender = self.customers[str(line["cls"])]
        factories.filed(self.queue, factories.mail(sender, subject=str(line["id"]), text=str(line["id"])))

    def _accept(self, now: float) -> None:
        for server, one in enumerate(self.agents):
            offer = offers.ringing(one)
            if offer is None:
                continue
            ticket = offers.accept(offer.id, one)
            line = self.lines[ticket.subject]
            self.served.append(Served(line["id"], now, server))
            heapq.heappush(self.done, (now + float(str(line["service"])), ticket.id, server))

    def _finish(self, ticket_id: int, server: int) -> None:
        lifecycle.resolve(db.session.get_one(Ticket, ticket_id), self.agents[server])


def head_starts() -> dict[str, float]:
    """Of each tier, in minutes."""
    rows = db.session.execute(select(TierPolicy.tier, TierPolicy.bonus_minutes))
    return {row.tier: float(row.bonus_minutes) for row in rows}


@pytest.mark.parametrize("seed", [1, 2])
def test_live_and_simulated_service_are_the_same(app: Flask, seed: int) -> None:
    lines = a_busy_day(seed)
    bonus = head_starts()
    assert bonus["A"] > bonus["D"]
    # Minutes of a real day are too many for a short one: all the tiers' head starts are made smaller alike.
    db.session.execute(update(TierPolicy).values(bonus_minutes=TierPolicy.bonus_minutes / 10))
    bonus = head_starts()
    arrivals = trace.read(map(json.dumps, lines))
    simulated = trace.replay(arrivals, SERVERS, bonus=bonus)
    live = Live(lines).go()
    assert [(one.id, one.server) for one in live] == [(one.id, one.server) for one in simulated]
    assert [one.start for one in live] == pytest.approx([one.start for one in simulated], abs=1e-3)
    assert [one.id for one in live] != sorted(one.id for one in live)  # it was no plain first come, first served
