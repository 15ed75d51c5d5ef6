"""Fold one row of a table into another: what refers to it refers to the other afterwards, and all can be played back.

Called by `merging`. It knows no table by name: which columns refer to which is read off the metadata, so a room that
adds a reference to customers need not tell anybody. Where both rows have what only one may have (a unique key), the
kept row's stays, and what refers to the other's goes over to it. A table may say `{"info": {"on_merge": "remove"}}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Index, Table, UniqueConstraint, text
from sqlalchemy.dialects import postgresql

from contact_center.extensions import Base, db

Step = dict[str, Any]  # one thing that was done, as JSON
_quote = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]


@cache  # putting all tables in order takes longer than to ask one of them
def references(table: Table) -> Sequence[Column[Any]]:
    """Every column of the whole schema that refers to the primary key of *table*."""
    [key] = table.primary_key.columns
    return tuple(
        column
        for other in Base.metadata.sorted_tables
        for column in other.columns
        if any(foreign.column is key for foreign in column.foreign_keys)
    )


def absorb(table: Table, gone: Any, kept: Any, steps: list[Step]) -> None:
    """Let everything that refers to row *gone* refer to row *kept*, and delete *gone*; *steps* gets what was done."""
    for column in references(table):
        if column.table.info.get("on_merge") == "remove":
            _remove(column.table, f"{_name(column)} = :gone", {"gone": gone}, steps)
            continue
        for key in _unique_keys(column):
            _resolve(column, key, gone, kept, steps)
        _move(column, gone, kept, steps)
    [own] = table.primary_key.columns
    _remove(table, f"{_name(own)} = :gone", {"gone": gone}, steps)


def change(row: Any, values: Mapping[str, Any], steps: list[Step]) -> None:
    """Set *values* on a loaded row, noting old and new."""
    table = row.__table__
    before = _stored(table, row.id)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.flush()
    after = _stored(table, row.id)
    differing = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if differing:
        steps.append({"do": "changed", "table": table.name, "id": row.id, "values": differing})


def note_added(row: Any, steps: list[Step]) -> None:
    """Note that a flushed row was added, so that it goes when the steps are played back."""
    steps.append({"do": "added", "table": row.__table__.name, "id": row.id})


def play_back(steps: Sequence[Step]) -> None:
    """Undo all steps, the last first. What has been changed, moved or removed since is left as it is now."""
    db.session.flush()
    for step in reversed(steps):
        _UNDO[step["do"]](step)
    db.session.expire_all()


def counts(table: Table, row_id: Any) -> dict[str, int]:
    """How many rows of each table refer to a row."""
    parts = [
        f"SELECT '{column.table.name}', count(*) FROM {_name(column.table)} WHERE {_name(column)} = :id"
        for column in references(table)
        if column.table.info.get("on_merge") != "remove"
    ]
    found: dict[str, int] = {}
    for name, number in _run(" UNION ALL ".join(parts), {"id": row_id}):
        found[name] = found.get(name, 0) + number
    return {name: number for name, number in found.items() if number}


def _unique_keys(column: Column[Any]) -> Iterable[Index | UniqueConstraint | Any]:
    table = column.table
    yield from (c for c in table.constraints if isinstance(c, UniqueConstraint) and column.name in c.columns)
    if column.name in table.primary_key.columns:
        yield table.primary_key
    yield from (index for index in table.indexes if index.unique and column.name in _words(index))


def _words(index: Index) -> set[str]:
    return {word for part in index.expressions for word in re.findall(r"\w+", _expression(part))}


def _expression(part: Any) -> str:
    return part.name if isinstance(part, Column) else str(part)


def _resolve(column: Column[Any], key: Any, gone: Any, kept: Any, steps: list[Step]) -> None:
    """Fold the rows of *gone* that would collide with a row of *kept* into that row."""
    for theirs, ours in _collisions(column, key, gone, kept):
        table = column.table
        if len(theirs) == 1 and len(table.primary_key.columns) == 1:
            absorb(table, theirs[0], ours[0], steps)
        else:
            where = " AND ".join(f"{_name(own)} = :key{i}" for i, own in enumerate(table.primary_key.columns))
            _remove(table, where, {f"key{i}": value for i, value in enumerate(theirs)}, steps)


def _collisions(column: Column[Any], key: Any, gone: Any, kept: Any) -> list[tuple[list[Any], list[Any]]]:
    """Pairs of primary keys: a row of *gone* and the row of *kept* that has the same in the rest of the unique key."""
    parts = key.expressions if isinstance(key, Index) else list(key.columns)
    rest = [_expression(part) for part in parts if part is not column]
    where = key.dialect_options["postgresql"].get("where") if isinstance(key, Index) else None
    chosen = ", ".join(
        [*(f"{_name(own)} AS key{i}" for i, own in enumerate(column.table.primary_key.columns))]
        + [f"{_in_sql(part)} AS part{i}" for i, part in enumerate(rest)]
    )
    side = f"SELECT {chosen} FROM {_name(column.table)} WHERE {_name(column)} = :%s" + (
        f" AND ({where})" if where is not None else ""
    )
    same = " AND ".join(f"l.part{i} = r.part{i}" for i in range(len(rest))) or "true"
    width = len(column.table.primary_key.columns)
    keys = ", ".join([f"l.key{i}" for i in range(width)] + [f"r.key{i}" for i in range(width)])
    asked = f"SELECT {keys} FROM ({side % 'gone'}) l JOIN ({side % 'kept'}) r ON {same}"
    return [(list(row[:width]), list(row[width:])) for row in _run(asked, {"gone": gone, "kept": kept})]


def _in_sql(part: str) -> str:
    return _quote.quote(part) if part.isidentifier() else part


def _move(column: Column[Any], gone: Any, kept: Any, steps: list[Step]) -> None:
    keys = _key_array(column.table)
    moved = _run(
        f"UPDATE {_name(column.table)} SET {_name(column)} = :kept WHERE {_name(column)} = :gone RETURNING {keys}",
        {"gone": gone, "kept": kept},
    )
    if moved:
        step = {"do": "moved", "table": column.table.name, "column": column.name, "from": gone, "to": kept}
        steps.append(step | {"keys": [row[0] for row in moved]})


def _remove(table: Table, where: str, values: dict[str, Any], steps: list[Step]) -> None:
    removed = _run(f"DELETE FROM {_name(table)} t WHERE {where} RETURNING to_jsonb(t)", values)
    if removed:
        steps.append({"do": "removed", "table": table.name, "rows": [row[0] for row in removed]})


def _key_array(table: Table) -> str:
    """The primary key as a JSON array of text, whatever its types."""
    return f"jsonb_build_array({', '.join(f'CAST({_name(own)} AS text)' for own in table.primary_key.columns)})"


def _stored(table: Table, row_id: Any) -> dict[str, Any]:
    return _run(f"SELECT to_jsonb(t) - 'search' FROM {_name(table)} t WHERE id = :id", {"id": row_id})[0][0]


def _undo_moved(step: Step) -> None:
    table = _table(step)
    column = table.c[step["column"]]
    _run(
        f"UPDATE {_name(table)} SET {_name(column)} = :gone WHERE {_name(column)} = :kept"
        f" AND {_key_array(table)} IN (SELECT jsonb_array_elements(CAST(:keys AS jsonb)))",
        {"gone": step["from"], "kept": step["to"], "keys": json.dumps(step["keys"])},
    )


def _undo_removed(step: Step) -> None:
    table, rows = _table(step), step["rows"]
    names = [_name(column) for column in table.columns if column.name in rows[0]]
    _run(
        f"INSERT INTO {_name(table)} ({', '.join(names)}) SELECT {', '.join(names)}"
        f" FROM jsonb_populate_recordset(CAST(NULL AS {_name(table)}), CAST(:rows AS jsonb))",
        {"rows": json.dumps(rows)},
    )


def _undo_changed(step: Step) -> None:
    table = _table(step)
    now = _run(f"SELECT to_jsonb(t) FROM {_name(table)} t WHERE id = :id", {"id": step["id"]})
    back = {name: old for name, (old, new) in step["values"].items() if now and now[0][0].get(name) == new}
    names = [_name(table.c[name]) for name in back if name in table.c]
    if names:
        _run(
            f"UPDATE {_name(table)} t SET {', '.join(f'{name} = o.{name}' for name in names)}"
            f" FROM jsonb_populate_record(CAST(NULL AS {_name(table)}), CAST(:back AS jsonb)) o WHERE t.id = :id",
            {"id": step["id"], "back": json.dumps(back)},
        )


def _undo_added(step: Step) -> None:
    _run(f"DELETE FROM {_name(_table(step))} WHERE id = :id", {"id": step["id"]})


_UNDO = {"moved": _undo_moved, "removed": _undo_removed, "changed": _undo_changed, "added": _undo_added}


def _table(step: Step) -> Table:
    return Base.metadata.tables[step["table"]]


def _name(what: Table | Column[Any]) -> str:
    return _quote.format_table(what) if isinstance(what, Table) else _quote.quote(what.name)


def _run(sql: str, values: Mapping[str, Any]) -> Sequence[Any]:
    done: Any = db.session.execute(text(sql), dict(values))
    return done.all() if done.returns_rows else ()
