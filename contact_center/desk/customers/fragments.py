"""What the routes here share: the row that a URL names, or 404, and fragments as htmx takes them, toasts with undo."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, rows
from contact_center.card.models import PromptRule
from contact_center.customers import merging
from contact_center.customers.models import ContactPoint, Customer, CustomerDocument, CustomerNote
from contact_center.errors import IllegalMove
from contact_center.extensions import db
from contact_center.tickets import scope
from contact_center.tickets.models import Ticket

_LARGEST_ID = 2**63 - 1


def customer_or_404(customer_id: int) -> Customer:
    """The customer; everybody who is signed in may see customers, and each look is recorded where it is shown.

    Who was merged into another leads there: a page goes on to it, a form says so.
    """
    found = db.session.get(Customer, customer_id) if customer_id <= _LARGEST_ID else None
    if found is not None:
        return found
    survivor_id = merging.survivors([customer_id]).get(customer_id) if customer_id <= _LARGEST_ID else None
    if survivor_id is None:
        abort(404)
    if request.method != "GET" or request.endpoint is None:
        raise IllegalMove(_("This customer has been merged into another. Reload the page."))
    asked = {name: value for name, value in request.args.items() if not name.startswith("_")}  # url_for's own words
    there = {**asked, **(request.view_args or {}), "customer_id": survivor_id}
    return abort(redirect(url_for(request.endpoint, **there), 302))


def point_or_404(customer_id: int, point_id: int) -> ContactPoint:
    point = _row_or_404(ContactPoint, point_id)
    return point if point.customer_id == customer_id else abort(404)


def note_or_404(customer_id: int, note_id: int) -> CustomerNote:
    note = _row_or_404(CustomerNote, note_id)
    return note if note.customer_id == customer_id else abort(404)


def document_or_404(customer_id: int, document_id: int) -> CustomerDocument:
    row = _row_or_404(CustomerDocument, document_id)
    return row if row.customer_id == customer_id else abort(404)


def rule_or_404(rule_id: int) -> PromptRule:
    return _row_or_404(PromptRule, rule_id)


def ticket_or_404(ref: str) -> Ticket:
    """The ticket, if the reader may see it."""
    try:
        return scope.get(access.me(), ref)
    except scope.NotVisible:
        abort(404)


def number(name: str) -> int:
    """A number that the request carries; 0 where it does not, or carries something else."""
    return rows.number(request.values.get(name, "")) or 0


def fragment(template: str, *, status: int = 200, toast: dict[str, str] | None = None, **context: Any) -> Response:
    """A piece of the page. *toast* is shown in the corner: text, and with `undo` a button that posts there."""
    response = make_response(render_template(f"desk/{template}", **context), status)
    if toast:
        response.headers["HX-Trigger"] = json.dumps({"cc:toast": toast})
    return response


def undo(text: str, url: str, place: str) -> dict[str, str]:
    """A toast that says what was done and can take it back: its button posts to *url* and fills the element *place*."""
    return {"text": text, "undo": url, "label": str(_("Undo")), "place": place}


def _row_or_404(model: Any, row_id: int) -> Any:
    row = db.session.get(model, row_id) if row_id <= _LARGEST_ID else None
    return row if row is not None else abort(404)
