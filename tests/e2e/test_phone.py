"""The telephone as people use it: customers' handsets at the emulated carrier, agents' desks, and fake microphones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from carrier.server.serving import Serving
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.calls.models import Call
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from tests import factories
from tests.e2e import telephones
from tests.e2e.conftest import PATIENCE, Site
from tests.e2e.telephones import BO, FANG, GRETA, NUMBER, QUICK, answer, heard, hears, is_silent, plays, stands

NEEDS_TELEPHONE = True


@dataclass(frozen=True, slots=True)
class Words:
    """What the customer and the agent of a story hear and read, and what they type."""

    language: str
    caller: str
    name: str
    menu: str
    order: str
    number: str
    proof: str
    post_code: str
    progress: str
    more: str
    rate: str
    bye: str
    verified: str
    talking: str
    wrap_up: str
    how: str
    rated: str


ENGLISH = Words(
    "en", GRETA, "Greta Lindqvist", "For the state of an order press 2.", "order number", "740321#", "post code",
    "22301#", "This is about your order", "anything else", "How satisfied are you", "Thank you for calling.",
    "Verified", "Talking", "Take time to wrap up", "Explained the delivery", "The customer rated 5 of 5",
)  # fmt: skip
CHINESE = Words(
    "zh", FANG, "王芳", "订单查询请按 2。", "订单号", "750432#", "邮编", "200120#", "您的订单状态", "还需要其他服务吗",
    "请为本次通话评分", "感谢您的来电", "已核实", "通话中", "进行后处理", "已说明配送时间", "客户评分：5 分",
)  # fmt: skip


@pytest.fixture
def chen(hotline: Queue) -> Agent:
    """Who speaks Chinese and sees the desk in it."""
    return db.session.scalars(select(Agent).where(Agent.name == "陈悦")).one()


@pytest.fixture
def sit_down(open_desk: Callable[[Agent], Page], serving: Serving, hotline: Queue) -> Iterator[Callable[[Agent], Page]]:
    """Opens somebody's desk with a microphone, and waits until calls can be offered there; afterwards they go home."""
    here: list[Agent] = []

    def open_with_microphone(agent: Agent) -> Page:
        here.append(agent)
        page = open_desk(agent)
        page.context.grant_permissions(["microphone"])
        page.add_init_script(telephones.LISTEN)
        page.goto("/desk")
        expect(page.locator("[data-phone=ready]")).to_be_visible()
        presence.set_presence(agent, PresenceState.AVAILABLE)
        db.session.commit()
        return page

    yield open_with_microphone
    for agent in here:
        presence.set_presence(agent, PresenceState.OFFLINE)
    db.session.commit()


@pytest.fixture
def pick_up(chromium: Browser, serving: Serving, hotline: Queue) -> Iterator[Callable[..., Page]]:
    """Opens a customer's telephone."""
    opened: list[BrowserContext] = []

    def open_handset(number: str, language: str = "en") -> Page:
        context = chromium.new_context(permissions=["microphone"])
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(telephones.LISTEN)
        page.goto(f"{serving.url}/?from=%2B{number[1:]}&to=%2B{NUMBER[1:]}&lang={language}")
        return page

    yield open_handset
    for context in opened:
        context.close()


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_customer_hears_of_the_order_talks_to_an_agent_who_knows_who_it_is_and_rates_the_call(
    site: Site, chen: Agent, sit_down: Callable[[Agent], Page], pick_up: Callable[..., Page], words: Words
) -> None:
    desk, handset = sit_down(chen if words is CHINESE else site.ada), pick_up(words.caller, words.language)
    telephones.call(handset, words.menu, "2", words.order, words.number, words.proof, words.post_code)
    heard(handset, words.progress)
    answer(handset, words.more, "0")
    expect(desk.locator(".ring h2")).to_contain_text(words.name)
    expect(desk.locator(".ring .tier-A")).to_be_visible()
    expect(desk.locator(".ring")).to_contain_text(words.verified)
    desk.keyboard.press("Alt+a")
    expect(desk.locator(".call-bar")).to_contain_text(words.talking)
    expect(desk.locator(".call-bar")).to_contain_text(words.verified)
    for page in (desk, handset):
        assert hears(page)
    telephones.goes_on(handset, seconds=3)  # there is to be something on the recording
    desk.keyboard.press("Alt+e")
    answer(handset, words.rate, "5")
    heard(handset, words.bye)
    expect(desk.locator(".conversation")).to_contain_text(words.rated)
    desk.get_by_role("button", name=words.wrap_up).click()
    desk.locator(".wrap-row [name=disposition]").fill(words.how)
    desk.locator(".wrap-row [name=disposition]").press("Enter")
    expect(desk.locator(".wrapping")).to_have_count(0)
    plays(desk)


