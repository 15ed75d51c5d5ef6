"""The whole customer beside a ticket, in a real browser and either language.

A machine is broken, and before anybody asks the agent sees whose it is, what covers it, what happened before, what is
on its way, what is owed, and what to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.card.models import PromptAnswer
from contact_center.credit import limits, sheets
from contact_center.credit.models import Template
from contact_center.customers import records
from contact_center.customers.models import Customer
from contact_center.entitlements import assets, contracts
from contact_center.extensions import db
from contact_center.orders import invoices, orders, products, shipments
from contact_center.satisfaction import surveys
from contact_center.tickets import changes, lifecycle, replies, tasks
from contact_center.tickets.models import Ticket
from contact_center.tiers import overrides
from tests import factories
from tests.e2e.conftest import Site

NEEDS_WORKER = False
pytestmark = pytest.mark.browser
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """A customer, what their card says in the agent's language, and what its prompts and buttons are called."""

    language: str
    number: str
    name: str
    address: tuple[str, str, str]  # street, postcode, city
    phone: str
    last_service: str
    part: str
    complaints: str
    arrears: str
    note_a_date: str
    to_do: str
    rated: str
    said: tuple[str, ...]
    why_a: str


ENGLISH = Told(
    "en", "W-1", "Greta Lindqvist", ("Sierichstraße 18", "22301", "Hamburg"), "+49 40 5550184",
    "It knocks again when spinning.", "The part for “Fit relay PX-4412” has arrived",
    "2 complaints in 90 days: apologise first", "overdue for 20 days: agree a date", "Note a date",
    "Agree a date for what is overdue", "Rated us 2 of 5 the last time",
    ("Owner Ada Brandt", "Arrives tomorrow", "3 visits left", "of €20,000", "overdue since", "1 answer"),
    "Runs four guesthouses",
)  # fmt: skip
CHINESE = Told(
    "zh_Hans_CN", "W-2", "王静怡", ("南京西路 188 号", "200040", "上海"), "+86 21 5555 0168",
    "脱水又响了。", "“Fit relay PX-4412”等待的配件已到货", "90 天内 2 次投诉：先致歉", "已逾期 20 天：约定付款日",
    "记下日期", "与客户约定欠款付款日", "最近一次评分 2 分（满分 5 分）",
    ("负责人 Ada Brandt", "明天送达", "剩余 3 次上门", "€20,000", "起逾期", "最近一次"),
    "经营四家民宿",
)  # fmt: skip


@pytest.mark.parametrize("told", [ENGLISH, CHINESE], ids=lambda told: told.language)
def test_the_whole_customer_is_there_before_anybody_asks(
    site: Site, open_desk: Callable[[Agent], Page], told: Told
) -> None:
    ticket = _story(site, told)
    site.ada.language = told.language
    db.session.commit()
    page = open_desk(site.ada)
    page.goto(f"/desk/tickets/{ticket.ref}")
    card = page.locator("#customer-card")
    expect(card.get_by_role("heading", name=told.name)).to_be_in_viewport()
    for words in (
        *told.address, told.phone.split()[-1], f"{told.number}@home.example".lower(), "FrostLine 420",
        f"24W18-{told.number}", *told.said, f"O-{told.number}", told.last_service,
    ):  # fmt: skip
        expect(card.get_by_text(words).first).to_be_in_viewport()
    expect(card.locator(".chip.tier-A")).to_contain_text("VIP")
    card.locator(".chip.tier-A").hover()
    expect(card.get_by_role("tooltip").first).to_contain_text(told.why_a)
    page.mouse.move(0, 0)
    _answer_prompts(card, told)
    customer = _customer(told)
    answers = select(PromptAnswer.answer).where(PromptAnswer.customer_id == customer.id).order_by(PromptAnswer.id)
    assert list(db.session.scalars(answers)) == ["DONE", "REFUSED"]
    assert told.to_do in [task.title for task in tasks.of(ticket)]


def _answer_prompts(card: Locator, told: Told) -> None:
    """One click does what it says; the keyboard puts a prompt away. The next ones move up."""
    prompts = card.locator(".prompt")
    expect(prompts).to_have_count(3)
    for place, sentence in enumerate((told.part, told.complaints, told.arrears)):
        expect(prompts.nth(place)).to_contain_text(sentence)
    card.get_by_role("button", name=told.note_a_date).click()
    expect(card.page.get_by_text(told.to_do).first).to_be_visible()  # over the conversation, with the ticket's tasks
    expect(prompts.nth(2)).to_contain_text(told.rated)
    complaints = prompts.filter(has_text=told.complaints)
    complaints.locator(".prompt-more").press("Enter")
    expect(complaints.get_by_role("menuitem").first).to_be_focused()
    card.page.keyboard.press("ArrowDown")
    card.page.keyboard.press("Enter")
    expect(complaints).to_have_count(0)
    expect(prompts.nth(1).locator("a, button").first).to_be_focused()  # the keyboard goes on where it was


