"""A sentence as it is stored: its English and what is filled in, so that everybody reads it in their own language.

Pure: mails are read in a child process that knows no languages. `sayings` makes such sentences where there is one, and
says them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

Filled = dict[str, str | int]
Remark = tuple[str, Filled]

_BEGINNING = '[["'  # of what `written` writes; words of others that begin so are stored as something filled in


def remark(english: str, **filled: str | int) -> str:
    """One sentence to be stored. Collected into the catalogue like `gettext`."""
    return written([(english, filled)])


def written(remarks: Iterable[Remark]) -> str:
    """Some sentences as one text to be stored."""
    return json.dumps([[english, filled] for english, filled in remarks], ensure_ascii=False)


def plain(text: str) -> str:
    """Words of somebody else, stored as they are."""
    return written([("%(words)s", {"words": text})]) if text.startswith(_BEGINNING) else text


def read(stored: str) -> list[Remark] | None:
    """The sentences of a stored text; None if it is just words."""
    if not stored.startswith(_BEGINNING):
        return None
    try:
        return [(str(english), dict(filled)) for english, filled in json.loads(stored)]
    except (ValueError, TypeError):
        return None
