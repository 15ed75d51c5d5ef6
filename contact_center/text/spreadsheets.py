"""Cells that leave for a spreadsheet: what it would take for a formula is made plain text, and back again.

Called by everything that writes or reads CSV. Pure.
"""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d ]*(?:[.,]\d+)*")


def safe(text: str) -> str:
    """*text* for a cell: with an apostrophe in front where a spreadsheet would calculate instead of showing it."""
    return f"'{text}" if text.startswith(_STARTS) and not _PLAIN_NUMBER.fullmatch(text) else text


def unsafe(text: str) -> str:
    """What `safe` made safe, as it was."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_STARTS) else text
