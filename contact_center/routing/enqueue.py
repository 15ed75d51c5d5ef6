"""The place of waiting work: its bonus minutes, the skills it asks for, and for whom it is kept at first.

The dispatcher places what is new, or was put back, within a moment; whoever knows better may ask for it again. Nothing
here depends on when it is done: the order is the instant somebody began to wait, less the bonus.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from contact_center import clock
from contact_center.extensions import db
from contact_center.queues import easing
from contact_center.routing import served_as
from contact_center.statement import Statement
from contact_center.tickets.messages import Interaction, InteractionState

JUST_NOW = timedelta(seconds=4)  # some turns of the dispatcher

# Who had something of the customer last.
_LAST_AGENT = """
    SELECT o.agent_id FROM interaction o
    WHERE o.customer_id = i.customer_id AND o.agent_id IS NOT NULL AND o.id <> i.id
    ORDER BY o.queued_at DESC, o.id DESC LIMIT 1
"""

# Bonus minutes by what for. A complaint counts twice for tiers whose complaints come first. What is kept of the former
# bonus was given for what happened while it waited, or was handled.
_FACTS = Statement(f"""
    SELECT i.id, i.queue_id, i.channel, i.queued_at, i.placed_by ->> 'asked' AS rule_asks, q.asks AS queue_asks,
           q.easing, q.prefer_seconds,
           jsonb_strip_nulls(jsonb_build_object(
               CASE WHEN {served_as.IS_OPEN} THEN 'maybe' ELSE 'tier' END, nullif(p.bonus_minutes, 0),
               'complaint', CASE WHEN t.kind = 'COMPLAINT'
                                 THEN nullif(s.complaint_minutes * (1 + p.complaints_first::int), 0) END,
               'reopened', CASE WHEN t.reopened > 0 THEN nullif(s.reopened_minutes, 0) END,
               'priority', nullif(CASE t.priority WHEN 'URGENT' THEN s.urgent_minutes WHEN 'HIGH' THEN s.high_minutes
                                                  WHEN 'LOW' THEN s.low_minutes ELSE 0 END, 0),
               'queue', nullif(q.head_start_minutes, 0),
               'recovered', i.bonus -> 'recovered',
               'promise', i.bonus -> 'promise',
               'risk', i.bonus -> 'risk'
           )) AS bonus,
           CASE WHEN i.kind = 'PROMISE' OR (i.kind = 'CALL' AND i.held_for <> '{{}}') THEN i.held_for
                WHEN p.is_sticky THEN ARRAY[c.owner_id, company.owner_id, ({_LAST_AGENT})]
                ELSE i.held_for END AS preferred
    FROM interaction i
    JOIN ticket t ON t.id = i.ticket_id
    JOIN queue q ON q.id = i.queue_id
    CROSS JOIN routing_setting s
    LEFT JOIN customer c ON c.id = t.customer_id
    LEFT JOIN customer company ON company.id = c.company_id
    LEFT JOIN tier_policy p ON p.tier = {served_as.TIER}
    WHERE i.id = ANY(:ids) AND i.state = 'WAITING'
    FOR UPDATE OF i SKIP LOCKED
""")  # noqa: S608 (ours)

# Only who is here now is waited for, and only those who serve the queue and have not just declined it. Who has is asked
# again when the time comes that stands there already.
_PLACE = Statement("""
    UPDATE interaction i
    SET order_at = i.queued_at - make_interval(secs => 60 * n.minutes), bonus = n.bonus, asked = n.asked, asks = n.asks,
        held_for = coalesce(h.held, '{}'),
        eases_at = least(
            n.eases_at, CASE WHEN h.held IS NOT NULL THEN :now + make_interval(secs => n.prefer) END,
            CASE WHEN i.not_for <> '{}' THEN coalesce(i.eases_at, :now) END
        )
    FROM unnest(
        CAST(:ids AS bigint[]), CAST(:minutes AS float[]), CAST(:bonus AS jsonb[]), CAST(:asked AS text[]),
        CAST(:asks AS text[]), CAST(:eases AS timestamptz[]), CAST(:prefer AS float[]), CAST(:preferred AS text[])
    ) AS n (id, minutes, bonus, asked, asks, eases_at, prefer, preferred)
    CROSS JOIN LATERAL (
        SELECT array_agg(m.agent_id ORDER BY m.agent_id) AS held
        FROM interaction w
        JOIN queue_member m ON m.queue_id = w.queue_id AND m.agent_id <> ALL(w.not_for)
        JOIN presence pr ON pr.agent_id = m.agent_id AND pr.ended_at IS NULL AND pr.state = 'AVAILABLE'
        WHERE w.id = n.id AND n.prefer > 0 AND m.agent_id = ANY(CAST(n.preferred AS bigint[]))
    ) h
    WHERE i.id = n.id AND i.state = 'WAITING'
""")
_UNPLACED = Statement("""
    SELECT id FROM interaction WHERE state = 'WAITING' AND order_at IS NULL ORDER BY id LIMIT :most
