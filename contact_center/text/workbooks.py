"""A spreadsheet file (XLSX) that is written while it is read: rows in, bytes out, memory flat.

Called by whatever exports lists and reports. Pure. Text is stored as text, so no spreadsheet takes it for a formula.
What does not fit one sheet goes on in the next.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

SHEET_ROWS = 1_048_576
_CHUNK_ROWS = 500
_LONGEST = 32_767  # characters of a cell
_UNSAVABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPENING = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="{top}" topLeftCell="A{next}" activePane="bottomLeft" '
    'state="frozen"/></sheetView></sheetViews><sheetData>'
)
_CLOSING = "</sheetData></worksheet>"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 (spreadsheets know no zones)
_STYLES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts count="2"><font/><font><b/></font></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="10" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


class Share(float):
    """A number from 0 to 1 that is shown as per cent."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: `lead` are lines of its own above the headings."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    lead: Sequence[Sequence[Any]] = ()


class _Out(io.RawIOBase):
    """What the archive writes to: bytes that are taken away as they come."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        given, self.parts = b"".join(self.parts), []
        return given


def stream(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], per_sheet: int = SHEET_ROWS
) -> Iterator[bytes]:
    """A file of one table, piece by piece. Every sheet begins with the headings."""
    return book([Sheet(title, headings, rows)], per_sheet)


def book(tables: Iterable[Sheet], per_sheet: int = SHEET_ROWS) -> Iterator[bytes]:
    """A file of several tables; a long one takes several sheets."""
    out = _Out()
    names: list[str] = []
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for table in tables:
            left, more = iter(table.rows), True
            while more:
                names.append(_named(table.title, names))
                more = yield from _sheet(archive, out, len(names), table, left, per_sheet)
        for name, text in _frame(names).items():
            archive.writestr(name, text)
    yield out.taken()


def _sheet(archive: ZipFile, out: _Out, number: int, table: Sheet, rows: Iterator[Sequence[Any]], most: int) -> Any:
    """Write one sheet; returns whether rows are left for another."""
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as sheet:
        heading = "".join(_text(word, ' s="1"') for word in table.headings)
        lead = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in table.lead)
        written, chunk = 1 + len(table.lead), []
        opening = _OPENING.format(top=written, next=written + 1)
        sheet.write(f"{opening}{lead}<row>{heading}</row>".encode())
        for row in rows:
            chunk.append(f"<row>{''.join(map(_cell, row))}</row>")
            written += 1
            if len(chunk) == _CHUNK_ROWS or written == most:
                sheet.write("".join(chunk).encode())
                chunk = []
                yield out.taken()
            if written == most:
                break
        sheet.write(("".join(chunk) + _CLOSING).encode())
    return written == most


def _cell(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return _text(value)
    if value is None:
        return "<c/>"
    if kind is int:
        return f"<c><v>{value}</v></c>"
    return _other(value)


def _other(value: Any) -> str:
    """What is rarer: dates, shares, numbers with a fraction."""
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Share):
        return f'<c s="4"><v>{float(value)}</v></c>'
    if isinstance(value, (int, float, Decimal)):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime):
        plain = value.replace(tzinfo=None)
        return f'<c s="3"><v>{(plain - _DAY_ZERO).total_seconds() / 86400:.6f}</v></c>'
    if isinstance(value, date):
        return f'<c s="2"><v>{(value - _DAY_ZERO.date()).days}</v></c>'
    return _text(str(value))


def _text(text: str, style: str = "") -> str:
    if _SPECIAL.search(text) or len(text) > _LONGEST:  # most cells have nothing special, and are looked through once
        text = escape(_UNSAVABLE.sub("", text[:_LONGEST]))
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _named(title: str, taken: Sequence[str]) -> str:
    """A name that a sheet may have and no other one has."""
    name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:25] or "Sheet"
    free = (f"{name} {n}" if n > 1 else name for n in range(1, len(taken) + 2))
    return next(one for one in free if one.lower() not in {other.lower() for other in taken})


def _frame(names: Sequence[str]) -> dict[str, str]:
    """The parts around the sheets."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    numbers = range(1, len(names) + 1)
    listed = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    styles = f'<Relationship Id="rId{len(names) + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for n in numbers
    )
    return {
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": f'{head}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships">{relations}{styles}'
        "</Relationships>",
        "_rels/.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'{head}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{parts}</Types>',
    }