def test_a_talk_outlives_a_reload_hold_and_the_agents_browser(
    site: Site, serving: Serving, sit_down: Callable[[Agent], Page], pick_up: Callable[..., Page]
) -> None:
    desk, handset = sit_down(site.ada), pick_up(GRETA)
    telephones.call(handset, "For help with an appliance press 1.", "1")
    expect(desk.locator(".ring h2")).to_contain_text("Greta Lindqvist")
    desk.keyboard.press("Alt+a")
    expect(desk.locator(".call-bar")).to_contain_text("Talking")
    desk.reload()
    expect(desk.locator("[data-phone=ready]")).to_be_visible()
    for page in (desk, handset):
        assert hears(page)
    desk.keyboard.press("Alt+h")
    stands(handset, "On hold")
    for page in (desk, handset):
        assert is_silent(page)
    desk.keyboard.press("Alt+h")
    stands(handset, "Talking")
    assert hears(handset)
    since = desk.locator(".call-bar time").get_attribute("datetime")
    ticket = desk.url
    serving.carrier.exchange.timings = replace(QUICK, page_away=0.1)
    desk.context.close()
    heard(handset, "One moment please, I am connecting you")
    stands(handset, "In line")
    desk = sit_down(site.ada)
    expect(desk.locator(".call-bar")).to_contain_text("Talking")
    expect(desk.locator(".call-bar time")).to_have_attribute("datetime", since or "")
    expect(desk).to_have_url(ticket)
    expect(desk.locator("#card, .card").first).to_contain_text("Greta Lindqvist")
    for page in (desk, handset):
        assert hears(page)
    handset.locator("#end").click()
    expect(desk.locator(".call-bar")).to_have_count(0)


def test_a_colleague_is_asked_while_the_customer_hears_music_and_takes_over(
    site: Site, sit_down: Callable[[Agent], Page], pick_up: Callable[..., Page]
) -> None:
    ada, lee, handset = sit_down(site.ada), sit_down(site.lee), pick_up(GRETA)
    telephones.call(handset, "For help with an appliance press 1.", "1")
    expect(ada.locator(".ring h2")).to_contain_text("Greta Lindqvist")
    ada.keyboard.press("Alt+a")
    expect(ada.locator(".call-bar")).to_contain_text("Talking")
    ada.keyboard.press("Alt+t")
    ada.locator(".whom-row", has_text=site.lee.name).get_by_role("button", name="Ask first").click()
    expect(lee.locator(".ring h2")).to_contain_text("Greta Lindqvist")
    lee.keyboard.press("Alt+a")
    expect(ada.locator(".call-bar")).to_contain_text(f"Talking to {site.lee.name}")
    for page in (ada, lee):
        assert hears(page)
    assert is_silent(handset)
    ada.keyboard.press("Alt+t")
    expect(ada.locator(".call-bar")).to_have_count(0)
    expect(lee.locator(".call-bar")).to_contain_text("Talking")
    for page in (lee, handset):
        assert hears(page)
    handset.locator("#end").click()
    expect(lee.locator(".call-bar")).to_have_count(0)


