"""The desk's customers: the list, the page of one, everything on it edited in place, and the card beside a ticket.

Every module here has its own blueprint; `wiring` registers the one that holds them.
"""

from __future__ import annotations

from flask import Blueprint

from contact_center.desk.customers import card, choice, company, details, listing, notes, points, record, words

blueprint = Blueprint("customers", __name__, url_prefix="/desk/customers")
for part in (listing, record, details, points, notes, company, card, choice):
    blueprint.register_blueprint(part.blueprint)
for name, speak in words.FILTERS.items():
    blueprint.add_app_template_filter(speak, name)
