"""What the settings screens read out of a form: numbers, choices, steps, and which boxes were ticked or unticked."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import abort, request
from flask_babel import gettext as _

from contact_center import rows
from contact_center.agents.models import RoleName
from contact_center.errors import Invalid
from contact_center.extensions import db

Row = TypeVar("Row")


def or_404(model: type[Row], row_id: int) -> Row:
    """The row that the address names."""
    row = db.session.get(model, row_id)
    if row is None:
        abort(404)
    return row


def number(name: str) -> int | None:
    """A number of the form, or None where there is none."""
    return rows.number(request.form.get(name, ""))


def version() -> int:
    """Which version of the row the person edited."""
    return number("version") or 0


def role() -> RoleName:
    """The role that was chosen; raises Invalid."""
    chosen = request.form.get("role", "")
    if chosen not in list(RoleName):
        sentence = _("Choose a role.")
        raise Invalid(sentence, {"role": sentence})
    return RoleName(chosen)


def ticked(name: str) -> set[int]:
    """The ids whose boxes are ticked."""
    return {found for text in request.form.getlist(name) if (found := rows.number(text)) is not None}


def changed(name: str) -> tuple[set[int], set[int]]:
    """The ids that this person added and took away: what others did in the meantime stays."""
    before, now = ticked(f"{name}_before"), ticked(name)
    return now - before, before - now


def text(name: str) -> str:
    return request.form.get(name, "")


def step() -> int:
    """One place up (-1) or down (+1), whichever button of a list was pressed; raises Invalid."""
    by = {"up": -1, "down": 1}.get(text("to"))
    if by is None:
        raise Invalid(_("Up or down?"))
    return by


def row(model: Any, name: str) -> Any:
    """The row that a select names, or None."""
    row_id = number(name)
    return db.session.get(model, row_id) if row_id is not None else None
