"""The pages of the help centre: home, space, category, article, search; and what is shown where there is none.

`wiring` registers the blueprint. An article has one address in each language; whoever knows an old one is led on.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access, pages
from contact_center.channels.web import forms
from contact_center.channels.web.help import door
from contact_center.channels.web.portal import visit
from contact_center.extensions import db
from contact_center.kb import addresses, reading, searching, suggesting
from contact_center.kb.models import Category, Space
from contact_center.kb.reading import Branch, Root, Shown
from contact_center.kb.traces import Where
from contact_center.rows import number

ON_HOME = 5  # articles of each category
RESULTS = 20
WHILE_TYPING = 6
RELATED = 5
CONTENTS_FROM = 3  # headings that make a table of contents worth its place
LONGEST_QUESTION = 200

blueprint = Blueprint("help", __name__, url_prefix=f"/help/{door.LANGUAGE}")
door.prepare(blueprint)


@blueprint.get("/")
@access.public
def home() -> str:
    """Every space and its categories, and the search above them."""
    reader = door.reader()
    roots = reading.tree(reader)
    return render_template(
        "help/home.html",
        roots=[(root, [_card(root.space, branch) for branch in root.branches], _loose(root)) for root in roots],
        canonical=addresses.home(reader.language),
        alternates=door.alternates(addresses.home),
    )


@blueprint.get("/search")
@access.public
def search() -> Response:
    """What fits the words; a script that follows the typing gets the titles alone."""
    words = forms.clean(request.args.get("q", ""), is_line=True)[:LONGEST_QUESTION]
    if again := door.too_often():
        return visit.until(again, make_response(_page(visit.too_often(again), words), 429))
    is_typing = pages.wants_fragment()
    typing = f"{door.language()} {request.args['typing'][:60]}" if request.args.get("typing") else None
    found = None
    if words:
        limit = WHILE_TYPING if is_typing else RESULTS
        found = searching.search(door.reader(), words, door.language(), Where.PORTAL, limit=limit, typing=typing)
        db.session.commit()
    if is_typing:
        return make_response(render_template("help/_typed.html", found=found, words=words))
    response = make_response(_page("", words, found))
    if not door.is_known():
        response.headers["Cache-Control"] = f"private, max-age={door.FOUND_FOR}"
    return response


@blueprint.get("/<space>/")
@access.public
def space(space: str) -> str:
    """The categories of a space, and its articles that are in none."""
    root = _root(space)
    return render_template(
        "help/space.html",
        root=root,
        cards=[_card(root.space, branch) for branch in root.branches],
        loose=_loose(root),
        canonical=_in_space(space, door.language()),
        alternates=door.alternates(lambda code: _in_space(space, code)),
    )


@blueprint.get("/<space>/<slug>/")
@access.public
def category(space: str, slug: str) -> str:
    """The articles of a category, and the categories within it."""
    roots = reading.tree(door.reader())
    root = next((root for root in roots if root.space.slug == space), None) or abort(404)
    way = _way(root.branches, slug) or abort(404)
    return render_template(
        "help/category.html",
        root=root,
        many_spaces=len(roots) > 1,
        way=way,
        cards=[_card(root.space, branch) for branch in way[-1].branches],
        articles=_lines(root.space, way[-1].category, reading.LISTED),
        canonical=addresses.category(space, slug, door.language()),
        alternates=door.alternates(lambda code: addresses.category(space, slug, code)),
    )


@blueprint.get("/<space>/<slug>")
@access.public
def article(space: str, slug: str) -> AnyResponse:
    """An article; in a form, only its words."""
    shown = reading.article(door.reader(), space, slug)
    if shown is None:
        return _not_an_article(space, slug)
    if shown.path != request.path:
        return redirect(shown.path, 301)
    _chosen(shown)
    if pages.wants_fragment():
        return make_response(render_template("help/_in_place.html", shown=shown))
    return make_response(_article(shown))


@blueprint.errorhandler(NotFound)
def _not_found(_error: NotFound) -> Response:
    """Nothing is here; perhaps what the address says is what somebody wants to know."""
    db.session.rollback()
    words = " ".join(request.path.rstrip("/").rpartition("/")[2].replace("-", " ").split())[:LONGEST_QUESTION]
    hits = suggesting.for_words(door.reader(), words, limit=WHILE_TYPING)
    page = render_template("help/missing.html", words=words, hits=hits, alternates={}, canonical="", is_hidden=True)
    return make_response(page, 404)


def _article(shown: Shown) -> str:
    roots = reading.tree(door.reader())
    root = next((root for root in roots if root.space.id == shown.article.space_id), None)
    slug = shown.article.category.slug if shown.article.category else ""
    is_public = shown.article.audience == "PUBLIC"
    return render_template(
        "help/article.html",
        shown=shown,
        many_spaces=len(roots) > 1,
        way=_way(root.branches, slug) if root and slug else [],
        contents=shown.headings if len(shown.headings) >= CONTENTS_FROM else (),
        related=_related(shown),
        canonical=_path_of(shown, shown.text.language),  # a page that speaks another language is not one of its own
        alternates={code: _path_of(shown, code) for code in shown.languages},
        switch=door.alternates(lambda code: _path_of(shown, code)),
        is_hidden=not is_public,
    )


def _related(shown: Shown) -> list[dict[str, str]]:
    """What is about the same, then what stands beside it."""
    alike = suggesting.for_words(door.reader(), f"{shown.text.title} {shown.text.summary}", limit=RELATED + 1)
    found = {hit.article_id: {"title": hit.title, "url_path": hit.url_path} for hit in alike}
    beside = reading.listed(door.reader(), shown.article.space, shown.article.category, RELATED + 1)
    for line in beside:
        path = addresses.article(shown.article.space.slug, line.slug, door.language())
        found.setdefault(line.article_id, {"title": line.title, "url_path": path})
    found.pop(shown.article.id, None)
    return list(found.values())[:RELATED]


def _not_an_article(space: str, slug: str) -> AnyResponse:
    """A category's address without its last stroke, or nothing."""
    known = select(Category.id).join(Space).where(Space.slug == space, Category.slug == slug)
    if db.session.scalar(known) is None:
        abort(404)
    return redirect(addresses.category(space, slug, door.language()), 301)


