"""The clocks' tasks where they join what rooms must not know of each other."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, OpenDesk, PresenceState
from contact_center.extensions import db
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


def test_desks_that_were_closed_long_ago_are_forgotten(app: Flask) -> None:
    ada = factories.ada()
    with clock.standing_at(clock.now() - timedelta(hours=2)):
        open_desks.opened("closed", ada.id)
        open_desks.closed("closed")
    open_desks.opened("open", ada.id)
    tasks.clear_up()
    assert db.session.scalars(select(OpenDesk.key)).all() == ["open"]
