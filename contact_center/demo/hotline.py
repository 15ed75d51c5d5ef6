"""The demo's telephone: a number with a menu in two languages, open day and night, and whom the handset can play.

Numbers come from ranges that no carrier hands out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.calendars.settings import Wanted
from contact_center.calls.lines import CallLine, Does
from contact_center.calls.models import Policy
from contact_center.customers.models import ContactPoint, Customer
from contact_center.extensions import db
from contact_center.mailboxes import numbers
from contact_center.queues import settings as queues
from contact_center.queues.models import Queue, WrapUp
from contact_center.text.addresses import Scheme

NUMBER, NAME, QUEUE = "+4930901820", "Norra Care", "Service hotline"
SERVING = ("Ada Brandt", "Jonas Krüger", "Nora Hansen", "陈悦")
GREETINGS = {"en": "Welcome to Norra Care.", "zh_Hans_CN": "欢迎致电诺岚家电。"}
CLOSED = {"en": "We are closed at the moment.", "zh_Hans_CN": "现在是非工作时间。"}
CHOICES = (  # key, what it does, the queue if it leads to one, what it is called
    ("1", Does.QUEUE, QUEUE, {"en": "help with an appliance", "zh_Hans_CN": "家电使用与维修"}),
    ("2", Does.QUEUE, "Parts and returns", {"en": "parts and returns", "zh_Hans_CN": "配件与退货"}),
    ("3", Does.QUEUE, "Invoices", {"en": "invoices", "zh_Hans_CN": "发票与账单"}),
    ("4", Does.ORDER, None, {"en": "the state of an order", "zh_Hans_CN": "订单查询"}),
    ("5", Does.TICKET, None, {"en": "the state of a request", "zh_Hans_CN": "服务进度查询"}),
    ("6", Does.VOICEMAIL, None, {"en": "leaving a message", "zh_Hans_CN": "留言"}),
    ("7", Does.ARTICLE, None, {"en": "an answer from our help", "zh_Hans_CN": "常见问题"}),
)
OFFERED: dict[str, Any] = {
    "takes_voicemail": True, "calls_back": True, "asks_rating": True, "records": Policy.ANNOUNCE,
}  # fmt: skip
SERVED: dict[str, Any] = {"target_seconds": 20, "wrap_up": WrapUp.TIMEOUT, "wrap_up_seconds": 120}
EACH = 2  # callers of a tier on the handset's page, besides those whose stories are told
STRANGER = "+4915550000199"


def open_up(administrator: Agent) -> None:
    """Set up the queue, the number that feeds it, and how its calls are received."""
    team_id = db.session.scalars(select(Queue.team_id).where(Queue.name == CHOICES[1][2])).one()
    queue = queues.create(QUEUE, team_id, administrator)
    agents = db.session.scalars(select(Agent.id).where(Agent.name.in_(SERVING)))
    queues.join(queue.id, list(agents), administrator)
    always = frozenset((day, 0, 24 * 60) for day in range(7))
    calendar = calendars.create(Wanted("Day and night", "Europe/Berlin", None, None, always), administrator)
    queues.change(queue, administrator, queue.version, name=QUEUE, team_id=team_id, calendar_id=calendar.id, **SERVED)
    ids = dict(db.session.execute(select(Queue.name, Queue.id)).all())
    fields: dict[str, Any] = {"address": NUMBER, "name": NAME, "language": "en", "queue_id": queue.id}
    row = numbers.create(fields, administrator)
    choices = [
        {"key": key, "does": does, "words": words} | ({"queue_id": ids[name]} if name else {})
        for key, does, name, words in CHOICES
    ]
    said = {"languages": ["zh_Hans_CN"], "greetings": GREETINGS, "closed": CLOSED, "choices": choices}
    db.session.add(CallLine(number_id=row.id, **said, **OFFERED))
    db.session.flush()


def note_book(data_dir: Path, told: Sequence[str]) -> None:
    """Write down for the handset's page what can be rung and who may call; *told* are customers' mail addresses."""
    known = select(ContactPoint.customer_id).where(ContactPoint.value.in_(told))
    first = db.session.execute(_numbers().where(Customer.id.in_(known))).all()
    others = db.session.execute(_numbers().where(Customer.id.not_in(known), Customer.tier.is_not(None))).all()
    some = [row for tier in "ABCD" for row in [one for one in others if one.tier == tier][:EACH]]
    callers = [*map(_entry, [*_one_each(first), *some]), {"name": "", "number": STRANGER, "tier": ""}]
    book = {"numbers": [{"number": NUMBER, "name": NAME}], "callers": callers}
    (data_dir / "telephone-book.json").write_text(json.dumps(book, ensure_ascii=False))


def _numbers() -> Any:
    asked = select(Customer.id, Customer.name, ContactPoint.value, Customer.tier)
    joined = asked.join(ContactPoint, ContactPoint.customer_id == Customer.id)
    return joined.where(ContactPoint.scheme == Scheme.PHONE).order_by(Customer.id, ContactPoint.id)


def _one_each(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    return list({row.id: row for row in reversed(rows)}.values())[::-1]


def _entry(row: Row[Any]) -> dict[str, str]:
    return {"name": row.name, "number": row.value, "tier": row.tier or ""}
