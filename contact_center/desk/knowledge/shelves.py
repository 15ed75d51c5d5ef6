"""Browsing and searching what we know: spaces, categories, and the lists that ask for work.

`knowledge` registers the blueprint.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for

from contact_center import access, pages
from contact_center.desk import asked
from contact_center.desk.knowledge import finding
from contact_center.extensions import db
from contact_center.kb import drafts, lists, searching
from contact_center.kb.lists import Show, Wanted
from contact_center.kb.traces import Where

LONGEST = 200
PROPOSED = 6

blueprint = Blueprint("shelves", __name__)


@blueprint.get("")
@access.agent
def listing() -> str:
    """Articles of a list or a category; with words, what was found for them."""
    words = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST]
    wanted = _wanted()
    shown: dict[str, Any] = _found(words) if words else _listed(wanted)
    return render_template("desk/knowledge/list.html", words=words, wanted=wanted, **shown, **finding.left())


@blueprint.get("/find")
@access.agent
def find() -> Any:
    """Articles for a few words, as a link in another article needs them."""
    words = request.args.get("q", "").replace("\x00", "")[:LONGEST]
    hits = searching.search(finding.reader(), words, finding.mine(), Where.DESK, PROPOSED, typing="link").hits
    db.session.rollback()  # looking for a link is no question that anybody had
    return jsonify([{"title": hit.title, "url": hit.url_path} for hit in hits])


def _wanted() -> Wanted:
    show = request.args.get("show", "")
    space_id, has_category = asked.number("space") or None, "category" in request.args
    return Wanted(
        Show(show) if show in set(Show) else Show.ALL, space_id, asked.number("category") if has_category else None
    )


def _found(words: str) -> dict[str, Any]:
    typing = "find" if pages.wants_fragment() else None
    found = searching.search(finding.reader(), words, finding.mine(), Where.DESK, 20, typing=typing)
    db.session.commit()
    return {"found": found, "rows": [], "next": None, "waiting": []}


def _listed(wanted: Wanted) -> dict[str, Any]:
    shown = lists.page(access.me(), wanted, finding.mine(), request.args.get("after", ""))
    more: dict[str, Any] = request.args.to_dict() | {"after": shown.next}
    return {
        "found": None,
        "rows": shown.rows,
        "next": url_for("knowledge.shelves.listing", **more) if shown.next else None,
        "waiting": drafts.waiting(access.me()) if wanted.show is Show.MINE else [],
    }
