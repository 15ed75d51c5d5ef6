"""Tiers in a real browser: a changed share, its effect, who moves and why, applied, undone; what a complaint of an A
customer and their low answer after a call set off.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import accounts
from contact_center.agents.models import Agent
from contact_center.calls.models import Call, CallState
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.satisfaction import calls as ratings
from contact_center.satisfaction.models import Scale, Survey
from contact_center.tickets import changes, complaints, lifecycle
from contact_center.tickets.messages import Direction, Interaction
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


def _rated_call(site: Site, score: int) -> Survey:
    """Greta's call of a quarter of an hour ago, solved, and the key that she pressed after it."""
    greta = factories.greta()
    greta.tier = "A"
    ticket = site.ticket("The dryer is late", owner=site.ada, sender=greta.points[0].value)
    item, now = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one(), clock.now()
    lifecycle.resolve(ticket, site.ada)
    call = Call(
        key=f"rated {ticket.id}", provider="test", direction=Direction.IN, state=CallState.SURVEY, since=now,
        started_at=now - timedelta(minutes=15), answered_at=now - timedelta(minutes=14), ticket=ticket,
        interaction=item, agent=site.ada, customer=greta,
    )  # fmt: skip
    db.session.add(call)
    db.session.flush()
    survey = ratings.answer(call, Scale.CSAT, score)
    assert survey is not None
    db.session.commit()
    return survey


def test_a_low_score_after_a_call_becomes_a_task_and_is_closed_with_the_customer(
    site: Site, open_desk: OpenDesk
) -> None:
    page = open_desk(site.lee)
    page.goto("/desk")
    page.locator("[data-live=on]").wait_for()
    survey = _rated_call(site, 1)
    notice = page.locator("#complaints .strip", has_text="Low answer of Greta Lindqvist: 1 of 5 stars")
    notice.get_by_role("button", name="Open").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("It is yours.")).to_be_visible()
    page.get_by_label("Made good").check()
    page.get_by_label("Process").check()
    page.get_by_label("What was said and promised").fill("Called: it comes on Friday.")
    page.get_by_role("button", name="Close the recovery").click()
    expect(page.get_by_text("The customer is asked once more.")).to_be_visible()

    db.session.rollback()
    mail = select(Outgoing.text).where(Outgoing.purpose == Purpose.SURVEY, Outgoing.ticket_id == survey.ticket_id)
    link = re.search(r"/s/[\w-]+\?score=5", db.session.scalars(mail).one())
    assert link
    customer = page.context.browser.new_context(base_url=site.url).new_page()  # type: ignore[union-attr]
    customer.goto(link[0])
    customer.get_by_role("button", name="Send").click()
    expect(customer.get_by_text("Thank you. Your answer is with us.")).to_be_visible()
    customer.context.close()

    _speak_chinese(site.lee)
    page.goto("/floor/recoveries?which=done")
    row = page.locator("tr", has_text="Greta Lindqvist")
    expect(row).to_contain_text("1 / 5 → 5 / 5")
    expect(row).to_contain_text("已解决")
