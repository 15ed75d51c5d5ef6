"""The portal on a phone: the code from a real mail server, an order followed, a statement, a request rated.

Every page is checked with axe against WCAG 2.2 AA in the light and in the dark, and is no wider than the phone. The
essentials are gone through once more without scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import db, limiter
from contact_center.selfservice.models import Notice, VisitWindow
from contact_center.tickets import lifecycle, replies, tasks
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.email.waiting import until
from tests.e2e.conftest import PATIENCE, Site
from tests.kb import ground

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def greta(site: Site) -> int:
    """A customer with an order under way, an invoice, a device, and windows for visits."""
    customer = factories.greta()
    order = factories.order(customer, email="greta@lindqvist.example")
    factories.invoice(customer, order_id=order.id, title="Fridge KS-300")
    factories.asset(customer)
    today = factories.today()
    db.session.add(Notice(title="Closed on Friday", title_zh="星期五休息", from_on=today, until_on=today, position=0))
    for weekday in range(7):
        window = VisitWindow(region="", weekday=weekday, begins=time(9), ends=time(11), capacity=3, is_active=True)
        db.session.add(window)
    db.session.commit()
    return customer.id


@pytest.fixture
def open_phone(site: Site, chromium: Browser, greta: int) -> Iterator[Callable[..., Page]]:
    """Opens a phone; a script that fails fails the test."""
    opened, problems = [], []

    def unlock(**more: Any) -> Page:
        context = chromium.new_context(viewport=PHONE, base_url=site.url, **({"locale": "en"} | more))
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield unlock
    for context in opened:
        context.close()
    db.session.rollback()
    assert problems == []


def sign_in(site: Site, page: Page) -> None:
    """Ask for a code, read it in the mail, type it in."""
    page.goto("/my/sign-in")
    page.locator("#email").fill("greta@lindqvist.example")
    before = len(codes_in(site))
    page.locator("form[action='/my/sign-in'] button.button-primary").click()
    page.locator("#code").wait_for()
    until(lambda: len(codes_in(site)) > before)
    page.locator("#code").fill(codes_in(site)[-1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/my")


def codes_in(site: Site) -> list[str]:
    """The codes that have arrived for Greta."""
    mails = [got.mail for got in site.smtp.got if got.recipients == ["greta@lindqvist.example"]]
    return [found[0] for mail in mails if (found := re.match(r"\d{6}", mail["Subject"]))]


def rest(site: Site) -> None:
    """Let the time pass that lies between two codes for one address, and between a few requests in its name."""
    limiter.reset()
    db.session.execute(db.text("DELETE FROM portal_try"))
    db.session.commit()


def barriers(page: Page) -> list[str]:
    """What axe finds wrong with a page, and whether it is wider than the phone.

    The whole page is in view for it: what the bar at the bottom covers just then can be scrolled free.
    """
    page.set_viewport_size(PHONE | {"height": page.evaluate("document.documentElement.scrollHeight + 100")})
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: {type: 'tag', values: rules}})", RULES)
    told = [f"{one['id']}: {[node['html'][:120] for node in one['nodes']][:3]}" for one in found["violations"]]
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(PHONE)
    return told + ([f"{width} px wide"] if width > PHONE["width"] else [])


@dataclass(frozen=True, slots=True)
class Words:
    """What the customer of the story reads and clicks."""

    language: str
    arrives: str
    follow: str
    repair: str
    free: str
    message: str
    send: str
    better: str
    rate: str
    thanks: str


ENGLISH = Words(
    "en", "Arrives tomorrow", "Follow", "Repair", "Free: under warranty until", "Your message", "Send",
    "What would have made it better?", "Send the rating", "Thank you for telling us.",
)  # fmt: skip
CHINESE = Words(
    "zh", "明天送达", "查看物流", "报修", "免费：保修至", "问题描述", "发送", "我们怎样可以做得更好？", "提交评价",
    "感谢您的评价。",
)  # fmt: skip


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=lambda words: words.language)
def test_a_customer_follows_an_order_takes_a_statement_and_rates_what_was_solved(
    site: Site, open_phone: Callable[..., Page], open_desk: Callable[[Agent], Page], greta: int, words: Words
) -> None:
    rest(site)
    db.session.get_one(Customer, greta).language = words.language
    db.session.commit()
    page = open_phone()
    sign_in(site, page)
    expect(page.get_by_role("heading", name=words.arrives)).to_be_visible()
    page.get_by_role("link", name=words.follow).click()
    expect(page.get_by_text("Hub North")).to_be_visible()

    page.goto("/my/statement")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    page.goto("/my/ask")
    page.get_by_text(words.repair, exact=True).click()
    device = page.locator("label", has_text="Front-loader WM-10")
    expect(device).to_contain_text(words.free)
    device.click()
    page.get_by_label(words.message).fill("It leaks from the door.")
    page.get_by_role("button", name=words.send).click()
    page.wait_for_url("**/my/requests/CC-*")

    ticket = newest()
    desk = open_desk(site.ada)
    desk.goto(f"/desk/tickets/{ticket.ref}")
    expect(desk.get_by_text("It leaks from the door.").first).to_be_visible()
    lifecycle.take(ticket, site.ada)
    replies.reply(ticket, site.ada, "We sent you a new seal.", then="RESOLVED")
    db.session.commit()

    page.reload()
    expect(page.get_by_text("We sent you a new seal.")).to_be_visible()
    page.locator("#rating label").first.click()
    page.get_by_label(words.better).fill("It took a week.")
    page.get_by_role("button", name=words.rate).click()
    expect(page.get_by_text(words.thanks)).to_be_visible()
    db.session.expire_all()
    assert len(tasks.of(db.session.get_one(Ticket, ticket.id))) == 1
    db.session.get_one(Customer, greta).language = "en"
    db.session.commit()


def test_a_visit_is_booked_and_the_agent_sees_the_task(
    site: Site, open_phone: Callable[..., Page], open_desk: Callable[[Agent], Page]
) -> None:
    rest(site)
    page = open_phone()
    sign_in(site, page)
    page.get_by_role("link", name="Repair").click()
    page.locator("label.choice-slot").first.click()
    page.get_by_label("Your message").fill("The drum is stuck.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="We visit you")).to_be_visible()
    desk = open_desk(site.ada)
    desk.goto(f"/desk/tickets/{newest().ref}")
    expect(desk.get_by_text("Visit on").first).to_be_visible()
    page.get_by_role("button", name="Cancel the visit").click()
    page.locator("dialog[open] .button-primary, dialog[open] .button-danger").first.click()
    expect(page.get_by_text("The visit is cancelled.")).to_be_visible()


def test_the_guard_against_barriers_is_awake(open_phone: Callable[..., Page]) -> None:
    page = open_phone()
    page.goto("/")
    page.evaluate("document.querySelector('#number').labels[0].remove()")
    page.evaluate("document.querySelector('main').style.width = '500px'")
    found = barriers(page)
    assert found[0].startswith("label: ")
    assert found[-1].endswith(" px wide")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-CN", "dark")])
def test_every_page_is_open_to_everybody_and_fits_the_phone(
    site: Site, open_phone: Callable[..., Page], language: str, scheme: str
) -> None:
    rest(site)
    customer = db.session.scalars(select(Customer).where(Customer.name == "Greta Lindqvist")).one()
    ticket = factories.ticket(site.queue, text=f"In {language} and {scheme}")
    lifecycle.take(ticket, site.ada)
    replies.reply(ticket, site.ada, "See https://norra.example for more.", then="RESOLVED")
    db.session.commit()
    page = open_phone(locale=language, color_scheme=scheme)
    wrong = {}
    for path in ("/", "/order", "/my/sign-in", "/notices", "/request"):
        page.goto(path)
        wrong[path] = barriers(page)
    page.goto("/order")
    page.locator("#number").fill("K7-404")
    page.locator("#contact").fill("greta@lindqvist.example")
    page.keyboard.press("Enter")
    page.locator(".error").wait_for()
    wrong["look-up, not found"] = barriers(page)
    sign_in(site, page)
    [asset_id] = db.session.scalars(db.text(f"SELECT id FROM asset WHERE customer_id = {customer.id}"))
    for path in (
        "/my", "/my/orders", "/my/orders/K7-20482-QX", "/my/statement", "/my/charges", "/my/devices", "/my/devices/new",
        f"/my/devices/{asset_id}", "/my/requests", f"/my/requests/{ticket.ref}", "/my/ask", "/my/ask?kind=VISIT",
        "/my/profile", "/notices", "/my/orders/K7-404",
    ):  # fmt: skip
        page.goto(path)
        wrong[path] = barriers(page)
    assert {path: found for path, found in wrong.items() if found} == {}


_UNSEEN = """() => {
    const at = document.activeElement, style = getComputedStyle(at);
    return at !== document.body && style.boxShadow === 'none' ? at.innerText || at.name : null;
}"""  # what has the keyboard without showing it


def test_whoever_uses_the_keyboard_sees_where_it_is_and_leaves_what_was_found(
    site: Site, open_phone: Callable[..., Page]
) -> None:
    ground.published(site.lee, "The fridge is warm")
    db.session.commit()
    page = open_phone()
    unseen = []
    for path in ("/", "/request", "/help/en/"):
        page.goto(path)
        for _stop in range(14):
            page.keyboard.press("Tab")
            unseen.append(page.evaluate(_UNSEEN))
    assert [one for one in unseen if one] == []
    field = page.get_by_role("searchbox")
    field.press_sequentially("fridge")
    found = page.locator("#help-found a").first
    expect(found).to_be_visible()
    field.press("ArrowDown")
    expect(found).to_be_focused()
    found.press("Escape")
    expect(found).to_be_hidden()
    expect(field).to_be_focused()


def test_the_essentials_need_no_scripts(site: Site, open_phone: Callable[..., Page]) -> None:
    rest(site)
    page = open_phone(java_script_enabled=False)
    sign_in(site, page)
    page.get_by_role("link", name="Follow").click()
    expect(page.get_by_text("Hub North")).to_be_visible()
    page.get_by_role("link", name="Service").last.click()
    page.get_by_role("link", name="Ask something").click()
    page.get_by_text("Question", exact=True).click()
    page.get_by_label("Your message").fill("Which filter fits?")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/my/requests/CC-*")
    page.get_by_label("Your message").fill("For the WM-10.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your reply has been added.")).to_be_visible()
    page.get_by_role("button", name="It is solved").click()
    expect(page.get_by_role("button", name="Reopen the request")).to_be_visible()
    page.get_by_role("link", name="Me").last.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_an_order_is_looked_up_without_signing_in(site: Site, open_phone: Callable[..., Page]) -> None:
    rest(site)
    page = open_phone()
    page.goto("/")
    page.get_by_label("Order number").fill("K7-20482-QX")
    page.get_by_label("Phone or e-mail on the order").fill("Greta@Lindqvist.example")
    page.get_by_role("button", name="Show the order").click()
    expect(page.get_by_role("heading", name="Arrives tomorrow")).to_be_visible()
    assert "Hub North" not in page.content()


def newest() -> Ticket:
    db.session.rollback()
    return db.session.scalars(select(Ticket).order_by(Ticket.id.desc()).limit(1)).one()
