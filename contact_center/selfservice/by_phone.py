"""Where is my order, how far is my request, what do you know about it: asked on the telephone.

Self-service by telephone calls it. The number somebody calls from proves nothing: a post code or a one-time code does.
What is unknown and what is wrong are one answer, made alike; tries are counted before anybody looks.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.extensions import db
from contact_center.kb import reading, uses, votes
from contact_center.kb.reading import Reader
from contact_center.kb.searching import Where
from contact_center.kb.uses import Use
from contact_center.orders.models import ORDER_DIGITS, Order
from contact_center.selfservice import answering, by_text, codes, deflections, own_tickets, shipping, tries
from contact_center.selfservice.models import DeflectionKind
from contact_center.selfservice.tries import Limit
from contact_center.text.addresses import Scheme

MOST_TICKETS = 2
LONGEST_ASKED = 120  # characters of what somebody wanted to know, as an agent reads it
LONGEST_ARTICLE = 500  # characters of an article that are spoken: half a minute
MOST_TOPICS = 20
FEWEST = 4  # digits: with fewer, a number names too many orders and a post code is a guess
LONGEST = 30
_BY_WHOM = (5, timedelta(hours=1))
_ALIKE = 5  # orders whose numbers have the same digits
_NOT_A_DIGIT = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: an order, by the digits of its number, or the requests of whoever seems to call."""

    digits: str = ""
    customer_id: int | None = None
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a proof was for, and the order if one was asked for."""

    customer: Customer
    order: Order | None = None


def by_post_code(asked: Asked, typed: str) -> Found | None:
    """Whose post code has these digits. Raises tries.TooOften. A right answer gives the try back."""
    found = _look(asked)
    counted = _count(asked, found)
    fits = [one for one in found if _is_same(one.customer.postcode, typed)]
    _is_same("000000", typed)  # as long for nobody as for somebody
    if len(fits) != 1:
        return None
    tries.give_back(counted)
    return fits[0]


def send_code(asked: Asked, language: str) -> str:
    """Ask for a code to a known address of theirs; returns the secret to check it with. Raises tries.TooOften.

    For what is unknown the same is written down, and nothing is sent.
    """
    found = _look(asked)
    address = _address(found[0]) if len(found) == 1 else None
    nobody = f"{asked.digits or asked.caller}@unknown.invalid"
    return codes.request(address or nobody, network=f"call {asked.caller}", language=language)


def by_code(asked: Asked, secret: str, typed: str) -> Found | None:
    """Whose code it is. Raises tries.TooOften. The caller commits whatever comes back."""
    found = _look(asked)
    counted = _count(asked, found)
    proven = {customer.id for customer in codes.check(secret, typed).customers}
    fits = [one for one in found if one.customer.id in proven]
    if len(fits) != 1:
        return None
    tries.give_back(counted)
    return fits[0]


def order_words(found: Found) -> str:
    """How far the order is, to be spoken; noted as answered."""
    order = found.order
    assert order is not None
    deflections.note(DeflectionKind.PHONE_ORDER, found.customer.id, order.external_id)
    return str(_("This is about your order: %(progress)s.", progress=by_text.progress_words(shipping.progress(order))))


def ticket_words(customer: Customer) -> list[str]:
    """How far their newest requests are, to be spoken; noted as answered. Empty: there are none."""
    lines = own_tickets.first((customer.id,), MOST_TICKETS).lines
    if lines:
        deflections.note(DeflectionKind.PHONE_STATUS, customer.id, lines[0].ticket.ref)
    return [
        str(
            _(
                "Your request number %(number)s, %(subject)s: %(progress)s.",
                number=" ".join(str(line.ticket.id)),
                subject=line.ticket.subject[:80],
                progress=by_text.ticket_words(line.progress),
            )
        )
        for line in lines
    ]


def topics(language: str) -> tuple[str, ...]:
    """What questions are about, for whoever has to understand a voice: the categories of what everybody may read."""
    roots = reading.tree(Reader(language=language))
    names = [branch.category.name for root in roots for branch in root.branches] or [root.space.name for root in roots]
    return tuple(names[:MOST_TOPICS]) or (str(_("help")),)


def article(asked: str, language: str, caller: str) -> answering.Answer | None:
    """The best article for what they have *asked*; noted as an answer until they say that it did not help."""
    found = answering.best(asked, language, Where.PHONE)
    if found is not None:
        uses.note(found.article_id, Use.READ)
        deflections.note_article(found.article_id, deflections.from_number("call", caller))
    return found


def article_words(found: answering.Answer) -> list[str]:
    """An article to be spoken: its title, and what it says in short."""
    said = found.summary[:LONGEST_ARTICLE]
    return [sentence for sentence in (found.title, said) if sentence]


def rate_article(article_id: int, language: str, caller: str, *, helped: bool) -> None:
    """They say whether it has helped; if not, nothing was answered."""
    visitor = deflections.from_number("call", caller)
    votes.vote(article_id, language, helped, None, "", votes.voter(Reader(), visitor))
    if not helped:
        deflections.refute(visitor)


def _look(asked: Asked) -> list[Found]:
    """One statement each, whatever was typed."""
    if asked.digits or asked.customer_id is None:
        digits = asked.digits if FEWEST <= len(asked.digits) <= LONGEST else ""
        orders = select(Order).where(ORDER_DIGITS.in_([digits or "-"])).order_by(Order.id).limit(_ALIKE)
        whole = orders.options(joinedload(Order.customer), selectinload(Order.shipments))
        return [Found(order.customer, order) for order in db.session.scalars(whole)]
    mine = select(Customer).where(Customer.id == asked.customer_id)
    return [Found(one) for one in db.session.scalars(mine)]


def _count(asked: Asked, found: Sequence[Found]) -> list[int]:
    whom = sorted({f"customer {one.customer.id}" for one in found}) or [f"nobody {asked.digits or asked.caller}"]
    return tries.take(*(Limit("phone proof", one, *_BY_WHOM) for one in whom))


def _is_same(postcode: str | None, typed: str) -> bool:
    """In constant time; what has too few digits proves nothing."""
    wanted = _NOT_A_DIGIT.sub("", postcode or "")
    is_same = hmac.compare_digest(wanted.encode(), typed.encode())
    return is_same and len(wanted) >= FEWEST


def _address(found: Found) -> str | None:
    """Where a code goes: what the order has, else what we know of them; a telephone first, if it can be texted."""
    scheme = Scheme.PHONE if codes.by_text() else Scheme.EMAIL
    on_it = (found.order.phone, found.order.email) if found.order else (None, None)
    known = select(ContactPoint.value).where(
        ContactPoint.customer_id == found.customer.id, ContactPoint.scheme.in_((scheme, Scheme.EMAIL)),
        or_(ContactPoint.source != PointSource.FORM, ContactPoint.verified_at.is_not(None)),
    )  # fmt: skip
    best = known.order_by(
        ContactPoint.scheme != scheme, ContactPoint.value.not_in([one for one in on_it if one]),
        ContactPoint.verified_at.is_(None), ContactPoint.id,
    )  # fmt: skip
    return db.session.scalar(best.limit(1))
