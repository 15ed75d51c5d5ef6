"""The second front door over a real WebSocket: who connects, what they hear, and what rubbish does."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection

import pytest

from contact_center import clock
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.customers import records
from contact_center.extensions import db
from contact_center.realtime import sockets
from tests import browsers, factories
from tests.e2e.conftest import Site
from tests.e2e.talking import Socket

RUBBISH = (None, 1, "x", [], {}, {"ticket": "1"}, {"ticket": -1}, {"ticket": 2**40}, {"ticket": True})
JUNK = (
    "4", "42", "42[]", "42nonsense", '42["watch"', '42{"not": "an event"}', "42[null]", '42[["a"], 1]', "42[{}]",
    '42["connect"]', '42["disconnect"]', '451-["watch", {"_placeholder": true, "num": 7}]', "4\x00", "44{}", "49",
    "42" + "9" * 5000, '42["watch", ' + "[" * 6000 + "]" * 6000 + "]", b"junk", b"\xff\xff",
)  # fmt: skip

NEEDS_WORKER = False


@pytest.fixture
def socket_of(site: Site) -> Iterator[Callable[[Agent | None], Socket]]:
    opened: list[Socket] = []

    def enter(agent: Agent | None) -> Socket:
        opened.append(Socket(site, agent))
        return opened[-1]

    yield enter
    for socket in opened:
        if socket.line.connected:
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


@pytest.mark.parametrize("how", ["unwatch", "another", "gone"])
def test_whoever_leaves_a_ticket_is_seen_to_leave(
    site: Site, socket_of: Callable[[Agent | None], Socket], how: str
) -> None:
    ticket, other = site.ticket("Watched by two"), site.ticket("Elsewhere")
    stays, leaves = socket_of(site.ada), socket_of(site.lee)
    leaves.say("watch", {"ticket": ticket.id})
    assert leaves.hear("viewers")
    stays.say("watch", {"ticket": ticket.id})
    assert len(stays.hear("viewers")["people"]) == 2
    if how == "gone":
        leaves.line.close()
    else:
        leaves.say(how if how == "unwatch" else "watch", {"ticket": other.id})
    assert [person["name"] for person in stays.hear("viewers")["people"]] == [site.ada.name]


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
    socket.say("watch", {"ticket": ticket.id})
    assert socket.hear("viewers")["ticket"] == ticket.id


@pytest.mark.parametrize("frame", JUNK, ids=lambda frame: repr(frame)[:24])
def test_a_frame_that_is_no_event_shows_its_sender_out_and_leaves_no_traceback(
    site: Site, socket_of: Callable[[Agent | None], Socket], frame: str | bytes
) -> None:
    noted = len(site.log())
    socket = socket_of(site.ada)
    socket.line.send(frame)
    socket.enter()  # answered after the frame has been dealt with
    assert "Traceback" not in site.log()[noted:]
    assert socket.is_let_in, "a mishap; whoever comes in again is welcome"


@pytest.mark.parametrize("frame", ["x", "", "\x00", "[]"])
def test_a_frame_without_a_type_closes_the_socket_and_leaves_no_traceback(
    site: Site, socket_of: Callable[[Agent | None], Socket], frame: str
) -> None:
    noted = len(site.log())
    socket = socket_of(site.ada)
    socket.line.send(frame)
    assert socket.is_closed_on()
    assert socket_of(site.ada).is_let_in
    assert "Traceback" not in site.log()[noted:]


def test_an_open_desk_keeps_its_agent_available_and_a_closed_one_does_not(
    site: Site, socket_of: Callable[[Agent | None], Socket]
) -> None:
    ada = site.ada
    presence.set_presence(ada, PresenceState.AVAILABLE)
    db.session.commit()
    desk = socket_of(ada)
    assert presence.current(ada).seen_at is not None, "the web process has written that she is here"  # type: ignore[union-attr]
    desk.line.close()
    reloaded = socket_of(ada)
    with clock.standing_at(clock.now() + timedelta(seconds=90)):
        assert presence.sweep() == []
    reloaded.line.close()
    with clock.standing_at(clock.now() + timedelta(minutes=3)):
        assert presence.sweep() == [ada.id]
        db.session.commit()
    assert [stretch.state for stretch in presence.ledger(ada, since=clock.now() - timedelta(hours=1))] == [
        PresenceState.OFFLINE, PresenceState.AVAILABLE,
    ]  # fmt: skip


def test_a_ticket_page_hears_of_a_change_of_its_customer(
    site: Site, socket_of: Callable[[Agent | None], Socket]
) -> None:
    ticket = site.ticket("Beside the customer")
    assert ticket.customer is not None
    desk = socket_of(site.ada)
    desk.say("watch", {"ticket": ticket.id})
    assert desk.hear("viewers")
    records.change(ticket.customer, site.lee, ticket.customer.version, city="Bergen")
    db.session.commit()
    assert desk.hear("nudge")["ids"] == {"customer": ticket.customer_id}
