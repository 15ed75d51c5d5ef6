"""What the left column and every page of the archive share: the lists there are, and the rows that a URL names."""

from __future__ import annotations

from typing import Any

from flask import abort
from sqlalchemy import or_, select

from contact_center import access
from contact_center.customers.models import Customer
from contact_center.desk.customers import fragments
from contact_center.entitlements import checks
from contact_center.extensions import Base, db
from contact_center.orders import lists
from contact_center.tickets import deadlines
from contact_center.tickets.models import UNSETTLED, Ticket

CHECKED = 50  # unresolved tickets of one customer


def counts() -> dict[str, int]:
    """What stands beside the lists."""
    return {"open": lists.count(lists.Filter(states=lists.OPEN)), "late": lists.count(lists.Filter(is_late=True))}


def row_or_404(model: type[Base], row_id: int) -> Any:
    """The row that a URL names; everybody who is signed in may see the archive, looks at customers are recorded."""
    row = db.session.get(model, row_id)
    return row if row is not None else abort(404)


def check_tickets(customer: Customer) -> None:
    """Check what is under way for them again: what covers it has just changed under an agent's hand."""
    theirs = or_(Ticket.customer_id == customer.id, Customer.company_id == customer.id)
    asked = select(Ticket).join(Customer, Customer.id == Ticket.customer_id).where(theirs, Ticket.state.in_(UNSETTLED))
    for ticket in db.session.scalars(asked.order_by(Ticket.id.desc()).limit(CHECKED)):
        checks.again(ticket, by=access.me())
        deadlines.follow(ticket, access.me())


def customer_or_404(customer_id: int) -> Customer:
    """The customer; who was merged into another leads there."""
    return fragments.customer_or_404(customer_id)
