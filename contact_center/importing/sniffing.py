"""What an uploaded file is: a workbook or a text, in which encoding, with which separator.

Called when a file arrives; `tables` and `workbooks` read it afterwards. Raises Unreadable with the sentence that the
person needs: nobody is helped by "invalid file".
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from contact_center.errors import Unreadable
from contact_center.text.sayings import gettext

ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GB 18030", "cp1252": "Latin 1", "big5": "Big 5"}
SEPARATORS = (",", ";", "\t", "|")
_MAGIC = (
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x1f\x8b", "packed"),
    (b"7z\xbc\xaf", "packed"),
    (b"Rar!", "packed"),
)
_STEP = 1024 * 1024
_SAMPLE = 64 * 1024
_RECORDS = 20  # of which the separator is guessed
_FEW = 0.01  # of the bytes
_FOREIGN = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Format:
    """How to read the file; a workbook has neither encoding nor separator."""

    encoding: str = ""
    separator: str = ""

    @property
    def is_workbook(self) -> bool:
        return not self.encoding


def sniff(path: Path) -> Format:
    """What *path* holds; raises Unreadable."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise Unreadable(gettext("This file is empty."))
    if start.startswith(b"PK"):
        return _workbook(path)
    _refuse_known(start)
    encoding = _encoding(path, start)
    return Format(encoding, separator(start.decode(encoding, "replace")))


def _workbook(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable(gettext("This file is damaged. Save it again and try once more.")) from None
    if "xl/workbook.xml" not in names:
        raise Unreadable(_neither())
    return Format()


def _refuse_known(start: bytes) -> None:
    what = next((word for magic, word in _MAGIC if start.startswith(magic)), None)
    if what == "xls":
        raise Unreadable(
            gettext("This is an Excel file of the old kind (.xls). Save it as .xlsx or CSV and try again.")
        )
    if what:
        raise Unreadable(_neither())


def _neither() -> str:
    return gettext("This is neither a CSV file nor an Excel workbook (.xlsx).")


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.count(0) > len(start) * _FEW:
        return _wide(start)
    foreign = _first_foreign(path)
    return "utf-8-sig" if foreign is None else _legacy(foreign)


def _wide(start: bytes) -> str:
    """UTF-16 without a mark has a zero in every other byte of its ASCII; anything else with many zeros is no text."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > len(start) * 0.1 and not even:
        return "utf-16-le"
    if even > len(start) * 0.1 and not odd:
        return "utf-16-be"
    raise Unreadable(_neither())


def _first_foreign(path: Path) -> bytes | None:
    """The bytes around the first place that is not UTF-8; None if all of it is."""
    decoder, before = codecs.getincrementaldecoder("utf-8")(), b""
    with path.open("rb") as file:
        while step := file.read(_STEP):
            try:
                decoder.decode(step)
            except UnicodeDecodeError as error:
                return (before + step)[max(0, len(before) + error.start - 200) :][:_SAMPLE]
            before = step[-1000:]
    return None


def _legacy(sample: bytes) -> str:
    """The Chinese encoding if bytes beyond ASCII come in pairs, as its characters do, else the western one."""
    if sum(byte < 9 or 13 < byte < 32 for byte in sample) > len(sample) * 2 * _FEW:
        raise Unreadable(_neither())
    runs = _FOREIGN.findall(sample)
    paired = sum(len(run) for run in runs if len(run) % 2 == 0)
    text = codecs.getincrementaldecoder("gb18030")("replace").decode(sample)
    if paired >= 0.7 * sum(map(len, runs)) and text.count("\ufffd") <= len(text) // 1000:
        return "gb18030"
    return "cp1252"


def separator(text: str) -> str:
    """The separator that cuts the first records of *text* into the most columns, all alike."""
    lines = text.splitlines(keepends=True)[: _RECORDS * 3]
    return max(SEPARATORS, key=lambda mark: _columns(lines, mark))


def _columns(lines: list[str], mark: str) -> tuple[int, int]:
    widths: list[int] = []
    try:
        for record in csv.reader(lines, delimiter=mark):
            widths += [len(record)] if record else []
            if len(widths) == _RECORDS:
                break
    except csv.Error:
        pass
    if not widths or widths[0] == 1:
        return 0, 0
    return sum(width == widths[0] for width in widths), widths[0]
