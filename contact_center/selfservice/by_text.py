"""Where is my order, how far is my request, what do you know about it: answers as texts, by the portal's rules.

Texts call it. The answer goes to the number that asked, so a forged sender learns nothing; what is guessed is counted.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from contact_center import clock
from contact_center.customers.models import ContactPoint, PointSource
from contact_center.extensions import db
from contact_center.kb import uses
from contact_center.kb.searching import Where
from contact_center.kb.uses import Use
from contact_center.selfservice import answering, deflections, lookup, own_tickets
from contact_center.selfservice.models import DeflectionKind
from contact_center.selfservice.shipping import Outcome, Progress, Step
from contact_center.selfservice.tries import TooOften
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.private_page import Progress as HowFar

MOST_TICKETS = 2
LONGEST_ARTICLE = 220  # characters of one that are texted: with its address it takes two or three parts


def order(number: str, sender: str) -> str:
    """Where an order is, if the sender's number is on it or is its customer's."""
    if not number or len(number) > lookup.LONGEST_NUMBER:
        return str(_("Send the order’s number behind it, such as ORDER 10023."))
    try:
        contact = Address(Scheme.PHONE, sender)
        found = lookup.order(number, contact, network=f"text {sender}", kind=DeflectionKind.TEXT_ORDER)
    except TooOften:
        return str(_("That was asked too often. Try again later, or write to us what you would like to know."))
    if found is None:
        return str(_("No order %(number)s has your telephone number on it. Look at the number again.", number=number))
    return str(_("Order %(number)s: %(progress)s.", number=found.number, progress=progress_words(found.progress)))


def status(sender: str) -> str:
    """How far the sender's newest requests are."""
    customer_ids = _behind(sender)
    page = own_tickets.first(customer_ids, MOST_TICKETS) if customer_ids else None
    if page is None or not page.lines:
        return str(_("We know of no request from this number. Write to us what it is about."))
    deflections.note(DeflectionKind.TEXT_STATUS, customer_ids[0], page.lines[0].ticket.ref)
    told = [f"{line.ticket.ref} “{_short(line.ticket.subject)}”: {ticket_words(line.progress)}" for line in page.lines]
    return "\n".join(told)


def article(question: str, sender: str) -> str | None:
    """The best article that everybody may read, in short, and where all of it stands; None if there is none."""
    if not question:
        return str(_("Send what you would like to know behind it, such as INFO return a purchase."))
    found = answering.best(question, str(get_locale() or "en"), Where.SMS)
    if found is None:
        return None
    uses.note(found.article_id, Use.SENT)
    deflections.note_article(found.article_id, deflections.from_number("text", sender))
    said = answering.in_short(found, LONGEST_ARTICLE)
    more = _("Did that not help? Write to us here, and a person answers.")
    return f"{said}\n{answering.link(found)}\n{more}"


def progress_words(progress: Progress) -> str:
    """How far an order is, in a few words: what a signed-in customer reads above its line."""
    if progress.outcome is Outcome.DELIVERED and progress.delivered_at is not None:
        return str(_("delivered on %(day)s", day=_day(progress.delivered_at.astimezone(_zone()).date())))
    if progress.outcome in _settled():
        return _settled()[progress.outcome]
    if progress.expected_on is not None and progress.expected_on >= clock.now().astimezone(_zone()).date():
        return str(_("%(step)s, expected on %(day)s", step=_steps()[progress.now], day=_day(progress.expected_on)))
    if progress.expected_on is not None:
        return str(_("%(step)s, later than promised", step=_steps()[progress.now]))
    return _steps()[progress.now]


def ticket_words(progress: HowFar) -> str:
    """How far a request is, in a few words."""
    return {
        HowFar.RECEIVED: str(_("we have it, and somebody will look at it soon")),
        HowFar.WORKING: str(_("we are working on it")),
        HowFar.YOUR_TURN: str(_("we wait for your answer")),
        HowFar.SOLVED: str(_("solved")),
        HowFar.CLOSED: str(_("closed")),
    }[progress]


def _settled() -> dict[Outcome, str]:
    return {
        Outcome.DELIVERED: str(_("delivered")),
        Outcome.CANCELLED: str(_("cancelled")),
        Outcome.FAILED: str(_("it could not be delivered")),
        Outcome.RETURNED: str(_("sent back to us")),
    }


def _steps() -> dict[Step, str]:
    return {
        Step.PLACED: str(_("ordered")),
        Step.PREPARED: str(_("being packed")),
        Step.TRAVELLING: str(_("on its way")),
        Step.OUT: str(_("out for delivery")),
        Step.DELIVERED: str(_("delivered")),
    }


def _behind(sender: str) -> tuple[int, ...]:
    """The customers whose number this is; what was only typed into a form opens nothing that was known otherwise."""
    other = aliased(ContactPoint)
    only_claimed = (ContactPoint.source == PointSource.FORM) & ContactPoint.verified_at.is_(None)
    known_otherwise = exists().where(
        other.customer_id == ContactPoint.customer_id,
        or_(other.source != PointSource.FORM, other.verified_at.is_not(None)),
    )
    asked = select(ContactPoint.customer_id).where(ContactPoint.scheme == Scheme.PHONE, ContactPoint.value == sender)
    return tuple(db.session.scalars(asked.where(~(only_claimed & known_otherwise)).order_by(ContactPoint.customer_id)))


def _short(subject: str) -> str:
    return subject if len(subject) <= 40 else f"{subject[:39].rstrip()}…"


def _day(day: date) -> str:
    locale = str(get_locale() or "en")
    return str(format_date(day, "M月d日" if locale.startswith("zh") else "d MMM", locale=locale))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["CC"].time_zone)
