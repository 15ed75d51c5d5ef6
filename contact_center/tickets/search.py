"""Find tickets by anything an agent may have: a number, an order, an address, words of a subject or of a message.

The desk's search field, the palette and the command line call `search`. Newest first, and bounded whatever is asked:
`direct` knows what is named outright, `words` finds the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.text import snippets
from contact_center.text.snippets import Snippet
from contact_center.tickets import direct, lists, words
from contact_center.tickets.lists import Row
from contact_center.tickets.messages import Author, Message

PAGE = 30
LONGEST = 200  # characters of a question that are read
SHOWN = 20_000  # characters of a message in which a snippet is looked for


class Where(StrEnum):
    """What was found of a ticket."""

    NUMBER = "number"
    ORDER = "order"
    ADDRESS = "address"
    SUBJECT = "subject"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Said:
    """The newest message of a ticket that has the words."""

    id: int
    at: datetime
    author: Author
    name: str
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket that was found, and where."""

    row: Row
    where: Where
    subject: Snippet
    said: Said | None
    messages: int  # how many messages of it were met that have the words


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, exact ones first and then the newest. `earlier` goes on where a bounded search has stopped."""

    hits: list[Hit]
    earlier: str | None = None


def search(agent: Agent, asked: str, *, before: str | None = None, limit: int = PAGE) -> Found:
    """What *agent* may see of what was *asked* for; *before* is a former result's `earlier`."""
    asked = " ".join(asked.replace("\x00", " ").split())[:LONGEST]
    exact = direct.find(agent, asked)
    met = words.find(agent, asked, before, limit)
    ids = [each for each in met.tickets if each not in exact]
    if not before:  # what is named outright stands on the first page, and nowhere else
        ids = [*exact, *ids]
    return Found(_hits(lists.by_ids(agent, ids), asked, exact, met), met.earlier)


def _hits(rows: Sequence[Row], asked: str, exact: dict[int, str], met: words.Met) -> list[Hit]:
    marks = snippets.pattern(asked)
    newest = {row.id: ids[0] for row in rows if (ids := met.tickets.get(row.id))}
    said = _said(list(newest.values()), marks)
    return [
        Hit(
            row,
            _where(row, exact, newest),
            snippets.marked(row.subject, marks),
            said.get(newest.get(row.id, 0)),
            len(met.tickets.get(row.id, ())),
        )
        for row in rows
    ]


def _where(row: Row, exact: dict[int, str], newest: dict[int, int]) -> Where:
    if row.id in exact:
        return Where(exact[row.id])
    return Where.MESSAGE if row.id in newest else Where.SUBJECT


def _said(message_ids: list[int], marks: Any) -> dict[int, Said]:
    asked = (
        select(
            Message.id, Message.at, Message.author, Message.sender_name, Message.sender, Agent.name.label("agent"),
            Message.text,
        )
        .outerjoin(Agent, Agent.id == Message.agent_id)
        .where(Message.id.in_(message_ids))
    )  # fmt: skip
    if not message_ids:
        return {}
    return {
        row.id: Said(
            row.id, row.at, row.author, row.agent or row.sender_name or row.sender or "",
            snippets.of(row.text[:SHOWN], marks),
        )
        for row in db.session.execute(asked)
    }  # fmt: skip
