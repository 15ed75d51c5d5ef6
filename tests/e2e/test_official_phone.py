"""The carrier's own library in an agent's browser: against its signalling, with the emulated carrier behind it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from carrier import scripts
from carrier.legs import Leg
from carrier.server.serving import Serving
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.queues.models import Queue
from tests import browsers
from tests.channels.email.certificates import Authority
from tests.conftest import launch
from tests.e2e import telephones
from tests.e2e.conftest import PATIENCE, TELEPHONE, Site
from tests.e2e.signalling import HOST, Signalling, Voice
from tests.e2e.telephones import ENGLISH, NUMBER

NEEDS_WORKER = False
NEEDS_TELEPHONE = True
# A page whose headers a test changes counts as one from far away, which may not connect to this machine.
CHECKS = "LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"
NO_MICROPHONE = """() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
}"""


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
    page.add_init_script(telephones.LISTEN)
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
    official.locator(".ring-accept").click()
    expect(bar).to_contain_text("Talking")
    voice = signalling.voices[-1]
    assert dict(voice.leg.parameters)["nonce"]
    _talks(official, voice)
    signalling.break_lines()
    _wait(official, lambda: signalling.resumed == 1)
    expect(pill).to_have_attribute("data-phone", "ready")
    assert telephones.hears(official)
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
    official.locator(".ring-accept").click()
    expect(official.locator(".toast")).to_contain_text("The microphone cannot be used")
    expect(pill).to_have_attribute("data-phone", "denied")
    with serving.lock:
        caller.hang_up()


def _talks(desk: Page, voice: Voice) -> None:
    """Both hear each other, but not who is mute; and keys arrive."""
    assert telephones.hears(desk)
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
        caller = serving.carrier.place_call(
            ENGLISH.caller, NUMBER, scripts.caller([scripts.until("gather"), scripts.press("1")])
        )
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
