"""The clocks' tasks where they join what rooms must not know of each other."""

from __future__ import annotations

from flask import Flask

from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.jobs import tasks
from contact_center.tickets import lifecycle
from tests import factories


def state_of(agent: Agent) -> PresenceState:
    standing = presence.current(agent)
    assert standing
    return standing.state


def test_a_shift_ends_by_itself_when_the_last_is_done(app: Flask) -> None:
    ada, nils = factories.ada(), factories.nils()
    ticket = factories.ticket(factories.queue("Service e-mail", ada, nils))
    lifecycle.take(ticket, ada)
    for agent in (ada, nils):
        presence.set_presence(agent, PresenceState.FINISHING)
    tasks.sweep_presence()
    assert (state_of(ada), state_of(nils)) == (PresenceState.FINISHING, PresenceState.OFFLINE)
    lifecycle.resolve(ticket, ada)
    tasks.sweep_presence()
    assert state_of(ada) is PresenceState.OFFLINE
