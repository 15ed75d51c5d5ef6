"""Telephones in browsers: the pass with which an agent's signs in at the company, and whether there is a company."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from contact_center import access
from contact_center.channels.phone.registry import PROVIDERS
from contact_center.channels.twilio import account
from contact_center.errors import IllegalMove

blueprint = Blueprint("phones", __name__, url_prefix="/desk/phone")
PROVIDER = PROVIDERS["twilio"]


@blueprint.post("/pass")
@access.agent
def give() -> dict[str, Any]:
    """A pass for an hour, for oneself. `at` is where an emulated company answers. Raises IllegalMove without any."""
    ours = account.current()
    if ours is None or not in_browsers():
        raise IllegalMove(_("No carrier is set up for telephones in the browser."))
    return {**PROVIDER.pass_for(access.me().id), "at": ours.base}


def in_browsers() -> str:
    """Which company agents telephone with in their browser: "emulated", "real", or none."""
    ours = account.current()
    if ours is None or not ours.api_key:
        return ""
    return "emulated" if ours.base else "real"


blueprint.add_app_template_global(in_browsers, "telephones")
