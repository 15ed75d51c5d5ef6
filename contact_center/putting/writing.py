"""The statements of a register: what is known of a batch's numbers, new rows in, changed rows over, all set-wise.

Rows go in the order of their numbers, so that two batches which overlap wait for each other and never both.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ARRAY, Table
from sqlalchemy.dialects import postgresql

from contact_center import clock
from contact_center.putting.rows import Outcome, Row
from contact_center.statement import Statement, array

_KEPT = frozenset({"id", "external_id", "changed_at"})
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


class Writer:
    """Writes rows of one table; a row without a difference is not sent at all."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = [column.name for column in table.columns if column.name not in _KEPT]
        self._statements: dict[tuple[str, ...], Statement] = {}

    def known(self, numbers: list[str]) -> dict[str, Any]:
        """The rows that are there, by their external number."""
        names = ", ".join(map(_quoted, ("id", "external_id", *self._columns)))
        rows = self._statement(
            ("known",),
            f'SELECT {names} FROM "{self._table.name}" WHERE external_id = ANY(CAST(:numbers AS text[]))',  # noqa: S608
        ).rows({"numbers": array(numbers)})
        return {row.external_id: row for row in rows}

    def write(self, rows: list[Row]) -> None:
        """Write new and changed rows; each gets its id and outcome."""
        new: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        changed: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.external_id):
            row.outcome = Outcome.SAME
            shape = tuple(sorted(row.given))
            if row.before is None:
                new[shape].append(row)
                continue
            row.changes, row.is_older = row.differences(), _is_older(row)
            if row.changes and not row.is_older:
                changed[shape].append(row)
        for shape, some in new.items():
            self._insert(shape, some)
        for shape, some in changed.items():
            self._update(shape, some)

    def _insert(self, shape: tuple[str, ...], rows: list[Row]) -> None:
        written = self._statement(("insert", *shape), self._insert_text(shape)).rows(self._values(shape, rows))
        by_number = {row.external_id: row for row in rows}
        for there in written:
            row = by_number[there.external_id]
            row.id, row.outcome = there.id, Outcome.CREATED if there.is_new else Outcome.CHANGED

    def _update(self, shape: tuple[str, ...], rows: list[Row]) -> None:
        values = self._values(shape, rows) | {"id": array(row.id for row in rows)}
        written = {there.id for there in self._statement(("update", *shape), self._update_text(shape)).rows(values)}
        for row in rows:
            row.is_older = row.id not in written
            if not row.is_older and row.changes.keys() != {"as_of"}:
                row.outcome = Outcome.CHANGED

    def _insert_text(self, shape: tuple[str, ...]) -> str:
        shape = ("external_id", *shape)
        columns, values = ", ".join(map(_quoted, shape)), ", ".join(map(self._taken, shape))
        sets = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in shape)
        return f"""
            INSERT INTO "{self._table.name}" AS t ({columns}, changed_at)
            SELECT {values}, :now FROM {self._given(shape)}
            ON CONFLICT (external_id) DO UPDATE SET {sets}, changed_at = :now WHERE {_newer(shape, "excluded")}
            RETURNING id, external_id, xmax = 0 AS is_new
        """  # noqa: S608 (names of our columns)

    def _update_text(self, shape: tuple[str, ...]) -> str:
        sets = ", ".join(f"{_quoted(name)} = {self._taken(name)}" for name in shape)
        return f"""
            WITH mine AS (
                SELECT id FROM "{self._table.name}" WHERE id = ANY(CAST(:id AS bigint[]))
                ORDER BY external_id FOR NO KEY UPDATE
            )
            UPDATE "{self._table.name}" t SET {sets}, changed_at = :now
            FROM mine JOIN {self._given(("id", *shape))} ON g.id = mine.id
            WHERE t.id = mine.id AND {_newer(shape, "g")}
            RETURNING t.id
        """  # noqa: S608 (names of our columns)

    def _given(self, shape: tuple[str, ...]) -> str:
        """The batch as a table; lists go as texts, for an array of arrays would be taken apart."""
        types = {name: "text" if self._is_list(name) else self._type(name) for name in shape}
        arrays = ", ".join(f"CAST(:{name} AS {type_}[])" for name, type_ in types.items())
        return f"unnest({arrays}) AS g ({', '.join(map(_quoted, shape))})"

    def _taken(self, name: str) -> str:
        return f"CAST(g.{_quoted(name)} AS {self._type(name)})" if self._is_list(name) else f"g.{_quoted(name)}"

    def _type(self, name: str) -> str:
        return str(self._table.c[name].type.compile(dialect=_DIALECT))

    def _is_list(self, name: str) -> bool:
        return isinstance(self._table.c[name].type, ARRAY)

    def _values(self, shape: tuple[str, ...], rows: list[Row]) -> dict[str, Any]:
        values: dict[str, Any] = {"now": clock.now(), "external_id": array(row.external_id for row in rows)}
        for name in shape:
            column = (row.given[name] for row in rows)
            values[name] = array(map(array, column) if self._is_list(name) else column)
        return values

    def _statement(self, key: tuple[str, ...], text: str) -> Statement:
        if key not in self._statements:
            self._statements[key] = Statement(text)
        return self._statements[key]


def _is_older(row: Row) -> bool:
    said, known = row.given.get("as_of"), row.before.as_of
    return said is not None and known is not None and said < known


def _newer(shape: tuple[str, ...], source: str) -> str:
    """What was said earlier than what stands there changes nothing."""
    return f"(t.as_of IS NULL OR {source}.as_of >= t.as_of)" if "as_of" in shape else "true"


def _quoted(name: str) -> str:
    return f'"{name}"'
