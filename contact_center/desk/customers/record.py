"""The page of one customer: header, facts at the side, and timeline, tickets, notes or history in the middle."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.card import summary, tickets, timeline
from contact_center.card.entries import GROUPS, EntryKind
from contact_center.card.prompts import showing
from contact_center.customers import documents, history, notes
from contact_center.customers.models import Customer, CustomerKind
from contact_center.desk.customers import consents, details, fragments, merging
from contact_center.desk.customers.company import people
from contact_center.desk.customers.points import shown_points
from contact_center.extensions import db

blueprint = Blueprint("record", __name__)
CHANNELS = ("email", "phone", "sms", "web")
TABS = ("timeline", "tickets", "notes", "documents", "history")


@blueprint.get("/<int:customer_id>")
@access.agent
def page(customer_id: int) -> str:
    """The whole page; the look at it is recorded."""
    customer, agent = fragments.customer_or_404(customer_id), access.me()
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else "timeline"
    shown = render_template(
        "desk/customers/record.html",
        customer=customer,
        tab=tab,
        counts=_counts(customer, agent),
        pinned=[note for note in notes.of(customer) if note.is_pinned],
        points=shown_points(customer),
        people=people(customer),
        groups=details.groups(customer),
        **consents.state(customer),
        **merging.side(customer),
        **_TABS[tab](customer, agent),
    )
    history.record_look(customer, agent)
    db.session.commit()
    return shown


@blueprint.get("/<int:customer_id>/<any(timeline, tickets, history):tab>")
@access.agent
def more(customer_id: int, tab: str) -> Any:
    """The next rows of an endless tab."""
    customer = fragments.customer_or_404(customer_id)
    return fragments.fragment(f"customers/_{tab}.html", customer=customer, **_TABS[tab](customer, access.me()))


@blueprint.get("/<int:customer_id>/overview")
@access.agent
def overview(customer_id: int) -> Any:
    """What stands above the timeline: prompts and the drawers of the archive. It refreshes itself."""
    shown = summary.of(fragments.customer_or_404(customer_id), access.me())
    page = fragments.fragment("customers/_overview.html", card=shown)
    showing.record(shown)
    db.session.commit()
    return page


def _counts(customer: Customer, agent: Agent) -> dict[str, int]:
    seen, hidden = tickets.count(customer, agent)
    return {
        "tickets": seen,
        "hidden_tickets": hidden,
        "notes": notes.count(customer),
        "documents": documents.count(customer),
    }


def _timeline(customer: Customer, agent: Agent) -> dict[str, Any]:
    show, channel = request.args.get("show", ""), request.args.get("channel", "")
    show, channel = show if show in GROUPS else "", channel if channel in CHANNELS else ""
    found = timeline.page(
        customer, agent, after=request.args.get("after"), kinds=GROUPS.get(show, tuple(EntryKind)),
        channel=channel or None,
    )  # fmt: skip
    is_company = customer.kind is CustomerKind.COMPANY
    return {"found": found, "is_company": is_company, "show": show, "channel": channel}


def _tickets(customer: Customer, agent: Agent) -> dict[str, Any]:
    return {"found": tickets.page(customer, agent, before=fragments.number("before") or None)}


def _notes(customer: Customer, _agent: Agent) -> dict[str, Any]:
    return {"notes": notes.of(customer)}


def _documents(customer: Customer, _agent: Agent) -> dict[str, Any]:
    return {"documents": documents.of(customer)}


def _history(customer: Customer, agent: Agent) -> dict[str, Any]:
    """Who changed what; or, for supervisors, who looked."""
    looks = request.args.get("looks") == "1" and agent.is_supervisor
    before = fragments.number("before") or None
    entries = history.page(customer, before=before, limit=HISTORY, looks=looks, changes=not looks)
    return {"entries": entries, "looks": looks, "full_page": HISTORY}


HISTORY = 40
_TABS = {
    "timeline": _timeline, "tickets": _tickets, "notes": _notes, "documents": _documents, "history": _history,
}  # fmt: skip
