"""Read the rows of an Excel workbook (.xlsx) while they are unpacked, so that memory stays flat.

Called by `tables`. Only what a table needs: values, not formulas; dates as 2026-01-31; texts that many cells share lie
in a temporary file. Raises Unreadable for anything that is no workbook, or unpacks to more than it should.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from contact_center.errors import Unreadable
from contact_center.text.sayings import gettext

MOST_UNPACKED = 4 * 1024**3  # bytes of one part; a sheet of a million rows and forty columns has half of that
MOST_RATIO = 400  # unpacked to packed; sheets reach 30
_RATIO_FREE = 64 * 1024**2  # smaller parts may pack as well as they like
_MOST_COLUMN = 512  # cells further right are passed over: `tables` refuses such a header anyway
_STEP = 256 * 1024
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # formats built into Excel
_NOT_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|General', re.IGNORECASE)
_DATE_MARK = re.compile(r"[dyhs年月日]|m(?!.*[0#])", re.IGNORECASE)

Row = tuple[int, list[str]]


def sheets(path: Path) -> list[str]:
    """The names of the visible sheets."""
    with _archive(path) as archive:
        return [name for name, _part in _sheets(archive)]


def unpacked_size(path: Path, sheet: str) -> int:
    """How many bytes the sheet unpacks to: what its rows are measured against."""
    with _archive(path) as archive:
        return archive.getinfo(_part_of(archive, sheet)).file_size


@contextmanager
def opened(path: Path, sheet: str, read_bytes: list[int]) -> Iterator[Iterator[Row]]:
    """The rows of *sheet* (the first one if empty) that hold anything, with their numbers."""
    with _archive(path) as archive, tempfile.TemporaryFile() as texts:
        part = _part_of(archive, sheet)
        shared = _Shared(archive, texts)
        styles = _date_styles(archive)
        epoch = datetime(1904, 1, 1) if _counts_from_1904(archive) else datetime(1899, 12, 30)  # noqa: DTZ001
        with _part(archive, part) as stream:
            yield _Sheet(shared, styles, epoch).rows(stream, read_bytes)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, expat.ExpatError, ET.ParseError, KeyError, OSError,
            EOFError, RuntimeError, NotImplementedError, ValueError) as error:  # fmt: skip
        raise _damaged() from error


def _damaged() -> Unreadable:
    return Unreadable(gettext("This workbook is damaged. Open it in Excel, save it again and try once more."))


@contextmanager
def _part(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    """One part of the archive; refuses what is packed so tightly that it can only be meant to fill our disk."""
    info = archive.getinfo(name)
    is_bomb = info.file_size > _RATIO_FREE and info.file_size > MOST_RATIO * max(info.compress_size, 1)
    if is_bomb or info.file_size > MOST_UNPACKED:
        raise Unreadable(gettext("This workbook unpacks to more than can be read. Split it, or save it as CSV."))
    with archive.open(info) as stream:
        yield stream


def _tree(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > _RATIO_FREE:
        raise _damaged()
    with _part(archive, name) as stream:
        data = stream.read()
    if b"<!DOCTYPE" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # no program writes either
        raise _damaged()
    return ET.fromstring(data)  # noqa: S314 (it has no document type)


def _refuse_doctype(parser: Any) -> None:
    """No workbook has a document type; what has one wants to be expanded."""

    def refuse(*_args: Any) -> None:
        raise _damaged()

    parser.StartDoctypeDeclHandler = refuse


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    targets = {
        relation.get("Id"): relation.get("Target", "") for relation in _tree(archive, "xl/_rels/workbook.xml.rels")
    }
    found = []
    for sheet in _tree(archive, "xl/workbook.xml").iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
        target = targets.get(sheet.get(_REL), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if sheet.get("state", "visible") == "visible" and "worksheets/" in part and part in archive.namelist():
            found.append((sheet.get("name", ""), part))
    if not found:
        raise Unreadable(gettext("This workbook has no sheet to read."))
    return found


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    found = _sheets(archive)
    return next((part for name, part in found if name == sheet), found[0][1])


def _counts_from_1904(archive: zipfile.ZipFile) -> bool:
    properties = _tree(archive, "xl/workbook.xml").find(f"{_MAIN}workbookPr")
    return properties is not None and properties.get("date1904") in ("1", "true")


def _date_styles(archive: zipfile.ZipFile) -> set[int]:
    """The numbers of the cell styles that show a number as a date."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    tree = _tree(archive, "xl/styles.xml")
    forms = tree.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
    own = {int(form.get("numFmtId", "0")): form.get("formatCode", "") for form in forms}
    dates = _DATE_IDS | {key for key, code in own.items() if _DATE_MARK.search(_NOT_DATE.sub("", code.split(";")[0]))}
    styles = tree.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")
    return {index for index, style in enumerate(styles) if int(style.get("numFmtId", "0")) in dates}


