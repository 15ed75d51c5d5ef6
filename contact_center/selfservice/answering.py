"""The one article that answers a question best, for those who see no page: in short, and where all of it stands.

Texts and the telephone call it. Whoever asks there has proved nothing, so it is an article for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from flask import current_app

from contact_center.kb import addresses, reading, searching
from contact_center.kb.reading import Reader, Shown
from contact_center.kb.searching import Where

LONGEST_QUESTION = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """An article that was found, in the language it was found in."""

    shown: Shown

    @property
    def article_id(self) -> int:
        return self.shown.article.id

    @property
    def language(self) -> str:
        return self.shown.text.language

    @property
    def title(self) -> str:
        return self.shown.text.title

    @property
    def summary(self) -> str:
        """What its author says in short, else how it begins."""
        return self.shown.text.summary or " ".join(self.shown.text.plain.split())


def best(question: str, language: str, where: Where) -> Answer | None:
    """The best article for *question*; the search is noted, found or not."""
    found = searching.search(Reader(language=language), question[:LONGEST_QUESTION], language, where, limit=1)
    if not found.hits:
        return None
    hit = found.hits[0]
    shown = reading.by_id(Reader(language=hit.language), hit.article_id)
    if shown is None or found.search_id is None:
        return None
    searching.chose(found.search_id, hit.article_id, Reader())
    return Answer(shown)


def in_short(answer: Answer, longest: int) -> str:
    """Its title and summary in so many characters."""
    stop = "：" if answer.language.startswith("zh") else ": "
    said = f"{answer.title}{stop}{answer.summary}" if answer.summary else answer.title
    return said if len(said) <= longest else f"{said[: longest - 1].rstrip()}…"


def link(answer: Answer) -> str:
    """Its short address, as a whole."""
    return urljoin(current_app.config["CC"].public_url, addresses.short(answer.article_id, answer.language))
