"""How it stands with what waits, asked for several at once."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from contact_center.agents import open_desks, presence
from contact_center.agents.models import PresenceState
from contact_center.extensions import db
from contact_center.routing import enqueue, why
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket
from tests import factories


def test_several_that_wait_are_told_together_and_what_does_not_wait_is_left_out(app: Flask) -> None:
    ada = factories.ada()
    queue = factories.queue("Service", ada)
    open_desks.opened("desk", ada.id)
    presence.set_presence(ada, PresenceState.AVAILABLE)
    for number in range(4):
        factories.filed(queue, factories.mail(f"c{number}@customers.example", text=str(number)))
    first, second, taken, unplaced = db.session.scalars(select(Interaction.id).order_by(Interaction.id)).all()
    enqueue.place([first, second, taken])
    lifecycle.take(db.session.get_one(Ticket, db.session.get_one(Interaction, taken).ticket_id), ada)
    found = why.now([first, second, taken, unplaced])
    assert {key: one.ahead for key, one in found.items()} == {first: 0, second: 1}
    assert {one.decision.ranked[0][0] for one in found.values()} == {ada.id}
    assert why.now([]) == {}
