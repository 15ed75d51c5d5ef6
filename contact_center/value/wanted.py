"""Marks: whom we want to win, or win back, this year."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import lines
from contact_center.value.models import WantedCustomer


def mark(customer: Customer, reason: str, actor: Agent) -> None:
    """Put *customer* on this year's list, or change why. Raises Invalid."""
    try:
        said = lines.one_line(reason, 200)
    except ValueError as error:
        raise Invalid(str(error), {"why": str(error)}) from None
    if customer.company_id is not None:
        raise Invalid(_("Mark the company, not its contact person."))
    row = {
        "customer_id": customer.id,
        "year": clock.now().year,
        "reason": said,
        "agent_id": actor.id,
        "at": clock.now(),
    }
    putting = insert(WantedCustomer).values(row)
    db.session.execute(putting.on_conflict_do_update(index_elements=["customer_id", "year"], set_={"reason": said}))
    log.record(Name.CUSTOMER_WANTED, customer, actor, reason=said)


def unmark(customer: Customer, actor: Agent) -> None:
    """Take *customer* off this year's list."""
    mine = (WantedCustomer.customer_id == customer.id) & (WantedCustomer.year == clock.now().year)
    if db.session.execute(delete(WantedCustomer).where(mine)).rowcount:  # type: ignore[attr-defined]
        log.record(Name.CUSTOMER_WANTED, customer, actor, reason=None)


def is_marked(customer_id: int) -> bool:
    """Whether somebody put them on this year's list."""
    return db.session.get(WantedCustomer, (customer_id, clock.now().year)) is not None
