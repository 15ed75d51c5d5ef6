"""Articles for whoever writes a request, while they write it; and that one of them made the request needless.

`wiring` registers the blueprint. What is typed is looked at and not kept. An article that solved it is noted as a
deflection of the customer, or of the browser where nobody is signed in.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web import forms
from contact_center.channels.web.help import door, votes
from contact_center.entitlements.models import Asset
from contact_center.extensions import db
from contact_center.kb import suggesting, uses
from contact_center.rows import number
from contact_center.selfservice import deflections

SHOWN = 3
READ = 2000

blueprint = Blueprint("help_answers", __name__, url_prefix=f"/help/{door.LANGUAGE}")
door.prepare(blueprint)


@blueprint.post("/answers")
@access.public
def found() -> Response:
    """The articles that may answer what is typed; nothing if there are none."""
    words = forms.clean(request.form.get("words", ""))[:READ]
    hits = [] if door.too_often() else suggesting.for_words(door.reader(), words, _products(), limit=SHOWN)
    return make_response(render_template("help/_answers.html", hits=hits))


@blueprint.post("/<space>/<slug>/solved")
@access.public
def solved(space: str, slug: str) -> AnyResponse:
    """No request is needed: count it, unless one follows within a day."""
    shown = votes.article(space, slug)
    if not door.too_often():
        me = door.reader().customer_id
        deflections.note_article(shown.article.id, door.visitor(), me)
        uses.note(shown.article.id, uses.Use.DEFLECTED, customer_id=me)
        db.session.commit()
    return door.remember_visitor(make_response(render_template("help/_solved.html")))


def _products() -> list[int]:
    """The product of the device that was chosen in the form, if it is theirs."""
    me, asset_id = access.signed_in(), number(request.form.get("asset", ""))
    asset = db.session.get(Asset, asset_id) if me and asset_id else None
    return [asset.product_id] if asset and me and asset.customer_id in me.ids and asset.product_id else []
