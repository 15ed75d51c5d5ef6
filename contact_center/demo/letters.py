"""The demo's letters as they would arrive: real MIME with all its variety, and web forms."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from contact_center import clock
from contact_center.channels.base import RawMessage
from contact_center.channels.web.submissions import Form, Submission
from contact_center.demo.buyers import Buyer
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "zh": [f"{n} 月" for n in range(1, 13)],
}


@dataclass(frozen=True, slots=True)
class Slots:
    """What the texts' {slots} stand for in one story."""

    values: dict[str, str]

    @property
    def first_name(self) -> str:
        return self.values["name"].split()[0]

    def fill(self, text: str) -> str:
        for name, value in self.values.items():
            text = text.replace(f"{{{name}}}", value)
        return text


def slots(buyer: Buyer, rng: random.Random, at: datetime) -> Slots:
    """The facts that any letter may need; `plots` puts those of a purchase in their place."""
    return Slots({
        "name": buyer.name,
        "city": buyer.city,
        "street": buyer.street,
        "fridge": "FrostLine 420",
        "washer": "W9 Pro",
        "steamer": "Steam Q2",
        "weekday": day(buyer, at + timedelta(days=rng.randint(1, 2))),
        "weekday2": day(buyer, at + timedelta(days=rng.randint(3, 5))),
        "month": month(buyer, at - timedelta(days=60)),
        "order": "",
    })  # fmt: skip


def day(buyer: Buyer, at: datetime) -> str:
    """The weekday in the buyer's language."""
    return _DAYS[buyer.language][at.weekday()]


def month(buyer: Buyer, at: datetime) -> str:
    """The month in the buyer's language."""
    return _MONTHS[buyer.language][at.month - 1]


def opening(
    buyer: Buyer, address: str, subject: str, text: str, facts: Slots, rng: random.Random, kind: str
) -> EmailMessage:
    """The first mail of a story; some with a picture, some in GB2312, some with HTML."""
    mail = _mail(buyer, address, subject, facts.fill(text), rng)
    if kind == "REPAIR" and rng.random() < 0.3:
        mail.add_attachment(_picture(rng), maintype="image", subtype="png", filename="type-label.png")
    return mail


def answer(buyer: Buyer, address: str, ticket: Ticket, last: Message, text: str, rng: random.Random) -> EmailMessage:
    """An answer to *last*, to our reply address, with our words quoted under it."""
    quoted = "\n".join(f"> {line}" for line in last.text.splitlines())
    when = f"{clock.now():%Y-%m-%d %H:%M}"
    head = f"在 {when}，Norra Care 写道：" if buyer.language == "zh" else f"On {when}, Norra Care wrote:"
    local, _, domain = address.partition("@")
    mail = _mail(
        buyer, f"{local}+cc-{ticket.token}@{domain}", f"Re: {last.subject}", f"{text}\n\n{head}\n{quoted}\n", rng
    )
    mail["In-Reply-To"] = last.external_id
    mail["References"] = last.external_id
    return mail


def _mail(buyer: Buyer, address: str, subject: str, text: str, rng: random.Random) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{buyer.name} <{buyer.email}>" if buyer.name.isascii() else f'"{buyer.name}" <{buyer.email}>'
    mail["To"] = address
    mail["Subject"] = subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{hashlib.sha256(rng.randbytes(16)).hexdigest()[:24]}@{buyer.email.partition('@')[2]}>"
    charset = "gb2312" if buyer.language == "zh" and rng.random() < 0.3 and _fits(text, "gb2312") else "utf-8"
    mail.set_content(text, charset=charset)
    if rng.random() < 0.4:
        body = "".join(f"<p>{line or '&nbsp;'}</p>" for line in text.replace("<", "&lt;").split("\n"))
        mail.add_alternative(f"<html><body>{body}</body></html>", subtype="html", charset="utf-8")
    return mail


def as_raw(mail: EmailMessage, mailbox_id: int) -> RawMessage:
    """As the mail room would keep it."""
    payload = mail.as_bytes()
    external_id = f"demo:{hashlib.sha256(payload).hexdigest()}"
    return RawMessage("email", external_id, payload, clock.now(), mailbox_id)


def request(buyer: Buyer, kind: str, text: str, facts: Slots, rng: random.Random) -> RawMessage:
    """As the portal would hand it over."""
    sent = Submission(
        form=Form.REQUEST,
        nonce=rng.randbytes(12).hex(),
        sender=Address(Scheme.EMAIL, buyer.email),
        sender_name=buyer.name,
        text=facts.fill(text),
        language=buyer.language,
        fields={"kind": kind, "order_number": facts.values["order"], "phone": buyer.phone},
    )
    return RawMessage("web", sent.external_id(), sent.payload(), clock.now(), facts={"files": []})


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _picture(rng: random.Random) -> bytes:
    """A small PNG of a shaded label, different each time."""
    width, height, tint = 160, 100, rng.randint(90, 200)
    rows = b"".join(
        b"\0"
        + bytes(
            min(255, tint + (x * 60 // width) - (40 if 20 < x < 140 and 30 < y < 36 + y % 9 else 0))
            for x in range(width)
        )
        for y in range(height)
    )

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