""")
# What waits, of customers whom somebody knows who has just come, is kept for them for a while.
_WELCOME = Statement(f"""
    WITH come AS (
        SELECT p.agent_id, p.started_at, m.queue_id
        FROM presence p JOIN queue_member m ON m.agent_id = p.agent_id
        WHERE p.ended_at IS NULL AND p.state = 'AVAILABLE' AND p.started_at BETWEEN :lately AND :now
    ), known AS (
        SELECT DISTINCT ON (i.id) i.id, come.agent_id,
               come.started_at + make_interval(secs => q.prefer_seconds) AS until
        FROM come
        JOIN queue q ON q.id = come.queue_id AND q.prefer_seconds > 0
        JOIN interaction i ON i.queue_id = come.queue_id AND i.state = 'WAITING' AND i.order_at IS NOT NULL
        JOIN customer c ON c.id = i.customer_id
        LEFT JOIN customer company ON company.id = c.company_id
        JOIN tier_policy p ON p.tier = coalesce(c.tier, 'D') AND p.is_sticky
        WHERE i.held_for = '{{}}' AND i.kind <> 'PROMISE' AND NOT i.not_for @> ARRAY[come.agent_id]
        AND come.agent_id IN (c.owner_id, company.owner_id, ({_LAST_AGENT}))
        ORDER BY i.id, come.agent_id = c.owner_id DESC
    )
    UPDATE interaction i SET held_for = ARRAY[known.agent_id], eases_at = least(i.eases_at, known.until)
    FROM known WHERE i.id = known.id AND i.state = 'WAITING' AND known.until > :now
    RETURNING i.id
""")  # noqa: S608 (ours)

# A tier that has changed, its policy, a queue's head start or skills: what was placed by what held before.
_OUTDATED = Statement(f"""
    WITH outdated AS (
        SELECT i.id
        FROM interaction i
        JOIN ticket t ON t.id = i.ticket_id
        JOIN queue q ON q.id = i.queue_id
        LEFT JOIN customer c ON c.id = t.customer_id
        LEFT JOIN tier_policy p ON p.tier = {served_as.TIER}
        WHERE i.state = 'WAITING' AND i.order_at IS NOT NULL AND (
            coalesce((i.bonus ->> 'tier')::int, (i.bonus ->> 'maybe')::int, 0) <> coalesce(p.bonus_minutes, 0)
            OR coalesce((i.bonus ->> 'queue')::int, 0) <> q.head_start_minutes
            OR (NOT i.placed_by ? 'asked' AND (i.asked = '') <> (q.asks = '{{}}'))
        )
        LIMIT :most
    )
    UPDATE interaction SET order_at = NULL WHERE id IN (SELECT id FROM outdated) RETURNING id
""")  # noqa: S608 (constants)
_RISK = Statement("""
    UPDATE interaction i SET bonus = i.bonus || jsonb_build_object('risk', n.minutes),
           order_at = i.order_at - make_interval(mins => n.minutes - coalesce((i.bonus ->> 'risk')::int, 0))
    FROM (SELECT (CASE WHEN :stage >= 90 THEN risk_90_minutes ELSE risk_75_minutes END)::int AS minutes
          FROM routing_setting) n
    WHERE i.ticket_id = :ticket_id AND i.state IN ('WAITING', 'OFFERED')
    AND coalesce((i.bonus ->> 'risk')::int, 0) < n.minutes
    RETURNING i.id
""")


def place(interaction_ids: Sequence[int]) -> int:
    """Find their places in the queue, anew if they have some; what does not wait is left alone. Returns how many."""
    facts = _FACTS.rows({"ids": list(interaction_ids)}) if interaction_ids else []
    if facts:
        _PLACE.run(_columns([_placed(row) for row in facts]) | {"now": clock.now()})
    return len(facts)


def place_ticket(ticket_id: int) -> int:
    """Find the places of what waits on a ticket anew; returns how many."""
    waits = (Interaction.ticket_id == ticket_id, Interaction.state == InteractionState.WAITING)
    return place(db.session.scalars(select(Interaction.id).where(*waits)).all())


def place_new(most: int = 500) -> int:
    """Place what has none yet; returns how many. Call and commit until 0."""
    return place([row.id for row in _UNPLACED.rows({"most": most})])


def welcome() -> int:
    """Keep for those who have just come what waits of customers who are theirs; returns how many. Twice is as good."""
    now = clock.now()
    return len(_WELCOME.rows({"now": now, "lately": now - JUST_NOW}))


def place_outdated(most: int = 5000) -> int:
    """Have places found anew that are not what tiers, policies and queues say now; returns how many."""
    return len(_OUTDATED.rows({"most": most}))


def risk(ticket_id: int, stage: int) -> bool:
    """Move what waits on a ticket forward because a target is nearly missed: *stage* is 75 or 90 (per cent of it).

    Twice is as good as once. Returns whether anything moved.
    """
    return bool(_RISK.rows({"ticket_id": ticket_id, "stage": stage}))


def _placed(row: Any) -> dict[str, Any]:
    asked = easing.both(easing.parse(row.rule_asks or ""), easing.parse(easing.write(row.queue_asks)))
    asks, eases_at = easing.standing(asked, row.easing, row.queued_at, clock.now())
    return {
        "ids": row.id,
        "minutes": sum(row.bonus.values()),
        "bonus": json.dumps(row.bonus),
        "asked": easing.write(asked),
        "asks": asks,
        "eases": eases_at,
        "prefer": row.prefer_seconds,
        "preferred": "{" + ",".join(str(one) for one in row.preferred if one) + "}",
    }


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}
