"""Who is calling: how we know it, an agent who says it, and taking that back, during the talk or long after.

Doors choose the customer of any ticket here; `tickets.customer_choice` moves what belongs to it. Whoever has the call
on their screen hears of it. A number is never proof: what was proved in a call holds for that customer alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, union

from contact_center.agents.models import Agent
from contact_center.calls.models import Call, CallLeg, MatchedBy
from contact_center.customers.models import ContactPoint, Customer
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing.models import Offer, OfferState
from contact_center.text.addresses import Scheme
from contact_center.tickets import customer_choice
from contact_center.tickets.customer_choice import Choice
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Match:
    """How the newest call of a ticket was matched with its customer.

    `number` is None where it was withheld; `verified_at` is that of the customer's contact point with this number, or
    of their company's. `chosen_by` is who said so, where somebody did.
    """

    by: MatchedBy | None
    number: str | None
    has_number: bool
    verified_at: datetime | None
    chosen_by: str


def choose(
    ticket: Ticket, customer: Customer, agent: Agent, *, instead_of: int | None, is_opened: bool = False
) -> Choice:
    """Make *customer* the customer of *ticket* and its calls. *instead_of* is whom *agent* saw there, 0 for nobody.

    Raises AlreadyTaken if somebody else has chosen meanwhile, IllegalMove if *customer* was merged away meanwhile.
    """
    if not _hold(customer.id):
        raise IllegalMove(_("This customer has been merged into another. Reload the page."))
    calls = _locked(ticket)
    if instead_of is not None and ticket.customer_id not in (instead_of or None, customer.id):
        raise AlreadyTaken(_("Somebody else has just chosen the customer of %(ref)s.", ref=ticket.ref))
    done = customer_choice.choose(ticket, customer, agent, kept=_kept(calls), is_opened=is_opened)
    for call in calls:
        if call.customer_id == customer.id:
            call.matched_by, call.is_verified = MatchedBy.AGENT, False
    _tell(ticket)
    return done


def undo(ticket: Ticket, agent: Agent) -> None:
    """It is not them: the last choice is taken back, or who was found by the number. No word, no recording is lost.

    Raises IllegalMove if there is nothing to take back.
    """
    _hold(customer_choice.goes_back_to(ticket) or 0)
    calls = _locked(ticket)
    back = customer_choice.undo(ticket, agent, kept=_kept(calls))
    for call in calls:
        by, is_verified = back.get(str(call.id), (None, False))
        call.matched_by, call.is_verified = MatchedBy(by) if by else None, is_verified
    _tell(ticket)


def match(ticket: Ticket, call: Call | None = None) -> Match | None:
    """How we know whose ticket it is, by *call* or its newest; None if none belongs to it, or nobody knows."""
    if ticket.customer is None:
        return None
    newest = select(Call).where(Call.ticket_id == ticket.id).order_by(Call.id.desc()).limit(1)
    call = call or db.session.scalar(newest)
    if call is None:
        return None
    chosen_by = customer_choice.chosen_by(ticket) if call.matched_by is MatchedBy.AGENT else None
    agent = db.session.get(Agent, chosen_by) if chosen_by else None
    point = _point(ticket.customer, call.caller)
    verified_at = point.verified_at if point else None
    return Match(call.matched_by, call.caller, point is not None, verified_at, agent.name if agent else "")


def _point(customer: Customer, number: str | None) -> ContactPoint | None:
    theirs = ContactPoint.customer_id.in_([customer.id, *([customer.company_id] if customer.company_id else [])])
    same = (ContactPoint.scheme == Scheme.PHONE, ContactPoint.value == (number or ""))
    return db.session.scalar(select(ContactPoint).where(theirs, *same).order_by(ContactPoint.verified_at).limit(1))


def _hold(customer_id: int) -> bool:
    """Nobody merges this customer away meanwhile; False if they are gone. Held before calls, as merging does."""
    asked = select(Customer.id).where(Customer.id == customer_id).with_for_update(key_share=True)
    return db.session.scalar(asked) is not None


def _locked(ticket: Ticket) -> list[Call]:
    """The ticket's calls; who moves a call holds it before its ticket, and so do we."""
    asked = select(Call).where(Call.ticket_id == ticket.id).order_by(Call.id).with_for_update(of=Call)
    calls = list(db.session.scalars(asked.execution_options(populate_existing=True)))
    db.session.refresh(ticket, ["customer_id", "candidate_ids", "customer"])
    return calls


def _kept(calls: list[Call]) -> dict[str, Any]:
    """How each call was matched, to be so again."""
    return {str(call.id): [call.matched_by, call.is_verified] for call in calls}


def _tell(ticket: Ticket) -> None:
    """Nudge, after the commit, everybody on whose screen a call of the ticket is, or rings."""
    db.session.flush()
    of_ticket = select(Interaction.id).where(Interaction.ticket_id == ticket.id)
    telephones = select(CallLeg.agent_id).join(Call, Call.id == CallLeg.call_id)
    on_it = telephones.where(Call.ticket_id == ticket.id, CallLeg.ended_at.is_(None), CallLeg.agent_id.is_not(None))
    rings = select(Offer.agent_id).where(Offer.interaction_id.in_(of_ticket), Offer.state == OfferState.PENDING)
    for agent_id in db.session.scalars(union(on_it, rings)):
        bus.after_commit(Name.TICKET_CUSTOMER_CHOSEN, {"agent": agent_id})
