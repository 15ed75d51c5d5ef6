"""The reasons to be away, as an administrator words and orders them.

The presence ledger keeps the words themselves, so renaming or removing a reason changes no history.
"""

from __future__ import annotations

from flask_babel import lazy_gettext
from sqlalchemy import select

from contact_center import rows
from contact_center.agents.models import Agent, AwayReason
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db

_TAKEN = lazy_gettext("There is such a reason already.")


def listed() -> list[AwayReason]:
    """All reasons in their order."""
    return list(db.session.scalars(select(AwayReason).order_by(AwayReason.position, AwayReason.id)))


def add(name: str, actor: Agent) -> AwayReason:
    """Add a reason at the end; raises Invalid."""
    reason = AwayReason(name=rows.name(name, 40), position=rows.last_position(AwayReason))
    with rows.unique(name=_TAKEN):
        db.session.add(reason)
    _record(reason, actor, new=reason.name)
    return reason


def rename(reason: AwayReason, name: str, actor: Agent) -> None:
    """Word a reason differently from now on; raises Invalid."""
    wanted, old = rows.name(name, 40), reason.name
    if wanted == old:
        return
    with rows.unique(name=_TAKEN):
        reason.name = wanted
    _record(reason, actor, old=old, new=wanted)


def move(reason: AwayReason, by: int, actor: Agent) -> None:
    """Move a reason up (-1) or down (+1) in the list."""
    if rows.move(reason, by):
        _record(reason, actor, moved=by)


def remove(reason: AwayReason, actor: Agent) -> None:
    """Offer a reason no more."""
    _record(reason, actor, old=reason.name)
    db.session.delete(reason)
    db.session.flush()


def _record(reason: AwayReason, actor: Agent, **data: object) -> None:
    log.record(Name.AWAY_REASON_CHANGED, reason, actor, **data)
