"""Sign-in codes: six digits to one's own address or number, for ten minutes, five tries, once, in the asking browser.

The page that asks (`request`) does the same for every address and never learns who is behind it: a job writes the
letter (`write`). A code is stored as a keyed hash. Verbs never commit, but `check`'s caller must, before it answers.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import aliased

from contact_center import clock
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.outbox import post
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.outbox.post import Letter
from contact_center.selfservice import look, tries
from contact_center.selfservice.models import SignInCode
from contact_center.selfservice.tries import Limit
from contact_center.text.addresses import Scheme

LASTS = timedelta(minutes=10)
MOST_TRIES = 5
DIGITS = 6
REQUESTED = "sign_in_code.requested"  # a nudge, not an event: nothing has happened to anybody yet
_ADDRESS_LIMITS = ((1, timedelta(minutes=1)), (5, timedelta(hours=1)))
_NETWORK_LIMIT = (20, timedelta(hours=1))
_TEXT_LIMITS = ((5, timedelta(hours=1)), (10, timedelta(days=1)))  # of one network: texts are paid


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a try: who may be signed in (several share an address), or how many tries are left."""

    customers: tuple[Customer, ...] = ()
    tries_left: int = 0


def request(email: str, *, network: str, language: str) -> str:
    """Ask for a code for *email*, or a telephone number; returns the secret that binds it to this browser.

    The same rows and statements for every address. Raises TooOften.
    """
    text_limits = _TEXT_LIMITS if scheme_of(email) is Scheme.PHONE else ()
    tries.take(
        *(Limit("code address", email, most, period) for most, period in _ADDRESS_LIMITS),
        Limit("code network", network, *_NETWORK_LIMIT),
        *(Limit("code text", network, most, period) for most, period in text_limits),
    )
    browser, now = secrets.token_urlsafe(32), clock.now()
    row = SignInCode(browser_hash=_hash(browser), email=email, language=language, at=now, expires_at=now + LASTS)
    db.session.add(row)
    db.session.flush()
    bus.after_commit(REQUESTED, {"sign_in_code": row.id})
    return browser


def write(code_id: int) -> bool:
    """Queue the letter with the digits if anybody is behind the address; nothing happens twice."""
    claimed = update(SignInCode).where(SignInCode.id == code_id, SignInCode.written_at.is_(None), _is_valid())
    row = db.session.scalar(claimed.values(written_at=clock.now()).returning(SignInCode))
    if row is None or not _behind(row.email):
        return False
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row.code_hash = _code_hash(row.browser_hash, digits)
    letter = _letter(row, digits) if scheme_of(row.email) is Scheme.EMAIL else _text(row, digits)
    return letter is not None and post.queue(letter) is not None


def by_text() -> bool:
    """Whether codes can go to telephone numbers."""
    return places.texting_number(None) is not None and bool(current_app.config["CC"].twilio_account_sid)


def scheme_of(address: str) -> Scheme:
    """What an address in its normal form is."""
    return Scheme.PHONE if address.startswith("+") else Scheme.EMAIL


def unwritten() -> list[int]:
    """Codes whose nudge was lost."""
    asked = select(SignInCode.id).where(SignInCode.written_at.is_(None), _is_valid())
    return list(db.session.scalars(asked.order_by(SignInCode.id).limit(100)))


