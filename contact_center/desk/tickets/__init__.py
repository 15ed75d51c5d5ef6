"""The desk's tickets: lists, the page of one with its composer, and everything one does to it.

Every module here has its own blueprint; `wiring` registers the one that holds them.
"""

from __future__ import annotations

from flask import Blueprint

from contact_center.desk.tickets import (
    acts,
    beside,
    composer,
    due,
    entitlement,
    fields,
    linked,
    listing,
    page,
    promises,
    starting,
    tasks,
    visit,
    why,
)

blueprint = Blueprint("tickets", __name__, url_prefix="/desk/tickets")
_DOORS = (
    listing, starting, page, acts, entitlement, fields, composer, due, tasks, promises, visit, linked, why, beside,
)  # fmt: skip
for part in _DOORS:
    blueprint.register_blueprint(part.blueprint)
