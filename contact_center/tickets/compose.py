"""The words of an outgoing mail: subject, text and HTML with signatures, and the last message quoted below.

Called by `replies`. Reads nothing but its arguments and the installation's zone; what a customer wrote is escaped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime
from flask import current_app
from flask_babel import force_locale, gettext

from contact_center.agents.models import Agent
from contact_center.mailboxes.places import OwnMailbox
from contact_center.text import addresses, languages
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket

MAX_SUBJECT = 200
MAX_QUOTE = 10_000  # characters of the last message that go back with the answer
_ANSWERS = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|vs|odp|rif|回复|答复|回覆|答覆)(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE
)
_OUR_REF = re.compile(r"\s*\[CC-\d+\]", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"'，。；：！？、（）「」『』【】《》]+")
_QUOTE = "margin:0 0 0 .8ex;border-left:2px solid #ccc;padding-left:1ex"


@dataclass(frozen=True, slots=True)
class Body:
    """The same words twice: as plain text and as HTML."""

    text: str
    html: str


def subject(ticket: Ticket, last: Message | None) -> str:
    """ "Re: …" once, with our reference, over what the customer wrote; the ticket's title is for our eyes."""
    words = last.subject if last and last.subject.strip() else ticket.subject
    return f"Re: {bare(words)[:MAX_SUBJECT].strip()} [{ticket.ref}]"


def bare(subject: str) -> str:
    """A subject without "Re:", in any language, and without our reference."""
    return _OUR_REF.sub("", " ".join(_ANSWERS.sub("", " ".join(subject.split())).split()))


def fresh_subject(ticket: Ticket) -> str:
    """The subject of the first mail in a ticket that we opened."""
    return f"{' '.join(ticket.subject.split())[:MAX_SUBJECT]} [{ticket.ref}]"


def body(ticket: Ticket, text: str, agent: Agent, mailbox: OwnMailbox, last: Message | None) -> Body:
    """*text*, the agent's and the mailbox's signature, and *last* quoted below, introduced in the ticket's language."""
    signature = "\n".join(part.strip() for part in (agent.signature, mailbox.signature) if part.strip())
    plain, html = [text], [paragraphs(text)]
    if signature:
        plain.append(f"-- \n{signature}")
        html.append(f'<p class="cc-signature">-- <br>{_lines(signature)}</p>')
    if last is not None and last.text.strip():
        said, quoted = _introduction(ticket, last, mailbox), _shortened(last.text.strip())
        plain.append("\n".join([said, *(f"> {line}".rstrip() for line in quoted.splitlines())]))
        html.append(f'<p>{escape(said)}</p><blockquote type="cite" style="{_QUOTE}">{paragraphs(quoted)}</blockquote>')
    return Body("\n\n".join(plain) + "\n", "\n".join(html))


def paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs, addresses of pages become links, the rest is escaped."""
    return "\n".join(f"<p>{_lines(part)}</p>" for part in re.split(r"\n\s*\n", text.strip("\n")))


def _lines(text: str) -> str:
    return "<br>\n".join(_linked(line) for line in text.split("\n"))


def _linked(line: str) -> str:
    parts, end = [], 0
    for found in _LINK.finditer(line):
        url = found.group().rstrip(".,;:!?)")
        parts.append(escape(line[end : found.start()]))
        parts.append(f'<a href="{escape(url)}">{escape(url)}</a>')
        end = found.start() + len(url)
    return "".join(parts) + escape(line[end:])


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_QUOTE else text[:MAX_QUOTE].rsplit("\n", 1)[0] + "\n[…]"


def _introduction(ticket: Ticket, last: Message, mailbox: OwnMailbox) -> str:
    locale = languages.locale_of(ticket.language, mailbox.language)
    name = last.sender_name.strip() or addresses.email_display(last.sender or "") or "?"
    with force_locale(locale):
        return str(gettext("On %(when)s, %(name)s wrote:", when=_when(ticket, last.at, locale), name=name))


def _when(ticket: Ticket, at: datetime, locale: str) -> str:
    """The moment on the customer's clock, if we know where they live."""
    try:
        zone = ZoneInfo((ticket.customer and ticket.customer.time_zone) or current_app.config["CC"].time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo(current_app.config["CC"].time_zone)
    pattern = "y年M月d日 HH:mm" if locale.startswith("zh") else "d MMM y, HH:mm"
    return str(format_datetime(at, pattern, tzinfo=zone, locale=locale))
