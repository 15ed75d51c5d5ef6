"""Ctrl K: tickets and customers for what is typed, as JSON; and the page with everything that was found."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.customers import search as customers
from contact_center.customers.models import Customer, CustomerKind
from contact_center.desk import words
from contact_center.text.addresses import email_display
from contact_center.tickets import lists
from contact_center.tickets.lists import Filter, Row

blueprint = Blueprint("palette", __name__, url_prefix="/desk")
IN_PALETTE = 6
LONGEST = 200
_CHANNEL_ICONS = {"email": "mail", "sms": "message-2", "web": "world", "phone": "phone"}


@blueprint.get("/palette")
@access.agent
def find() -> Any:
    """What the palette lists below its field."""
    typed = request.args.get("q", "").strip()[:LONGEST]
    if not typed:
        return jsonify([])
    found = lists.page(access.me(), Filter(text=typed), limit=IN_PALETTE).rows
    people = customers.find(typed, limit=IN_PALETTE)
    return jsonify([*map(_ticket_entry, found), *map(_customer_entry, people)])


def _ticket_entry(row: Row) -> dict[str, str]:
    return {
        "group": _("Tickets"),
        "label": f"{row.ref} {row.subject or _('No subject')}",
        "hint": " · ".join(filter(None, (row.customer, words.state_word(row.state)))),
        "url": url_for("tickets.page.show", ref=row.ref),
        "icon": _CHANNEL_ICONS.get(row.channel, "ticket"),
    }


def _customer_entry(customer: Customer) -> dict[str, str]:
    reached = [email_display(point.value) for point in customer.points[:1]]
    company = customer.company.name if customer.company else customer.city
    return {
        "group": _("Customers"),
        "label": customer.name,
        "hint": " · ".join(filter(None, (company, *reached))),
        "url": url_for("customers.record.page", customer_id=customer.id),
        "icon": "building" if customer.kind is CustomerKind.COMPANY else "user",
    }