def test_who_asks_to_be_called_back_keeps_the_place_and_is_called(
    chen: Agent, sit_down: Callable[[Agent], Page], pick_up: Callable[..., Page]
) -> None:
    handset = pick_up(FANG, "zh")
    telephones.call(handset, "家电维修请按 1。", "1", "如需我们回电", "1", "确认请按 1", "1")
    heard(handset, "我们会给您回电")
    stands(handset, "通话已结束")
    desk = sit_down(chen)
    expect(desk.locator(".ring")).to_contain_text("回电")
    expect(desk.locator(".ring h2")).to_contain_text("王芳")
    desk.keyboard.press("Alt+a")
    stands(handset, "来电")
    handset.locator("#call").click()
    expect(desk.locator(".call-bar")).to_contain_text("通话中")
    for page in (desk, handset):
        assert hears(page)
    handset.locator("#end").click()
    expect(desk.locator(".call-bar")).to_have_count(0)


def test_a_message_becomes_a_ticket_that_goes_on_by_text_until_the_customer_says_stop(
    site: Site, sit_down: Callable[[Agent], Page], pick_up: Callable[..., Page]
) -> None:
    handset = pick_up(BO)
    telephones.call(handset, "For leaving a message press 3.", "3")
    heard(handset, "(beep)")
    telephones.goes_on(handset, seconds=3)
    handset.keyboard.press("#")
    heard(handset, "We will get back to you.")
    desk = sit_down(site.ada)
    expect(desk.locator(".ring h2")).to_contain_text("Bo Andersen")
    desk.keyboard.press("Alt+a")
    expect(desk.locator(".conversation")).to_contain_text("The caller left a message")
    plays(desk)
    composer = desk.locator("#composer textarea").first
    composer.fill("We come on Friday at ten. Does that suit you?")
    expect(desk.locator("[data-parts]")).to_contain_text("parts: 1")
    composer.press("Control+Enter")
    expect(handset.locator("#thread")).to_contain_text("We come on Friday at ten.")
    expect(desk.locator(".conversation")).to_contain_text("Delivered")
    telephones.text(handset, "Friday is fine")
    expect(desk.locator(".conversation")).to_contain_text("Friday is fine")
    telephones.text(handset, "STOP")
    expect(desk.locator("#why-not")).to_contain_text("has opted out of texts")
    telephones.text(handset, "START")
    expect(desk.locator("#why-not", has_text="has opted out")).to_have_count(0)
    composer.fill("See you then")
    composer.press("Control+Enter")
    expect(handset.locator("#thread")).to_contain_text("See you then")


def test_a_number_is_tried_from_its_page_as_it_is_saved_and_nothing_is_left(
    site: Site, serving: Serving, hotline: Queue, open_desk: Callable[[Agent], Page]
) -> None:
    before = db.session.scalar(select(func.count(Call.id)))
    number = db.session.scalars(select(PhoneNumber)).one()
    page = open_desk(factories.root())
    page.add_init_script("window.spoken = []; speechSynthesis.speak = (one) => window.spoken.push(one.text);")
    page.goto(f"/admin/phone-numbers/{number.id}/calls")
    page.locator("#greeting_en").fill("Good day from Norra.")
    page.locator("#trial_language").select_option("en")
    page.locator("[data-trial-start]").click()
    page.get_by_role("button", name="Save and try").click()
    expect(page.locator(".trial-heard")).to_contain_text("Good day from Norra.")
    page.wait_for_function("() => spoken.some((one) => one.includes('help with an appliance press 1'))")
    page.keyboard.press("1")
    expect(page.locator(".trial-heard")).to_contain_text("Here a caller joins the queue Service hotline.")
    expect(page.locator(".trial-heard")).to_contain_text("The test call is over.")
    expect(page.locator("[data-trial-start]")).to_be_visible()
    assert "Good day from Norra." in page.evaluate("spoken")
    db.session.rollback()
    assert db.session.scalar(select(func.count(Call.id))) == before
