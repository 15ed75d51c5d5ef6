"""The second front door over a real WebSocket: who connects, what they hear, and what rubbish does."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from simple_websocket import Client

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.realtime import sockets
from tests import browsers, factories
from tests.e2e.conftest import Site

RUBBISH = (None, 1, "x", [], {}, {"ticket": "1"}, {"ticket": -1}, {"ticket": 2**40}, {"ticket": True})


class Socket:
    """A browser's socket, spoken by hand: Engine.IO 4, Socket.IO 5."""

    def __init__(self, site: Site, agent: Agent | None) -> None:
        headers = {}
        if agent is not None:
            cookie = browsers.signed_in(site.app, agent).get_cookie("cc")
            assert cookie is not None
            headers["Cookie"] = f"cc={cookie.value}"
        url = site.url.replace("http:", "ws:") + "/socket.io/?EIO=4&transport=websocket"
        self.line = Client.connect(url, headers=headers)
        self.line.receive(timeout=10)
        self.line.send("40")
        self.is_let_in = str(self.line.receive(timeout=10)).startswith("40{")

    def say(self, event: str, data: Any = None) -> None:
        self.line.send(f"42{json.dumps([event, data])}")

    def hear(self, event: str, seconds: float = 10) -> Any:
        """The next such event's data; None if it does not come."""
        while (said := self.line.receive(timeout=seconds)) is not None:
            if said == "2":
                self.line.send("3")
            elif str(said).startswith("42"):
                name, data = json.loads(str(said)[2:])
                if name == event:
                    return data
        return None


@pytest.fixture
def socket_of(site: Site) -> Iterator[Callable[[Agent | None], Socket]]:
    opened: list[Socket] = []

    def enter(agent: Agent | None) -> Socket:
        opened.append(Socket(site, agent))
        return opened[-1]

    yield enter
    for socket in opened:
        socket.line.close()


def test_a_visitor_is_not_let_in(socket_of: Callable[[Agent | None], Socket]) -> None:
    assert not socket_of(None).is_let_in


def test_another_sites_page_cannot_open_a_socket(site: Site) -> None:
    cookie = browsers.signed_in(site.app, site.ada).get_cookie("cc")
    assert cookie is not None
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Cookie": f"cc={cookie.value}",
        "Origin": "https://evil.example",
    }
    with contextlib.closing(HTTPConnection(site.url.removeprefix("http://"), timeout=10)) as line:
        line.request("GET", "/socket.io/?EIO=4&transport=websocket", headers=headers)
        assert line.getresponse().status == 400


def test_watching_a_ticket_tells_who_else_looks(site: Site, socket_of: Callable[[Agent | None], Socket]) -> None:
    ticket = site.ticket("Watched")
    first, second = socket_of(site.ada), socket_of(site.lee)
    first.say("watch", {"ticket": ticket.id})
    assert [person["name"] for person in first.hear("viewers")["people"]] == [site.ada.name]
    second.say("watch", {"ticket": ticket.id, "typing": True})
    people = first.hear("viewers")["people"]
    assert {(person["name"], person["typing"]) for person in people} == {(site.ada.name, False), (site.lee.name, True)}


def test_somebody_elses_ticket_cannot_be_watched(site: Site, socket_of: Callable[[Agent | None], Socket]) -> None:
    nils = factories.nils()
    db.session.commit()
    ticket = site.ticket("Not for Nils")
    stranger = socket_of(nils)
    stranger.say("watch", {"ticket": ticket.id})
    stranger.say("watch", {"ticket": ticket.id})
    assert stranger.hear("viewers", seconds=1) is None


def test_rubbish_is_ignored_and_the_socket_lives(site: Site, socket_of: Callable[[Agent | None], Socket]) -> None:
    ticket = site.ticket("After the rubbish")
    socket = socket_of(site.ada)
    for event in (*sockets.EVENTS, "no-such-event", ""):
        for rubbish in RUBBISH:
            socket.say(event, rubbish)
    socket.line.send('42{"not": "an event"}')
    socket.say("watch", {"ticket": ticket.id})
    assert socket.hear("viewers")["ticket"] == ticket.id
