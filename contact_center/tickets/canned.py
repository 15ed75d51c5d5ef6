"""Canned replies: prepared answers in one language, for all queues or for one, with variables that a ticket fills.

The composer asks for `of_ticket` and `fill`; the settings screens for the rest. What cannot be filled stays as it is
written and is reported, so that nobody sends "Dear {customer.nmae}" unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.config import LANGUAGES
from contact_center.customers.models import Customer
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.rows import name as checked_name
from contact_center.rows import unique
from contact_center.text import languages, lines
from contact_center.tickets.models import CannedReply, Ticket, ref_of

MAX_BODY = 20_000
_VARIABLE = re.compile(r"\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the variables of one canned reply are filled from."""

    ticket: Ticket | None
    agent: Agent
    language: str

    @property
    def today(self) -> str:
        today: date = clock.now().date()
        return str(format_date(today, "long", locale=self.language))


def _of_ticket(read: Callable[[Ticket], str | None]) -> Callable[[Facts], str | None]:
    return lambda facts: read(facts.ticket) if facts.ticket else None


VARIABLES: dict[str, Callable[[Facts], str | None]] = {
    "customer.name": _of_ticket(lambda t: t.customer.name if t.customer else None),
    "customer.company": _of_ticket(lambda t: t.customer.company.name if t.customer and t.customer.company else None),
    "ticket.ref": _of_ticket(lambda t: t.ref),
    "ticket.subject": _of_ticket(lambda t: t.subject),
    "ticket.order_number": _of_ticket(lambda t: t.order_number),
    "queue.name": _of_ticket(lambda t: t.queue.name),
    "agent.name": lambda facts: facts.agent.name,
    "agent.email": lambda facts: facts.agent.email,
    "brand": lambda _facts: str(current_app.config["CC"].brand),
    "today": lambda facts: facts.today,
}
_EXAMPLES = {
    "en": {
        "customer.name": "Greta Lindqvist",
        "customer.company": "Hotel Sonne GmbH",
        "ticket.subject": "Fridge not cooling",
    },
    "zh_Hans_CN": {"customer.name": "林晓梅", "customer.company": "阳光酒店", "ticket.subject": "冰箱不制冷"},
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A canned reply with its variables filled; those that could not be stand in the text as they were written."""

    text: str
    unknown: tuple[str, ...]  # there is no such variable
    empty: tuple[str, ...]  # this ticket has nothing to put there


def fill(body: str, ticket: Ticket, agent: Agent, *, language: str | None = None) -> Filled:
    """Put what *ticket* and *agent* know into *body*."""
    facts = Facts(ticket, agent, languages.locale_of(language or ticket.language))
    return _fill(body, {name: read(facts) for name, read in VARIABLES.items()})


def preview(body: str, agent: Agent, language: str) -> Filled:
    """How *body* would read for a made-up customer."""
    facts = Facts(None, agent, language)
    known = {name: read(facts) for name, read in VARIABLES.items()}
    known |= {"ticket.ref": ref_of(1042), "ticket.order_number": "10482", "queue.name": _("Service")}
    return _fill(body, {**known, **_EXAMPLES[language]})


def of_ticket(ticket: Ticket, asked: str = "") -> list[CannedReply]:
    """What fits *ticket*: its language; its queue's own before everybody's, of two with one name only the queue's."""
    language = languages.locale_of(ticket.language)
    rows = select(CannedReply).where(CannedReply.language == language).order_by(CannedReply.name)
    fitting = list(db.session.scalars(rows.where(CannedReply.queue_id == ticket.queue_id)))
    names = {row.name for row in fitting}
    general = db.session.scalars(rows.where(CannedReply.queue_id.is_(None)))
    fitting += [row for row in general if row.name not in names]
    wanted = asked.casefold().split()
    return [row for row in fitting if all(word in f"{row.name} {row.body}".casefold() for word in wanted)]


def for_customer(name: str, customer: Customer, agent: Agent) -> str:
    """The text of a canned reply to begin a mail with, in the customer's language if it exists in it; else empty.

    What only a ticket knows stays as it is written.
    """
    named = [row for row in everything() if row.name == name]
    if not named:
        return ""
    language = languages.locale_of(customer.language)
    row = min(named, key=lambda row: (row.language != language, row.queue_id is not None, row.id))
    known = {variable: read(Facts(None, agent, row.language)) for variable, read in VARIABLES.items()}
    known |= {"customer.name": customer.name, "customer.company": customer.company.name if customer.company else None}
    return _fill(row.body, known).text


def everything() -> list[CannedReply]:
    """All canned replies, for the settings screen."""
    return list(
        db.session.scalars(select(CannedReply).order_by(CannedReply.name, CannedReply.language, CannedReply.id))
    )


def add(agent: Agent, *, name: str, language: str, body: str, queue: Queue | None = None) -> CannedReply:
    """Prepare an answer. Raises Invalid; a name is unique within language and queue."""
    row = CannedReply(name=checked_name(name), language=_language(language), body=_body(body), queue_id=_id_of(queue))
    with unique(name=_("This name is taken already.")):
        db.session.add(row)
        db.session.flush()
    log.record(Name.CANNED_REPLY_CHANGED, row, agent, canned=row.name, added=True)
    return row


def change(row: CannedReply, agent: Agent, *, name: str, language: str, body: str, queue: Queue | None = None) -> None:
    """Prepare it anew. Raises Invalid."""
    new = {
        "name": checked_name(name), "language": _language(language), "body": _body(body), "queue_id": _id_of(queue)
    }  # fmt: skip
    changes = {field: [getattr(row, field), value] for field, value in new.items() if getattr(row, field) != value}
    with unique(name=_("This name is taken already.")):
        for field, value in new.items():
            setattr(row, field, value)
        db.session.flush()
    if changes:
        log.record(Name.CANNED_REPLY_CHANGED, row, agent, canned=row.name, changes=changes)


def remove(row: CannedReply, agent: Agent) -> None:
    """Throw it away; what was sent with it stays as it is."""
    log.record(Name.CANNED_REPLY_CHANGED, row, agent, canned=row.name, removed=True)
    db.session.delete(row)
    db.session.flush()


def _fill(body: str, known: dict[str, str | None]) -> Filled:
    unknown: list[str] = []
    empty: list[str] = []

    def put(found: re.Match[str]) -> str:
        variable = found[1]
        value = known.get(variable)
        if value:
            return value
        (empty if variable in known else unknown).append(variable)
        return found[0]

    text = _VARIABLE.sub(put, body)
    return Filled(text, tuple(dict.fromkeys(unknown)), tuple(dict.fromkeys(empty)))


def _language(language: str) -> str:
    if language not in LANGUAGES:
        sentence = _("This language is not one of ours.")
        raise Invalid(sentence, {"language": sentence})
    return language


def _body(body: str) -> str:
    try:
        body = lines.several_lines(body, MAX_BODY)
    except ValueError as error:
        raise Invalid(str(error), {"body": str(error)}) from None
    if not body:
        sentence = _("Please write the text.")
        raise Invalid(sentence, {"body": sentence})
    return body


def _id_of(queue: Queue | None) -> int | None:
    return queue.id if queue else None
