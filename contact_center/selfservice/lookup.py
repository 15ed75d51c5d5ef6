"""Where is my order? Answered without signing in, to whoever knows its number and an address that is on it.

The portal calls `order`. An unknown number and a wrong address are one answer, made by one statement; tries are counted
before anybody looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, false, or_, select
from sqlalchemy.orm import selectinload

from contact_center.customers.models import ContactPoint
from contact_center.extensions import db
from contact_center.orders.models import Order
from contact_center.selfservice import deflections, shipping, tries
from contact_center.selfservice.models import DeflectionKind
from contact_center.selfservice.tries import Limit
from contact_center.text.addresses import Address, Scheme

BY_NETWORK = (5, timedelta(minutes=15))
BY_ORDER = ((5, timedelta(minutes=15)), (20, timedelta(days=1)))
LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What the number and the address on it entitle to know, and nothing else."""

    number: str
    progress: shipping.Progress


def order(
    number: str, contact: Address | None, *, network: str, kind: DeflectionKind = DeflectionKind.LOOKUP
) -> Answer | None:
    """The order's progress, or None if number and contact do not go together. Raises tries.TooOften.

    A right answer gives the try back: it is guessing that is counted.
    """
    number = number.strip()
    counted = tries.take(
        Limit("lookup network", network, *BY_NETWORK),
        *(Limit("lookup order", number.casefold(), most, period) for most, period in BY_ORDER),
    )
    found = db.session.scalar(_asked(number, contact))
    if found is None:
        return None
    tries.give_back(counted)
    deflections.note(kind, found.customer_id, found.external_id)
    return Answer(found.external_id, shipping.progress(found))


def _asked(number: str, contact: Address | None):  # type: ignore[no-untyped-def]
    """One statement, whatever was typed; the address may be the order's, or a verified one of its customer."""
    scheme, value = (contact.scheme, contact.value) if contact else (Scheme.EMAIL, "")
    on_it = Order.email if scheme is Scheme.EMAIL else Order.phone
    theirs = exists().where(
        ContactPoint.customer_id == Order.customer_id,
        ContactPoint.scheme == scheme,
        ContactPoint.value == value,
        ContactPoint.verified_at.is_not(None),
    )
    asked = select(Order).where(Order.external_id == number, or_(on_it == value, theirs) if value else false())
    return asked.options(selectinload(Order.shipments))
