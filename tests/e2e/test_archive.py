"""The customer's file in a real browser: fields, documents, standing by hand; two records made one and parted again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from contact_center.agents.models import Agent
from contact_center.customers import records
from contact_center.customers.models import Customer
from contact_center.extensions import db
from tests.e2e.conftest import Site

NEEDS_WORKER = False
pytestmark = pytest.mark.browser

OpenDesk = Callable[[Agent], Page]
HOME = {"street": "Storgatan 5", "postcode": "211 42", "city": "Malmö"}


def opened(site: Site, name: str, **told: str) -> Customer:
    customer = records.open_customer(name, site.ada, **told)
    db.session.commit()
    return customer


def test_an_agent_fills_in_the_file(site: Site, desk: Page) -> None:
    greta = opened(site, "Greta Lindqvist")
    desk.goto(f"/desk/customers/{greta.id}")
    expect(desk.locator("#field-birthday")).to_be_hidden()
    desk.keyboard.press("a")
    desk.get_by_role("menuitem", name="Birthday").click()
    desk.locator("#value-birthday").fill("1984-03-09")
    desk.keyboard.press("Enter")
    expect(desk.locator("#field-birthday")).to_contain_text("1984")

    desk.locator(".tabs").get_by_role("link", name="Documents").click()
    contract = {"name": "contract.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    desk.locator("#documents input[type=file]").set_input_files(contract)
    desk.locator("#documents").get_by_role("button", name="Add").click()
    row = desk.locator(".document", has_text="contract.pdf")
    row.hover()
    row.get_by_role("button", name="Remove contract.pdf").click()
    expect(row).to_have_count(0)
    desk.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)

    standing = desk.locator("[popovertarget=standing-menu]")
    standing.click()
    desk.get_by_placeholder("Why? (optional)").fill("Moved abroad")
    desk.get_by_role("menuitem", name="Former customer").click()
    expect(standing).to_have_text("Former customer")


def test_a_supervisor_makes_one_customer_of_two_and_two_of_one(site: Site, open_desk: OpenDesk) -> None:
    page = open_desk(site.lee)
    nils = opened(site, "Nils Holm", **HOME)
    opened(site, "Nils Holms", **HOME, about="Likes tea")
    page.goto(f"/desk/customers/{nils.id}")
    page.locator("#duplicates").get_by_role("link", name="Compare").click()
    page.get_by_role("radio", name="Nils Holms").check()
    page.get_by_role("button", name=re.compile("^Merge")).click()
    expect(page.get_by_text("Nils Holms is merged into this customer.")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Nils Holms")
    expect(page.locator("#field-about")).to_contain_text("Likes tea")
    page.locator("#duplicates").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("is a customer of their own again")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Nils Holm")
    expect(page.locator("#field-about")).not_to_contain_text("Likes tea")
