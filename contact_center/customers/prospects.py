"""Prospects that a message opened and nobody has touched: taken off the books when we turn out to know them.

Called by `tickets.customer_choice`. Joining two customers who both have a past is another matter, and not done here.
"""

from __future__ import annotations

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.exc import IntegrityError

from contact_center.agents.models import Agent
from contact_center.customers import absorbing, history, search
from contact_center.customers.models import ContactPoint, Customer, CustomerNote, CustomerStatus, PointSource
from contact_center.events import log
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db

_OPENING = {Name.CUSTOMER_OPENED, Name.CONTACT_POINT_ADDED, Name.CONTACT_POINT_REMOVED}
_DERIVED = {"contact_point", "prompt_showing"}


def is_untouched(customer: Customer) -> bool:
    """Whether nobody has put anything into this record since a message opened it."""
    by_hand = Event.name.in_(history.CHANGES) & Event.agent_id.is_not(None)
    touched = select(
        or_(
            exists().where(CustomerNote.customer_id == customer.id),
            exists().where(Customer.company_id == customer.id),
            exists().where(Event.customer_id == customer.id, by_hand),
        )
    )
    by_message = all(point.source in (PointSource.MESSAGE, PointSource.FORM) for point in customer.points)
    is_bare = customer.status is CustomerStatus.PROSPECT and customer.version == 1 and customer.owner_id is None
    is_bare = is_bare and by_message and customer.external_id is None
    return is_bare and not db.session.scalar(touched)


def remove_as_opened(customer: Customer, agent: Agent) -> bool:
    """Take a customer off the books who was opened by mistake; False if they have a life of their own by now."""
    since = Event.name.in_(set(history.CHANGES) - _OPENING) & Event.agent_id.is_not(None)
    changed = select(exists().where(Event.customer_id == customer.id, since))
    db.session.flush()
    is_bare = absorbing.counts(Customer.__table__, customer.id).keys() <= _DERIVED  # type: ignore[arg-type]
    if customer.owner_id is not None or not is_bare or db.session.scalar(changed):
        return False
    return remove(customer, agent)


def remove(customer: Customer, agent: Agent) -> bool:
    """Take a prospect off the books; False, and nothing happens, if a ticket or message still speaks of it.

    The event keeps the row and its contact points, so that `restore` can bring them back.
    """
    row, points = history.row_of(customer), [history.row_of(point) for point in customer.points]
    try:
        with db.session.begin_nested():
            db.session.execute(
                delete(Customer).where(Customer.id == customer.id), execution_options={"synchronize_session": False}
            )
    except IntegrityError:
        return False
    for gone in (*customer.points, customer):
        db.session.expunge(gone)
    log.record(Name.CUSTOMER_REMOVED, customer, agent, row=row, points=points)
    return True


def restore(customer_id: int, agent: Agent) -> Customer | None:
    """Bring back what `remove` took away, as it was; None if nothing was."""
    if there := db.session.get(Customer, customer_id):
        return there
    kept = history.removed(customer_id, Name.CUSTOMER_REMOVED, customer_id)
    if kept is None:
        return None
    customer = history.row_from(Customer, kept["row"])
    db.session.add(customer)
    db.session.flush()
    db.session.add_all(history.row_from(ContactPoint, point) for point in kept["points"])
    db.session.flush()
    search.index([customer.id])
    log.record(Name.CUSTOMER_OPENED, customer, agent, restored=True)
    return customer
