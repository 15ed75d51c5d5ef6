"""The desk's knowledge: articles found, read, written, reviewed and published, and what they were before.

Every module here has its own blueprint; `wiring` registers the one that holds them.
"""

from __future__ import annotations

from flask import Blueprint

from contact_center.desk.knowledge import editing, moving, past, placing, shelves, show, words

blueprint = Blueprint("knowledge", __name__, url_prefix="/knowledge")
for part in (shelves, show, editing, placing, moving, past):
    blueprint.register_blueprint(part.blueprint)
for name, speak in words.FILTERS.items():
    blueprint.add_app_template_filter(speak, name)
