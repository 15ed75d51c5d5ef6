"""Telephones in browsers, as people use them: a handset that dials and presses keys, and whether anything is heard."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from carrier.timings import Timings

NUMBER, GRETA, FANG, BO = "+4930901820", "+46705550184", "+8613800138000", "+4915112345678"
# People speak and browsers connect a little faster here; nothing is left out.
QUICK = Timings(
    announcement=0.01, han=0.04, breath=0.05, first_webhook=(0.0, 0.05), client_connect=(0.05, 0.1),
    callback_median=0.03, recording_ready=(0.1, 0.2), message_sent=0.05, message_delivered=(0.1, 0.3), page_away=10,
)  # fmt: skip
CHOICES = [
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
# What was received until now: bytes, and the energy of the voice in it.
HEARD = """async () => {
  const sum = {bytes: 0, energy: 0};
  for (const one of window.connections.filter((pc) => pc.connectionState === "connected"))
    for (const row of (await one.getStats()).values())
      if (row.type === "inbound-rtp") { sum.bytes += row.bytesReceived; sum.energy += row.totalAudioEnergy; }
  return sum;
}"""


def call(handset: Page, *dialogue: str) -> None:
    """Dial, and answer what is heard: words to wait for and keys to press, by turns."""
    handset.locator("#call").click()
    answer(handset, *dialogue)


def answer(handset: Page, *dialogue: str) -> None:
    """What is heard, the keys for it, and so on."""
    for words, keys in zip(dialogue[::2], dialogue[1::2], strict=True):
        expect(handset.locator("#heard")).to_contain_text(words)
        handset.keyboard.type(keys)


def stands(handset: Page, words: str) -> None:
    """Wait until the handset says how its call stands."""
    expect(handset.locator("#state")).to_have_text(words)


def heard(handset: Page, words: str) -> None:
    """Wait until that is said."""
    expect(handset.locator("#heard")).to_contain_text(words)


def goes_on(handset: Page, seconds: int) -> None:
    """Wait until the call's clock has gone on for so long."""
    handset.wait_for_function(
        """([before, seconds]) => {
          const at = (text) => text.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
          return at(document.querySelector("#clock").textContent) >= at(before) + seconds;
        }""",
        arg=[handset.locator("#clock").inner_text(), seconds],
    )


def text(handset: Page, words: str) -> None:
    """Write a text message."""
    handset.locator("#text").fill(words)
    handset.locator("#text").press("Enter")


def plays(desk: Page) -> None:
    """Play the first recording of the ticket, and wait until it has gone on for a while."""
    desk.locator(".player-play").first.click()
    expect(desk.locator("[data-player-now]").first).to_have_text(re.compile("0:0[1-9]"))


def hears(page: Page) -> bool:
    """Wait for a voice; a test that waits in vain fails here."""
    page.wait_for_function(f"async () => (await ({HEARD})()).bytes > 0")
    before = page.evaluate(HEARD)["energy"]
    page.wait_for_function(f"async (before) => (await ({HEARD})()).energy > before + 0.01", arg=before)
    return True


def is_silent(page: Page) -> bool:
    """Whether nothing arrives any more, once what was under way has come."""
    page.wait_for_function(f"""async () => {{
      const before = (await ({HEARD})()).bytes;
      await new Promise((resolve) => setTimeout(resolve, 700));
      return (await ({HEARD})()).bytes === before;
    }}""")
    return True
