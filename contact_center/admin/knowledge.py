"""Settings, Knowledge: spaces and their categories, named in each language and put in order; articles in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid, Unreadable
from contact_center.extensions import db
from contact_center.kb import documents, markdown, packing, spaces, tables
from contact_center.kb.documents import Document, Outcome
from contact_center.kb.models import Category, Space

blueprint = Blueprint("knowledge_settings", __name__, url_prefix="/admin/knowledge")
SHOWN_BAD = 30
Read = tuple[list[Document], list[tuple[str, str]]]


@blueprint.get("")
@access.supervisor
def listing() -> str:
    return _page()


@blueprint.get("/new")
@access.supervisor
def blank() -> str:
    return _form(None, None)


@blueprint.post("/new")
@access.supervisor
def add() -> Any:
    once.made(Space, lambda: spaces.add_space(access.me(), names=_names(), slug=reading.text("slug")))
    return _saved()


@blueprint.get("/<int:space_id>")
@access.supervisor
def edit(space_id: int) -> str:
    return _form(reading.or_404(Space, space_id), None)


@blueprint.post("/<int:space_id>")
@access.supervisor
def save(space_id: int) -> Any:
    space = reading.or_404(Space, space_id)
    is_active = "is_active" in request.form
    spaces.change_space(
        space, access.me(), reading.version(), names=_names(), slug=reading.text("slug"), is_active=is_active
    )  # fmt: skip
    return _saved()


@blueprint.post("/<int:space_id>/move")
@access.supervisor
def move(space_id: int) -> Any:
    """One place up or down by the arrows, or to the place (from 0) where it was dropped."""
    space = reading.or_404(Space, space_id)
    spaces.move_space(space, access.me(), _by(space_id, [each.id for each in spaces.everything()]))
    return _moved()


@blueprint.post("/<int:space_id>/remove")
@access.supervisor
def remove(space_id: int) -> Any:
    spaces.remove(reading.or_404(Space, space_id), access.me())
    return _saved()


@blueprint.get("/<int:space_id>/categories/new")
@access.supervisor
def blank_category(space_id: int) -> str:
    return _form(reading.or_404(Space, space_id), None, is_category=True)


@blueprint.post("/<int:space_id>/categories/new")
@access.supervisor
def add_category(space_id: int) -> Any:
    space, parent = reading.or_404(Space, space_id), reading.row(Category, "parent_id")
    fields = {"names": _names(), "slug": reading.text("slug"), "parent": parent}
    once.made(Category, lambda: spaces.add_category(access.me(), space, **fields))
    return _saved()


@blueprint.get("/categories/<int:category_id>")
@access.supervisor
def edit_category(category_id: int) -> str:
    category = reading.or_404(Category, category_id)
    return _form(category.space, category, is_category=True)


@blueprint.post("/categories/<int:category_id>")
@access.supervisor
def save_category(category_id: int) -> Any:
    category = reading.or_404(Category, category_id)
    spaces.change_category(category, access.me(), reading.version(), names=_names(), slug=reading.text("slug"))
    return _saved()


@blueprint.post("/categories/<int:category_id>/move")
@access.supervisor
def move_category(category_id: int) -> Any:
    """The same within its space, or below the category it stands in."""
    category = reading.or_404(Category, category_id)
    beside = [each.id for each in spaces.beside(category)]
    place = reading.number("to")
    if place is None:
        spaces.move_category(category, access.me(), reading.step())
    else:  # among all of the space's, in which those below others stand, too
        above = [each.id for each in spaces.categories(category.space)][: place + 1]
        there = max(sum(each in above for each in beside) - 1, 0)
        spaces.move_category(category, access.me(), there - beside.index(category_id))
    return _moved()


@blueprint.post("/categories/<int:category_id>/remove")
@access.supervisor
def remove_category(category_id: int) -> Any:
    spaces.remove(reading.or_404(Category, category_id), access.me())
    return _saved()


@blueprint.post("/import")
@access.supervisor
def take_in() -> Any:
    """A CSV file or an archive of Markdown files; what could not be used is named with its reason."""
    found, bad = _uploaded()
    outcome = documents.take_in(found, access.me(), publishes="publishes" in request.form)
    outcome.bad[:0] = bad
    db.session.commit()
    return _page(outcome)


@blueprint.get("/export/articles.<any(zip, csv):packed>")
@access.supervisor
def hand_out(packed: str) -> Response:
    """Every article in every language, as files or as a table."""
    if packed == "csv":
        answer = Response("".join(tables.write(documents.hand_out())), mimetype="text/csv")
    else:
        answer = Response(packing.packed(markdown.write(documents.hand_out())), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename=articles.{packed}"
    return answer


def _uploaded() -> Read:
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid(_("Choose a file."), {"file": _("Choose a file.")})
    try:
        if given.filename.lower().endswith(".zip"):
            return markdown.read(packing.unpacked(given.stream))
        return tables.read(given.stream.read().decode("utf-8-sig"))
    except Unreadable as error:
        raise Invalid(error.sentence, {"file": error.sentence}) from None
    except UnicodeDecodeError:
        sentence = _("Save the file as CSV in UTF-8, or as an archive (ZIP) of Markdown files.")
        raise Invalid(sentence, {"file": sentence}) from None


def _names() -> dict[str, str]:
    return {code: reading.text(f"name_{code}") for code in LANGUAGES}


def _by(row_id: int, ids: list[int]) -> int:
    place = reading.number("to")
    if row_id not in ids:  # somebody has removed it
        abort(404)
    return reading.step() if place is None else place - ids.index(row_id)


def _page(outcome: Outcome | None = None) -> str:
    shelves = [(space, spaces.categories(space)) for space in spaces.everything()]
    return render_template(
        "admin/knowledge.html", page="knowledge", shelves=shelves, counts=spaces.counts(), outcome=outcome,
        told=_told(outcome) if outcome else "", shown_bad=SHOWN_BAD,
    )  # fmt: skip


def _told(outcome: Outcome) -> str:
    said = {"created": outcome.created, "changed": outcome.changed, "same": outcome.same, "bad": len(outcome.bad)}
    return str(_("New: %(created)d, changed: %(changed)d, the same: %(same)d, not usable: %(bad)d.", **said))


def _form(space: Space | None, category: Category | None, *, is_category: bool = False) -> str:
    return render_template(
        "admin/knowledge_shelf.html", page="knowledge", space=space, category=category, is_category=is_category,
        languages=LANGUAGES, row=category if is_category else space,
        parents=[(one.id, one.name) for one in spaces.categories(space) if one.parent_id is None] if space else [],
    )  # fmt: skip


def _saved() -> Any:
    flash(_("Saved."), "success")
    return _moved()


def _moved() -> Any:
    db.session.commit()
    return redirect(url_for("knowledge_settings.listing"), 303)
