"""The wallboard as it is watched: pictures over a real socket follow a rush, and a browser shows and sounds them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState, RoleName
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.realtime import wall_store
from contact_center.tickets import interactions
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Interaction
from contact_center.wall import screens
from contact_center.wall.views import View
from tests import factories
from tests.e2e.conftest import Site
from tests.e2e.talking import Socket

NEEDS_WORKER = False
CALLERS = 32


@pytest.fixture
def wall_of(site: Site) -> Iterator[Callable[..., Socket]]:
    """Opens the socket of a wallboard: an agent's, or that of a television with a key."""
    opened: list[Socket] = []

    def enter(agent: Agent | None, key: str = "") -> Socket:
        opened.append(Socket(site, agent, {"wall": key}))
        return opened[-1]

    yield enter
    for socket in opened:
        if socket.line.connected:
            socket.line.close()


@pytest.fixture
def hotline(site: Site) -> Queue:
    """A line of Lee's team, and nothing in it; each test has its own."""
    team = factories.team(f"Phones {clock.now().timestamp()}", site.lee)
    queue = factories.queue(f"Repair line {team.id}", site.ada, team_id=team.id, target_seconds=20)
    db.session.commit()
    return queue


def call(queue: Queue, *, waited: int = 0) -> int:
    """Somebody calls, and waits; returns the interaction."""
    with clock.standing_at(clock.now() - timedelta(seconds=waited)):
        ticket = factories.ticket(queue, sender=None, subject="Call")
    item = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    item.channel, item.kind = "phone", Kind.CALL
    db.session.commit()
    return item.id


def answer(interaction_id: int, agent: Agent) -> None:
    interactions.give_one(interaction_id, agent.id)
    interactions.talk(interaction_id)
    db.session.commit()


