"""Spaces and categories: added, named in each language, ordered, removed when nothing is in them. Settings call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.config import LANGUAGES
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.kb import addresses
from contact_center.kb.models import Article, Category, Space
from contact_center.text.lines import one_line

LONGEST_NAME = 80
_RESERVED = ("images", "search", "vote", "topics")  # the help centre's own addresses


def everything() -> list[Space]:
    """All spaces in their order."""
    return list(db.session.scalars(select(Space).order_by(Space.position, Space.id)))


def categories(space: Space) -> list[Category]:
    """A space's categories: each followed by its own, in their order."""
    found = db.session.scalars(
        select(Category).where(Category.space_id == space.id).order_by(Category.position, Category.id)
    ).all()
    first = [one for one in found if one.parent_id is None]
    return [one for top in first for one in (top, *(below for below in found if below.parent_id == top.id))]


def beside(row: Category) -> list[Category]:
    """The categories among which it stands, itself included, in their order; locked."""
    asked = select(Category).where(Category.space_id == row.space_id)
    asked = asked.where(Category.parent_id.is_not_distinct_from(row.parent_id))
    locked = asked.order_by(Category.position, Category.id).with_for_update()
    return list(db.session.scalars(locked.execution_options(populate_existing=True)))


def by_slug(slug: str) -> Space | None:
    """The space with that address."""
    return db.session.scalar(select(Space).where(Space.slug == slug))


def category_by_slug(space: Space, slug: str) -> Category | None:
    """The category of *space* with that address."""
    return db.session.scalar(select(Category).where(Category.space_id == space.id, Category.slug == slug))


def counts() -> dict[tuple[int, int | None], int]:
    """How many articles, in whatever state, a space's categories have; (space, None): those in none."""
    asked = select(Article.space_id, Article.category_id, func.count())
    found = db.session.execute(asked.group_by(Article.space_id, Article.category_id))
    return {(space_id, category_id): count for space_id, category_id, count in found}


def add_space(agent: Agent | None, *, names: Mapping[str, Any], slug: str = "", is_active: bool = True) -> Space:
    """Open a space, behind the others. Raises Invalid."""
    clean = _names(names)
    row = Space(
        names=clean, slug=_slug(slug, clean), is_active=is_active, position=rows.last_position(Space)
    )  # fmt: skip
    return _added(row, agent)


def add_category(
    agent: Agent | None, space: Space, *, names: Mapping[str, Any], slug: str = "", parent: Category | None = None
) -> Category:
    """Add a heading to *space*, behind the others, or below one of them. Raises Invalid."""
    clean = _names(names)
    row = Category(
        space_id=space.id, parent_id=_parent(space, parent), names=clean, slug=_slug(slug, clean),
        position=_last(space.id),
    )  # fmt: skip
    return _added(row, agent)


def change_space(
    row: Space, agent: Agent, version: int, *, names: Mapping[str, Any], slug: str, is_active: bool
) -> None:
    """Name it otherwise, or close it to all but agents. Raises Invalid, Stale."""
    clean = _names(names)
    _changed(row, agent, {"names": clean, "slug": _slug(slug, clean), "is_active": is_active}, version)


def change_category(row: Category, agent: Agent, version: int, *, names: Mapping[str, Any], slug: str) -> None:
    """Name it otherwise. Raises Invalid, Stale."""
    clean = _names(names)
    _changed(row, agent, {"names": clean, "slug": _slug(slug, clean)}, version)


def move_space(row: Space, agent: Agent, by: int) -> None:
    """One place up or down."""
    if rows.move(row, by):
        _note(row, agent, "moved")


def order_spaces(agent: Agent, ids: Sequence[int]) -> None:
    """Put the spaces into this order; those that are not named stay behind."""
    _ordered(everything(), ids)
    log.record(Name.KNOWLEDGE_CHANGED, None, agent, what="ordered")


def move_category(row: Category, agent: Agent, by: int) -> None:
    """One place up or down among its like."""
    alike = beside(row)
    here = alike.index(row)
    there = min(max(here + by, 0), len(alike) - 1)
    alike.insert(there, alike.pop(here))
    _ordered(alike, [one.id for one in alike])
    if here != there:
        _note(row, agent, "moved")


def order_categories(space: Space, agent: Agent, ids: Sequence[int]) -> None:
    """Put categories of *space* into this order."""
    _ordered(categories(space), ids)
    _note(space, agent, "ordered")


def remove(row: Space | Category, agent: Agent) -> None:
    """Remove a space or a category that nothing is in. Raises IllegalMove."""
    mine = Article.space_id if isinstance(row, Space) else Article.category_id
    is_used = db.session.scalar(select(Article.id).where(mine == row.id).limit(1)) is not None
    if is_used or (isinstance(row, Category) and any(one.parent_id == row.id for one in categories(row.space))):
        raise IllegalMove(_("There are articles or categories in it. Move them elsewhere first."))
    _note(row, agent, "removed")
    db.session.delete(row)
    db.session.flush()


def _ordered(found: Sequence[Any], ids: Sequence[int]) -> None:
    wanted = {each: place for place, each in enumerate(ids)}
    for position, one in enumerate(sorted(found, key=lambda one: wanted.get(one.id, len(wanted) + one.position))):
        one.position = position
    db.session.flush()


def _added(row: Any, agent: Agent | None) -> Any:
    with rows.unique(slug=_("This address is taken already.")):
        db.session.add(row)
        db.session.flush()
    _note(row, agent, "added")
    return row


def _changed(row: Space | Category, agent: Agent, wanted: dict[str, Any], version: int) -> None:
    locked = db.session.get(type(row), row.id, with_for_update=True, populate_existing=True)
    stale = _("Somebody else has changed this in the meantime.")
    changes = rows.change(locked, wanted, version, stale, slug=_("This address is taken already."))
    if changes:
        _note(row, agent, "changed", changes=changes)


def _note(row: Space | Category, agent: Agent | None, what: str, **more: Any) -> None:
    log.record(Name.KNOWLEDGE_CHANGED, row, agent, what=what, slug=row.slug, **more)


def _last(space_id: int) -> int:
    highest = db.session.scalar(select(func.max(Category.position)).where(Category.space_id == space_id))
    return 0 if highest is None else highest + 1


def _parent(space: Space, parent: Category | None) -> int | None:
    if parent is not None and (parent.space_id != space.id or parent.parent_id is not None):
        raise Invalid(_("A category stands in a space, or below one that does."), {"parent": _("Choose another.")})
    return parent.id if parent else None


def _names(names: Mapping[str, Any]) -> dict[str, str]:
    """The names in our languages; at least one. Raises Invalid."""
    try:
        clean = {code: one_line(names.get(code, ""), LONGEST_NAME) for code in LANGUAGES}
    except ValueError as error:
        raise Invalid(str(error), {"names": str(error)}) from None
    clean = {code: said for code, said in clean.items() if said}
    if not clean:
        raise Invalid(_("Please write a name."), {f"name_{next(iter(LANGUAGES))}": _("Please write a name.")})
    return clean


def _slug(typed: str, names: Mapping[str, str]) -> str:
    slug = typed.strip() or addresses.slug(names.get("en") or next(iter(names.values())))
    if not addresses.is_slug(slug) or slug in _RESERVED:
        raise Invalid(_("An address has letters, digits and hyphens."), {"slug": _("Letters, digits and hyphens.")})
    return slug
