"""Who is offered what: the bare claim, the claim as we make it, and whole decisions with 500 agents and 20 skills.

The floor pops the head of one partial index, nothing else, in one worker. Ours makes an offer: the interaction's state,
the offer with its decision, the event. A whole decision reads agents and lanes first. BENCH_WAITING chooses how many wait
(10,000 and ten times as many), BENCH_DECISIONS how many offers are made.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from _ground import figure, start_app
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parent / "floors"))

from benchlib import quantile
from floor_claim import build, run

from contact_center import clock
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.routing import dispatcher, offers

WAITING = int(os.environ.get("BENCH_WAITING", "10000"))
DECISIONS = int(os.environ.get("BENCH_DECISIONS", "3000"))
AGENTS, SKILLS, QUEUES = 500, 20, 5

_PEOPLE = """
    INSERT INTO queue (id, name) SELECT 100 + i, 'Queue ' || i FROM generate_series(2, :queues) i;
    INSERT INTO agent (email, name, fs_uniquifier, capacity)
        SELECT 'bench' || i || '@norra.example', 'Agent ' || i, 'bench' || i, 100 FROM generate_series(1, :agents) i
        ON CONFLICT DO NOTHING;
    INSERT INTO skill (name) SELECT 'Skill ' || i FROM generate_series(1, :skills) i ON CONFLICT DO NOTHING;
    INSERT INTO queue_member (queue_id, agent_id, level)
        SELECT q.id, a.id, 1 + (a.id + q.id) % 5 FROM queue q, agent a WHERE (a.id + q.id) % 2 = 0;
    INSERT INTO agent_skill (agent_id, skill_id, level)
        SELECT a.id, k.id, 1 + (a.id * 7 + k.id) % 5 FROM agent a, skill k WHERE (a.id * 3 + k.id) % 4 = 0
        ON CONFLICT DO NOTHING;
    INSERT INTO presence (agent_id, state, started_at) SELECT id, 'AVAILABLE', now() FROM agent ON CONFLICT DO NOTHING;
    INSERT INTO open_desk (key, agent_id, seen_at) SELECT 'bench' || id, id, now() + interval '1 day' FROM agent
        ON CONFLICT DO NOTHING;
"""
_WORK = """
    WITH q AS (SELECT array_agg(id ORDER BY id) ids FROM queue), k AS (SELECT array_agg(id ORDER BY id) ids FROM skill),
    t AS (
        INSERT INTO ticket (subject, queue_id, channel, token, portal_token, opened_at, changed_at)
        SELECT 'Waiting ' || i, q.ids[1 + i % array_length(q.ids, 1)], 'email', 'b' || i, 'p' || i, now(), now()
        FROM generate_series(1, :waiting) i, q RETURNING id, queue_id
    )
    INSERT INTO interaction (ticket_id, queue_id, channel, kind, direction, state, queued_at, order_at, asked, asks)
    SELECT t.id, t.queue_id, 'email', 'MAIL', 'IN', 'WAITING', now() - make_interval(secs => t.id % 3600),
           now() - make_interval(secs => t.id % 7200),
           CASE WHEN t.id % 4 = 0 THEN '' ELSE k.ids[1 + t.id % array_length(k.ids, 1)] || ':' || 1 + t.id % 3 END,
           CASE WHEN t.id % 4 = 0 THEN '' ELSE k.ids[1 + t.id % array_length(k.ids, 1)] || ':' || 1 + t.id % 3 END
    FROM t, k