def _parsed(parser: Any, stream: IO[bytes]) -> Iterator[int]:
    """Feed *parser* step by step, saying after each how many bytes it has had."""
    _refuse_doctype(parser)
    fed = 0
    while step := stream.read(_STEP):
        fed += len(step)
        if fed > MOST_UNPACKED:
            raise _damaged()
        parser.Parse(step, False)
        yield fed
    parser.Parse(b"", True)
    yield fed


class _Shared:
    """The shared texts of a workbook: in a file, with eight bytes of memory each."""

    def __init__(self, archive: zipfile.ZipFile, file: IO[bytes]) -> None:
        self._file, self._ends, self._recent = file, array("Q", [0]), dict[int, str]()
        name = next((part for part in archive.namelist() if part.lower() == "xl/sharedstrings.xml"), None)
        if name is None:
            return
        self._words: list[str] = []
        self._depth = 0  # inside <t>, but not inside the reading aid <rPh> of East Asian texts
        self._aside = False
        parser = expat.ParserCreate(namespace_separator=None)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        with _part(archive, name) as stream:
            for _fed in _parsed(parser, stream):
                pass

    def __getitem__(self, index: int) -> str:
        if index in self._recent:
            return self._recent[index]
        if not 0 <= index < len(self._ends) - 1:
            raise _damaged()
        self._file.seek(self._ends[index])
        text = self._file.read(self._ends[index + 1] - self._ends[index]).decode("utf-8", "replace")
        if len(self._recent) >= 50_000:
            self._recent.clear()
        self._recent[index] = text
        return text

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self._aside = self._aside or tag == "rPh"
        self._depth += tag == "t" and not self._aside

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "rPh":
            self._aside = False
        elif tag == "t" and not self._aside:
            self._depth -= 1
        elif tag == "si":
            written = self._file.write("".join(self._words).encode("utf-8", "replace"))
            self._ends.append(self._ends[-1] + written)
            self._words.clear()

    def _text(self, text: str) -> None:
        if self._depth > 0:
            self._words.append(text)


class _Sheet:
    """The rows of a sheet, as the parser comes upon them."""

    def __init__(self, shared: _Shared, date_styles: set[int], epoch: datetime) -> None:
        self._shared, self._date_styles, self._epoch = shared, date_styles, epoch
        self._done: list[Row] = []
        self._row, self._number, self._column = list[str](), 0, 0
        self._kind, self._style = "n", ""
        self._words: list[str] = []
        self._listens = False

    def rows(self, stream: IO[bytes], read_bytes: list[int]) -> Iterator[Row]:
        parser = expat.ParserCreate(namespace_separator=None)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        for fed in _parsed(parser, stream):
            read_bytes[0] = fed
            yield from self._done
            self._done.clear()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c" or name.endswith(":c"):
            self._column = _column(attributes.get("r", ""), len(self._row))
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._words.clear()
        elif name in ("v", "t") or name.endswith((":v", ":t")):
            self._listens = True
        elif name == "row" or name.endswith(":row"):
            given = attributes.get("r", "")
            self._number = int(given) if given.isdecimal() and len(given) < 10 else self._number + 1
            self._row = []

    def _end(self, name: str) -> None:
        if name in ("v", "t") or name.endswith((":v", ":t")):
            self._listens = False
        elif name == "c" or name.endswith(":c"):
            self._put("".join(self._words))
        elif (name == "row" or name.endswith(":row")) and any(self._row):
            self._done.append((self._number, self._row))

    def _text(self, text: str) -> None:
        if self._listens:
            self._words.append(text)

    def _put(self, text: str) -> None:
        if not text or self._column >= _MOST_COLUMN:
            return
        self._row += [""] * (self._column + 1 - len(self._row))
        self._row[self._column] = self._value(text)

    def _value(self, text: str) -> str:
        if self._kind == "s":
            return self._shared[int(text)]
        if self._kind == "b":
            return "yes" if text == "1" else "no"
        if self._kind == "n":
            return self._number_or_date(text)
        return "" if self._kind == "e" else text  # an error such as #N/A says nothing

    def _number_or_date(self, text: str) -> str:
        if self._style.isdecimal() and int(self._style) in self._date_styles:
            return _date(text, self._epoch)
        if text.isdecimal() and len(text) < 16:
            return text
        found = float(text)
        if found.is_integer() and abs(found) < 1e15:
            return str(int(found))
        return format(Decimal(f"{found:.15g}"), "f")  # 0.1 + 0.2 is kept as 0.30000000000000004


def _column(reference: str, following: int) -> int:
    """The column of "AB12", counted from 0; without a reference the cell follows the one before."""
    number = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
        if number > 20_000:
            break
    return number - 1 if number else following


def _date(text: str, epoch: datetime) -> str:
    days = float(text)
    if not -700_000 < days < 2_900_000:
        return text
    moment = epoch + timedelta(seconds=round(days * 86400))
    return f"{moment:%Y-%m-%d}" if moment.time() == moment.min.time() else f"{moment:%Y-%m-%d %H:%M:%S}"
