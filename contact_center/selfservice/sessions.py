"""A customer's signed-in browsers, and whose things such a browser sees. Never an agent's session.

`access` asks `holder` on every page that needs a customer; the portal's sign-in begins sessions and ends them. The
cookie holds the key, the row only its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import joinedload

from contact_center import clock
from contact_center.customers.models import ContactPoint, Customer
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.selfservice import look
from contact_center.selfservice.models import PortalSignIn
from contact_center.text.addresses import Address, Scheme

LASTS = timedelta(days=30)
_REMEMBERED_FOR = timedelta(days=90)
_SEEN_AGAIN = timedelta(minutes=10)  # how exactly "last seen" is kept


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sits before a browser: the person, and the customers whose things they may see: themselves, their company."""

    id: int
    customer: Customer
    company: Customer | None
    email: str
    seen_at: datetime

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of those customers."""
        return (self.customer.id, self.company.id) if self.company else (self.customer.id,)

    @property
    def address(self) -> Address:
        """The address or the number that the session was opened by."""
        return Address(Scheme.PHONE if self.email.startswith("+") else Scheme.EMAIL, self.email)

    @property
    def tier(self) -> str | None:
        """The tier that counts for what is offered: the company's for its people."""
        return (self.company or self.customer).tier


def begin(customer: Customer, email: str, *, network: str | None, browser: str) -> str:
    """Write down a browser that has just signed in; returns the key for its cookie."""
    key, now = secrets.token_urlsafe(32), clock.now()
    mine = PortalSignIn.customer_id == customer.id
    db.session.execute(delete(PortalSignIn).where(mine, PortalSignIn.expires_at < now - _REMEMBERED_FOR))
    row = PortalSignIn(
        customer_id=customer.id, email=email, key_hash=_hash(key), network=network, browser=browser, at=now,
        seen_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    db.session.add(row)
    log.record(Name.CUSTOMER_SIGNED_IN, customer, network=network, browser=browser, email=email)
    return key


def holder(key: str) -> SignedIn | None:
    """Whose live session this is. It lives as long as the address that opened it is the customer's."""
    if not key:
        return None
    still_theirs = exists().where(
        ContactPoint.customer_id == PortalSignIn.customer_id,
        ContactPoint.value == PortalSignIn.email,  # an address or a number: neither looks like the other
    )
    asked = select(PortalSignIn, Customer).join(Customer, Customer.id == PortalSignIn.customer_id)
    asked = asked.where(PortalSignIn.key_hash == _hash(key), *_is_live(), still_theirs)
    row = db.session.execute(asked.options(joinedload(Customer.company))).one_or_none()
    if row is None:
        return None
    sign_in, customer = row
    return SignedIn(sign_in.id, customer, _company(customer), sign_in.email, sign_in.seen_at)


def note_use(signed_in: SignedIn) -> bool:
    """Keep when this browser was last seen, to some minutes; returns whether there is something to commit."""
    now = clock.now()
    if signed_in.seen_at > now - _SEEN_AGAIN:
        return False
    db.session.execute(update(PortalSignIn).where(PortalSignIn.id == signed_in.id).values(seen_at=now))
    return True


def live(customer_id: int) -> list[PortalSignIn]:
    """The browsers *customer_id* is signed in with, newest first."""
    asked = select(PortalSignIn).where(PortalSignIn.customer_id == customer_id, *_is_live())
    return list(db.session.scalars(asked.order_by(PortalSignIn.at.desc(), PortalSignIn.id.desc())))


def end(signed_in: SignedIn) -> None:
    """Sign this browser out."""
    _end(PortalSignIn.id == signed_in.id)
    log.record(Name.CUSTOMER_SIGNED_OUT, signed_in.customer, sign_ins=1)


def end_all(signed_in: SignedIn) -> int:
    """Sign the customer out everywhere, here too; returns how many browsers that were."""
    ended = _end(PortalSignIn.customer_id == signed_in.customer.id)
    log.record(Name.CUSTOMER_SIGNED_OUT, signed_in.customer, sign_ins=ended)
    return ended


def _end(which: ColumnElement[bool]) -> int:
    ending = update(PortalSignIn).where(which, PortalSignIn.ended_at.is_(None)).values(ended_at=clock.now())
    return len(db.session.execute(ending.returning(PortalSignIn.id)).all())


def _company(customer: Customer) -> Customer | None:
    role = (customer.role or "").strip().casefold()
    sees = role and role in {known.casefold() for known in look.current().company_roles}
    return customer.company if sees else None


def _is_live() -> tuple[ColumnElement[bool], ...]:
    return PortalSignIn.ended_at.is_(None), PortalSignIn.expires_at > clock.now()


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
