"""Notices and promotions: those for everybody, and for who is signed in those for their tier.

`wiring` registers the blueprint.
"""

from __future__ import annotations

from flask import Blueprint, render_template

from contact_center import access
from contact_center.channels.web.portal import door
from contact_center.selfservice import notices

blueprint = Blueprint("news", __name__, url_prefix="/notices")
door.prepare(blueprint)


@blueprint.get("")
@access.public
def listing() -> str:
    """What is to be read today."""
    me = access.signed_in()
    shown = notices.shown(me.tier if me else None, is_signed_in=me is not None)
    return render_template("portal/notices.html", notices=shown, title_of=notices.title, text_of=notices.text)
