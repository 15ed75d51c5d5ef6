"""Contact points: the addresses that reach a customer; added, named, preferred, verified, removed and brought back.

Called by the desk and by `tickets.customer_choice`. The same address may stand at several customers: families share a
telephone, colleagues a mailbox; `others()` says at whom, and the screen warns.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import history, records, typed
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.addresses import Address, Scheme
from contact_center.text.lines import one_line


class Proof(StrEnum):
    """How an agent knows that a contact point is the customer's own; stored as `verified_by`."""

    CALLED = "called"  # we called it and they answered
    ANSWERED = "answered"  # they answered something we sent there
    DOCUMENT = "document"  # it stands on an order, an invoice or a contract
    IN_PERSON = "in_person"


read = typed.read


def add(
    customer: Customer,
    address: Address,
    agent: Agent | None = None,
    *,
    label: str = "",
    source: PointSource = PointSource.AGENT,
) -> ContactPoint:
    """Give *customer* a contact point, claimed; the one that is there already is returned as it is."""
    named = _label(label)
    _lock(customer)
    if there := find_point(customer, address):
        return there
    point = ContactPoint(
        customer_id=customer.id, scheme=address.scheme, value=address.value, label=named, source=source,
        is_preferred=False, added_at=clock.now(),
    )  # fmt: skip
    db.session.add(point)
    _changed(customer)
    log.record(Name.CONTACT_POINT_ADDED, point, agent, scheme=point.scheme, value=point.value, source=source)
    return point


def find_point(customer: Customer, address: Address) -> ContactPoint | None:
    """The customer's own row for *address*, if there is one."""
    mine = select(ContactPoint).where(ContactPoint.customer_id == customer.id)
    return db.session.scalar(mine.where(ContactPoint.scheme == address.scheme, ContactPoint.value == address.value))


def others(point: ContactPoint) -> list[Customer]:
    """Other customers with the same address."""
    return shared(point.customer).get(point.value, [])


def owners(address: Address, limit: int = 5) -> list[Customer]:
    """The customers who have this address, by name."""
    has = select(ContactPoint.customer_id).where(
        ContactPoint.scheme == address.scheme, ContactPoint.value == address.value
    )
    return list(db.session.scalars(select(Customer).where(Customer.id.in_(has)).order_by(Customer.name).limit(limit)))


def shared(customer: Customer, limit: int = 50) -> dict[str, list[Customer]]:
    """For each address of *customer* that others have as well: those others, by name."""
    mine = aliased(ContactPoint)
    same = (mine.scheme == ContactPoint.scheme) & (mine.value == ContactPoint.value)
    asked = (
        select(mine.value, Customer)
        .join(ContactPoint, same & (ContactPoint.customer_id != mine.customer_id))
        .join(Customer, Customer.id == ContactPoint.customer_id)
        .where(mine.customer_id == customer.id)
        .order_by(Customer.name, Customer.id)
        .limit(limit)
    )
    found: dict[str, list[Customer]] = {}
    for value, other in db.session.execute(asked):
        found.setdefault(value, []).append(other)
    return found


def relabel(point: ContactPoint, agent: Agent, label: str) -> None:
    """Say what a contact point is for: mobile, home, accounts …"""
    _change(point, agent, label=_label(label))


def prefer(point: ContactPoint, agent: Agent, *, is_preferred: bool = True) -> None:
    """Make this the first address of its kind to use; there is one per kind, so another steps back."""
    _lock(point.customer)
    if is_preferred:
        same = (ContactPoint.customer_id == point.customer_id) & (ContactPoint.scheme == point.scheme)
        db.session.execute(update(ContactPoint).where(same, ContactPoint.id != point.id).values(is_preferred=False))
    _change(point, agent, is_preferred=is_preferred)


def verify(point: ContactPoint, agent: Agent, proof: Proof) -> None:
    """Record that this address is the customer's own, and how we know."""
    if point.verified_at is None:
        point.verified_at, point.verified_by = clock.now(), proof
        _changed(point.customer)
        log.record(Name.CONTACT_POINT_VERIFIED, point, agent, value=point.value, proof=proof)


def doubt(point: ContactPoint, agent: Agent) -> None:
    """Take a verification back: the address is claimed again."""
    if point.verified_at is not None:
        _change(point, agent, verified_at=None, verified_by=None)


def clear_bounce(point: ContactPoint, agent: Agent) -> None:
    """Take the flag off an address that bounced, so that mail is sent there again."""
    if point.bounced_at is not None:
        _change(point, agent, bounced_at=None, bounce_reason=None)


def remove(point: ContactPoint, agent: Agent) -> None:
    """Take an address away from its customer. The event keeps the whole row, so that `restore` can bring it back."""
    customer, kept = point.customer, history.row_of(point)
    log.record(Name.CONTACT_POINT_REMOVED, point, agent, value=point.value, row=kept)
    db.session.delete(point)
    _changed(customer)


def restore(customer: Customer, point_id: int, agent: Agent) -> ContactPoint:
    """Bring back what `remove` took away, as it was; twice is once. Raises IllegalMove if nothing was."""
    event = history.removed(customer.id, Name.CONTACT_POINT_REMOVED, point_id)
    if event is None:
        raise IllegalMove(_("This contact point cannot be brought back."))
    kept = event["row"]
    _lock(customer)
    if there := find_point(customer, Address(Scheme(kept["scheme"]), kept["value"])):
        return there
    point = history.row_from(ContactPoint, kept)
    point.is_preferred = point.is_preferred and not _preferred(customer, point.scheme)
    db.session.add(point)
    _changed(customer)
    log.record(Name.CONTACT_POINT_ADDED, point, agent, scheme=point.scheme, value=point.value, restored=True)
    return point


def _change(point: ContactPoint, agent: Agent, **wanted: Any) -> None:
    changes = {name: (getattr(point, name), value) for name, value in wanted.items() if getattr(point, name) != value}
    if not changes:
        return
    for name, (_old, new) in changes.items():
        setattr(point, name, new)
    _changed(point.customer)
    pairs = {name: [history.plain(value) for value in pair] for name, pair in changes.items()}
    log.record(Name.CONTACT_POINT_CHANGED, point, agent, value=point.value, changes=pairs)


def _preferred(customer: Customer, scheme: Scheme) -> bool:
    return any(point.is_preferred and point.scheme is scheme for point in customer.points)


def _changed(customer: Customer) -> None:
    db.session.flush()
    db.session.expire(customer, ["points"])
    records.touch(customer)


def _lock(customer: Customer) -> None:
    """Contact points of one customer change one after the other."""
    db.session.execute(select(Customer.id).where(Customer.id == customer.id).with_for_update())


def _label(typed: str) -> str | None:
    try:
        return one_line(typed, 60) or None
    except ValueError as error:
        raise Invalid(str(error), {"label": str(error)}) from None
