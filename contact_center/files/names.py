"""Names of files made safe: they come from strangers and are shown, stored and handed to browsers and disks.

Called wherever a file comes in. Pure.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"|?*]')


def safe(name: str, otherwise: str = "file") -> str:
    """The last part of *name* without what hides, redirects or breaks: controls, direction marks, paths, end dots."""
    name = re.split(r"[/\\]", name)[-1]
    name = unicodedata.normalize("NFC", "".join(c if _is_visible(c) else "" for c in name))
    name = _UNSAFE.sub("_", " ".join(name.split())).strip(". ")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _short(name) or otherwise


def ending(name: str) -> str:
    """The lower-case ending of a name that went through `safe`, without its dot."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if stem and dot else ""


def _is_visible(character: str) -> bool:
    # C: controls, format and direction marks, lone surrogates, unassigned. Zs stays: it becomes an ordinary space.
    return character.isspace() or not unicodedata.category(character).startswith("C")


def _short(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    last = ending(name)
    if not last or len(last) > 16:
        return name[:LONGEST]
    return f"{name[: LONGEST - len(last) - 1].rstrip('. ')}.{last}"
