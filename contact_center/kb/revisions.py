"""What was written when and by whom, and what differs between two revisions: line by line, and within a line by words.

The desk shows it. Nothing here changes anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from contact_center.extensions import db
from contact_center.kb import plain
from contact_center.kb.models import Article, Revision

MOST_LINES = 4_000  # of one revision that are compared
_LONG = 2_000  # characters of a line, beyond which it is compared as a whole
_WORDS = re.compile(r"[\u3400-\u9fff]|\w+|\s+|.", re.DOTALL)


class Kind(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line: the same in both, only in the old or only in the new one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison."""

    kind: Kind
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two revisions; a part is empty if nothing does."""

    title: tuple[Line, ...]
    summary: tuple[Line, ...]
    body: tuple[Line, ...]

    @property
    def is_none(self) -> bool:
        """Whether nobody would see a difference: layout and pictures are not compared."""
        return not any(line.kind is not Kind.SAME for part in (self.title, self.summary, self.body) for line in part)


def listed(article: Article, language: str) -> list[Revision]:
    """The revisions of one language, the newest first."""
    asked = select(Revision).where(Revision.article_id == article.id, Revision.language == language)
    return list(db.session.scalars(asked.order_by(Revision.number.desc()).options(joinedload(Revision.agent))))


def find(article: Article, language: str, number: int) -> Revision | None:
    """One revision, with its words."""
    asked = select(Revision).where(Revision.article_id == article.id, Revision.language == language)
    return db.session.scalar(asked.where(Revision.number == number).options(undefer(Revision.html)))


def diff(old: Revision | None, new: Revision) -> Difference:
    """What *new* says otherwise than *old*; None: there was nothing before."""
    return Difference(
        tuple(_lines([old.title] if old else [], [new.title])),
        tuple(_lines([old.summary] if old and old.summary else [], [new.summary] if new.summary else [])),
        tuple(_lines(plain.lines(old.html)[:MOST_LINES] if old else [], plain.lines(new.html)[:MOST_LINES])),
    )


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Line(Kind.SAME, (Piece(Kind.SAME, line),)) for line in new[j1:j2])
            continue
        pairs = min(i2 - i1, j2 - j1)
        for k in range(pairs):
            yield _changed(old[i1 + k], new[j1 + k])
        yield from (Line(Kind.GONE, (Piece(Kind.GONE, line),)) for line in old[i1 + pairs : i2])
        yield from (Line(Kind.NEW, (Piece(Kind.NEW, line),)) for line in new[j1 + pairs : j2])


def _changed(old: str, new: str) -> Line:
    if len(old) > _LONG or len(new) > _LONG:
        return Line(Kind.CHANGED, (Piece(Kind.GONE, old), Piece(Kind.NEW, new)))
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Kind.SAME, "".join(after[j1:j2])))
            continue
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        pieces += [Piece(kind, text) for kind, text in ((Kind.GONE, gone), (Kind.NEW, come)) if text]
    return Line(Kind.CHANGED, tuple(pieces))
