"""What came and what was handled today, in counts: the settled part is kept for a minute, the rest is read each time.

What counts as offered, answered, abandoned and handled is said by the views of `bi`; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contact_center.statement import Statement

SHORT = 5  # seconds: who gives up sooner than that never really waited
SLOT = 1800  # seconds of one point of the day's line
KEPT_FOR = timedelta(minutes=1)
LATE = timedelta(seconds=30)  # so long after an instant something of that instant may still be committed


@dataclass(frozen=True, slots=True)
class _Kept:
    """The counts of contacts that came, and were handled, until `until`; `waiting` are those that were open then.

    `last` is the youngest row there was: what is written down later has come later, whatever its time says.
    """

    day: datetime
    read_at: datetime
    until: datetime
    served: Sequence[Any]
    waiting: list[int]
    last: int
    handled: Sequence[Any]


class Today:
    """Reads the day again and again, cheaply. Not for several threads at once."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None

    def read(self, day: datetime, now: datetime) -> tuple[list[Any], list[Any]]:
        """The rows of what came since *day* began, and of what was handled."""
        kept = self._kept
        if kept is None or kept.day != day or not timedelta(0) <= now - kept.read_at < KEPT_FOR:
            kept = self._kept = _read(day, now)
        new = {"day": day, "until": kept.until, "waiting": kept.waiting, "last": kept.last}
        was = "with" if _LAST_CHANGE.rows({"day": day}) else "without"
        return [*kept.served, *_NEW[was].rows(new)], [*kept.handled, *_NEWLY_HANDLED[was].rows(new)]


def _read(day: datetime, now: datetime) -> _Kept:
    asked = {"day": day, "until": max(day, now - LATE)}
    was = "with" if _LAST_CHANGE.rows({"day": day}) else "without"
    served = _SETTLED[was].rows(asked)
    waiting = [one for row in served for one in row.waiting or ()]
    last = served[0].last if served else 0
    return _Kept(day, now, asked["until"], served, waiting, last, _HANDLED[was].rows(asked))


# Whether any tier has changed today: only then has what came before to be asked for its tier of the moment.
_LAST_CHANGE = Statement("""
    SELECT 1 AS found FROM (SELECT at FROM tier_change ORDER BY id DESC LIMIT 1) last WHERE last.at >= :day
""")
_TIERS = {
    "with": (
        """LEFT JOIN LATERAL (
            SELECT true AS changed, tc.old FROM tier_change tc
            WHERE tc.customer_id = i.customer_id AND tc.at > i.queued_at ORDER BY tc.id LIMIT 1
        ) was ON true""",
        "CASE WHEN was.changed THEN was.old ELSE c.tier END",
    ),
    "without": ("", "c.tier"),
}

