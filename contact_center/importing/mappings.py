"""What columns meant last time: remembered for a kind and its set of headers, and under a name for the command.

Called by `runs`, the screen and the command. Verbs never commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.importing.columns import Columns
from contact_center.importing.fields import Kind
from contact_center.importing.models import ImportMapping
from contact_center.text.lines import one_line

KEPT_OF_FORM = ("decimal", "order", "currency")


def recall(kind: Kind, headers: Sequence[str]) -> ImportMapping | None:
    """The newest mapping for a file with these headers, in whatever order."""
    asked = select(ImportMapping).where(ImportMapping.kind == kind.name, ImportMapping.headers == _digest(headers))
    return db.session.scalar(asked.order_by(ImportMapping.used_at.desc()).limit(1))


def find_named(kind: Kind, name: str) -> ImportMapping | None:
    """The mapping of that name."""
    asked = select(ImportMapping).where(ImportMapping.kind == kind.name, ImportMapping.name == name)
    return db.session.scalar(asked)


def names(kind: Kind) -> list[str]:
    """The names of a kind's mappings, last used first."""
    asked = select(ImportMapping.name).where(ImportMapping.kind == kind.name)
    return list(db.session.scalars(asked.order_by(ImportMapping.used_at.desc())))


def columns_of(mapping: ImportMapping, kind: Kind, headers: Sequence[str]) -> Columns:
    """What *mapping* says of a file with these headers; fields that there are no more are passed over."""
    known = kind.columns()
    return {
        position: mapping.columns[header]
        for position, header in enumerate(headers)
        if mapping.columns.get(header) in known
    }


def remember(
    kind: Kind, name: str, headers: Sequence[str], columns: Columns, form: Mapping[str, Any], agent: Agent | None
) -> None:
    """Keep a mapping under *name*; one of that name is replaced."""
    values = {
        "headers": _digest(headers),
        "columns": {headers[position]: field for position, field in columns.items()},
        "form": {key: form[key] for key in KEPT_OF_FORM if form.get(key)},
        "agent_id": agent.id if agent else None,
        "used_at": clock.now(),
    }
    row = insert(ImportMapping).values(kind=kind.name, name=one_line(name, 80) or "–", **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["kind", "name"], set_=values))


def _digest(headers: Sequence[str]) -> bytes:
    return hashlib.sha256("\x1f".join(sorted(headers)).encode("utf-8", "replace")).digest()
