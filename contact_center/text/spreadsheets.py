"""Cells that leave for a spreadsheet: what it would take for a formula is made plain text, and back again.

Called by everything that writes or reads CSV. Pure. Numbers stay numbers, negative ones too. In a workbook text is
stored as text (`workbooks`), and needs none of this.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

BOM = "\ufeff"  # at the head of a file; without it Excel takes UTF-8 for an older encoding
# Blanks before it do not save a formula everywhere, and in the East the wide forms are signs as well.
_FORMULA = "^[ \u3000]*[=+@\t\r\n\uff1d\uff0b\uff20\uff0d-]"
_NUMBER = "^[ \u3000]*[+-]?[0-9][0-9 ]*([.,][0-9]+)*$"
_IS_FORMULA, _IS_NUMBER = re.compile(_FORMULA), re.compile(_NUMBER.replace("$", r"\Z"))


def safe(text: str) -> str:
    """*text* for a cell: with an apostrophe in front where a spreadsheet would calculate instead of showing it."""
    return f"'{text}" if _IS_FORMULA.match(text) and not _IS_NUMBER.match(text) else text


def unsafe(text: str) -> str:
    """What `safe` made safe, as it was."""
    return text[1:] if text.startswith("'") and _IS_FORMULA.match(text[1:]) else text


def safe_sql(column: str) -> str:
    """The same as `safe` in the words of PostgreSQL, for files that the server writes by itself."""
    return f"CASE WHEN {column} ~ '{_FORMULA}' AND {column} !~ '{_NUMBER}' THEN '''' || {column} ELSE {column} END"


def line(cells: Iterable[object]) -> str:
    """One line of a CSV file: text is made safe, everything else is written as it is, None as nothing."""
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()
