"""The telephone as people use it: customers' handsets at the emulated carrier, agents' desks, and fake microphones.

Each story is told in both languages. Agents' browsers stay open from one story to the next, as at work; every story
sits its people down at desks where no call is, and sends them home.
"""

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
from contact_center.calls.wording import Prompt
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from tests import factories
from tests.e2e import telephones
from tests.e2e.conftest import PATIENCE, Desks, Site
from tests.e2e.telephones import NUMBER, QUICK, Story, answer, heard, hears, is_silent, plays, stands

NEEDS_TELEPHONE = True
ORDER_NUMBER = "Please type the digits of your order number, and then the hash key. Leave letters out."
POST_CODE = (
    "So that nobody else learns of it, please type the digits of your post code, and then the hash key. "
    "If you would rather get a code, type star and hash."
)


@dataclass
class Staff:
    """Agents' browsers with microphones, one each."""

    desks: Desks
    contexts: dict[str, BrowserContext]
    here: dict[str, Page]

    def sit_down(self, name: str) -> Page:
        """Opens somebody's desk, or goes on at it, and waits until calls can be offered there."""
        if name not in self.contexts:
            self.contexts[name] = context = self.desks.enter(_agent(name))
            context.grant_permissions(["microphone"])
            context.add_init_script(telephones.LISTEN)
        page = self.here.get(name)
        if page is None or page.is_closed():
            page = self.here[name] = self.desks.page(self.contexts[name])
            page.goto("/desk")
        expect(page.locator("[data-phone=ready]")).to_be_visible()
        presence.set_presence(_agent(name), PresenceState.AVAILABLE)
        db.session.commit()
        return page

    def go_home(self) -> None:
        """A desk with a call left over is of a story that has failed."""
        db.session.rollback()
        for name, page in self.here.items():
            presence.set_presence(_agent(name), PresenceState.OFFLINE)
            if not page.is_closed() and page.locator(".call-bar, .ring").count():
                page.close()
        db.session.commit()


def _agent(name: str) -> Agent:
    return db.session.scalars(select(Agent).where(Agent.name == name)).one()


@pytest.fixture(scope="module")
def desks(site: Site, serving: Serving, hotline: Queue, chromium: Browser) -> Iterator[Desks]:
    made = Desks(site, chromium)
    yield made
    made.close()


@pytest.fixture(scope="module")
def everybody(desks: Desks) -> Staff:
    return Staff(desks, {}, {})


@pytest.fixture
def staff(everybody: Staff) -> Iterator[Staff]:
    """Who works in this story."""
    yield everybody
    everybody.go_home()
    problems = list(everybody.desks.problems)
    everybody.desks.problems.clear()
    assert problems == []


