"""From when a figure warns and alarms: judged without flapping, edited by supervisors.

`judge` is pure. A figure that has warned calms down only when it is better than its limit by the slack.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import IntEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.wall.models import Figure, WallLimit

FALLING = frozenset({Figure.CSAT})  # the less, the worse
SECONDS = frozenset({Figure.ASA, Figure.AHT, Figure.TALK, Figure.WRAP, Figure.AWAY})
COUNTS = frozenset({Figure.WAITING, Figure.DUE})
TIMERS = frozenset({Figure.TALK, Figure.WRAP, Figure.AWAY})  # of agents: the browser judges them, without slack
MOST = 100_000


class Tone(IntEnum):
    CALM = 0
    WARN = 1
    ALARM = 2


class Limits:
    """The limits of all figures; a queue's own before the general ones."""

    def __init__(self, kept: Iterable[WallLimit]) -> None:
        self._kept = {(row.figure, row.queue_id): row for row in kept}

    def of(self, figure: Figure, queues: Collection[int] = ()) -> WallLimit | None:
        """The limit of *figure* where just these *queues* are shown."""
        own = self._kept.get((figure, next(iter(queues)))) if len(queues) == 1 else None
        return own or self._kept.get((figure, None))


def judge(limit: WallLimit | None, figure: Figure, value: float | None, before: int = Tone.CALM) -> Tone:
    """How bad *value* is, after it was *before*."""
    if limit is None or value is None:
        return Tone.CALM
    for tone, edge in ((Tone.ALARM, limit.alarm), (Tone.WARN, limit.warn)):
        slack = limit.slack if before >= tone else 0.0
        if value < edge + slack if figure in FALLING else value > edge - slack:
            return tone
    return Tone.CALM


def read() -> Limits:
    """All there are."""
    return Limits(db.session.scalars(select(WallLimit)))


def listed(queue_id: int | None) -> dict[Figure, WallLimit]:
    """The limits of a queue's own, or the general ones, by figure in the order of the wall."""
    found = db.session.scalars(select(WallLimit).where(WallLimit.queue_id.is_not_distinct_from(queue_id)))
    kept = {row.figure: row for row in found}
    return {figure: kept[figure] for figure in Figure if figure in kept}


def set_all(queue: Queue | None, wanted: Mapping[Figure, Mapping[str, Any] | None], agent: Agent) -> bool:
    """Set the limits of *queue*, or the general ones; None takes a queue's own away. Returns whether anything changed.

    Each says `version`, the one that was edited; raises Stale.
    """
    locked = select(WallLimit).where(WallLimit.queue_id.is_not_distinct_from(queue.id if queue else None))
    kept = {row.figure: row for row in db.session.scalars(locked.with_for_update())}
    changes = {figure: _set(kept.get(figure), queue, figure, fields) for figure, fields in wanted.items()}
    changed = {str(figure): change for figure, change in changes.items() if change}
    if changed:
        log.record(Name.WALL_LIMITS_CHANGED, queue, agent, limits=changed)
    return bool(changed)


def checked(figure: Figure, warn: float, alarm: float, slack: float) -> dict[str, Any]:
    """The fields of a limit; raises ValueError with a sentence if the alarm comes before the warning."""
    if not all(0 <= value <= MOST for value in (warn, alarm, slack)):
        raise ValueError(_("A number from %(least)d to %(most)d.", least=0, most=MOST))
    if alarm > warn if figure in FALLING else alarm < warn:
        raise ValueError(_("The alarm comes after the warning."))
    return {"warn": warn, "alarm": alarm, "slack": slack}


def _set(row: WallLimit | None, queue: Queue | None, figure: Figure, fields: Mapping[str, Any] | None) -> Any:
    if fields is None:
        if row is None or queue is None:
            return None
        db.session.delete(row)
        return {"removed": [row.warn, row.alarm]}
    wanted = {name: value for name, value in fields.items() if name != "version"}
    if row is None:
        if queue is None:
            raise Invalid(_("Choose one from the list."))
        db.session.add(WallLimit(figure=figure, queue_id=queue.id, **wanted))
        db.session.flush()
        return wanted
    return rows.change(row, wanted, fields["version"], _("Somebody else has changed these limits in the meantime."))
