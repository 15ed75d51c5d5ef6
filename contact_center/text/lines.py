"""What people type into fields, made storable: no control characters, no lone surrogates, blanks run together.

Rooms call it before they store a name or a text; it is pure and raises ValueError, whose text is a translated sentence.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import gettext as _


def one_line(value: Any, longest: int) -> str:
    """One line of printable text; raises ValueError if it is too long."""
    if isinstance(value, str) and value.isascii() and value.isprintable():  # most of what is imported
        return _bounded(" ".join(value.split()), longest)
    words = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(value or "")).split()
    return _bounded(" ".join(words), longest)


def several_lines(value: Any, longest: int) -> str:
    """Text of several lines; raises ValueError if it is too long."""
    lines = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    return _bounded(
        "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip(), longest
    )


def _bounded(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError(_("That is too long: %(longest)d characters at most.", longest=longest))
    return text
