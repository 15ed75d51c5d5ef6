"""Statements of the hot paths, past SQLAlchemy: the way of a mail in, the queue's head.

They run on the session's own connection, in its transaction, and end with its commit. What is left out is compiling and
wrapping, which for a short statement costs as much as the statement itself. Screens use the ORM.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.exc import DBAPIError

from contact_center.extensions import db

_PARAMETER = re.compile(r"(?<![\w:]):([a-z_]+)")


class Statement:
    """One statement with `:name` parameters, prepared by the server at once; lists are arrays, JSON goes in as text.

    Rows are named tuples. Raises SQLAlchemy's errors, as the session would.
    """

    def __init__(self, text: str) -> None:
        self.text = _PARAMETER.sub(r"%(\1)s", text.replace("%", "%%"))

    def run(self, values: Mapping[str, Any]) -> None:
        """Run one that gives no rows."""
        self._executed(values)

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """Run it; returns its rows."""
        return self._executed(values).fetchall()

    def one(self, values: Mapping[str, Any]) -> Any:
        """Run it; returns its only row, None if there is none."""
        return self._executed(values).fetchone()

    def _executed(self, values: Mapping[str, Any]) -> psycopg.Cursor[Any]:
        db.session.flush()  # as the session does before each of its own statements
        try:
            return _connection().cursor(row_factory=namedtuple_row).execute(self.text, values, prepare=True)
        except psycopg.Error as error:
            raise DBAPIError.instance(self.text, None, error, psycopg.Error, hide_parameters=True) from error


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


def _connection() -> psycopg.Connection[Any]:
    return db.session.connection().connection.driver_connection  # type: ignore[return-value]
