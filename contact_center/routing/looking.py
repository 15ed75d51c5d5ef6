"""What a turn of the dispatcher will find to do, in one look: most turns find nothing for most of its parts.

Each part looks again for itself. What is asked here may say yes too often, never too seldom.
"""

from __future__ import annotations

from typing import NamedTuple

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import PresenceState
from contact_center.routing import enqueue, recovery
from contact_center.statement import Statement


class Due(NamedTuple):
    """What there may be to do; all of it where nobody could look."""

    unplaced: bool = True
    waits: bool = True
    rung_out: bool = True
    deserted: bool = True
    left_work: bool = True
    eases: bool = True
    wrapped: bool = True
    crowded: bool = True
    came: bool = True


_LOOK = Statement(f"""
    SELECT EXISTS (SELECT FROM interaction WHERE state = 'WAITING' AND order_at IS NULL) AS unplaced,
           EXISTS (SELECT FROM interaction WHERE state = 'WAITING' AND order_at IS NOT NULL) AS waits,
           EXISTS (SELECT {recovery.RUNG_OUT}) AS rung_out,
           EXISTS (SELECT {recovery.DESERTED}) OR EXISTS (SELECT FROM interaction i WHERE {recovery.LOST}) AS deserted,
           EXISTS (SELECT {recovery.LEFT}) AS left_work,
           EXISTS (SELECT FROM interaction WHERE state = 'WAITING' AND eases_at <= :now) AS eases,
           EXISTS (SELECT FROM interaction WHERE state = 'WRAPPING' AND wrap_until <= :now) AS wrapped,
           EXISTS (SELECT FROM queue q WHERE q.is_active AND q.overflow <> '[]' AND EXISTS (
               SELECT FROM interaction i WHERE i.queue_id = q.id AND i.state = 'WAITING')) AS crowded,
           EXISTS (SELECT FROM presence WHERE ended_at IS NULL AND state = 'AVAILABLE'
                   AND started_at BETWEEN :just_now AND :now) AS came
""")  # noqa: S608 (ours)


def look() -> Due:
    """Look now."""
    now = clock.now()
    row = _LOOK.one({
        "now": now, "lately": now - open_desks.LIVE_FOR, "reloading": now - open_desks.RELOAD,
        "grace": presence.GRACE[PresenceState.AVAILABLE], "just_now": now - enqueue.JUST_NOW,
    })  # fmt: skip
    return Due(*row)
