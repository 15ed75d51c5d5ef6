"""What stands in the demo's queues when somebody looks for the first time: little, and something of everything.

Some of tier D who have waited long enough to go before any newcomer, others whom a newcomer of A passes, and a request
that asks for a skill which few have. Called by `installing`; who wrote is chosen by the tier that they have by then.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from contact_center.customers.models import Customer
from contact_center.demo import letters, steps
from contact_center.demo.buyers import Buyer
from contact_center.demo.steps import Play, World
from contact_center.extensions import db


@dataclass(frozen=True, slots=True)
class Wait:
    """One letter that nobody has answered yet."""

    minutes: int
    tier: str
    language: str
    kind: str
    subject: str
    text: str
    by_web: bool = False


# fmt: off
WAITS = (
    Wait(96, "D", "en", "QUESTION", "How do I switch the beep off?",
         "Hello,\n\nthe hob beeps at every touch, also late in the evening. Can that be switched off?\n\nRegards\n{name}"),
    Wait(74, "D", "en", "QUESTION", "Which descaler?",
         "Good day,\n\nthe steam iron asks for descaling. May I take vinegar, or does it have to be yours?\n\n{name}"),
    Wait(41, "C", "en", "DELIVERY", "Can you come in the afternoon?",
         "Hello,\n\nthe delivery is announced for a morning. I am only at home from three o'clock on. Can it be changed?\n\n{name}"),
    Wait(23, "D", "en", "QUESTION", "Manual lost",
         "Hi, I have lost the manual of my oven. Where do I find it, and is there one in Swedish?\n\nThanks\n{name}"),
    Wait(14, "D", "en", "REPAIR", "Washing machine stops half way",
         "Hello,\n\nour washing machine stops in the middle of every programme and shows E18. The water stays inside.\n\n"
         "What can I do?\n\n{name}"),
    Wait(9, "D", "en", "QUESTION", "Opening hours of the shop in Hamburg",
         "Hello, until when is your shop open on Saturdays?\n\n{name}"),
    Wait(4, "A", "en", "QUESTION", "Two more fridges for the staff kitchen",
         "Good morning,\n\nwe need two more fridges like the last ones. When could they be here?\n\n{name}"),
    Wait(33, "D", "en", "QUESTION", "", "Do you take old appliances along when you deliver, and what does it cost?", by_web=True),
    Wait(83, "D", "zh", "QUESTION", "童锁怎么解除？", "您好，电磁灶的童锁不小心打开了，怎么解除？\n{name}"),
    Wait(27, "C", "zh", "DELIVERY", "能改到周末送货吗？", "你好，平时家里没人，送货能不能改到周六？\n{name}"),
    Wait(12, "D", "zh", "QUESTION", "滤网多久换一次？", "请问滤网多久换一次？在哪里可以买到？\n{name}"),
    Wait(6, "A", "zh", "INVOICE", "发票抬头写错了", "您好，上个月的发票抬头少了两个字，麻烦重开一张，月底前要报账。\n{name}"),
)
# fmt: on


def plays(world: World, buyers: Sequence[Buyer], seed: int) -> list[Play]:
    """The letters of the last two hours; everybody writes one at most."""
    rng = random.Random(f"{seed}.waiting")
    writers = [buyer for buyer in buyers if not buyer.company]
    rng.shuffle(writers)
    return [_written(each, world, writers, random.Random(f"{seed}.waiting.{each.minutes}")) for each in WAITS]


def _written(wait: Wait, world: World, writers: list[Buyer], rng: random.Random) -> Play:
    yield world.now - timedelta(minutes=wait.minutes)
    buyer = _writer(wait, writers)
    slots = letters.Slots({"name": buyer.name, "order": ""})
    if wait.by_web:
        steps.take_in(letters.request(buyer, wait.kind, wait.text, slots, rng))
    else:
        steps.write_to_us(world, buyer, wait.kind, wait.subject, wait.text, slots, rng)


def _writer(wait: Wait, writers: list[Buyer]) -> Buyer:
    """Somebody of the tier; of another if nobody is left."""
    able = [buyer for buyer in writers if buyer.language == wait.language]
    known = select(Customer.external_id, Customer.tier).where(Customer.external_id.in_([each.number for each in able]))
    tiers = {row.external_id: row.tier or "D" for row in db.session.execute(known)}
    of_tier = (each for each in able if tiers.get(each.number) == wait.tier)
    found = next(of_tier, (able or writers)[0])
    writers.remove(found)
    return found