def picture_in_which(wall: Socket, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first picture of the next fifteen for which that holds."""
    for _second in range(15):
        picture = wall.hear("wall")
        if picture is not None and holds(picture):
            return dict(picture)
    raise AssertionError("no such picture came")


def test_the_wall_follows_a_rush(site: Site, hotline: Queue, wall_of: Callable[..., Socket]) -> None:
    presence.set_presence(site.ada, PresenceState.AVAILABLE)
    open_desks.opened("tab", site.ada.id)
    wall = wall_of(site.lee)
    keys = wall.ask("wall.watch", {"views": [f"q{hotline.id}", f"q{hotline.id}.cemail"]})["keys"]
    all_of_it = keys[0]
    calm = picture_in_which(wall, lambda made: made["key"] == all_of_it)
    assert (calm["waiting"]["n"], calm["longest"]["tone"], calm["agents"][0]["doing"]) == (0, 0, "READY")
    callers = [call(hotline, waited=75) for _caller in range(CALLERS)]
    rush = picture_in_which(wall, lambda made: made["key"] == all_of_it and made["waiting"]["n"] == CALLERS)
    assert (rush["waiting"]["tone"], rush["longest"]["tone"], rush["longest"]["queue"]) == (2, 2, hotline.name)
    assert picture_in_which(wall, lambda made: made["key"] == keys[1])["waiting"]["n"] == 0
    for caller in callers[:-1]:
        answer(caller, site.ada)
    interactions.give_up(callers[-1])
    db.session.commit()
    over = picture_in_which(wall, lambda made: made["key"] == all_of_it and made["waiting"]["n"] == 0)
    assert (over["level"]["of"], over["level"]["in_time"], over["level"]["value"]) == (CALLERS, 0, 0)
    assert (over["level"]["tone"], over["agents"][0]["doing"]) == (2, "TALKING")
    assert (over["abandoned"]["n"], over["abandoned"]["of"]) == (1, CALLERS)


def test_who_joins_is_sent_the_series_and_every_picture_goes_on_with_it(
    site: Site, hotline: Queue, wall_of: Callable[..., Socket]
) -> None:
    first, view = wall_of(site.lee), {"views": [f"q{hotline.id}"]}
    key = first.ask("wall.watch", view)["keys"][0]
    call(hotline)
    picture = picture_in_which(first, lambda made: made["waiting"]["n"] == 1)
    assert picture["point"][1] == 1
    assert "trend" not in picture
    series = wall_of(site.lee).ask("wall.watch", view)["trends"][key]
    assert picture["point"] in series
    narrowed = wall_of(site.lee).ask("wall.watch", {"views": [f"q{hotline.id}.cemail"]})
    assert not any(n for _at, n in narrowed["trends"][narrowed["keys"][0]]), "another view has its own"


def test_in_a_browser_the_series_of_those_who_wait_is_drawn_from_what_was_before(
    site: Site, hotline: Queue, wall_of: Callable[..., Socket], open_desk: Callable[[Agent], Page]
) -> None:
    key = wall_of(site.lee).ask("wall.watch", {"views": [f"q{hotline.id}"]})["keys"][0]
    minute = int(time.time() // 60) * 60
    for ago, n in ((3, 7), (2, 9), (1, 4)):
        wall_store.valkey().hset(f"wall:trend:{key}", str(minute - 60 * ago), n)
    page = open_desk(site.lee)
    page.goto(f"/floor/wallboard?view=q{hotline.id}")
    series = page.get_by_role("img", name="Waiting over the last four hours; now 0")
    expect(series.locator("canvas")).to_be_visible()
    page.set_viewport_size({"width": 900, "height": 600})
    expect(series.locator("canvas")).to_have_count(1)


def test_only_supervisors_and_living_links_see_a_wall(
    site: Site, hotline: Queue, wall_of: Callable[..., Socket]
) -> None:
    assert not wall_of(None).is_let_in
    assert not wall_of(site.ada).is_let_in
    assert not wall_of(None, key="A" * 43).is_let_in
    other = factories.agent(f"Mo {hotline.id}", RoleName.SUPERVISOR, email=f"mo{hotline.id}@norra.example")
    db.session.commit()
    elsewhere = wall_of(other)
    elsewhere.ask("wall.watch", {"views": [f"q{hotline.id}"]})
    call(hotline)
    assert elsewhere.hear("wall")["queues"] == []


def test_a_televisions_link_shows_its_own_views_and_ends_when_it_is_revoked(
    site: Site, hotline: Queue, wall_of: Callable[..., Socket]
) -> None:
    view = View((hotline.id,))
    screen, key = screens.make(
        site.lee, "Hall", [view], seconds=20, language="en", theme="dark", names_agents=False
    )  # fmt: skip
    db.session.commit()
    television = wall_of(None, key=key)
    assert television.ask("wall.watch", {"views": [""]})["keys"] == [], "only what the link is for"
    assert len(television.ask("wall.watch", {"views": [str(view)]})["keys"]) == 1
    assert television.hear("wall")["queues"][0]["name"] == hotline.name
    screens.revoke(screen, site.lee)
    db.session.commit()
    assert television.hear("wall.gone", seconds=20) is not None
    assert not wall_of(None, key=key).is_let_in


def test_in_a_browser_it_is_live_narrowed_by_a_click_and_honest_when_the_line_is_cut(
    site: Site, hotline: Queue, open_desk: Callable[[Agent], Page]
) -> None:
    call(hotline, waited=75)
    page = open_desk(site.lee)
    page.goto(f"/floor/wallboard?view=q{hotline.id}")
    expect(page.locator("[data-wall-age]")).to_contain_text("Live")
    expect(page.locator('[data-tile="waiting"] [data-value]')).to_have_text("1")
    expect(page.locator('[data-tile="longest"]')).to_have_class("wall-tile is-alarm")
    expect(page.locator('[data-tile="longest"] [data-foot]')).to_contain_text(f"over 1:00 · {hotline.name}")
    day = page.locator('[data-tile="level"] [data-line]')
    expect(day).to_have_attribute("aria-label", re.compile("Service level by half hour"))
    page.get_by_role("button", name="Calls").click()
    expect(page).to_have_url(f"{site.url}/floor/wallboard?view=q{hotline.id}.cphone")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Sound on")).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("[data-wall-age]")).to_contain_text("Connection lost")
