"""From JSON to the rows that rooms take: every field by its type, an unknown one is an error that names it.

Raises Invalid, whose fields are JSON pointers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import UnsupportedMediaType

from contact_center.errors import Invalid
from contact_center.importing.fields import Field, Kind, Part, Row
from contact_center.importing.types import Instant

AS_OF = Field(
    "as_of",
    Instant(),
    "As of",
    example="2026-01-31T09:30:00Z",
    about="When the other system said so. What it said before that, but arrives later, changes nothing.",
)
READ_ONLY = ("changed_at",)  # what a GET tells besides; a PUT may bring it back, and it says nothing
Wrong = dict[str, str]


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields of a resource beside its number, which stands in the address."""
    own = kind.own_fields()[1:]
    return own if kind.room == "customers" else (*own, AS_OF)


def body() -> Any:
    """The request's JSON, with exact numbers. Raises Invalid."""
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        return json.loads(request.get_data(cache=False), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, ArithmeticError):
        raise Invalid(_("This is not JSON."), {"": _("This is not JSON.")}) from None


def _no_number(_word: str) -> NoReturn:
    raise ValueError


def read(kind: Kind, external_id: str, given: Any, at: str = "") -> Row:
    """The row that *given* says; *at* is where it stands in the request. Raises Invalid."""
    wrong: Wrong = {}
    if isinstance(given, dict):
        given = {name: value for name, value in given.items() if name not in READ_ONLY}
        if given.pop(kind.key.name, external_id) != external_id:
            wrong[f"{at}/{kind.key.name}"] = _("This is not the number in the address.")
    row = _object(given, fields_of(kind), kind.parts, at, wrong)
    try:
        row[kind.key.name] = kind.key.type.plain(external_id)
    except ValueError as error:
        wrong[f"{at}/{kind.key.name}"] = str(error)
    refuse(wrong)
    return row


def refuse(wrong: Mapping[str, str]) -> None:
    """Raise Invalid if anything is wrong."""
    Invalid.raise_for(wrong)


def _object(given: Any, fields: Sequence[Field], parts: Sequence[Part], at: str, wrong: Wrong) -> Row:
    if not isinstance(given, dict):
        wrong[at] = _("An object is expected here.")
        return {}
    known = {field.name: field for field in fields}
    lists = {part.name: part for part in parts}
    row: Row = {}
    for name, value in given.items():
        here = f"{at}/{_pointer(name)}"
        if name in lists:
            row[name] = _list(value, lists[name], here, wrong)
        elif name in known:
            _put(row, name, known[name].type.plain, value, here, wrong)
        else:
            wrong[here] = _("There is no field “%(name)s”.", name=name[:60])
    return row


def _put(row: Row, name: str, read_value: Callable[[Any], Any], value: Any, at: str, wrong: Wrong) -> None:
    try:
        row[name] = None if value is None else read_value(value)
    except ValueError as error:
        wrong[at] = str(error)


def _list(given: Any, part: Part, at: str, wrong: Wrong) -> list[Row]:
    if not isinstance(given, list):
        wrong[at] = _("A list is expected here.")
        return []
    if len(given) > part.most:
        wrong[at] = _("These are too many: %(most)d at most.", most=part.most)
        return []
    return [_object(each, part.fields, part.parts, f"{at}/{place}", wrong) for place, each in enumerate(given)]


def _pointer(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
