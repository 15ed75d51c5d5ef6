"""Rating a solved request of one's own: the question of our mails, on the request's page.

`wiring` registers the blueprint. Who is signed in needs no link: the ticket is theirs.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web import forms
from contact_center.channels.web.portal import door
from contact_center.errors import IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.satisfaction import surveys
from contact_center.selfservice import own_tickets

blueprint = Blueprint("my_rating", __name__, url_prefix="/my/requests/<ref>/rating")
door.prepare(blueprint)


@blueprint.post("")
@access.customer
def rate(ref: str) -> AnyResponse:
    """Record the answer and the words; they can be changed for some days."""
    ticket = own_tickets.one(door.me().ids, ref) or abort(404)
    comment = forms.clean(request.form.get("comment", ""))
    try:
        surveys.rate(ticket, door.me().customer, forms.clean(request.form.get("score", "")), comment)
        db.session.commit()
    except (Invalid, IllegalMove) as refused:
        db.session.rollback()
        flash(refused.sentence, "error")
    else:
        flash(_("Thank you for telling us."), "success")
    return redirect(url_for("my_requests.show", ref=ref) + "#rating", 303)
