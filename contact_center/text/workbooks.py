"""A spreadsheet file (XLSX) that is written while it is read: rows in, bytes out, memory flat.

Called by whatever exports lists. Pure. Text is stored as text, so no spreadsheet takes it for a formula. What does not
fit one sheet goes on in the next.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

SHEET_ROWS = 1_048_576
_CHUNK_ROWS = 500
_LONGEST = 32_767  # characters of a cell
_UNSAVABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPENING = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
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
    '<cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


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
    """The file, piece by piece. Every sheet begins with the headings."""
    out = _Out()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        left, sheets = iter(rows), 0
        more = True
        while more:
            sheets += 1
            more = yield from _sheet(archive, out, sheets, headings, left, per_sheet)
        for name, text in _frame(title, sheets).items():
            archive.writestr(name, text)
    yield out.taken()


def _sheet(
    archive: ZipFile, out: _Out, number: int, headings: Sequence[str], rows: Iterator[Sequence[Any]], most: int
) -> Any:
    """Write one sheet; returns whether rows are left for another."""
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as sheet:
        heading = "".join(_text(word, ' s="1"') for word in headings)
        sheet.write(f"{_OPENING}<row>{heading}</row>".encode())
        written, chunk = 1, []
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
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float, Decimal)):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime):
        plain = value.replace(tzinfo=None)
        return f'<c s="3"><v>{(plain - _DAY_ZERO).total_seconds() / 86400:.6f}</v></c>'
    if isinstance(value, date):
        return f'<c s="2"><v>{(value - _DAY_ZERO.date()).days}</v></c>'
    return _text(str(value))


def _text(text: str, style: str = "") -> str:
    text = escape(_UNSAVABLE.sub("", text[:_LONGEST]))
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _frame(title: str, sheets: int) -> dict[str, str]:
    """The parts around the sheets."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:25] or "Sheet"
    numbers = range(1, sheets + 1)
    listed = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}{f" {n}" if n > 1 else ""}" sheetId="{n}" r:id="rId{n}"/>'
        for n in numbers
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
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
