"""What other systems may look at besides the resources: tickets, and the card of a customer."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from contact_center import access, rows
from contact_center.api import showing
from contact_center.api.door import answer, blueprint
from contact_center.card import summary
from contact_center.customers.models import Customer
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.importing.kinds import KINDS
from contact_center.tickets import scope
from contact_center.tickets.models import Ticket, TicketState

MOST = 200


@blueprint.get("/customers/<path:external_id>/card")
@access.token("card:read")
def card(external_id: str) -> Any:
    """Everything that the desk shows of a customer, as far as the token's administrator sees it."""
    customer = showing.find(KINDS["customers"], external_id)
    return answer(summary.of(customer, g.token.agent).as_json()) if customer is not None else abort(404)


@blueprint.get("/tickets")
@access.token("tickets:read")
def tickets() -> Response:
    """Tickets, newest first; `next` continues."""
    limit = min(rows.number(request.args.get("limit", "50")) or 0, MOST)
    if not limit:
        raise Invalid(_("From 1 to %(most)d.", most=MOST), {"limit": _("From 1 to %(most)d.", most=MOST)})
    found = list(db.session.scalars(_asked().order_by(Ticket.id.desc()).limit(limit + 1)))
    following = found[limit - 1].id if len(found) > limit else None
    return answer({"tickets": [_ticket(each) for each in found[:limit]], "next": following})


def _asked() -> Select[Ticket]:
    asked = select(Ticket).where(scope.visible_to(g.token.agent))
    asked = asked.options(joinedload(Ticket.customer), joinedload(Ticket.queue), joinedload(Ticket.assignee))
    given = request.args
    if unknown := sorted(given.keys() - {"customer", "state", "before", "limit"}):
        raise Invalid(_("There is no parameter “%(name)s”.", name=unknown[0][:60]), dict.fromkeys(unknown, "?"))
    if "customer" in given:
        mine = select(Customer.id).where(Customer.external_id == given["customer"].replace("\0", ""))
        asked = asked.where(Ticket.customer_id == mine.scalar_subquery())
    if "state" in given:
        if given["state"] not in TicketState.__members__:
            sentence = _("This is none of %(words)s.", words=", ".join(TicketState.__members__))
            raise Invalid(sentence, {"state": sentence})
        asked = asked.where(Ticket.state == TicketState(given["state"]))
    if "before" in given:
        asked = asked.where(Ticket.id < (rows.number(given["before"]) or 0))
    return asked


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "ref": ticket.ref,
        "subject": ticket.subject,
        "state": ticket.state,
        "priority": ticket.priority,
        "kind": ticket.kind,
        "channel": ticket.channel,
        "queue": ticket.queue.name,
        "assignee": ticket.assignee.email if ticket.assignee else None,
        "customer": ticket.customer.external_id if ticket.customer else None,
        "opened_at": ticket.opened_at.isoformat(),
        "changed_at": ticket.changed_at.isoformat(),
    }