def _chosen(shown: Shown) -> None:
    """A link of a search says which one, so that it is known what was found good enough to be read."""
    if search_id := number(request.args.get("found", "")):
        searching.chose(search_id, shown.article.id, door.reader())
        db.session.commit()


def _page(notice: str, words: str, found: searching.Found | None = None) -> str:
    return render_template(
        "help/search.html",
        words=words,
        found=found,
        notice=notice,
        roots=[] if found and found.hits else reading.tree(door.reader()),
        canonical="",
        alternates={},
        switch=door.alternates(lambda code: f"{addresses.home(code)}search?{urlencode({'q': words})}"),
        is_hidden=True,
    )


def _root(slug: str) -> Root:
    return next((root for root in reading.tree(door.reader()) if root.space.slug == slug), None) or abort(404)


def _way(branches: tuple[Branch, ...], slug: str) -> list[Branch]:
    """The way down to a category; empty if it is not there for the reader."""
    for branch in branches:
        if branch.category.slug == slug:
            return [branch]
        if below := _way(branch.branches, slug):
            return [branch, *below]
    return []


def _card(space: Space, branch: Branch) -> dict[str, Any]:
    """A category as the home page shows it: its first articles, and how many there are in all."""
    return {
        "name": branch.category.name,
        "path": addresses.category(space.slug, branch.category.slug, door.language()),
        "articles": _lines(space, branch.category, ON_HOME),
        "count": _count(branch),
        "branches": [
            (one.category.name, addresses.category(space.slug, one.category.slug, door.language()))
            for one in branch.branches
        ],
    }


def _count(branch: Branch) -> int:
    return branch.articles + sum(map(_count, branch.branches))


def _loose(root: Root) -> list[dict[str, str]]:
    return _lines(root.space, None, reading.LISTED) if root.loose else []


def _lines(space: Space, category: Category | None, limit: int) -> list[dict[str, str]]:
    return [
        {
            "title": line.title,
            "summary": line.summary,
            "url_path": addresses.article(space.slug, line.slug, door.language()),
        }
        for line in reading.listed(door.reader(), space, category, limit)
    ]


def _path_of(shown: Shown, language: str) -> str:
    return addresses.article(shown.article.space.slug, shown.article.slug, language)


def _in_space(slug: str, language: str) -> str:
    return f"{addresses.home(language)}{slug}/"
