"""Tiers in a real browser: a changed share, its effect, who moves and why, applied, undone; a notice of a complaint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from contact_center import clock
from contact_center.agents import accounts
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.tickets import changes, complaints
from contact_center.tiers import overrides
from tests import factories
from tests.e2e.conftest import Site
from tests.tiers import sales

NEEDS_WORKER = False
pytestmark = pytest.mark.browser

OpenDesk = Callable[[Agent], Page]


def _root() -> Agent:
    found = accounts.find("root@norra.example") or factories.root()
    db.session.commit()
    return found


def _speak_chinese(agent: Agent) -> None:
    agent.language = "zh_Hans_CN"
    db.session.commit()


def test_a_share_is_moved_its_effect_read_applied_and_undone_in_both_languages(site: Site, open_desk: OpenDesk) -> None:
    root = _root()
    rows = [sales.buyer(f"Hotel {n}", 10_000 - n, external_id=f"H{n}") for n in range(10)]
    db.session.commit()
    page = open_desk(root)
    page.goto("/floor/tiers")
    share = page.locator("#share_a")
    share.fill("20")
    page.locator('[data-slides="share_b"]').fill("10")
    expect(page.locator("#share_b")).to_have_value("10")
    page.locator("#share_c").fill("10")
    expect(page.locator("[data-rest]")).to_have_text("60 %")
    page.locator("#margin").fill("0")
    page.locator(".tiers-settings .button-primary", has_text="Preview").click()
    expect(page.locator(".ribbon .band")).to_have_count(4)
    expect(page.locator("#moves tbody tr")).to_have_count(4)
    page.locator(".matrix a", has_text="2").first.click()
    expect(page.locator("#moves tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Apply 4 moves").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert sales.letters(*rows) == "AABCDDDDDD"
    _speak_chinese(root)
    page.reload()
    expect(page.locator(".share-row").last).to_contain_text("小客户")
    expect(page.locator("#moves tbody tr").first).to_contain_text("第 1 名，共 10 名")
    page.locator("#moves tbody a").first.click()
    expect(page.locator(".tier-history li")).to_contain_text("首次评级")
    page.go_back()
    page.get_by_role("button", name="撤销").click()
    page.locator("dialog .button-primary, dialog .button-danger").last.click()
    expect(page.locator(".tiers-foot")).to_contain_text("所有客户已恢复原等级")
    assert sales.letters(*rows) == "-" * 4 + "DDDDDD"
    for row in rows:
        db.session.execute(db.text('DELETE FROM "order" WHERE customer_id = :id'), {"id": row.id})
        row.tier = None
    db.session.commit()


def test_a_complaint_of_an_a_customer_comes_onto_the_open_desk(site: Site, open_desk: OpenDesk) -> None:
    page = open_desk(site.lee)
    page.goto("/desk")
    ticket = site.ticket("It broke again", sender="greta@lindqvist.example")
    assert ticket.customer is not None
    overrides.set(ticket.customer, "A", "A hotel", clock.now() + timedelta(days=3), site.lee)
    changes.change(ticket, site.ada, ticket.version, kind="COMPLAINT")
    complaints.sweep()
    db.session.commit()
    notice = page.locator(f"#complaint-{ticket.id}")
    expect(notice).to_contain_text("It broke again")
    notice.get_by_role("button", name="Open").click()
    expect(page).to_have_url(f"{site.url}/desk/tickets/{ticket.ref}")
    expect(notice).to_have_count(0)
