"""A real call: a customer's handset at the emulated carrier, an agent's desk, and two fake microphones."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from carrier import scripts
from carrier.account import Account, Hooks
from carrier.legs import Leg
from carrier.server.serving import Serving
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.calendars import settings as calendars
from contact_center.calendars.settings import Wanted
from contact_center.calls.lines import CallLine
from contact_center.extensions import db
from contact_center.queues.models import Queue, WrapUp
from tests import browsers, factories
from tests.channels.email.certificates import Authority
from tests.conftest import launch
from tests.e2e.conftest import PATIENCE, TELEPHONE, Site
from tests.e2e.signalling import HOST, Signalling, Voice

NEEDS_WORKER = False
NEEDS_TELEPHONE = True
NUMBER, GRETA = "+4930901820", "+46705550184"
# A page whose headers a test changes counts as one from far away, which may not connect to this machine.
CHECKS = "LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"
NO_MICROPHONE = """() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
}"""
# Every connection that a page makes, so that the test can ask what comes through it.
LISTEN = """
window.connections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); window.connections.push(this); }
};
"""
# What was received until now: bytes, and the energy of the voice in it.
HEARD = """async () => {
  const sum = {bytes: 0, energy: 0};
  for (const one of window.connections.filter((pc) => pc.connectionState === "connected"))
    for (const row of (await one.getStats()).values())
      if (row.type === "inbound-rtp") { sum.bytes += row.bytesReceived; sum.energy += row.totalAudioEnergy; }
  return sum;
}"""


@pytest.fixture(scope="module")
def serving(site: Site) -> Iterator[Serving]:
    """The carrier of which the site is a customer."""
    account = Account(*(TELEPHONE[f"TWILIO_{name}"] for name in ("ACCOUNT_SID", "AUTH_TOKEN", "API_KEY", "API_SECRET")))
    serving = Serving(account, port=site.carrier_port)
    told = f"{site.url}/twilio/events/leg"
    serving.carrier.exchange.every_number = Hooks(voice_url=f"{site.url}/twilio/calls/in", status_callback=told)
    serving.carrier.application(
        TELEPHONE["TWILIO_APP_SID"], voice_url=f"{site.url}/twilio/calls/client", status_callback=told
    )
    serving.start()
    yield serving
    serving.stop()


@pytest.fixture(scope="module")
def carrier(serving: Serving) -> str:
    """Its address."""
    return serving.url


@pytest.fixture(scope="module")
def hotline(site: Site) -> Queue:
    """A number with a menu, and a customer of tier A who has one."""
    always = Wanted("Day and night", "Europe/Berlin", None, None, frozenset((day, 0, 24 * 60) for day in range(7)))
    calendar = calendars.create(always, site.lee)
    queue = factories.queue("Service hotline", site.ada, calendar_id=calendar.id, wrap_up=WrapUp.OPTIONAL)
    number = factories.number(queue, NUMBER)
    choices = [{"key": "1", "does": "queue", "words": {"en": "help with an appliance"}}]
    db.session.add(CallLine(number_id=number.id, greetings={"en": "Welcome to Norra Care."}, choices=choices))
    factories.greta().tier = "A"
    db.session.commit()
    return queue


@pytest.fixture
def telephones(open_desk: Callable[[Agent], Page], carrier: str) -> Callable[[Agent], Page]:
    """Opens somebody's desk with a microphone, and waits until calls can be offered there."""

    def open_with_microphone(agent: Agent) -> Page:
        page = open_desk(agent)
        page.context.grant_permissions(["microphone"])
        page.add_init_script(LISTEN)
        page.goto("/desk")
        expect(page.locator("[data-phone=ready]")).to_be_visible()
        presence.set_presence(agent, PresenceState.AVAILABLE)
        db.session.commit()
        return page

    return open_with_microphone


@pytest.fixture
def handset(chromium: Browser, carrier: str) -> Iterator[Page]:
    """A customer's telephone."""
    context: BrowserContext = chromium.new_context(locale="en-GB", permissions=["microphone"])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(LISTEN)
    page.goto(f"{carrier}/?from=%2B46705550184&to=%2B4930901820")
    yield page
    context.close()


