"""What several rooms do with their rows: check a name, say what they are called, turn a broken uniqueness into a
sentence, keep an order, or what settings say.

Plumbing: knows no model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contact_center.errors import Invalid, Stale
from contact_center.extensions import db
from contact_center.text.lines import one_line


def name(value: Any, longest: int = 80) -> str:
    """A name as people type it, made storable; raises Invalid for field `name` if it is empty or too long."""
    try:
        wanted = one_line(value, longest)
    except ValueError as error:
        raise Invalid(str(error), {"name": str(error)}) from None
    if not wanted:
        sentence = _("Please write a name.")
        raise Invalid(sentence, {"name": sentence})
    return wanted


def number(typed: str) -> int | None:
    """The number of a row, or of its version, that somebody's form or address names; None where it can be none."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else None


def called(kind: Any, ids: Collection[int] | None = None) -> dict[int, str]:
    """What the rows with these *ids* are called, or all of their kind."""
    if ids is not None and not ids:
        return {}
    asked = select(kind.id, kind.name)
    found = asked if ids is None else asked.where(kind.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(found)}


@contextmanager
def unique(**sentences: Any) -> Iterator[None]:
    """Do what is inside in a savepoint; if it breaks a unique constraint raise Invalid with `field=sentence`."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != "23505":
            raise
        fields = {field: str(sentence) for field, sentence in sentences.items()}
        raise Invalid(next(iter(fields.values())), fields) from None


def move(row: Any, by: int) -> bool:
    """Move *row* up (-1) or down (+1) among its kind and number `position` anew; returns whether it moved."""
    kind = type(row)
    db.session.execute(select(kind.id).order_by(kind.id).with_for_update())  # who moves one at the same time, waits
    asked = select(kind).order_by(kind.position, kind.id).execution_options(populate_existing=True)
    ordered = list(db.session.scalars(asked))
    if row not in ordered:  # somebody has removed it
        return False
    here = ordered.index(row)
    there = min(max(here + by, 0), len(ordered) - 1)
    ordered.insert(there, ordered.pop(here))
    for position, other in enumerate(ordered):
        other.position = position
    return here != there


def last_position(kind: Any) -> int:
    """The position for a new row at the end."""
    highest = db.session.scalar(select(kind.position).order_by(kind.position.desc()).limit(1))
    return 0 if highest is None else int(highest) + 1


def change(row: Any, wanted: Mapping[str, Any], version: int, stale: str, **taken: Any) -> dict[str, list[Any]]:
    """Set the *wanted* fields of a locked row, and its next version; returns what changed, field → [old, new].

    Raises Stale with the sentence *stale* if something would change and *version*, the one that was edited, is not the
    present one; Invalid with `taken`, field=sentence, if it breaks a unique constraint.
    """
    old = {name: getattr(row, name) for name in wanted}
    changes = {name: [old[name], value] for name, value in wanted.items() if old[name] != value}
    if not changes:
        return {}
    if row.version != version:
        raise Stale(stale, {name: (new, now) for name, (now, new) in changes.items()})
    with unique(**taken):
        for name, (_old, new) in changes.items():
            setattr(row, name, new)
        row.version += 1
    return changes


def say(row: Any, old: Mapping[str, Any], new: Mapping[str, Any], version: int | None) -> dict[str, list[Any]]:
    """Let a locked row of settings say *new* instead of *old*; returns what changed.

    Raises Stale if *version*, the one that was edited, is not the present one.
    """
    changes = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    if version is not None and row.version != version:
        difference: dict[str, tuple[object, object]] = {name: (new[name], old[name]) for name in changes}
        raise Stale(_("Somebody else has changed these settings in the meantime."), difference)
    if changes:
        row.said, row.version = new, row.version + 1
    return changes
