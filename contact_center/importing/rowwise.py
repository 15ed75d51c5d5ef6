"""Turn the records of a file into rows of a kind: every cell by its field's type, with a reason for each that fails.

Called by `work`. Pure but for the words of reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contact_center.importing.cells import Reading
from contact_center.importing.fields import Kind, Part, Row
from contact_center.importing.tables import Record
from contact_center.importing.types import Choice, Currency, Day, Instant, Texts, Type, YesNo
from contact_center.text import sayings, spreadsheets
from contact_center.text.sayings import Saying, gettext

_NEW = object()
_MOST_KNOWN = 5000
MOST_TOGETHER = 1000  # records of one number; more is no order any more


@dataclass(slots=True, eq=False)
class Group:
    """The records of one number, the row they make, and what is wrong with which of them."""

    records: list[Record]
    number: str
    row: Row = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)  # of the records that a part's rows came from
    wrong: dict[int, tuple[str, str]] = field(default_factory=dict)  # position -> header, reason


@dataclass(frozen=True, slots=True)
class _Column:
    position: int
    header: str
    name: str
    part: str  # empty: of the row itself
    type: Type
    is_list: bool
    repeats: bool  # whether few different cells are to be expected
    known: dict[str, Any] = field(default_factory=dict)  # what they were read as


class Plan:
    """What to do with each cell of a record."""

    def __init__(
        self, kind: Kind, headers: Sequence[str], columns: Mapping[int, str], reading: Reading, unsaid: Row
    ) -> None:
        self._kind, self._reading, self._unsaid = kind, reading, unsaid
        self._width, self._headers = len(headers), headers
        known = kind.columns()
        self._columns = [
            _column(position, headers[position], name, known[name].type) for position, name in sorted(columns.items())
        ]
        self._parts = {part.name: part for part in kind.parts}
        self._of_parts = {column.part for column in self._columns} - {""}
        self._key = next(
            column.position for column in self._columns if column.name == kind.key.name and not column.part
        )
        self.headers_of: dict[str, str] = {}
        for column in self._columns:
            self.headers_of.setdefault(column.part or column.name, column.header)
            self.headers_of.setdefault(f"{column.part}.{column.name}", column.header)
            if column.part and column.name == self._parts[column.part].key:
                self.headers_of[column.part] = column.header

    def groups(self, records: Iterable[Record]) -> Iterator[Group]:
        """The records by their number, those of an order together."""
        together: list[Record] = []
        number = ""
        for record in records:
            this = self._number(record)
            joins = together and this and this == number and self._of_parts and len(together) < MOST_TOGETHER
            if together and not joins:
                yield Group(together, number)
                together = []
            together.append(record)
            number = this
        if together:
            yield Group(together, number)

    def read(self, group: Group) -> None:
        """Fill the group's row from its records, or say what is wrong."""
        row = group.row
        for place, record in enumerate(group.records):
            reason = record.reason or self._shape(record)
            if reason:
                group.wrong[place] = "", reason
                continue
            own, parts, wrong = self._cells(record)
            if not wrong:
                wrong = self._merge(group, place, own, parts)
            if wrong:
                group.wrong[place] = joined(wrong)
        for name, value in self._unsaid.items():
            self._fill(row, name, value)

    def named(self, name: str, sentence: str) -> tuple[str, str]:
        """The header of what a room says is wrong: of a part's field where it says which, "quantity: …"."""
        of_part, _, rest = sentence.partition(": ")
        if header := self.headers_of.get(f"{name}.{of_part}"):
            return header, rest
        return self.headers_of.get(name, ""), sentence

    def _number(self, record: Record) -> str:
        return record.cells[self._key].strip() if self._key < len(record.cells) and not record.reason else ""

    def _shape(self, record: Record) -> str:
        if len(record.cells) > self._width and any(map(str.strip, record.cells[self._width :])):
            return gettext(
                "This line has %(many)d cells, the header %(columns)d. Is there a separator inside of a value?",
                many=len(record.cells), columns=self._width,
            )  # fmt: skip
        return "" if self._number(record) else gettext("The number is missing.")

    def _cells(self, record: Record) -> tuple[Row, dict[str, Row], list[tuple[str, str]]]:
        own: Row = {}
        parts: dict[str, Row] = {}
        wrong: list[tuple[str, str]] = []
        cells, width = record.cells, len(record.cells)
        for column in self._columns:
            text = cells[column.position].strip() if column.position < width else ""
            if not text:
                continue
            try:
                value = column.known.get(text, _NEW)
                if value is _NEW:
                    value = self._read_cell(column, text)
            except ValueError as error:
                wrong.append((column.header, _reason(error)))
                continue
            into = parts.setdefault(column.part, {}) if column.part else own
            into[column.name] = into.get(column.name, []) + value if column.is_list else value
        return own, parts, wrong

    def _read_cell(self, column: _Column, text: str) -> Any:
        value = column.type.cell(spreadsheets.unsafe(text), self._reading)
        if column.repeats and len(column.known) < _MOST_KNOWN:
            column.known[text] = value
        return value

    def _merge(self, group: Group, place: int, own: Row, parts: Mapping[str, Row]) -> list[tuple[str, str]]:
        """Add what one record says; what several records of a number say of it must be the same."""
        wrong: list[tuple[str, str]] = [
            (self.headers_of.get(name, ""), _differs())
            for name, value in own.items()
            if group.row.setdefault(name, value) != value
        ]
        for name, said in parts.items():
            wrong = wrong or self._add(group, place, self._parts[name], said)
        return wrong

    def _add(self, group: Group, place: int, part: Part, said: Row) -> list[tuple[str, str]]:
        """Add a row of *part*, unless it is one that an earlier record has named."""
        header, rows = self.headers_of[part.name], group.row.setdefault(part.name, [])
        if part.key and part.key not in said:
            return [] if said.keys() <= part.idle else [(header, gettext("The number is missing."))]
        known = next((row for row in rows if row[part.key] == said[part.key]), None) if part.key else None
        if known is not None:
            differs = any(known.setdefault(name, value) != value for name, value in said.items())
            return [(header, _differs())] if differs else []
        rows.append(said)
        group.places.setdefault(part.name, []).append(place)
        return []

    def _fill(self, row: Row, name: str, value: Any) -> None:
        part, _, of_part = name.rpartition(".")
        if not part:
            row.setdefault(name, value)
        for each in row.get(part, ()) if part else ():
            each.setdefault(of_part, value)


def _column(position: int, header: str, name: str, type_: Type) -> _Column:
    part, dot, of_part = name.partition(".")
    is_part = bool(dot) and part != "custom"
    repeats = isinstance(type_, (Choice, Currency, Day, Instant, YesNo))
    own_name, own_part = (of_part, part) if is_part else (name, "")
    return _Column(position, header, own_name, own_part, type_, isinstance(type_, Texts), repeats)


def _differs() -> str:
    return gettext("This differs from the first row with the same number.")


def joined(wrong: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Everything that is wrong with one record, as one header and one reason."""
    headers = ", ".join(dict.fromkeys(header for header, _reason in wrong if header))
    return headers, wrong[0][1] if len(wrong) == 1 else _sentences(wrong)


def _sentences(wrong: Sequence[tuple[str, str]]) -> str:
    said = [reason if isinstance(reason, Saying) else gettext("%(text)s", text=reason) for _header, reason in wrong]
    return sayings.join(said)


def _reason(error: ValueError) -> str:
    return error.args[0] if error.args else str(error)
