"""A ticket's words without what tells whose it is: names, addresses, numbers. A person looks over what comes of it.

`beside` makes drafts of articles of them. Nothing that the customer wrote is taken but the subject.
"""

from __future__ import annotations

import re

from markupsafe import escape
from sqlalchemy import select

from contact_center.extensions import db
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Ticket

LEFT_OUT = "…"
MOST_ANSWERS = 20
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S*/r/\S+")
_NUMBER = re.compile(r"(?<![\w.,])\+?\d(?:[\d\s()/-]{5,}\d)")
_GREETING = re.compile(
    r"^\s*(?:dear|hello|hi|good (?:morning|afternoon|evening)|尊敬的|您好|你好|亲爱的)[^\n]{0,60}[,，:：!！]\s*$",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"^\s*(?:(?:best |kind |warm )?regards|sincerely|yours|many thanks|best wishes|此致|敬礼|祝好|谢谢)[\s,.，。!！]*$",
    re.IGNORECASE,
)


def subject(ticket: Ticket) -> str:
    """What it was about."""
    return _without(ticket.subject, _names(ticket)) or ticket.ref


def answers(ticket: Ticket) -> str:
    """What we answered, as markup: a paragraph for each, without greetings and names."""
    asked = select(Message.text).where(Message.ticket_id == ticket.id, Message.author == Author.AGENT)
    asked = asked.order_by(Message.id).limit(MOST_ANSWERS)
    names = _names(ticket)
    said = [_without(_body(text), names) for text in db.session.scalars(asked)]
    parts = [part.strip() for text in said for part in re.split(r"\n\s*\n", text) if part.strip()]
    return "".join(f"<p>{'<br>'.join(str(escape(line)) for line in part.splitlines())}</p>" for part in parts)


def _body(text: str) -> str:
    """What stands between the greeting and the farewell."""
    lines = text.splitlines()
    while lines and (not lines[0].strip() or _GREETING.match(lines[0])):
        lines.pop(0)
    end = next((place for place, line in enumerate(lines) if _FAREWELL.match(line)), len(lines))
    return "\n".join(lines[:end])


def _names(ticket: Ticket) -> list[str]:
    """What the customer, and who wrote for them, is called; the order; the longest first."""
    customer = ticket.customer
    known = [ticket.order_number or ""]
    if customer is not None:
        known += [customer.name, *customer.name.split(), customer.street or "", *(p.value for p in customer.points)]
        known += [customer.company.name] if customer.company else []
    senders = select(Message.sender_name).where(Message.ticket_id == ticket.id, Message.author == Author.CUSTOMER)
    for name in db.session.scalars(senders.distinct().limit(MOST_ANSWERS)):
        known += [name, *name.split()]
    return sorted({name.strip() for name in known if len(name.strip()) > 1}, key=len, reverse=True)


def _without(text: str, names: list[str]) -> str:
    text = _NUMBER.sub(LEFT_OUT, _ADDRESS.sub(LEFT_OUT, text))
    for name in names:
        is_word = name[0].isascii()
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)" if is_word else re.escape(name)
        text = re.sub(pattern, LEFT_OUT, text, flags=re.IGNORECASE)
    return text.strip()