def test_a_customer_calls_and_both_hear_each_other_after_a_reload_too_but_not_on_hold(
    site: Site, hotline: Queue, telephones: Callable[[Agent], Page], handset: Page
) -> None:
    desk = telephones(site.ada)
    _call(handset)
    expect(desk.locator(".ring h2")).to_contain_text("Greta Lindqvist")
    expect(desk.locator(".ring .tier-A")).to_be_visible()
    desk.keyboard.press("Alt+a")
    expect(desk.locator(".call-bar")).to_contain_text("Talking")
    expect(desk.locator(".call-bar")).to_contain_text("Greta Lindqvist")
    for page in (desk, handset):
        assert _hears(page)
    desk.reload()
    expect(desk.locator("[data-phone=ready]")).to_be_visible()
    for page in (desk, handset):
        assert _hears(page)
    desk.keyboard.press("Alt+h")
    expect(handset.locator("#state")).to_have_text("On hold")
    for page in (desk, handset):
        assert _is_silent(page)
    desk.keyboard.press("Alt+h")
    expect(handset.locator("#state")).to_have_text("Talking")
    assert _hears(handset)
    desk.keyboard.press("Alt+e")
    expect(desk.locator(".call-bar")).to_have_count(0)
    expect(handset.locator("#state")).to_have_text(re.compile("over"))


def test_a_colleague_is_asked_while_the_customer_hears_music_and_takes_over(
    site: Site, hotline: Queue, telephones: Callable[[Agent], Page], handset: Page
) -> None:
    ada, lee = telephones(site.ada), telephones(site.lee)
    _call(handset)
    expect(ada.locator(".ring h2")).to_contain_text("Greta Lindqvist")
    ada.keyboard.press("Alt+a")
    expect(ada.locator(".call-bar")).to_contain_text("Talking")
    ada.keyboard.press("Alt+t")
    ada.locator(".whom-row", has_text=site.lee.name).get_by_role("button", name="Ask first").click()
    expect(lee.locator(".ring h2")).to_contain_text("Greta Lindqvist")
    lee.keyboard.press("Alt+a")
    expect(ada.locator(".call-bar")).to_contain_text(f"Talking to {site.lee.name}")
    for page in (ada, lee):
        assert _hears(page)
    assert _is_silent(handset)
    ada.keyboard.press("Alt+t")
    expect(ada.locator(".call-bar")).to_have_count(0)
    expect(lee.locator(".call-bar")).to_contain_text("Talking")
    for page in (lee, handset):
        assert _hears(page)
    handset.get_by_role("button", name="Hang up").click()
    expect(lee.locator(".call-bar")).to_have_count(0)


@pytest.fixture
def signalling(serving: Serving, tmp_path: Path) -> Iterator[Signalling]:
    """Where the carrier's official library signs in."""
    made = Signalling(serving.carrier, serving.lock, Authority(tmp_path).context())
    made.start()
    yield made
    made.stop()


