"""A table that other systems keep current: a batch of rows is read, compared with what is there, and written.

A room declares one `Register` for each of its nouns and calls `put` and `put_many`. A batch costs a few statements,
however long it is; a row that is wrong says why, and the others go in. Nothing here commits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import Base, db
from contact_center.putting import reading
from contact_center.putting.reading import Reader
from contact_center.putting.rows import Known, Outcome, Put, Result, Row
from contact_center.putting.writing import Writer
from contact_center.statement import Statement

_NUMBER, _MAYBE_NUMBER = reading.number(), reading.maybe(reading.number())
Hook = Callable[[list[Row]], None]
Teller = Callable[[list[Row], Agent | None], None]


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that holds the external number of a row elsewhere; *columns* of that row come along."""

    table: str
    column: str
    columns: tuple[str, ...] = ()
    read: Reader = _MAYBE_NUMBER


@dataclass(frozen=True, slots=True)
class Child:
    """A field that holds a list of rows that belong to this one; *read* returns one in normal form."""

    read: Callable[[Any], Any]
    most: int
    is_words: bool = False  # of single words, which may also come as one text with commas between


Field = Reader | Reference | Child


class Register:
    """The fields of one noun, in the order in which they are read.

    *needed* must be there in a new row. *check* may add to `wrong` and complete `given`; *then* writes what hangs below
    and may turn SAME into CHANGED; *tell* records what happened. Each gets the rows it concerns.
    """

    def __init__(
        self,
        model: type[Base],
        fields: Mapping[str, Field],
        *,
        needed: Sequence[str],
        tell: Teller,
        check: Hook | None = None,
        then: Hook | None = None,
    ) -> None:
        self.model, self.fields, self.needed = model, {**fields, "as_of": reading.maybe(reading.instant)}, needed
        self._check, self._then, self._tell = check, then, tell
        self._references = {name: field for name, field in fields.items() if isinstance(field, Reference)}

    @property
    def names(self) -> tuple[str, ...]:
        """What may be given beside the external number."""
        return tuple(self.fields)

    def put(self, external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
        """Write one row. Raises Invalid with a sentence for each field that is wrong."""
        [result] = self.put_many([{"external_id": external_id, **given}], by=by)
        if result.wrong or result.outcome is None:
            raise Invalid(result.sentence, result.wrong)
        return Put(db.session.get(self.model, result.id, populate_existing=True), result.outcome)

    def put_many(self, given: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
        """Write a batch; a result for each row, in their order.

        A field that is not given stays as it is; None and "" empty it. `as_of` is when the other system said so: what
        it said before that, but comes later, changes nothing.
        """
        db.session.flush()
        rows = [self._read(each) for each in given]
        _refuse_twins(rows)
        good = _right(rows)
        self._meet(good)
        for name, reference in self._references.items():
            self._find(name, reference, good)
        if self._check:
            self._check(good)
        self._demand(good)
        good = _right(good)
        self._writer.write(good)
        if self._then:
            self._then(good)
        if written := [row for row in good if row.outcome is not Outcome.SAME]:
            self._tell(written, by)
            db.session.expire_all()
        return [row.result() for row in rows]

    @cached_property
    def _writer(self) -> Writer:
        return Writer(Base.metadata.tables[self.model.__tablename__])

    def _read(self, given: Mapping[str, Any]) -> Row:
        row = Row("", {})
        try:
            row.external_id = _NUMBER(given.get("external_id"))
        except ValueError as error:
            row.wrong["external_id"] = str(error)
        for name, value in given.items():
            if name == "external_id":
                continue
            try:
                self._read_field(row, name, value)
            except ValueError as error:
                row.wrong[name] = str(error)
        return row

    def _read_field(self, row: Row, name: str, value: Any) -> None:
        field = self.fields.get(name)
        if field is None:
            raise ValueError(_("There is no field “%(name)s”.", name=str(name)[:60]))
        if isinstance(field, Child):
            row.children[name] = _children(field, value)
        elif isinstance(field, Reference):
            row.given[field.column] = value if isinstance(value, Known) else field.read(value)
        elif (found := field(value)) is not None or name != "as_of":
            row.given[name] = found

    def _meet(self, rows: list[Row]) -> None:
        """Find out what is there already."""
        known = self._writer.known([row.external_id for row in rows])
        for row in rows:
            row.before = known.get(row.external_id)
            row.id = row.before.id if row.before else None

    def _find(self, name: str, reference: Reference, rows: list[Row]) -> None:
        """Put ids in the place of another system's numbers."""
        asking = [row for row in rows if row.given.get(reference.column) is not None]
        found = referred(reference, {row.given[reference.column] for row in asking})
        for row in asking:
            wanted = row.given[reference.column]
            there = found.get(wanted)
            if there is None:
                row.wrong[name] = _("Nothing is known under the number %(number)s.", number=_shown(wanted))
            else:
                row.given[reference.column], row.refers[name] = there.id, there

    def _demand(self, rows: list[Row]) -> None:
        for row in _right(rows):
            for name in self.needed:
                if row.value(self._column(name)) is None:
                    row.wrong[name] = _("This is needed.")

    def _column(self, name: str) -> str:
        return self._references[name].column if name in self._references else name


def _right(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row.wrong]


def _refuse_twins(rows: list[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.external_id in seen and not row.wrong:
            row.wrong["external_id"] = _("The number %(number)s was given before.", number=_shown(row.external_id))
        elif row.external_id:
            seen.add(row.external_id)


def _children(field: Child, value: Any) -> list[Any]:
    if field.is_words and isinstance(value, str):
        value = [word for word in re.split(r"[,;|，；、]", value) if word.strip()]
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise ValueError(_("A list is expected here."))
    if len(value) > field.most:
        raise ValueError(_("These are too many: %(most)d at most.", most=field.most))
    read = []
    for place, each in enumerate(value, 1):
        try:
            read.append(field.read(each))
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None
    return read


def referred(reference: Reference, wanted: set[Any]) -> dict[Any, Any]:
    """Rows by what names them, a number of another system or Known; None where there is none."""
    if not wanted:
        return {}
    ids = [each.id for each in wanted if isinstance(each, Known)]
    numbers = [each for each in wanted if not isinstance(each, Known)]
    rows = _reference_statement(reference).rows({"numbers": numbers, "ids": ids})
    by_id, by_number = {row.id: row for row in rows}, {row.external_id: row for row in rows}
    return {each: by_id.get(each.id) if isinstance(each, Known) else by_number.get(each) for each in wanted}


_statements: dict[Reference, Statement] = {}


def _reference_statement(reference: Reference) -> Statement:
    if reference not in _statements:
        columns = ", ".join(("id", "external_id", *reference.columns))
        _statements[reference] = Statement(
            f'SELECT {columns} FROM "{reference.table}" WHERE external_id = ANY(CAST(:numbers AS text[])) '  # noqa: S608
            "OR id = ANY(CAST(:ids AS bigint[]))"
        )
    return _statements[reference]


def _shown(wanted: Any) -> str:
    return f"#{wanted.id}" if isinstance(wanted, Known) else str(wanted)[:60]
