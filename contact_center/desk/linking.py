"""Plain text with what can be followed in it made a link: addresses of pages, and our own ticket numbers.

Templates use `linked` as a filter on what people wrote. Everything else in it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

# An address ends before the punctuation that ends a sentence, in English or Chinese.
_FOLLOWED = re.compile(
    r"(?P<url>https?://[^\s<>\"'，。；：！？、（）「」『』【】《》]+)|(?<![\w-])(?P<ref>CC-\d{1,15})(?!\w)"
)
_AFTER = ".,;:!?"


def linked(text: str) -> Markup:
    """*text* as safe HTML."""
    parts, end = [], 0
    for found in _FOLLOWED.finditer(text):
        word = _trimmed(found.group())
        parts += [escape(text[end : found.start()]), _link(word, is_ours=found["ref"] is not None)]
        end = found.start() + len(word)
    return Markup("").join([*parts, escape(text[end:])])


def _trimmed(word: str) -> str:
    """A closing bracket belongs to the address only if it was opened there."""
    word = word.rstrip(_AFTER)
    while word.endswith(")") and word.count(")") > word.count("("):
        word = word[:-1].rstrip(_AFTER)
    return word


def _link(word: str, *, is_ours: bool) -> Markup:
    if is_ours:
        return Markup('<a class="link" href="%s">%s</a>') % (url_for("tickets.page.show", ref=word), word)
    return Markup('<a class="link" href="%s" target="_blank" rel="noopener noreferrer nofollow">%s</a>') % (word, word)


FILTERS: dict[str, Callable[..., Any]] = {"linked": linked}
