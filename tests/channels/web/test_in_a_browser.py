"""The portal in a real browser: the keyboard, the other language, and news that arrive while somebody types."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select
from werkzeug.serving import make_server

from contact_center.extensions import db, limiter
from contact_center.selfservice.models import Deflection, DeflectionKind, DeflectionState
from contact_center.tickets import replies
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.web.articles import article
from tests.channels.web.visits import PHOTO, Visitor, messages, newest, page_of

pytestmark = [pytest.mark.browser, pytest.mark.committing]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the portal answers; its queue and mailbox are there."""
    limiter.reset()
    factories.mailbox(factories.queue("Web requests", takes_web_requests=True))
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(address: str, chromium: Browser) -> Iterator[Page]:
    """A phone that shows the start."""
    page = chromium.new_page(viewport={"width": 390, "height": 844}, locale="en")
    page.clock.install()
    page.goto(address)
    yield page
    page.close()


def test_a_request_is_written_with_the_keyboard_and_survives_the_other_language(page: Page) -> None:
    page.get_by_role("link", name="Delivery").click()
    page.get_by_label("Your message").fill("Where is my fridge?")
    page.get_by_label("Photos or files").set_input_files(
        {"name": PHOTO[0], "mimeType": "image/jpeg", "buffer": PHOTO[1]}
    )
    page.get_by_role("button", name="中文").click()
    page.wait_for_selector("html[lang=zh-CN]")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en]")
    page.get_by_label("Your name").fill("Sam")
    page.get_by_label("Phone").fill("030 123456")
    page.keyboard.press("Enter")
    page.wait_for_url("**/request/sent/*")
    assert newest().ref in page.inner_text("main")
    [message] = messages(newest())
    assert message.text == "Where is my fridge?"
    assert [part.name for part in message.attachments] == [PHOTO[0]]
    page.get_by_role("link", name="Open the private page").click()
    page.wait_for_url(f"**{page_of(newest())}")


def test_an_answer_appears_while_the_customer_types(page: Page, address: str, app: Flask) -> None:
    Visitor(app).ask()
    ticket = newest()
    db.session.commit()
    page.goto(address + page_of(ticket))
    page.get_by_label("Your message").fill("Half a sent")
    replies.reply(db.session.get_one(Ticket, ticket.id), factories.ada(), "Which model is it?", then="WAITING")
    db.session.commit()
    page.clock.fast_forward(40_000)
    page.get_by_text("Which model is it?").wait_for()
    assert page.get_by_label("Your message").input_value() == "Half a sent"
    assert page.evaluate("document.activeElement.id") == "text"
    page.get_by_text("We need something from you to go on").wait_for()


def test_a_question_is_answered_by_an_article_before_it_becomes_a_ticket(page: Page, address: str) -> None:
    article()
    page.goto(f"{address}/request")
    page.get_by_text("Repair", exact=True).click()
    field = page.get_by_label("Your message")
    field.fill("My fridge hums all night")
    page.clock.run_for(1000)
    title = page.get_by_role("button", name="My fridge hums")
    title.wait_for()
    field.press("Tab")
    page.keyboard.press("Tab")
    assert title.evaluate("one => one === document.activeElement")
    page.keyboard.press("Enter")
    page.get_by_text("The compressor hums.").wait_for()
    page.get_by_role("button", name="This solved it").click()
    page.get_by_text("Nothing has been sent").wait_for()
    [deflection] = db.session.scalars(select(Deflection))
    assert (deflection.kind, deflection.state) == (DeflectionKind.ARTICLE, DeflectionState.OPEN)
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 0
    page.get_by_role("button", name="Write to us all the same").click()
    assert field.input_value() == "My fridge hums all night"
    assert page.evaluate("document.activeElement.id") == "text"


def test_no_page_is_wider_than_a_phone(page: Page, address: str, app: Flask) -> None:
    article()
    Visitor(app).ask(text="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2)
    db.session.commit()
    for path in ("/", "/request", page_of(newest()), "/help/en/", "/help/en/help/my-fridge-hums"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
