"""Whether an article helped, and that it was read: sent by the help centre's pages.

`wiring` registers the blueprint. A vote works without scripts; with them its answer takes the question's place.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access, pages
from contact_center.channels.web import forms
from contact_center.channels.web.help import door
from contact_center.channels.web.portal import visit
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.kb import reading, uses, votes
from contact_center.kb.reading import Shown

blueprint = Blueprint("help_votes", __name__, url_prefix=f"/help/{door.LANGUAGE}/<space>/<slug>")
door.prepare(blueprint)


@blueprint.post("/vote")
@access.public
def vote(space: str, slug: str) -> AnyResponse:
    """Note the vote; one of each browser, which may change its mind."""
    shown = article(space, slug)
    if again := door.too_often():
        return visit.until(again, make_response(visit.too_often(again), 429))
    helps = request.form.get("helpful") == "1"
    voter = votes.voter(door.reader(), door.visitor())
    comment = forms.clean(request.form.get("comment", ""))[: votes.LONGEST_COMMENT]
    try:
        votes.vote(shown.article.id, shown.text.language, helps, request.form.get("reason"), comment, voter)
        db.session.commit()
    except Invalid:
        db.session.rollback()
        abort(400)
    return door.remember_visitor(_thanks(shown, helps=helps))


@blueprint.post("/read")
@access.public
def read(space: str, slug: str) -> Response:
    """Somebody has stayed with it for some seconds."""
    shown = article(space, slug)
    if not door.too_often():
        uses.note(shown.article.id, uses.Use.READ, customer_id=door.reader().customer_id)
        db.session.commit()
    return Response(status=204)


def article(space: str, slug: str) -> Shown:
    """The article of the address, if it is the reader's to see."""
    return reading.article(door.reader(), space, slug) or abort(404)


def _thanks(shown: Shown, *, helps: bool) -> AnyResponse:
    voted = "yes" if helps else "no"
    if pages.wants_fragment():
        return make_response(render_template("help/_vote.html", shown=shown, voted=voted))
    page = render_template(
        "help/voted.html", shown=shown, voted=voted, canonical="", alternates={}, is_hidden=True, title=_("Thank you")
    )
    return make_response(page)
