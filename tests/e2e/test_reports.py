"""Reports in a real browser: from the desk to the very calls that let the service level fall, in four clicks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.reports import sweeping
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket
from tests.e2e.conftest import Site

NEEDS_WORKER = False
pytestmark = pytest.mark.browser
ZONE = ZoneInfo("Europe/Berlin")
A_DAY = 40  # calls, twenty an hour from nine o'clock
TARGET = 20  # seconds


def _calls(site: Site) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yesterday and the same day of eight weeks: all answered at once, but yesterday's from ten o'clock late."""
    yesterday = clock.now().astimezone(ZONE).date() - timedelta(days=1)
    for week in range(9):
        for n in range(A_DAY):
            at = datetime.combine(yesterday - timedelta(weeks=week), time(9 + n // 20, n % 20 * 3), ZONE)
            is_late = week == 0 and n >= 20
            name = f"{week}-{n}"
            ticket = {
                "subject": f"Late {n}" if is_late else f"Call {name}", "queue_id": site.queue_id, "channel": "phone",
                "assignee_id": site.ada_id, "state": "CLOSED", "token": f"t{name}", "portal_token": f"p{name}",
                "opened_at": at, "changed_at": at, "resolved_at": at, "closed_at": at,
            }  # fmt: skip
            answered = at + timedelta(seconds=95 if is_late else 4 + n % 12)
            ended = answered + timedelta(minutes=3)
            contact = {
                "queue_id": site.queue_id, "agent_id": site.ada_id, "channel": "phone", "kind": "CALL",
                "direction": "IN", "state": "DONE", "queued_at": at, "accepted_at": answered, "answered_at": answered,
                "ended_at": ended, "wrapped_at": ended,
            }  # fmt: skip
            yield ticket, contact


def test_why_yesterdays_service_level_fell_is_four_clicks_away(site: Site, open_desk: Callable[[Agent], Page]) -> None:
    site.queue.target_seconds = TARGET
    rows = list(_calls(site))
    made = db.session.scalars(insert(Ticket).returning(Ticket.id, sort_by_parameter_order=True), [t for t, _ in rows])
    contacts = [contact | {"ticket_id": number} for number, (_, contact) in zip(made, rows, strict=True)]
    db.session.execute(insert(Interaction), contacts)
    sweeping.rebuild(db.session.commit)
    db.session.commit()
    page = open_desk(site.lee)
    page.goto("/desk")
    page.get_by_role("link", name="Reports").click()
    page.locator(".unusual-list a", has_text="Service level was").click()
    expect(page.locator("h1")).to_contain_text("Service level")
    points = page.locator(".chart canvas").first
    expect(points).to_have_attribute("aria-valuenow", "23")  # it is drawn, and hears keys
    points.focus()
    points.press("Home")
    points.press("ArrowRight")
    expect(points).to_have_attribute("aria-valuetext", re.compile("^01:00. Service level: –"))
    page.locator(".lost-list a").first.click()
    expect(page.locator(".segments [aria-current]")).to_have_text("Not in time 20")
    expect(page.locator(".report-rows tbody tr")).to_have_count(20)
    row = page.locator(".report-rows tbody tr", has_text="Late 20")
    expect(row).to_contain_text("answered after 1:35")
    row.get_by_role("link").first.click()
    expect(page.locator(".ticket-title h1")).to_contain_text("Late 20")
    site.lee.language = "zh_Hans_CN"
    db.session.commit()
    page.goto("/floor/reports")
    page.locator(".unusual-list a", has_text="服务水平").click()
    expect(page.locator(".lost-list")).to_contain_text("10:00")


def test_filters_and_figures_are_chosen_by_keyboard_alone(site: Site, open_desk: Callable[[Agent], Page]) -> None:
    site.lee.language = "en"
    db.session.commit()
    page = open_desk(site.lee)
    page.goto("/floor/reports/service-level")
    button = page.get_by_role("button", name="Filter")
    button.focus()
    page.keyboard.press("Enter")
    menu = page.locator("#filter-menu")
    expect(menu.get_by_label("Queue")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("E-mail")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    menu.get_by_role("button", name="Show").focus()
    page.keyboard.press("Tab")
    expect(menu).to_be_hidden()
    page.goto("/floor/reports/explore")
    figures = page.locator(".explore-metrics")
    figures.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(figures.get_by_label("Service level", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(figures.locator("summary")).to_be_focused()
    expect(figures.locator(".explore-list")).to_be_hidden()
    page.goto("/floor/wallboard")
    page.get_by_role("button", name="Queues").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#wall-queues input").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="All queues")).to_be_focused()
