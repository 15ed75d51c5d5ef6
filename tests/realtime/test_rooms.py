"""Which rooms hear of what, and that a nudge tells no content."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from contact_center.extensions import db, socketio
from contact_center.realtime import rooms, sockets
from contact_center.tickets import lifecycle, viewing
from tests import factories


def test_an_agent_sits_in_the_rooms_of_their_queues_and_in_no_other(app: Flask) -> None:
    ada = factories.ada()
    mine, other = factories.queue("Service", ada), factories.queue("Sales")
    assert f"queue:{mine.id}" in rooms.rooms_of(ada)
    assert f"queue:{other.id}" not in rooms.rooms_of(ada)


def test_a_nudge_names_things_and_tells_no_content(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = factories.ada()
    queue = factories.queue("Service", ada)
    said: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(socketio, "emit", lambda event, data, **_: said.append((event, data)))
    ticket = factories.ticket(queue, subject="Secret subject")
    lifecycle.take(ticket, ada)
    db.session.commit()
    assert said
    assert all(data.keys() == {"name", "ids"} for event, data in said if event == "nudge")
    assert "Secret" not in str(said)


def test_one_transaction_is_one_nudge_for_the_same_things(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr(socketio, "emit", lambda _event, data, **_: said.append(data))
    sockets.nudge([("ticket.opened", {"ticket": 1, "queue": 2}), ("message.received", {"queue": 2, "ticket": 1})])
    assert len(said) == 1


def test_what_no_screen_shows_is_not_sent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = factories.ada()
    ticket = factories.ticket(factories.queue("Service", ada))
    db.session.commit()
    said: list[Any] = []
    monkeypatch.setattr(socketio, "emit", lambda _event, data, **_: said.append(data["name"]))
    viewing.mark_seen(ticket, ada)
    db.session.commit()
    assert said == []
    lifecycle.take(ticket, ada)
    db.session.commit()
    assert said == ["ticket.taken"]


def test_a_change_is_told_though_somebody_looked_in_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr(socketio, "emit", lambda _event, data, **_: said.append(data["name"]))
    sockets.nudge([("ticket.taken", {"ticket": 1}), ("ticket.viewed", {"ticket": 1})])
    assert said == ["ticket.taken"]


def test_an_open_ticket_hears_of_its_customer_too(app: Flask) -> None:
    ticket = factories.ticket(factories.queue("Service"))
    assert rooms.rooms_at(ticket) == [f"ticket:{ticket.id}", f"customer:{ticket.customer_id}"]


def test_an_offer_is_heard_by_whose_it_is_and_by_who_watches_not_by_the_whole_queue(app: Flask) -> None:
    ada, lee = factories.ada(), factories.lee()
    queue = factories.queue("Service e-mail", ada, team_id=factories.team("Service", lee).id)
    heard_by = set(rooms.rooms_for({"offer": 7, "agent": ada.id, "ticket": 1042, "queue": queue.id}))
    assert f"agent:{ada.id}" in heard_by
    assert f"queue:{queue.id}" not in heard_by
    assert heard_by & set(rooms.rooms_of(lee))
    assert heard_by & set(rooms.rooms_of(ada)) == {f"agent:{ada.id}"}