def _customer(told: Told) -> Customer:
    return db.session.scalars(select(Customer).where(Customer.external_id == told.number)).one()


def _story(site: Site, told: Told) -> Ticket:
    """What happened in two years, by the verbs of live work; returns today's ticket."""
    now, sender = clock.now(), f"{told.number}@home.example".lower()
    street, postcode, city = told.address
    records.put(
        told.number, name=told.name, status="ACTIVE", emails=[sender], phones=[told.phone], street=street,
        postcode=postcode, city=city, owner=site.ada.email, language=told.language[:2],
    )  # fmt: skip
    _archive(told)
    customer = _customer(told)
    overrides.set(customer, "A", told.why_a, now + 300 * DAY, site.lee)
    limit = {"amount": "20000", "currency": "EUR", "until": "", "reason": "Pays within a week"}
    limits.put(customer, site.lee, 0, limit)
    sheets.add(customer, site.lee, Template.FIVE_P, dict.fromkeys(sheets.FACTORS[Template.FIVE_P], "90"))
    for days, text, score in ((52, "Nobody came, twice.", 2), (19, told.last_service, 0)):
        _complain(site, sender, text, now - days * DAY, score)
    with clock.standing_at(now - 2 * DAY):
        ticket = site.ticket("Fridge not cooling", owner=site.ada, sender=sender, text="It is 11 degrees in there.")
        changes.change(ticket, site.ada, ticket.version, kind="REPAIR")
        tasks.add(ticket, site.ada, "Fit relay PX-4412", owner=site.ada, due_at=now + DAY)
    with clock.standing_at(now - 0.5 * DAY):
        products.put_stock("PX-4412", "Hamburg", 12)
    db.session.commit()
    return ticket


def _archive(told: Told) -> None:
    """What the firm's other systems know: a fridge, its contract, an order on its way, an invoice that is overdue."""
    now = clock.now().astimezone(factories.ZONE)
    mine: dict[str, Any] = {"customer": told.number}
    money = {**mine, "currency": "EUR"}
    products.put("FL-420", name="FrostLine 420", model="FrostLine 420", warranty_months=24)
    products.put("PX-4412", name="Start relay")
    bought = (now - 720 * DAY).date()
    assets.put(
        f"A-{told.number}", **mine, product="FL-420", serial=f"24W18-{told.number}", bought_on=bought,
        warranty_until=(now + 10 * DAY).date(),
    )  # fmt: skip
    contracts.put(
        f"SC-{told.number}", **mine, name="Care Plus", valid_from=(now - 150 * DAY).date(),
        valid_until=(now + 214 * DAY).date(), visits_included=4, visits_used=1,
    )  # fmt: skip
    orders.put(
        f"O-{told.number}", **money, placed_at=now - 3 * DAY, state="SHIPPED", promised_on=(now + DAY).date(),
        lines=[{"product": "FL-420", "quantity": 1, "unit_price": "1249.00"}],
    )  # fmt: skip
    shipments.put(
        f"PF-{told.number}", order=f"O-{told.number}", carrier="Polar Freight", state="IN_TRANSIT",
        expected_on=(now + DAY).date(), shipped_at=now - 2 * DAY,
    )  # fmt: skip
    invoices.put(
        f"R-{told.number}", **money, title="Hobs", amount="480.00", issued_on=(now - 50 * DAY).date(),
        due_on=(now - 20 * DAY).date(),
    )  # fmt: skip


def _complain(site: Site, sender: str, text: str, at: Any, score: int) -> None:
    """A complaint that was answered, solved and perhaps rated."""
    with clock.standing_at(at):
        ticket = site.ticket("Complaint", owner=site.ada, sender=sender, text=text)
        changes.change(ticket, site.ada, ticket.version, kind="COMPLAINT")
        replies.reply(ticket, site.ada, "We are sorry.")
        lifecycle.resolve(ticket, site.ada)
        if score and ticket.customer:
            surveys.rate(ticket, ticket.customer, score, "Two mornings lost.")
        db.session.commit()
