"""The dispatcher: at every turn it places what is new, takes back what nobody answers, and makes offers.

`contact-center dispatcher` calls `turn()` when something has happened, and every second. Rows are the truth: it keeps
nothing, so it may be killed at any point, and two of them only lose races against each other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy.exc import IntegrityError

from contact_center.extensions import db
from contact_center.routing import crowding, enqueue, looking, offers, policy, recovery, relaxing, seats, wrapping
from contact_center.routing.matching import Matcher
from contact_center.routing.offers import Match
from contact_center.routing.policy import Candidate, Lane, Out, Waiting, Weight
from contact_center.statement import Statement

MOST = 50  # offers in one turn; the next one follows at once
RING = 30  # seconds, over a channel that nobody has set up
_log = logging.getLogger(__name__)

# What a look may find to be due, in this order.
_PARTS: dict[str, Callable[[], int]] = {
    "rung_out": recovery.rung_out, "deserted": recovery.deserted, "left_work": recovery.left_work,
    "eases": relaxing.ease, "wrapped": wrapping.sweep, "crowded": crowding.sweep,
}  # fmt: skip
# The heads of every lane: from lane to lane along the index, so that a million waiting cost no more than a hundred.
_HEADS = Statement("""
    WITH RECURSIVE lane AS (
        (SELECT queue_id, channel, asks, held_for, not_for FROM interaction
         WHERE state = 'WAITING' AND order_at IS NOT NULL
         ORDER BY queue_id, channel, asks, held_for, not_for LIMIT 1)
        UNION ALL
        SELECT n.* FROM lane l CROSS JOIN LATERAL (
            SELECT queue_id, channel, asks, held_for, not_for FROM interaction i
            WHERE state = 'WAITING' AND order_at IS NOT NULL
            AND (i.queue_id, i.channel, i.asks, i.held_for, i.not_for)
                > (l.queue_id, l.channel, l.asks, l.held_for, l.not_for)
            ORDER BY queue_id, channel, asks, held_for, not_for LIMIT 1
        ) n
    )
    SELECT h.id, h.order_at, h.queued_at, h.bonus, l.*
    FROM lane l CROSS JOIN LATERAL (
        SELECT id, order_at, queued_at, bonus FROM interaction i
        WHERE state = 'WAITING' AND order_at IS NOT NULL AND i.queue_id = l.queue_id AND i.channel = l.channel
        AND i.asks = l.asks AND i.held_for = l.held_for AND i.not_for = l.not_for
        ORDER BY order_at, id LIMIT :most
    ) h
    ORDER BY h.order_at, h.id
""")


def turn() -> int:
    """Do all that is to be done now, each part committed for itself; returns how many offers were made.

    A part answers how much it has done: 0 is nothing at all, and needs no commit of its own.
    What one part cannot do (a lost connection, a rule that breaks) does not keep the others from their work.
    """
    due = _look()
    placed = _do(enqueue.place_new) if due.unplaced else 0
    changed = sum(_do(part) for name, part in _PARTS.items() if getattr(due, name))
    if changed:
        _do(enqueue.place_new)  # what they have put back
    if due.came:
        _do(enqueue.welcome)
    if due.waits or placed or changed:
        return _do(match)
    db.session.commit()
    return 0


def match() -> int:
    """Offer what waits to who is free; returns how many offers were made. Commits."""
    costs, rings = seats.channels()
    everybody = seats.taken(costs)
    free = sum(1 for one in everybody if one.hindered is None)
    waiting = heads(min(free, MOST)) if free else []
    matches = list(islice(_matches(waiting, everybody, costs, rings), MOST)) if waiting else []
    made = _make(matches) if matches else 0
    db.session.commit()
    return made


def heads(most: int) -> list[Any]:
    """Of every lane the first *most* of what waits, all of them in the order of their places."""
    return _HEADS.rows({"most": most})


def _matches(
    waiting: Sequence[Any], everybody: Sequence[Candidate], costs: Mapping[str, Weight], rings: Mapping[str, int]
) -> Iterable[Match]:
    matcher = Matcher(costs)
    for candidate in everybody:
        if candidate.hindered is None:
            matcher.free(candidate)
    members = _members(everybody)
    for row in waiting:
        lane, weight = Lane.of(row), costs[row.channel]
        winner = matcher.arrive(Waiting(row.order_at, row.id, lane))
        if winner is None:
            continue
        decision = policy.decide(lane, weight, members.get(lane.queue, ()), winner).as_json()
        if winner.rings:
            offers.make_way(winner.id)
        winner.hindered = Out.RINGING
        yield Match(row.id, winner.id, rings.get(row.channel, RING), decision | _place(row))


def _members(everybody: Sequence[Candidate]) -> dict[int, list[Candidate]]:
    members: dict[int, list[Candidate]] = {}
    for one in everybody:
        for queue_id in one.levels:
            members.setdefault(queue_id, []).append(one)
    return members


def _place(row: Any) -> dict[str, Any]:
    """Its place at that moment: what the offer was made for."""
    return {
        "queue": row.queue_id, "queued_at": row.queued_at.isoformat(), "bonus": row.bonus, "asks": row.asks,
        "held_for": row.held_for,
    }  # fmt: skip


def _make(matches: Sequence[Match]) -> int:
    """All of them together; if another dispatcher was faster with one, each for itself."""
    try:
        with db.session.begin_nested():
            return len(offers.make(matches))
    except IntegrityError:
        return sum(_make_one(one) for one in matches)


def _make_one(one: Match) -> int:
    try:
        with db.session.begin_nested():
            return len(offers.make([one]))
    except IntegrityError:
        return 0


def _look() -> looking.Due:
    try:
        return looking.look()
    except Exception:  # noqa: BLE001 (whatever breaks, each part looks for itself)
        db.session.rollback()
        _log.exception("the look at what is due broke")
        return looking.Due()


def _do(part: Callable[[], int]) -> int:
    try:
        done = part()
        if done:  # else it has changed nothing, and the next part may go on in the same transaction
            db.session.commit()
    except Exception:  # noqa: BLE001 (whatever breaks in one part, the others are done)
        db.session.rollback()
        _log.exception("%s broke; the next turn tries again", part.__qualname__)
        return 0
    return done
