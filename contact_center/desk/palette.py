"""Ctrl K: tickets, messages, customers, orders, products for what is typed, as JSON; and the page with everything."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.customers import search as customers
from contact_center.customers.models import Customer, CustomerKind
from contact_center.desk import words
from contact_center.desk.archive import words as archive_words
from contact_center.orders import catalogue
from contact_center.orders import lists as orders
from contact_center.orders.models import Order, Product
from contact_center.text.addresses import email_display
from contact_center.text.snippets import Snippet
from contact_center.tickets import lists, search
from contact_center.tickets.search import Found, Hit, Where

blueprint = Blueprint("palette", __name__, url_prefix="/desk")
IN_PALETTE = 8
PEOPLE_IN_PALETTE = 4
PEOPLE = 6
ARCHIVE = 3  # orders, and products, in the palette
_CHANNEL_ICONS = {"email": "mail", "sms": "message-2", "web": "world", "phone": "phone"}


@blueprint.get("/palette")
@access.agent
def find() -> Any:
    """What the palette lists below its field."""
    typed = _typed()
    if not typed:
        return jsonify([])
    hits = search.search(access.me(), typed, limit=IN_PALETTE).hits
    said = [hit for hit in hits if _is_in_words_only(hit)]
    people = customers.find(typed, limit=PEOPLE_IN_PALETTE)
    found = [_ticket_entry(hit) for hit in hits if not _is_in_words_only(hit)]
    archive = [*map(_order_entry, orders.find(typed, ARCHIVE)), *map(_product_entry, catalogue.find(typed, ARCHIVE))]
    return jsonify([*found, *map(_customer_entry, people), *archive, *map(_message_entry, said)])


@blueprint.get("/search")
@access.agent
def everything() -> str:
    """All that was found, with where it stands."""
    typed, before = _typed(), request.args.get("before")
    found = search.search(access.me(), typed, before=before) if typed else Found([])
    return render_template(
        "desk/search.html",
        typed=typed,
        found=found,
        people=customers.find(typed, limit=PEOPLE) if typed and not before else [],
        orders=orders.find(typed, PEOPLE) if not before else [],
        products=catalogue.find(typed, PEOPLE) if typed and not before else [],
        counts=lists.counts(access.me()),
        is_first=not before,
    )


def _typed() -> str:
    return request.args.get("q", "").strip()[: search.LONGEST]


def _is_in_words_only(hit: Hit) -> bool:
    """Whether what was asked stands in a message and not in the subject."""
    return (
        hit.where is Where.MESSAGE and bool(hit.said and _has_marks(hit.said.snippet)) and not _has_marks(hit.subject)
    )


def _has_marks(snippet: Snippet) -> bool:
    return any(is_asked for _text, is_asked in snippet.parts)


def _ticket_entry(hit: Hit) -> dict[str, str]:
    row = hit.row
    return {
        "group": _("Tickets"),
        "label": f"{row.ref} {row.subject or _('No subject')}",
        "hint": " · ".join(filter(None, (row.customer, words.state_word(row.state)))),
        "url": url_for("tickets.page.show", ref=row.ref),
        "icon": _CHANNEL_ICONS.get(row.channel, "ticket"),
    }


def _message_entry(hit: Hit) -> dict[str, str]:
    said = hit.said
    return {
        "group": _("Messages"),
        "label": str(said.snippet) if said else hit.row.subject,
        "hint": " · ".join(filter(None, (said.name if said else "", hit.row.ref))),
        "url": url_for("tickets.page.show", ref=hit.row.ref, _anchor=f"message-{said.id}" if said else None),
        "icon": "message",
    }


def _order_entry(order: Order) -> dict[str, str]:
    return {
        "group": _("Orders"),
        "label": order.external_id,
        "hint": " · ".join((order.customer.name, archive_words.order_word(order.state))),
        "url": url_for("archive.orders.page", order_id=order.id),
        "icon": "package",
    }


def _product_entry(product: Product) -> dict[str, str]:
    return {
        "group": _("Products"),
        "label": product.name,
        "hint": " · ".join(filter(None, (product.model, product.external_id))),
        "url": url_for("archive.products.page", product_id=product.id),
        "icon": "list-details",
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