@pytest.fixture(scope="module")
def customers(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(permissions=["microphone"])
    context.add_init_script(telephones.LISTEN)
    yield context
    context.close()


@pytest.fixture
def pick_up(customers: BrowserContext, serving: Serving, hotline: Queue) -> Iterator[Callable[[str, Story], Page]]:
    """Opens a customer's telephone."""
    serving.carrier.exchange.timings = QUICK

    def open_handset(number: str, story: Story) -> Page:
        page = customers.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{serving.url}/?from=%2B{number[1:]}&to=%2B{NUMBER[1:]}&lang={story.language[:2]}")
        return page

    yield open_handset
    for page in customers.pages:
        if page.locator("#end").is_visible():  # the story has failed
            page.locator("#end").click()
            stands(page, "completed")
        page.close()


def talks(desk: Page, story: Story) -> None:
    """Wait until the bar says so."""
    expect(desk.locator(".call-bar[data-state=TALKING]")).to_contain_text(story.says("Talking"))


@pytest.fixture(params=[telephones.ENGLISH, telephones.CHINESE], ids=lambda story: story.language[:2])
def story(request: pytest.FixtureRequest) -> Story:
    told: Story = request.param
    return told


def rates(handset: Page, desk: Page, story: Story) -> None:
    """Five stars on the keypad, which the agent sees while wrapping up."""
    answer(handset, story.prompt(Prompt.RATING), "5")
    heard(handset, story.prompt(Prompt.GOODBYE))
    rated = story.says("The customer rated %(score)s", score=story.says("%(score)d of 5 stars", score=5))
    expect(desk.locator(".conversation")).to_contain_text(rated)
    desk.get_by_role("button", name=story.says("Take time to wrap up")).click()
    desk.locator(".wrap-row [name=disposition]").fill("OK")
    desk.locator(".wrap-row [name=disposition]").press("Enter")
    expect(desk.locator(".wrapping")).to_have_count(0)


def test_a_customer_hears_of_the_order_talks_to_an_agent_and_a_colleague_and_rates_the_call(
    staff: Staff, pick_up: Callable[[str, Story], Page], story: Story
) -> None:
    desk, other, handset = staff.sit_down(story.agent), staff.sit_down(story.colleague), pick_up(story.caller, story)
    telephones.call(handset, story.choice("2"), "2")
    answer(handset, story.says(ORDER_NUMBER), story.digits, story.says(POST_CODE), story.post_code)
    heard(handset, story.says("This is about your order: %(progress)s.", progress="").rstrip(" .。"))
    answer(handset, story.says("Is there anything else? Then press 1."), "0")
    expect(desk.locator(".ring h2")).to_contain_text(story.name)
    expect(desk.locator(".ring .tier-A")).to_be_visible()
    expect(desk.locator(".ring .who-line .chip-good")).to_be_visible()
    desk.keyboard.press("Alt+a")
    talks(desk, story)
    expect(desk.locator(".call-name .chip-good")).to_be_visible()
    for page in (desk, handset):
        assert hears(page)
    desk.keyboard.press("Alt+h")
    stands(handset, "held")
    for page in (desk, handset):
        assert is_silent(page)
    desk.keyboard.press("Alt+t")
    who = desk.locator(".whom-row", has_text=story.colleague)
    who.get_by_role("button", name=story.says("Ask first")).click()
    expect(other.locator(".ring h2")).to_contain_text(story.name)
    other.keyboard.press("Alt+a")
    expect(desk.locator(".call-bar")).to_contain_text(story.says("Talking to %(name)s", name=story.colleague))
    for page in (desk, other):
        assert hears(page)
    assert is_silent(handset)
    desk.get_by_role("button", name=story.says("All three")).click()
    talks(other, story)
    for page in (desk, other, handset):
        assert hears(page, voices=2)
    desk.keyboard.press("Alt+t")
    expect(desk.locator(".call-bar")).to_have_count(0)
    expect(other).to_have_url(desk.url)
    expect(other.locator(".card").first).to_contain_text(story.name)
    for page in (other, handset):
        assert hears(page)
    other.keyboard.press("Alt+e")
    rates(handset, other, story)
    plays(other)


def test_who_asks_to_be_called_back_is_called_and_keeps_the_agent_whose_browser_is_lost(
    staff: Staff, serving: Serving, pick_up: Callable[[str, Story], Page], story: Story
) -> None:
    handset = pick_up(story.landline, story)
    telephones.call(handset, story.choice("1"), "1", story.prompt(Prompt.MAY_BE_RECORDED), "1")
    answer(handset, story.says("To be called back without losing your place, press 1."), "1")
    answer(handset, story.says("To go on waiting, press any other key."), "1")
    heard(handset, story.prompt(Prompt.CALLBACK))
    stands(handset, "completed")
    desk = staff.sit_down(story.agent)
    expect(desk.locator(".ring-ask .face")).to_have_count(2)
    name = desk.locator(".ring-ask .face b").nth(1).inner_text()
    desk.keyboard.press("Alt+2")
    expect(desk.locator(".ring h2")).to_contain_text(name)
    desk.keyboard.press("Alt+a")
    stands(handset, "rings")
    handset.locator("#call").click()
    talks(desk, story)
    desk.reload()
    expect(desk.locator("[data-phone=ready]")).to_be_visible()
    for page in (desk, handset):
        assert hears(page)
    since = desk.locator(".call-bar time").get_attribute("datetime")
    ticket = desk.url
    serving.carrier.exchange.timings = replace(QUICK, page_away=0.1)
    desk.close()
    heard(handset, story.prompt(Prompt.CONNECTING))
    stands(handset, "waits")
    desk = staff.sit_down(story.agent)
    talks(desk, story)
    expect(desk.locator(".call-bar time")).to_have_attribute("datetime", since or "")
    expect(desk).to_have_url(ticket)
    expect(desk.locator("#card, .card").first).to_contain_text(name)
    for page in (desk, handset):
        assert hears(page)
    handset.locator("#end").click()
    expect(desk.locator(".call-bar")).to_have_count(0)


def test_a_message_becomes_a_ticket_that_goes_on_by_text_until_the_customer_says_stop(
    staff: Staff, pick_up: Callable[[str, Story], Page], story: Story
) -> None:
    handset = pick_up(story.other, story)
    telephones.call(handset, story.choice("3"), "3")
    expect(handset.locator("#recorded")).to_be_visible()
    telephones.goes_on(handset, seconds=3)
    handset.keyboard.press("#")
    heard(handset, story.prompt(Prompt.VOICEMAIL_KEPT))
    desk = staff.sit_down(story.agent)
    expect(desk.locator(".ring h2")).to_contain_text(story.other_name)
    desk.keyboard.press("Alt+a")
    plays(desk)
    composer = desk.locator("#composer textarea").first
    composer.fill("Friday at ten?")
    parts = story.says("%%d characters · parts: %%d · %%s").split(" · ")[1]
    expect(desk.locator("[data-parts]")).to_contain_text(parts.replace("%%d", "1"))
    composer.press("Control+Enter")
    expect(handset.locator("#thread")).to_contain_text("Friday at ten?")
    expect(desk.locator(".conversation")).to_contain_text(story.says("Delivered"))
    telephones.text(handset, "Friday is fine")
    expect(desk.locator(".conversation")).to_contain_text("Friday is fine")
    telephones.text(handset, story.stop)
    expect(desk.locator("#why-not .banner-warn")).to_be_visible()
    telephones.text(handset, story.start)
    expect(desk.locator("#why-not .banner-warn")).to_have_count(0)
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
