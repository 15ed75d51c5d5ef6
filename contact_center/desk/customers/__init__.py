"""The desk's customers: the list, the page of one, everything on it edited in place, and the card beside a ticket.

Every module here has its own blueprint; `wiring` registers the one that holds them.
"""

from __future__ import annotations

from flask import Blueprint

from contact_center.desk.customers import (
    card,
    card_words,
    choice,
    company,
    consents,
    details,
    documents,
    happenings,
    listing,
    merging,
    notes,
    points,
    prompting,
    record,
    standing,
    words,
)  # fmt: skip

blueprint = Blueprint("customers", __name__, url_prefix="/desk/customers")
for part in (
    listing, merging, record, details, points, notes, company, card, choice, documents, consents, prompting,
    standing,
):  # fmt: skip
    blueprint.register_blueprint(part.blueprint)
for name, speak in (words.FILTERS | card_words.FILTERS | happenings.FILTERS).items():
    blueprint.add_app_template_filter(speak, name)
