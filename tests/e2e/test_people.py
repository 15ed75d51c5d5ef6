"""Accounts and presence in a real browser: coming in, being here, and being let in by an invitation."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from contact_center.agents import accounts
from contact_center.agents.models import Agent
from contact_center.extensions import db
from tests import factories
from tests.e2e.conftest import Site

NEEDS_WORKER = False
pytestmark = pytest.mark.browser

OpenDesk = Callable[[Agent], Page]


def _root(site: Site) -> Agent:
    """The administrator, opened by the first test that needs one."""
    found = accounts.find("root@norra.example") or factories.root()
    db.session.commit()
    return found


def test_a_person_signs_in_with_the_keyboard_and_goes_where_they_wanted(site: Site, chromium: Browser) -> None:
    page = chromium.new_context(base_url=site.url).new_page()
    page.goto("/desk/profile")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(site.ada.email)
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("the password is wrong")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(site.ada.email)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/profile$"))
    page.context.close()


def test_the_board_follows_who_comes_and_goes(site: Site, open_desk: OpenDesk) -> None:
    hers, board = open_desk(site.ada), open_desk(_root(site))
    board.goto("/desk/presence/board")
    line = board.get_by_role("row", name=re.compile("Ada Brandt"))
    expect(line).to_contain_text("Offline")
    hers.goto("/desk/profile")
    hers.locator("#presence button.pill").click()
    hers.get_by_role("menuitemradio", name="Lunch").click()
    expect(hers.locator("#presence button.pill")).to_contain_text("Lunch")
    expect(line).to_contain_text("Lunch")
    line.get_by_role("button", name="Change the state of Ada Brandt").click()
    board.get_by_label("State", exact=True).select_option("OFFLINE")
    board.get_by_label("Why").fill("Forgot to sign out")
    board.keyboard.press("Enter")
    expect(hers.locator("#presence button.pill")).to_contain_text("Offline")


def test_somebody_is_invited_and_comes_in(site: Site, open_desk: OpenDesk, chromium: Browser) -> None:
    settings = open_desk(_root(site))
    settings.goto("/admin/people")
    settings.get_by_role("button", name="Invite somebody").click()
    settings.get_by_label("E-mail", exact=True).fill(site.ada.email)
    settings.get_by_label("Name", exact=True).fill("Jin Kato")
    settings.get_by_label("Service e-mail").check()
    settings.get_by_role("button", name="Send the invitation").click()
    expect(settings.get_by_text("account with this address already")).to_be_visible()
    expect(settings.get_by_label("E-mail", exact=True)).to_be_focused()
    settings.get_by_label("E-mail", exact=True).fill("jin@norra.example")
    settings.get_by_role("button", name="Send the invitation").click()
    link = settings.get_by_label("The link").input_value()

    theirs = chromium.new_context(base_url=site.url).new_page()
    theirs.goto(urlsplit(link).path)
    theirs.get_by_label("Choose a password").fill("a staple in the battery")
    theirs.get_by_role("button", name="Save and sign in").click()
    expect(theirs).to_have_url(re.compile(r"/desk$"))
    expect(theirs.get_by_role("link", name=re.compile("Service e-mail")).first).to_be_visible()
    theirs.context.close()


def test_a_stale_save_is_compared_and_decided(site: Site, open_desk: OpenDesk) -> None:
    root = _root(site)
    person = factories.agent("Olu Adeyemi")
    db.session.commit()
    settings = open_desk(root)
    settings.goto(f"/admin/people/{person.id}")
    settings.get_by_label("Name", exact=True).fill("Olu A. Adeyemi")
    accounts.change(person, root, person.version, name="Oluwaseun Adeyemi", email=person.email)
    db.session.commit()
    settings.get_by_role("button", name="Save", exact=True).click()
    asked = settings.get_by_role("dialog")
    expect(asked).to_contain_text("Oluwaseun Adeyemi")
    expect(asked).to_contain_text("Olu A. Adeyemi")
    asked.locator("button[value=mine]").click()
    expect(settings.get_by_role("heading", name="Olu A. Adeyemi")).to_be_visible()
