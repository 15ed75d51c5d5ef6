"""POST /batch: up to a thousand operations, each with its own result; neighbours of one kind are put together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from flask import Response, g
from flask_babel import gettext as _

from contact_center import access
from contact_center.api import putting, values
from contact_center.api.door import BATCHES, answer, blueprint, caller, done
from contact_center.api.resources import STATUS
from contact_center.errors import Invalid
from contact_center.extensions import limiter
from contact_center.importing.fields import Kind, Row
from contact_center.importing.kinds import KINDS

MOST = 1000
Outcome = dict[str, Any]
_KEYS = frozenset({"put", "external_id", "value"})


@blueprint.post("/batch")
@limiter.limit(BATCHES, key_func=caller)
@access.token()
def batch() -> Response:
    """Do all operations in their order; those that are wrong are left out."""
    operations = _operations(values.body())
    results = done(lambda: _results(operations))
    return answer({"results": [{"index": place, **(result or {})} for place, result in enumerate(results)]})


def _results(operations: list[Any]) -> list[Outcome | None]:
    results: list[Outcome | None] = [None] * len(operations)
    good: list[tuple[int, Kind, Row]] = []
    for place, operation in enumerate(operations):
        try:
            good.append((place, *_read(operation)))
        except Invalid as error:
            results[place] = _wrong(error.fields)
    for kind, rows in _neighbours(good):
        for (place, _kind, row), outcome in zip(rows, _put(kind, rows), strict=True):
            results[place] = outcome | {"external_id": row[kind.key.name]}
    return results


def _operations(given: Any) -> list[Any]:
    found = given.get("operations") if isinstance(given, dict) else None
    if not isinstance(found, list) or len(given) != 1:
        raise Invalid(_("A batch has one field, operations: a list."), {"/operations": _("A list is expected here.")})
    if len(found) > MOST:
        sentence = _("A batch has %(most)d operations at most.", most=MOST)
        raise Invalid(sentence, {"/operations": sentence})
    return found


def _read(operation: Any) -> tuple[Kind, Row]:
    if not isinstance(operation, dict) or operation.keys() != _KEYS:
        raise _invalid("", _("An operation has put, external_id and value."))
    kind = KINDS.get(operation["put"]) if isinstance(operation["put"], str) else None
    if kind is None:
        raise _invalid("/put", _("This is none of %(words)s.", words=", ".join(KINDS)))
    if f"{kind.room}:write" not in g.token.scopes:
        raise _invalid("/put", _("The token may not do this: it lacks %(scope)s.", scope=f"{kind.room}:write"))
    return kind, values.read(kind, operation["external_id"], operation["value"], "/value")


def _invalid(pointer: str, sentence: str) -> Invalid:
    return Invalid(sentence, {pointer: sentence})


def _neighbours(good: list[tuple[int, Kind, Row]]) -> Iterator[tuple[Kind, list[tuple[int, Kind, Row]]]]:
    """Runs of one kind in which no number comes twice: the second word about a thing comes after the first."""
    for _name, run in groupby(good, key=lambda each: each[1].name):
        rows: list[tuple[int, Kind, Row]] = []
        numbers: set[str] = set()
        for each in run:
            number = each[2][each[1].key.name]
            if number in numbers:
                yield each[1], rows
                rows, numbers = [], set()
            rows.append(each)
            numbers.add(number)
        if rows:
            yield rows[0][1], rows


def _put(kind: Kind, rows: list[tuple[int, Kind, Row]]) -> Iterator[Outcome]:
    for outcome in putting.put_many(kind, [row for _place, _kind, row in rows], g.token.agent):
        if isinstance(outcome, str):
            yield {"status": STATUS[outcome], "outcome": outcome}
        else:
            yield _wrong({f"/value{pointer}": sentence for pointer, sentence in outcome.items()})


def _wrong(fields: dict[str, str]) -> Outcome:
    errors = [{"pointer": f"#{pointer}", "detail": str(sentence)} for pointer, sentence in fields.items()]
    return {"status": 422, "detail": errors[0]["detail"] if errors else "", "errors": errors}