@pytest.fixture
def official(site: Site, chromium: Browser, signalling: Signalling) -> Iterator[Page]:
    """Ada's desk as it is at the real carrier, whose host is here by name resolution; no other name leads anywhere."""
    names = f"MAP {HOST} 127.0.0.1:{signalling.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    browser = launch(chromium.browser_type, f"--host-resolver-rules={names}", f"--disable-features={CHECKS}")
    context = browser.new_context(base_url=site.url, permissions=["microphone"], ignore_https_errors=True)
    cookie = browsers.signed_in(site.app, site.ada).get_cookie("cc")
    assert cookie is not None
    context.add_cookies([{"name": "cc", "value": cookie.value, "url": site.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(LISTEN)
    emulated = dataclasses.replace(
        site.app.config["CC"], twilio_app_sid="AP", twilio_api_base=f"http://127.0.0.1:{site.carrier_port}"
    )
    real = dataclasses.replace(emulated, twilio_api_base="").phone_sources

    def policy(route: Route) -> None:
        if route.request.resource_type != "document":
            route.fallback()
            return
        answer = route.fetch()
        said = answer.headers["content-security-policy"].replace(emulated.phone_sources, real)
        route.fulfill(response=answer, headers=answer.headers | {"content-security-policy": said})

    def kind(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"kind": "twilio"})

    page.route(re.compile("/desk"), policy)
    page.route("**/desk/phone/pass", kind)
    yield page
    browser.close()


def test_the_official_library_signs_in_telephones_and_says_what_goes_wrong(
    site: Site, hotline: Queue, serving: Serving, signalling: Signalling, official: Page
) -> None:
    pill, bar = official.locator("[data-phone]"), official.locator(".call-bar")
    signalling.refuses = 31205
    _open_in(site, official, "zh_Hans_CN")
    expect(pill).to_have_attribute("data-phone", "refused")
    expect(pill).to_have_attribute("title", re.compile("运营商"))
    signalling.refuses = 0
    _open_in(site, official, "en")
    expect(pill).to_have_attribute("data-phone", "ready")
    _lets_in(signalling.passes[-1], site.ada)
    signalling.break_lines()
    expect(pill).to_have_attribute("data-phone", "unreachable")
    expect(pill).to_have_attribute("data-phone", "ready")
    presence.set_presence(site.ada, PresenceState.AVAILABLE)
    db.session.commit()

    caller = _ring(serving, official)
    official.keyboard.press("Alt+a")
    expect(bar).to_contain_text("Talking")
    voice = signalling.voices[-1]
    assert dict(voice.leg.parameters)["nonce"]
    _talks(official, voice)
    signalling.break_lines()
    _wait(official, lambda: signalling.resumed == 1)
    expect(pill).to_have_attribute("data-phone", "ready")
    assert _hears(official)
    _wait(official, lambda: voice.is_heard)

    official.reload()  # the library hangs up as the page goes, and the caller comes back to the same window
    _wait(official, lambda: not voice.leg.live)
    _wait(official, lambda: signalling.voices[-1].is_heard and signalling.voices[-1] is not voice)
    expect(bar).to_contain_text("Talking")
    with serving.lock:
        caller.hang_up()
    expect(bar).to_have_count(0)
    assert official.evaluate("window.connections.every((one) => one.connectionState === 'closed')")

    official.evaluate(NO_MICROPHONE)
    caller = _ring(serving, official)
    official.keyboard.press("Alt+a")
    expect(official.locator(".toast")).to_contain_text("The microphone cannot be used")
    expect(pill).to_have_attribute("data-phone", "denied")
    with serving.lock:
        caller.hang_up()


def _talks(desk: Page, voice: Voice) -> None:
    """Both hear each other, but not who is mute; and keys arrive."""
    assert _hears(desk)
    _wait(desk, lambda: voice.is_heard)
    desk.keyboard.press("Alt+m")
    _wait(desk, lambda: voice.is_silent)
    desk.keyboard.press("Alt+m")
    _wait(desk, lambda: voice.is_heard)
    desk.keyboard.press("Alt+k")
    for key in "12#":
        desk.locator(f"[data-phone-key='{key}']").click()
    _wait(desk, lambda: voice.keys == "12#")
    desk.keyboard.press("Escape")


def _ring(serving: Serving, desk: Page) -> Leg:
    """Greta calls, and is offered."""
    with serving.lock:
        caller = serving.carrier.place_call(GRETA, NUMBER, scripts.caller(answers={"press 1": "1"}))
    expect(desk.locator(".ring h2")).to_contain_text("Greta Lindqvist")
    return caller


def _lets_in(given: str, agent: Agent) -> None:
    said = jwt.decode(given, options={"verify_signature": False})["grants"]
    assert said["identity"] == f"agent_{agent.id}"
    assert said["voice"]["outgoing"]["application_sid"] == TELEPHONE["TWILIO_APP_SID"]


def _open_in(site: Site, page: Page, language: str) -> None:
    site.ada.language = language
    db.session.commit()
    page.goto("/desk")


def _wait(page: Page, condition: Callable[[], bool]) -> None:
    """Until something is so outside of the page."""
    waited = 0
    while not condition():
        waited += 50
        assert waited < PATIENCE
        page.wait_for_timeout(50)


def _call(handset: Page) -> None:
    """Through the menu, into the queue."""
    handset.get_by_role("button", name="Call").click()
    expect(handset.locator("#heard")).to_contain_text("For help with an appliance press 1.")
    handset.get_by_role("button", name="1", exact=True).click()
    expect(handset.locator("#state")).to_have_text("In line")


def _hears(page: Page) -> bool:
    """Wait for a voice; a test that waits in vain fails here."""
    page.wait_for_function(f"async () => (await ({HEARD})()).bytes > 0")
    before = page.evaluate(HEARD)["energy"]
    page.wait_for_function(f"async (before) => (await ({HEARD})()).energy > before + 0.01", arg=before)
    return True


def _is_silent(page: Page) -> bool:
    """Whether nothing arrives any more, once what was under way has come."""
    page.wait_for_function(f"""async () => {{
      const before = (await ({HEARD})()).bytes;
      await new Promise((resolve) => setTimeout(resolve, 700));
      return (await ({HEARD})()).bytes === before;
    }}""")
    return True
