"""Hand rows to their rooms: one that must go in, or many of which each has its own outcome.

Called by `resources` and `batch`, which commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.importing import references
from contact_center.importing.fields import Kind, Row, place_in

Outcome = str | dict[str, str]  # what became of a row, or what is wrong with it by JSON pointer


def put_one(kind: Kind, row: Row, by: Agent) -> str:
    """Put one row; raises Invalid."""
    [found] = put_many(kind, [row], by)
    if isinstance(found, str):
        return found
    raise Invalid(next(iter(found.values())), found)


def put_many(kind: Kind, rows: Sequence[Row], by: Agent) -> list[Outcome]:
    """Put rows of one kind; one that is wrong leaves nothing behind, the others go in."""
    unknown = references.resolve(rows)
    found: dict[int, Outcome] = {place: {"/customer": sentence} for place, sentence in unknown.items()}
    good = [place for place in range(len(rows)) if place not in found]
    together = [place for place in good if not kind.is_compound(rows[place])]
    if together:
        results = kind.put_many([rows[place] for place in together], by)
        found |= {place: _outcome(kind, result) for place, result in zip(together, results, strict=True)}
    for place in sorted(good, key=lambda at: str(rows[at][kind.key.name])):
        if place not in found:
            found[place] = _alone(kind, rows[place], by)
    return [found[place] for place in range(len(rows))]


def _alone(kind: Kind, row: Row, by: Agent) -> Outcome:
    savepoint = db.session.begin_nested()
    [result] = kind.put_many([row], by)
    outcome = _outcome(kind, result)
    if isinstance(outcome, str):
        savepoint.commit()
    else:
        savepoint.rollback()
    return outcome


def _outcome(kind: Kind, result: Any) -> Outcome:
    if not result.wrong:
        return str(result.outcome)
    lists = {part.name for part in kind.parts}
    return dict(_pointed(name, str(sentence), is_list=name in lists) for name, sentence in result.wrong.items())


def _pointed(name: str, sentence: str, *, is_list: bool) -> tuple[str, str]:
    place, rest = place_in(sentence) if is_list else (None, sentence)
    return (f"/{name}", sentence) if place is None else (f"/{name}/{place}", rest)
