"""A whole list as CSV or XLSX, written while it is read; for one reader, from the statement that the screen shows.

CSV is written by the server itself (COPY), nearly as fast as it can; cells that a spreadsheet would calculate are made
plain text there. Both run in the caller's transaction and are to be consumed inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

from contact_center.extensions import db
from contact_center.text import spreadsheets, workbooks
from contact_center.value.listings import Kind, Listing

_PARAMETER = re.compile(r"(?<![\w:]):([a-z_]+)")
_WORDS = frozenset({Kind.CUSTOMER, Kind.TEXT, Kind.ORDER})  # what people wrote
_ROWS = 2000


def as_csv(listing: Listing, headings: Sequence[str], codes: Mapping[str, str]) -> Iterator[bytes]:
    """The list as CSV in UTF-8; *codes* are our words for CODE columns."""
    yield (spreadsheets.BOM + spreadsheets.line(headings)).encode()
    query = f"COPY ({_selected(listing, codes)}) TO STDOUT (FORMAT csv)"
    with _connection().cursor() as cursor, cursor.copy(*_bound(query, listing)) as copy:
        yield from _blocks(copy)


def as_xlsx(listing: Listing, title: str, headings: Sequence[str], codes: Mapping[str, str]) -> Iterator[bytes]:
    """The list as a workbook."""
    keys = ", ".join(f'"{column.key}"' for column in listing.columns)
    is_code = [column.kind is Kind.CODE for column in listing.columns]
    with _connection().cursor(name="export") as cursor:
        cursor.itersize = _ROWS
        cursor.execute(*_bound(f"SELECT {keys} FROM ({listing.ordered}) q", listing))  # noqa: S608
        rows = (
            cursor
            if not any(is_code)
            else ([codes.get(v, v) if code else v for v, code in zip(row, is_code, strict=True)] for row in cursor)
        )
        yield from workbooks.stream(title, headings, rows)


def _blocks(copy: psycopg.Copy, size: int = 65_536) -> Iterator[bytes]:
    """COPY hands out a row at a time; the network likes larger pieces."""
    parts: list[bytes] = []
    length = 0
    for block in copy:
        parts.append(bytes(block))
        length += len(block)
        if length >= size:
            yield b"".join(parts)
            parts, length = [], 0
    yield b"".join(parts)


def _selected(listing: Listing, codes: Mapping[str, str]) -> str:
    """The columns, in their order, with what people wrote made harmless."""
    shown = []
    for column in listing.columns:
        name = f'"{column.key}"'
        if column.kind in _WORDS:
            starts, number = f"{name} ~ '^[=+@\\t\\r-]'", f"{name} !~ '^[+-]?\\d[\\d ]*([.,]\\d+)*$'"
            shown.append(f"CASE WHEN {starts} AND {number} THEN '''' || {name} ELSE {name} END")
        elif column.kind is Kind.CODE:
            cases = " ".join(f"WHEN {_quoted(code)} THEN {_quoted(word)}" for code, word in codes.items())
            shown.append(f"CASE {name} {cases} ELSE {name} END" if cases else name)
        elif column.kind is Kind.DATE:
            shown.append(f"to_char({name}, 'YYYY-MM-DD')")
        else:
            shown.append(name)
    return f"SELECT {', '.join(shown)} FROM ({listing.ordered}) q"  # noqa: S608 (ours)


def _quoted(word: str) -> str:
    return sql.Literal(word).as_string(_connection()).replace(":", "\\:")


def _bound(query: str, listing: Listing) -> tuple[str, dict[str, Any]]:
    """The statement as psycopg takes it."""
    return _PARAMETER.sub(r"%(\1)s", query.replace("%", "%%")).replace("\\:", ":"), dict(listing.values)


def _connection() -> psycopg.Connection[Any]:
    return db.session.connection().connection.driver_connection  # type: ignore[return-value]