def check(browser: str, digits: str) -> Checked:
    """Count a try and compare. The count is a guarded UPDATE: however many guess at once, five are looked at.

    Right digits work once. The caller commits whatever comes back.
    """
    row = db.session.scalar(
        update(SignInCode)
        .where(SignInCode.browser_hash == _hash(browser), SignInCode.tries < MOST_TRIES, *_is_open())
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return Checked()
    expected = row.code_hash or secrets.token_bytes(32)  # nobody is behind the address: nothing fits
    if not hmac.compare_digest(expected, _code_hash(row.browser_hash, digits)):
        return Checked(tries_left=MOST_TRIES - row.tries)
    used = update(SignInCode).where(SignInCode.id == row.id, SignInCode.used_at.is_(None)).values(used_at=clock.now())
    if db.session.scalar(used.returning(SignInCode.id)) is None:
        return Checked()
    return Checked(tuple(_behind(row.email)))


def choices(browser: str) -> list[Customer]:
    """Whom this browser may sign in as: the right digits were typed, and nobody has been chosen yet."""
    row = db.session.scalar(select(SignInCode).where(SignInCode.browser_hash == _hash(browser), *_is_waiting()))
    return _behind(row.email) if row else []


def choose(browser: str, customer_id: int) -> tuple[Customer, str] | None:
    """Take one of `choices`, once; returns whom, and the address that was proven. None: the time is over."""
    taken = update(SignInCode).where(SignInCode.browser_hash == _hash(browser), *_is_waiting())
    email = db.session.scalar(taken.values(chosen_at=clock.now()).returning(SignInCode.email))
    customer = next((one for one in _behind(email) if one.id == customer_id), None) if email else None
    if customer is None or email is None:
        return None
    _verify(customer, email)
    return customer, email


def sent_to(browser: str) -> str | None:
    """The address a code of this browser went to, while it can be typed in."""
    asked = select(SignInCode.email).where(SignInCode.browser_hash == _hash(browser), *_is_open())
    return db.session.scalar(asked)


def again_at(email: str) -> datetime | None:
    """When another code may be asked for, if that is not now."""
    last = select(SignInCode.at).where(SignInCode.email == email).order_by(SignInCode.at.desc()).limit(1)
    at = db.session.scalar(last)
    return at + _ADDRESS_LIMITS[0][1] if at and at + _ADDRESS_LIMITS[0][1] > clock.now() else None


def sweep() -> None:
    """Forget old codes, and take their digits out of the letters that carried them."""
    now = clock.now()
    db.session.execute(delete(SignInCode).where(SignInCode.at < now - timedelta(days=1)))
    spent = update(Outgoing).where(Outgoing.purpose == Purpose.ACCOUNT, Outgoing.payload.has_key("sign_in_code"))
    spent = spent.where(Outgoing.queued_at.between(now - timedelta(days=1), now - 2 * LASTS), Outgoing.text != "")
    db.session.execute(spent.values(text="", subject=""))


def _behind(email: str) -> list[Customer]:
    """The customers whose address this is, by name.

    What somebody only typed into a form opens nothing that was known otherwise: it could be anybody's claim.
    """
    other = aliased(ContactPoint)
    only_claimed = (ContactPoint.source == PointSource.FORM) & ContactPoint.verified_at.is_(None)
    known_otherwise = exists().where(
        other.customer_id == ContactPoint.customer_id,
        or_(other.source != PointSource.FORM, other.verified_at.is_not(None)),
    )
    asked = select(Customer).join(ContactPoint, ContactPoint.customer_id == Customer.id)
    asked = asked.where(ContactPoint.scheme == scheme_of(email), ContactPoint.value == email)
    asked = asked.where(~(only_claimed & known_otherwise))
    return list(db.session.scalars(asked.order_by(Customer.name, Customer.id).limit(20)))


def _verify(customer: Customer, email: str) -> None:
    """Whoever typed the digits in reads this address."""
    same = (ContactPoint.scheme == scheme_of(email), ContactPoint.value == email)
    mine = (ContactPoint.customer_id == customer.id, *same)
    proven = update(ContactPoint).where(*mine, ContactPoint.verified_at.is_(None))
    proven = proven.values(verified_at=clock.now(), verified_by="code").returning(ContactPoint)
    if point := db.session.scalar(proven):
        log.record(Name.CONTACT_POINT_VERIFIED, point, value=point.value, proof="code")


def _text(row: SignInCode, digits: str) -> Letter | None:
    """The same as a text; its last line is what browsers read to fill the digits in."""
    number = places.texting_number(None)
    if number is None:
        return None
    site = urlsplit(current_app.config["CC"].public_url).hostname or "localhost"
    with force_locale(row.language):
        said = _(
            "%(digits)s is your code for %(brand)s. It works once, for ten minutes. We never ask for it.",
            digits=digits, brand=look.current().title,
        )  # fmt: skip
    return Letter(
        purpose=Purpose.ACCOUNT, recipient=row.email, subject="", text=f"{said}\n@{site} #{digits}", channel="sms",
        domain=site, place_id=number.id,
        payload={"automatic": True, "language": row.language, "sign_in_code": row.id},
    )  # fmt: skip


def _letter(row: SignInCode, digits: str) -> Letter:
    with force_locale(row.language):
        brand = look.current().title
        subject = _("%(digits)s is your sign-in code", digits=digits)
        text = _(
            "Your code for %(brand)s:\n\n    %(digits)s\n\nType it in where you asked for it. It works once, for ten "
            "minutes, and only there.\n\nWe never ask for this code on the phone or by e-mail. If you did not ask for "
            "it, you need not do anything.\n\n%(brand)s",
            brand=brand,
            digits=digits,
        )
    return Letter(
        purpose=Purpose.ACCOUNT,
        recipient=row.email,
        subject=subject,
        text=text,
        domain=urlsplit(current_app.config["CC"].public_url).hostname or "localhost",
        payload={"automatic": True, "language": row.language, "sign_in_code": row.id},
    )


def _is_valid() -> ColumnElement[bool]:
    return SignInCode.expires_at > clock.now()


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return SignInCode.used_at.is_(None), _is_valid()


def _is_waiting() -> tuple[ColumnElement[bool], ...]:
    return SignInCode.used_at > clock.now() - LASTS, SignInCode.chosen_at.is_(None)


def _hash(browser: str) -> bytes:
    return hashlib.sha256(browser.encode("utf-8", "replace")).digest()


def _code_hash(browser_hash: bytes, digits: str) -> bytes:
    secret: str = current_app.config["CC"].secret_key
    return hmac.digest(secret.encode(), browser_hash + digits.encode("utf-8", "replace"), "sha256")
