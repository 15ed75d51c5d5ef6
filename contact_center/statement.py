"""Statements of the hot paths, past SQLAlchemy and the driver's cursors: the way of a mail in, who asks for a page.

They run on the session's own connection, in its transaction, and end with its commit. What is left out is compiling,
wrapping and the driver's waiting loop, which for a short statement cost several times what the server does. The server
keeps each plan as long as the connection lives; a cursor's would be thrown away by every rollback, and each page that
only reads ends with one. Screens use the ORM. What a statement reads may become the session's own objects (`find`):
the verbs go on with those, and reading them so takes a fifth of the ORM's time.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Enum, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, instance_state, set_committed_value

from contact_center.extensions import Base, db

Row = TypeVar("Row", bound=Base)
PARAMETER = re.compile(r"(?<![\w:]):([a-z_]+)")
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Statement:
    """One statement with `:name` parameters, prepared by the server at once; lists are arrays, JSON goes in as text.

    Rows are named tuples. Raises SQLAlchemy's errors, as the session would.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._names = list(dict.fromkeys(PARAMETER.findall(text)))
        places = {name: f"${place}" for place, name in enumerate(self._names, 1)}
        self._command = PARAMETER.sub(lambda found: places[found[1]], text).encode()
        self._formats = [PyFormat.AUTO] * len(self._names)
        self._make: Callable[[Any], Any] | None = None

    def run(self, values: Mapping[str, Any]) -> None:
        """Run one that gives no rows."""
        self.rows(values)

    def one(self, values: Mapping[str, Any]) -> Any:
        """Run it; returns its only row, None if there is none."""
        return next(iter(self.rows(values)), None)

    def find(self, kind: type[Row], values: Mapping[str, Any]) -> Row | None:
        """Run it; returns its only row, which has the `columns` of *kind*, as the session's object. None: no row."""
        row = self.one(values)
        return None if row is None else _object(kind, row)

    def find_each(self, kinds: Sequence[type[Base]], values: Mapping[str, Any]) -> list[Any]:
        """Run it; returns the objects of its only row: the `columns` of each of *kinds*, one after the other.

        None stands for what an outer join has not found. Without a row the list is empty.
        """
        row, found = self.one(values), []
        for kind in kinds if row is not None else ():
            own, row = row[: (width := len(_reading(kind).columns))], row[width:]
            found.append(None if own[0] is None else _object(kind, own))
        return found

    def find_all(self, kind: type[Row], values: Mapping[str, Any]) -> list[Row]:
        """Run it; returns its rows, which have the `columns` of *kind*, as the session's objects."""
        return [_object(kind, row) for row in self.rows(values)]

    def find_with(self, kind: type[Row], relation: str, values: Mapping[str, Any]) -> Row | None:
        """Run it; returns the object of its rows, with the whole collection that *relation* names.

        Each row has the `columns` of *kind*, the same in all, then those of one of the collection, if there is any.
        """
        rows = self.rows(values)
        if not rows:
            return None
        width = len(_reading(kind).columns)
        found = _object(kind, rows[0][:width])
        other = inspect(kind).relationships[relation].entity.class_
        others = [_object(other, row[width:]) for row in rows if row[width] is not None]
        set_committed_value(found, relation, others)
        return found

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """Run it; returns its rows."""
        db.session.flush()  # as the session does before each of its own statements
        connection = db.session.connection()
        driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        try:
            return self._sent(driver, connection.info, values)
        except psycopg.Error as error:
            if driver.closed:
                connection.invalidate(error)
            raise DBAPIError.instance(
                self.text, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=driver.closed,
            ) from error  # fmt: skip

    def _sent(self, connection: psycopg.Connection[Any], kept: dict[str, Any], values: Mapping[str, Any]) -> list[Any]:
        server = connection.pgconn
        if server.transaction_status == TransactionStatus.IDLE and not connection.autocommit:
            _checked(server, server.exec_(b"BEGIN"))
        bound = Transformer(connection)
        given = bound.dump_sequence([values[name] for name in self._names], self._formats)
        name = self._prepared(server, bound.types, kept.setdefault("prepared", {}))
        # It waits without Python's lock, so other threads go on; reading from a pipeline would hold it.
        result = _checked(server, server.exec_prepared(name, given, bound.formats))  # type: ignore[arg-type]  # NULLs
        bound.set_pgresult(result)
        return bound.load_rows(0, result.ntuples, self._make or self._row_maker(result))

    def _prepared(self, server: PGconn, types: tuple[int, ...] | None, names: dict[Any, bytes]) -> bytes:
        """The name of its plan on this connection. Numbers of another length are other types, and another plan."""
        key = (self, types)
        if key not in names:
            name = b"statement_%d" % len(names)
            _checked(server, server.prepare(name, self._command, types))
            names[key] = name
        return names[key]

    def _row_maker(self, result: PGresult) -> Callable[[Any], Any]:
        names = [(result.fname(column) or b"").decode() for column in range(result.nfields)]
        row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 (known when it has run)
        self._make = row._make
        return self._make


def _checked(server: PGconn, result: PGresult) -> PGresult:
    if result.status in _DONE:
        return result
    if server.status == ConnStatus.BAD:  # the server is gone, and had no word for it
        raise psycopg.OperationalError(result.get_error_message())
    raise psycopg.errors.error_from_result(result)


def array(values: Iterable[Any]) -> str:
    """A PostgreSQL array as its literal: for thousands of values many times quicker than handing over a list."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def columns(kind: type[Base], alias: str = "") -> str:
    """What a statement whose rows `find` makes objects of *kind* has to select. No star: a migration may add to it."""
    prefix = alias or kind.__tablename__
    return ", ".join(f"{prefix}.{column.name}" for column in kind.__table__.columns)


def _object(kind: type[Row], row: Sequence[Any]) -> Row:
    """The session's object of that row, showing what the row says, as the ORM's `populate_existing` would."""
    reading = _reading(kind)
    values = {
        name: value if made is None or value is None else made(value)
        for (name, made), value in zip(reading.columns, row, strict=True)
    }
    found: Any = db.session.identity_map.get(reading.key((row[0],)))
    if found is None:
        found = reading.new()
        instance_dict(found).update(values)
        make_transient_to_detached(found)
        db.session.add(found)
        return found
    outdated = reading.outdated(found.__dict__, values)
    if outdated:
        db.session.expire(found, outdated)
    instance_dict(found).update(values)
    instance_state(found)._commit(found.__dict__, values)  # noqa: SLF001 (`set_committed_value`, for all at once)
    return found


class _Reading:
    """How rows of one kind become objects."""

    def __init__(self, kind: type[Base]) -> None:
        mapper = inspect(kind)
        self.key, self.new = mapper.identity_key_from_primary_key, mapper.class_manager.new_instance
        self.columns = [
            (column.name, column.type.enum_class if isinstance(column.type, Enum) else None)
            for column in kind.__table__.columns
        ]
        self._collections = [one.key for one in mapper.relationships if one.uselist]
        self._referred = [
            (one.key, column.name) for one in mapper.relationships if not one.uselist for column in one.local_columns
        ]

    def outdated(self, shown: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
        """Relations that the object *shown* has loaded, and that may be others by now."""
        moved = [key for key, column in self._referred if key in shown and shown.get(column) != values[column]]
        return moved + [key for key in self._collections if key in shown]


_reading = lru_cache(maxsize=64)(_Reading)
