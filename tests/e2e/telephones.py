"""Telephones in browsers, as people use them: a handset that dials and presses keys, and whether anything is heard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale, gettext
from playwright.sync_api import Page, expect

from carrier.timings import Timings
from contact_center.calls import wording
from contact_center.calls.wording import Prompt

NUMBER = "+4930901820"
PATIENCE = 20  # seconds; only a failing test waits that long


@dataclass(frozen=True, slots=True)
class Story:
    """Who calls in a language, who answers, and what they type; what is read and heard is the product's own."""

    language: str
    agent: str
    colleague: str
    caller: str
    name: str
    order: str
    digits: str
    post_code: str
    landline: str
    household: tuple[str, str]
    other: str
    other_name: str
    stop: str
    start: str

    def says(self, words: str, **named: object) -> str:
        """What the product says for *words*."""
        with force_locale(self.language):
            return gettext(words, **named)

    def prompt(self, prompt: Prompt) -> str:
        return wording.usual(prompt, self.language)

    def choice(self, key: str) -> str:
        """What the menu says of a key."""
        words = next(one["words"][self.language] for one in CHOICES if one["key"] == key)
        return self.says("For %(what)s press %(key)s.", what=words, key=key)


ENGLISH = Story(
    "en", "Ada Brandt", "Lee Wong", "+46705550184", "Greta Lindqvist", "K7-40321-QX", "740321#", "22301#",
    "+46855500100", ("Ines Moreau", "Paul Moreau"), "+4915112345678", "Bo Andersen", "STOP", "START",
)  # fmt: skip
CHINESE = Story(
    "zh_Hans_CN", "陈悦", "赵敏", "+8613800138000", "王芳", "K7-50432-QX", "750432#", "200120#",
    "+862155550100", ("李娜", "李强"), "+8613900139000", "孙磊", "退订", "恢复",
)  # fmt: skip
# People speak and browsers connect a little faster here; nothing is left out.
QUICK = Timings(
    announcement=0.01, han=0.04, breath=0.05, first_webhook=(0.0, 0.05), client_connect=(0.05, 0.1),
    callback_median=0.03, recording_ready=(0.1, 0.2), message_sent=0.05, message_delivered=(0.1, 0.3), page_away=10,
)  # fmt: skip
CHOICES: list[dict[str, Any]] = [
    {"key": "1", "does": "queue", "words": {"en": "help with an appliance", "zh_Hans_CN": "家电维修"}},
    {"key": "2", "does": "order", "words": {"en": "the state of an order", "zh_Hans_CN": "订单查询"}},
    {"key": "3", "does": "voicemail", "words": {"en": "leaving a message", "zh_Hans_CN": "留言"}},
]
# Every connection that a page makes, so that a test can ask what comes through it.
LISTEN = """
window.connections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); window.connections.push(this); }
};
"""
# What was received until now: bytes, and the energy of each voice. Looking at it costs the browser something.
RECEIVED = """
const received = async () => {
  const sum = {bytes: 0, voices: new Map()};
  for (const one of window.connections.filter((pc) => pc.connectionState === "connected"))
    for (const row of (await one.getStats()).values())
      if (row.type === "inbound-rtp") { sum.bytes += row.bytesReceived; sum.voices.set(one, row.totalAudioEnergy); }
  return sum;
};
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const until = performance.now() + 20000;
"""
HEARS = f"""async (voices) => {{
  {RECEIVED}
  const before = (await received()).voices;
  while (performance.now() < until) {{
    const now = [...(await received()).voices];
    if (now.filter(([one, energy]) => energy > (before.get(one) ?? 0) + 0.01).length === voices) return true;
    await pause(100);
  }}
  return false;
}}"""
IS_SILENT = f"""async () => {{
  {RECEIVED}
  while (performance.now() < until) {{
    const before = (await received()).bytes;
    await pause(700);
    if ((await received()).bytes === before) return true;
  }}
  return false;
}}"""


def call(handset: Page, *dialogue: str) -> None:
    """Dial, and answer what is heard: words to wait for and keys to press, by turns."""
    handset.locator("#call").click()
    answer(handset, *dialogue)


def answer(handset: Page, *dialogue: str) -> None:
    """What is heard, the keys for it, and so on."""
    for words, keys in zip(dialogue[::2], dialogue[1::2], strict=True):
        expect(handset.locator("#heard")).to_contain_text(words)
        handset.keyboard.type(keys)


def stands(handset: Page, state: str) -> None:
    """Wait until the handset says that its call stands so."""
    expect(handset.locator(f"#state[data-state={state}]")).to_be_visible()


def heard(handset: Page, words: str) -> None:
    """Wait until that is said."""
    expect(handset.locator("#heard")).to_contain_text(words)


def goes_on(handset: Page, seconds: int) -> None:
    """Wait until the call's clock has gone on for so long."""
    minutes, _, second = handset.locator("#clock").inner_text().partition(":")
    at = 60 * int(minutes) + int(second) + seconds
    later = "|".join(f"{time // 60}:{time % 60:02}" for time in range(at, at + PATIENCE))
    expect(handset.locator("#clock")).to_have_text(re.compile(later))


def text(handset: Page, words: str) -> None:
    """Write a text message."""
    handset.locator("#text").fill(words)
    handset.locator("#text").press("Enter")


def plays(desk: Page) -> None:
    """Play the first recording of the ticket until it has gone on for a while."""
    play = desk.locator(".player-play").first
    play.click()
    expect(desk.locator("[data-player-now]").first).to_have_text(re.compile("0:0[1-9]"))
    play.click()


def hears(page: Page, voices: int = 1) -> bool:
    """Whether so many voices come to be heard, each of its own connection."""
    return bool(page.evaluate(HEARS, voices))


def is_silent(page: Page) -> bool:
    """Whether nothing arrives any more, once what was under way has come."""
    return bool(page.evaluate(IS_SILENT))
