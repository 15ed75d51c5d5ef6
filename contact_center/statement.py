"""Statements of the hot paths, past SQLAlchemy and the driver's cursors: the way of a mail in, the queue's head.

They run on the session's own connection, in its transaction, and end with its commit. What is left out is compiling,
wrapping and the driver's waiting loop, which for a short statement cost several times what the server does. The server
keeps each plan as long as the connection lives; a cursor's would be thrown away by every rollback, and each page that
only reads ends with one. Screens use the ORM.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy.exc import DBAPIError

from contact_center.extensions import db

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