"""


def main() -> None:
    for waiting in (WAITING, 10 * WAITING):
        build(waiting)
        bare, _median, _p99 = run(1, min(3000, waiting))
        app = start_app(empty=True)
        with app.app_context(), bus.muted():
            _fill(waiting)
            ours = _claims(1000)
            figure(f"claim as an offer, {waiting:,} waiting", ours, "/s", bare)
            _free()
            rate, taken = _decisions(DECISIONS)
            figure(f"whole decisions, {AGENTS} agents, {SKILLS} skills, {waiting:,} waiting", rate, "/s")
            figure(f"a turn of up to {dispatcher.MOST} decisions, median", statistics.median(taken), "ms")
            single = _single(300)
            figure(f"one decision alone, {waiting:,} waiting, median", statistics.median(single), "ms")
            figure(f"one decision alone, {waiting:,} waiting, p99", quantile(single, 0.99), "ms")


def _fill(waiting: int) -> None:
    for table in ("offer", "handling", "agent_skill", "skill", "open_desk", "presence", "queue_member"):
        db.session.execute(text(f"TRUNCATE {table} CASCADE"))
    values = {"agents": AGENTS, "skills": SKILLS, "queues": QUEUES}
    for statement in _PEOPLE.split(";")[:-1]:
        names = {name: value for name, value in values.items() if f":{name}" in statement}
        db.session.execute(text(statement), names)
    db.session.execute(text(_WORK), {"waiting": waiting})
    db.session.commit()
    db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("VACUUM ANALYZE"))
    db.session.remove()


def _claims(count: int) -> float:
    """The oldest one by one, each committed, as the floor does."""
    rows = db.session.execute(text("SELECT id FROM interaction ORDER BY order_at, id LIMIT :most"), {"most": count})
    ids, agents = [row.id for row in rows], _agents()
    random.Random(1).shuffle(agents)
    started = time.perf_counter()
    for number, interaction_id in enumerate(ids):
        offers.make([offers.Match(interaction_id, agents[number % len(agents)], 60, {"winner": 1})])
        db.session.commit()
        if number % len(agents) == len(agents) - 1:  # everybody rings: outside the figure
            paused = time.perf_counter()
            _free()
            started += time.perf_counter() - paused
    return count / (time.perf_counter() - started)


def _decisions(count: int) -> tuple[float, list[float]]:
    """Turn after turn with everybody free; what was offered is taken off between the turns."""
    made, taken = 0, []
    while made < count:
        started = time.perf_counter()
        made_now = dispatcher.match()
        taken.append((time.perf_counter() - started) * 1000)
        if not made_now:
            sys.exit("nobody was offered anything")
        made += made_now
        _free()
    return made / (sum(taken) / 1000), taken


def _single(count: int) -> list[float]:
    """Everybody rings but one."""
    agents, taken = _agents(), []
    at = clock.now() - timedelta(days=1)
    rows = db.session.execute(text("SELECT id FROM interaction WHERE state = 'WAITING' LIMIT :n"), {"n": len(agents)})
    for agent_id, row in zip(agents[1:], rows.all(), strict=False):
        db.session.execute(text("UPDATE interaction SET state = 'OFFERED' WHERE id = :i"), {"i": row.id})
        db.session.execute(
            text(
                "INSERT INTO offer (interaction_id, agent_id, offered_at, expires_at) VALUES (:i, :a, :at, 'infinity')"
            ),
            {"i": row.id, "a": agent_id, "at": at},
        )
    db.session.commit()
    for _decision in range(count):
        started = time.perf_counter()
        made = dispatcher.match()
        taken.append((time.perf_counter() - started) * 1000)
        assert made == 1, made
        _free("agent_id = :agent", agent=agents[0])
    return taken


def _free(where: str = "true", **values: Any) -> None:
    """Whoever rings has refused for ever, and is free."""
    done = f"""
        WITH ended AS (
            UPDATE offer SET state = 'REVOKED', ended_at = now() WHERE state = 'PENDING' AND {where}
            RETURNING interaction_id
        )
        UPDATE interaction SET state = 'DONE' WHERE id IN (SELECT interaction_id FROM ended)
    """
    db.session.execute(text(done), values)
    db.session.commit()


def _agents() -> list[int]:
    return list(db.session.scalars(text("SELECT id FROM agent ORDER BY id")))


if __name__ == "__main__":
    main()
