"""Which of our catalogues speaks to somebody. Called wherever text is composed for a customer. Pure."""

from __future__ import annotations


def locale_of(language: str | None, otherwise: str = "en") -> str:
    """Our catalogue for a person's language ("zh", "zh-TW", "en", …); for any other that of *otherwise*."""
    for wanted in (language or "", otherwise):
        if wanted.lower().startswith("zh"):
            return "zh_Hans_CN"
        if wanted.lower().startswith("en"):
            return "en"
    return "en"
