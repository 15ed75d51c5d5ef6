"""What the help centre has besides its pages: pictures, short addresses, and what search engines read.

`wiring` registers the blueprint. A picture is seen by whoever may read its article; agents see those of drafts.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web.help import door
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.kb import addresses, reading
from contact_center.kb import sitemap as site
from contact_center.kb.reading import Reader

KEPT_FOR = 3600

blueprint = Blueprint("help_files", __name__)
door.prepare(blueprint)


@blueprint.get("/help")
@blueprint.get("/help/")
@access.public
def start() -> AnyResponse:
    """The help centre in the visitor's language."""
    response = redirect(addresses.home(door.language()), 302)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/k/<any(en, zh):lang>/<int:article_id>")
@access.public
def short(article_id: int) -> AnyResponse:
    """An article by its short address, which fits into a text."""
    shown = reading.by_id(door.reader(), article_id)
    return redirect(shown.path, 302) if shown else redirect(addresses.home(door.language()), 302)


@blueprint.get("/help/images/<key>")
@access.public
def image(key: str) -> Response:
    """A picture of an article."""
    reader = Reader(agent_id=current_user.id) if getattr(current_user, "is_authenticated", False) else door.reader()
    found = reading.image(reader, key) or abort(404)
    try:
        path = store.path_of(db.session.get_one(File, found.file_id))
    except FileNotFoundError:
        abort(404)
    response = send_file(path, mimetype=found.content_type, etag=key, max_age=KEPT_FOR)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = f"{'private' if door.is_known() else 'public'}, max-age={KEPT_FOR}"
    return response


@blueprint.get("/robots.txt")
@access.public
def robots() -> Response:
    """Search engines are welcome in the help centre and nowhere else."""
    sitemap = url_for("help_files.sitemap", _external=False)
    words = f"User-agent: *\nDisallow: /\nAllow: /help/\nDisallow: /help/*/search\nSitemap: {_absolute(sitemap)}\n"
    response = Response(words, mimetype="text/plain")
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    return response


@blueprint.get("/help/sitemap.xml")
@access.public
def sitemap() -> AnyResponse:
    """Where the lists of all public articles are."""
    parts = [_absolute(url_for("help_files.sitemap_part", part=part)) for part in site.parts()]
    return _xml(render_template("help/sitemap.xml", parts=parts, articles=()))


@blueprint.get("/help/sitemap-<int:part>.xml")
@access.public
def sitemap_part(part: int) -> AnyResponse:
    """Some of the public articles, each with its other languages."""
    found = site.part(part)
    if not found:
        abort(404)
    articles = [
        {
            "at": one.changed_at,
            "paths": {code: _absolute(addresses.article(one.space, one.slug, code)) for code in one.languages},
        }
        for one in found
    ]
    return _xml(render_template("help/sitemap.xml", parts=(), articles=articles))


def _xml(text: str) -> AnyResponse:
    response = Response(text, mimetype="application/xml")
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    response.add_etag()
    return response.make_conditional(request)


def _absolute(path: str) -> str:
    return door.Help(door.language()).absolute(path)
