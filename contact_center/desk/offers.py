"""What rings: an offer with the customer's card in it, on every desk of the agent, wherever they are in the product.

The browser fetches it when a nudge says so, when it connects, and once a minute. Accepting and declining are the verbs
of `routing.offers`; whoever is too late gets their sentence, and the panel goes away by itself.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contact_center import access, clock
from contact_center.agents.models import Agent
from contact_center.calls import answering, in_hand
from contact_center.card import summary
from contact_center.customers import history
from contact_center.desk import asked, offer_words, who
from contact_center.extensions import db
from contact_center.routing import offers
from contact_center.routing.models import Offer, Promise
from contact_center.tickets import scope
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Ticket

blueprint = Blueprint("offers", __name__, url_prefix="/desk/offers")
for name, speak in offer_words.FILTERS.items():
    blueprint.add_app_template_filter(speak, name)

FIRST_WORDS = 280  # letters of what the customer wrote


@blueprint.get("")
@access.agent
def ringing() -> str:
    """What rings for the reader now; nothing, mostly."""
    agent = access.me()
    offer = offers.ringing(agent)
    if offer is None:
        return ""
    context = _context(offer, agent)
    page = render_template("desk/_ring.html", offer=offer, now=clock.now(), **context)
    if context["card"] is not None:
        history.record_look(context["card"].customer, agent)
        db.session.commit()
    return page


@blueprint.post("/<int:offer_id>/accept")
@access.agent
def accept(offer_id: int) -> Any:
    """Take it, and go to its ticket; one's telephone comes to a call with its `nonce`. Pressed twice it is the same."""
    ticket, leg = answering.accept_offer(_own_or_404(offer_id), access.me())
    db.session.commit()
    more: dict[str, Any] = {"phone": {"nonce": leg.nonce}} if leg is not None else {}
    is_theirs = scope.sees(access.me(), ticket.id)  # whoever is only asked for a word may not see it
    return asked.done(url=asked.page_of(ticket) if is_theirs else "", **more)


@blueprint.post("/<int:offer_id>/decline")
@access.agent
def decline(offer_id: int) -> Any:
    """Let the next one have it, perhaps with a `reason`. What rings no more stays as it is."""
    offers.decline(_own_or_404(offer_id), access.me(), request.form.get("reason", ""))
    db.session.commit()
    return asked.done()


def _context(offer: Offer, agent: Agent) -> dict[str, Any]:
    ticket, said = db.session.execute(_ticket(offer)).one()
    call = in_hand.behind(offer.interaction_id)
    return {
        "ticket": ticket,
        "call": call,
        "who": who.of(call, agent),
        "said": " ".join((said or "").split())[: FIRST_WORDS + 1],
        "longest": FIRST_WORDS,
        "card": summary.of(ticket.customer, agent) if ticket.customer else None,
        "recovers": in_hand.is_coming_back(call, agent),
    }


def _ticket(offer: Offer) -> Any:
    """The ticket with its customer and queue, and what was said first in what is offered, or is promised."""
    said = select(Message.text).where(Message.interaction_id == offer.interaction_id, Message.author == Author.CUSTOMER)
    promised = select(Promise.words).where(Promise.interaction_id == offer.interaction_id).limit(1).scalar_subquery()
    first = func.coalesce(said.order_by(Message.id).limit(1).scalar_subquery(), promised)
    asked = select(Ticket, first).where(Ticket.id == offer.interaction.ticket_id)
    return asked.options(joinedload(Ticket.customer), joinedload(Ticket.queue))


def _own_or_404(offer_id: int) -> int:
    """The offer, if it is one's own: another's is as if it were missing."""
    mine = select(Offer.id).where(Offer.id == offer_id, Offer.agent_id == access.me().id)
    return db.session.scalar(mine) or abort(404)
