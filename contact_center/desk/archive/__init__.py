"""The desk's archive: orders, products, what customers own and are entitled to, and their accounts.

Every module here has its own blueprint; `wiring` registers the one that holds them.
"""

from __future__ import annotations

from flask import Blueprint

from contact_center.desk.archive import assets, belongings, contracts, orders, products, words

blueprint = Blueprint("archive", __name__, url_prefix="/desk")
for part in (orders, products, assets, contracts, belongings):
    blueprint.register_blueprint(part.blueprint)
for name, speak in words.FILTERS.items():
    blueprint.add_app_template_filter(speak, name)
