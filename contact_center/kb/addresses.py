"""Where articles stand: slugs made from titles, paths of the help centre, the short ones that fit into a text. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80
_SLUG = re.compile(r"[a-z0-9\u3400-\u9fff]+(?:-[a-z0-9\u3400-\u9fff]+)*")
_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9\u3400-\u9fff]+")
_SHORT = {"en": "en", "zh_Hans_CN": "zh"}  # how an address says a language


def slug(title: str) -> str:
    """A slug for *title*: lower case, hyphens; Chinese stays as it is. Empty if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", title).casefold()
    plain = unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))
    return _NOT_IN_A_SLUG.sub("-", plain).strip("-")[:LONGEST].strip("-")


def is_slug(typed: str) -> bool:
    """Whether *typed* may stand in an address."""
    return len(typed) <= LONGEST and _SLUG.fullmatch(typed) is not None


def language_in(path: str) -> str | None:
    """Our language for how an address says it ("zh"), None for any other word."""
    return next((ours for ours, short in _SHORT.items() if short == path), None)


def language_for(language: str) -> str:
    """How an address says our *language*."""
    return _SHORT.get(language, "en")


def home(language: str) -> str:
    """The help centre's first page."""
    return f"/help/{language_for(language)}/"


def article(space: str, slug: str, language: str) -> str:
    """An article's page."""
    return f"{home(language)}{space}/{slug}"


def category(space: str, slug: str, language: str) -> str:
    """A category's page."""
    return f"{home(language)}{space}/{slug}/"


def short(article_id: int, language: str) -> str:
    """An address that leads to the article's page, for texts, where each letter counts."""
    return f"/k/{language_for(language)}/{article_id}"


def image(key: str) -> str:
    """A picture's address."""
    return f"/help/images/{key}"