# By when it joined the queue. A callback is no second offer, unless its customer has rung again meanwhile.
_SERVED_ROWS = """
    SELECT i.queue_id, i.channel, CASE WHEN c.id IS NULL THEN '' ELSE coalesce({tier}, 'D') END AS tier,
           (extract(epoch FROM date_bin('30 minutes', i.queued_at, :day) - :day) / {slot})::int AS slot,
           count(*) FILTER (WHERE f.counts) AS offered,
           count(i.answered_at) FILTER (WHERE f.counts) AS answered,
           count(*) FILTER (WHERE f.counts AND i.answered_at - i.queued_at <= q.target) AS in_time,
           count(*) FILTER (WHERE f.abandoned) AS abandoned,
           count(*) FILTER (WHERE f.abandoned AND i.ended_at - i.queued_at < interval '{short} seconds') AS short,
           coalesce(sum(round(extract(epoch FROM i.answered_at - i.queued_at))), 0)::bigint AS wait,
           array_agg(i.id) FILTER (WHERE NOT f.counts) AS waiting, (SELECT max(id) FROM interaction) AS last
    FROM interaction i
    JOIN (SELECT id, make_interval(secs => target_seconds) AS target FROM queue) q ON q.id = i.queue_id
    CROSS JOIN LATERAL (
        SELECT i.kind <> 'CALLBACK' AND i.state = 'ABANDONED' AND i.answered_at IS NULL AS abandoned,
               {counts} AS counts
    ) f
    LEFT JOIN customer c ON c.id = i.customer_id
    {was}
    WHERE {which} AND i.queued_at >= :day AND i.direction = 'IN' AND (i.kind <> 'CALLBACK' OR EXISTS (
        SELECT FROM call k WHERE k.interaction_id = i.id AND k.direction = 'IN'))
    GROUP BY 1, 2, 3, 4
"""
# By when the agent was done with it, wrap-up and all.
_HANDLED_ROWS = """
    SELECT i.queue_id, i.channel, CASE WHEN c.id IS NULL THEN '' ELSE coalesce({tier}, 'D') END AS tier,
           count(*) AS handled,
           sum(CASE WHEN l.calls > 0
                    THEN coalesce(l.talk, 0) + coalesce(l.hold, 0) + coalesce(l.dialling, 0) + w.seconds
                    WHEN h.stretches > 0 THEN h.seconds
                    ELSE round(extract(epoch FROM coalesce(i.wrapped_at, i.ended_at) - i.accepted_at)) END)::bigint
               AS handle,
           coalesce(sum(l.talk), 0)::bigint AS talk, coalesce(sum(l.hold), 0)::bigint AS hold,
           coalesce(sum(w.seconds), 0)::bigint AS wrap
    FROM interaction i
    LEFT JOIN LATERAL (
        SELECT count(DISTINCT s.call_id) AS calls,
               round(sum(extract(epoch FROM s.ended_at - s.started_at)) FILTER (WHERE s.state = 'TALKING')) AS talk,
               round(sum(extract(epoch FROM s.ended_at - s.started_at))
                     FILTER (WHERE s.state IN ('HELD', 'CONSULTING'))) AS hold,
               round(sum(extract(epoch FROM s.ended_at - s.started_at)) FILTER (WHERE s.state = 'DIALLING')) AS dialling
        FROM call k JOIN call_stage s ON s.call_id = k.id WHERE k.interaction_id = i.id
    ) l ON i.channel = 'phone'
    LEFT JOIN LATERAL (
        SELECT count(*) AS stretches, round(sum(extract(epoch FROM d.ended_at - d.started_at))) AS seconds
        FROM handling d WHERE d.interaction_id = i.id AND d.ended_at IS NOT NULL
    ) h ON true
    CROSS JOIN LATERAL (SELECT coalesce(round(extract(epoch FROM i.wrapped_at - i.ended_at)), 0) AS seconds) w
    LEFT JOIN customer c ON c.id = i.customer_id
    {was}
    WHERE i.state = 'DONE' AND {which} AND i.agent_id IS NOT NULL
      AND i.accepted_at IS NOT NULL AND (i.direction = 'IN' OR i.channel = 'phone')
    GROUP BY 1, 2, 3
"""
_OVER = "(i.answered_at IS NOT NULL OR i.state IN ('DONE', 'ABANDONED'))"
_DONE_AT = "coalesce(i.wrapped_at, i.ended_at)"


def _statements(rows: str, which: str, counts: str = "true") -> dict[str, Statement]:
    return {
        name: Statement(rows.format(was=was, tier=tier, which=which, counts=counts, slot=SLOT, short=SHORT))
        for name, (was, tier) in _TIERS.items()
    }


_SETTLED = _statements(_SERVED_ROWS, "i.queued_at < :until", _OVER)
_NEW = _statements(_SERVED_ROWS, "(i.id = ANY(:waiting) OR i.id > :last OR i.queued_at >= :until)")
_HANDLED = _statements(_HANDLED_ROWS, f"{_DONE_AT} >= :day AND {_DONE_AT} < :until")
_NEWLY_HANDLED = _statements(_HANDLED_ROWS, f"({_DONE_AT} >= :until OR (i.id > :last AND {_DONE_AT} >= :day))")
