"""Read the records of a file one after the other, whatever its size: `Record(line, cells)`, the header first.

Called by `runs` (header and sample) and `work` (everything). Memory stays flat; a record that cannot be read comes out
with its reason instead of cells, and the next one is read all the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from contact_center.errors import Unreadable
from contact_center.importing import workbooks
from contact_center.importing.sniffing import ENCODINGS, Format
from contact_center.text.sayings import gettext

MOST_COLUMNS = 300
LONGEST_FIELD = 256 * 1024  # characters; longer is a quotation mark that nobody closed
_LONGEST_LINE = 4 * 1024 * 1024
_BUFFER = 256 * 1024
_DAMAGED = "\ufffd"
csv.field_size_limit(LONGEST_FIELD)


@dataclass(slots=True)
class Record:
    """One record and the line it begins on, counted from 1; with a `reason` it cannot be used."""

    line: int
    cells: list[str]
    reason: str = ""


class Table:
    """An open file: its header, and its records from there on."""

    def __init__(self, records: Iterator[Record], read_bytes: list[int]) -> None:
        self._records = (record for record in records if record.reason or any(map(str.strip, record.cells)))
        self._read_bytes = read_bytes
        first = next(self._records, None)
        if first is None:
            raise Unreadable(gettext("This file is empty."))
        if first.reason:
            raise Unreadable(first.reason)
        self.headers = _headers(first)
        self.header_line = first.line

    def __iter__(self) -> Iterator[Record]:
        return self._records

    @property
    def read_bytes(self) -> int:
        """How far reading has come, in bytes of the file (of a workbook: of its unpacked sheet)."""
        return self._read_bytes[0]


@contextmanager
def reading(path: Path, form: Format, sheet: str = "") -> Iterator[Table]:
    """Open *path* as *form* says; raises Unreadable."""
    read_bytes = [0]
    if form.is_workbook:
        with workbooks.opened(path, sheet, read_bytes) as rows:
            yield Table((Record(line, cells) for line, cells in rows), read_bytes)
        return
    with (
        path.open("rb", buffering=_BUFFER) as file,
        io.TextIOWrapper(file, form.encoding, "replace", newline="") as text,
    ):
        yield Table(_records(_Lines(text, file, read_bytes), form), read_bytes)


def _headers(first: Record) -> list[str]:
    headers = [" ".join(cell.replace("\0", " ").split())[:200] for cell in first.cells]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MOST_COLUMNS:
        raise Unreadable(
            gettext(
                "This file has %(count)d columns; there can be %(most)d. Is its separator the right one?",
                count=len(headers),
                most=MOST_COLUMNS,
            )
        )
    return headers


class _Lines:
    """Lines of a text file, remembering those that belong to the record being read."""

    def __init__(self, text: TextIO, raw: BinaryIO, read_bytes: list[int]) -> None:
        self._text, self._raw, self._read_bytes = text, raw, read_bytes
        self.taken: list[str] = []
        self._back: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else self._text.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) >= _LONGEST_LINE and line[-1] not in "\r\n":
            self._pass_over()
        self.number += 1
        self.taken.append(line)
        return line

    def _pass_over(self) -> None:
        """Read the rest of a line that is too long, so that it is taken for no other line."""
        while (rest := self._text.readline(_LONGEST_LINE)) and rest[-1] not in "\r\n":
            pass

    def give_back(self) -> None:
        """Let all but the first of the taken lines be read again."""
        self.number -= len(self.taken) - 1
        self._back += reversed(self.taken[1:])
        del self.taken[1:]

    def note_progress(self) -> None:
        self._read_bytes[0] = self._raw.tell()


def _records(lines: _Lines, form: Format) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=form.separator, strict=True)
    damaged = gettext("This line holds characters that are not %(encoding)s.", encoding=_encoding_name(form.encoding))
    while True:
        lines.taken.clear()
        line, reason = lines.number + 1, ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.give_back()
            cells, reason = _one_line(lines.taken[0], form.separator)
            reader = csv.reader(lines, delimiter=form.separator, strict=True)
        if any(_DAMAGED in text for text in lines.taken):
            reason = reason or damaged
        if not line % 512:
            lines.note_progress()
        yield Record(line, cells, reason)


def _one_line(text: str, separator: str) -> tuple[list[str], str]:
    """The cells of a line that breaks the rules of CSV, read leniently unless a quotation mark stays open."""
    if len(text) >= _LONGEST_LINE:
        return [], gettext("This line is too long to be read.")
    try:
        cells = next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return [], gettext("This line is too long to be read.")
    if text.count('"') % 2:
        return cells, gettext("A quotation mark is opened in this line and never closed.")
    return cells, ""


def _encoding_name(encoding: str) -> str:
    return ENCODINGS.get(encoding, "UTF-16")
