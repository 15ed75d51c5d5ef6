"""Report pages in a large firm: BENCH_CONTACTS contacts over two years (500,000; the goal is for 5,000,000).

Rows are written by the server itself, with 200 agents in 20 queues, then all roll-ups are built from nothing. Each page is asked
as the screens ask it, by a supervisor of one team and by the administrator; the slower one counts: p95, milliseconds. The floor is
the same question to the raw rows, once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta

import psycopg
from _ground import figure
from flask import current_app
from sqlalchemy import text

from contact_center import clock, create_app
from contact_center.agents.models import Agent
from contact_center.demo import scale
from contact_center.extensions import db
from contact_center.reports import asking, drilling, sweeping, unusual
from contact_center.reports.question import Question

CONTACTS = int(os.environ.get("BENCH_CONTACTS", "500000"))
PER_TICKET = 5
CALLS = int(os.environ.get("BENCH_CALLS", "20"))
READERS = {"administrator": 1, "supervisor": 3}
WRITTEN = """
    INSERT INTO customer (id, kind, status, name, tier, region, since, changed_at) OVERRIDING SYSTEM VALUE
    SELECT i, 'PERSON', 'ACTIVE', 'Customer ' || i, (ARRAY['A','B','C','D','D','D'])[1 + i % 6], 'Region ' || i % 12,
           now() - interval '3 years', now() FROM generate_series(1, :customers) i;
    INSERT INTO ticket (id, subject, customer_id, queue_id, assignee_id, state, kind, channel, token, portal_token, opened_at,
                        changed_at, resolved_at, closed_at) OVERRIDING SYSTEM VALUE
    SELECT i, 'Ticket ' || i, 1 + h % :customers, 1 + sqrt(h % 400)::int % 20, 12 + h % 189, 'CLOSED',
           (ARRAY['QUESTION','ORDER','DELIVERY','REPAIR','RETURN','INVOICE','COMPLAINT','OTHER'])[1 + (h / 100) % 8],
           (ARRAY['email','email','phone','web'])[1 + h % 4], 't' || i, 'p' || i, at, at, at + interval '2 days',
           at + interval '9 days'
    FROM (SELECT i, hashint8(i)::bigint + 2147483648 AS h,
                 now() - interval '720 days' * (1 - i::float / :tickets) - interval '10 days' AS at
          FROM generate_series(1, :tickets) i) t;
    INSERT INTO ticket_stretch (ticket_id, state, started_at, ended_at)
    SELECT id, 'NEW', opened_at, opened_at + interval '20 minutes' FROM ticket
    UNION ALL SELECT id, 'OPEN', opened_at + interval '20 minutes', resolved_at FROM ticket
    UNION ALL SELECT id, 'RESOLVED', resolved_at, closed_at FROM ticket UNION ALL SELECT id, 'CLOSED', closed_at, NULL FROM ticket;
    INSERT INTO interaction (ticket_id, customer_id, queue_id, agent_id, channel, kind, direction, state, queued_at, accepted_at,
                             answered_at, ended_at, wrapped_at)
    SELECT t.id, t.customer_id, t.queue_id, t.assignee_id, t.channel, 'MAIL', 'IN', 'DONE', at, at + wait / 2, at + wait,
           at + wait + interval '4 minutes', at + wait + interval '5 minutes'
    FROM ticket t CROSS JOIN generate_series(0, :per_ticket - 1) k
    CROSS JOIN LATERAL (SELECT t.opened_at + interval '5 hours' * k AS at, interval '1 second' * ((t.id * 7 + k * 131) % 7200) AS wait) x
    ORDER BY at;
    INSERT INTO survey (token_hash, ticket_id, resolved_at, customer_id, agent_id, queue_id, channel, kind, tier, language, scale,
                        asked_by, asked_at, expires_at, state, score, answered_at)
    SELECT int8send(t.id), t.id, t.resolved_at, t.customer_id, t.assignee_id, t.queue_id, t.channel, t.kind, 'D', 'en', 'CSAT', 'EMAIL',
           t.resolved_at, t.resolved_at, 'ANSWERED', 1 + t.id % 5, t.resolved_at FROM ticket t WHERE t.id % 4 = 0;
"""


def main() -> None:
    app = create_app()
    write(app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""))
    with app.app_context():
        started = time.perf_counter()
        sweeping.rebuild(db.session.commit)
        built = time.perf_counter() - started
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        figure(f"roll-ups built from nothing, {CONTACTS:,} contacts", CONTACTS / built, "/s")
        for name, ask in _pages().items():
            floor = _raw(ask) if name.startswith("service level") else None
            figure(f"{name}, {CONTACTS:,} contacts", max(_p95(ask, one) for one in READERS.values()), "ms p95", floor)


def _pages() -> dict[str, Callable[[Agent], object]]:
    now, zone = clock.now(), str(current_app.config["CC"].time_zone)
    service = ("service_level", "abandonment", "asa", "wait_p90", "offered")

    def ask(*keys: str, by: str | None = None, days: float = 365.0, **more: object) -> Callable[[Agent], object]:
        return lambda agent: asking.answer(agent, Question(keys, by, now - timedelta(days=days), now, zone, **more))

    return {
        "service level by day, 28 days": ask(*service, by="day", days=28.3),
        "service level by queue, 28 days": ask(*service, by="queue", days=28.3),
        "service level by month, a year": ask(*service, by="month"),
        "volume by hour, 28 days": ask("offered", "answered", by="hour", days=28),
        "handling by agent, a year": ask("aht", "transfer_rate", "handled", by="agent"),
        "handling by agent over the telephone, 28 days": ask("aht", "handled", by="agent", days=28, only=(("channel", "phone"),)),
        "satisfaction by agent, a year": ask("csat", "csat_response", by="agent"),
        "first contact by tier, a year": ask("fcr", "repeat_rate", by="tier"),
        "one agent of one tier by week, 28 days": ask("aht", by="week", days=28, only=(("agent", "40"), ("tier", "A"))),
        "backlog by day, 90 days": ask("backlog", "backlog_open", by="day", days=90),
        "unusual movements of a day": lambda agent: unusual.movements(agent, unusual.last_day(zone), zone),
        "rows behind yesterday's service level": lambda agent: drilling.rows(
            agent, "service_level", Question((), None, now - timedelta(days=2), now - timedelta(days=1), zone)),
        "rows behind a month's handle time": lambda agent: drilling.rows(
            agent, "aht", Question((), None, now - timedelta(days=58), now - timedelta(days=30), zone)),
    }  # fmt: skip


def _p95(ask: Callable[[Agent], object], reader: int) -> float:
    times = []
    for _ in range(CALLS):
        db.session.remove()
        agent = db.session.get_one(Agent, reader)
        started = time.perf_counter()
        ask(agent)
        times.append(1000 * (time.perf_counter() - started))
    return sorted(times)[int(len(times) * 0.95)]


def _raw(ask: Callable[[Agent], object]) -> float:
    """The same, from the raw rows, once."""
    db.session.remove()
    agent = db.session.get_one(Agent, 1)
    db.session.execute(text("UPDATE report_rollup SET is_complete = false"))
    started = time.perf_counter()
    ask(agent)
    elapsed = 1000 * (time.perf_counter() - started)
    db.session.rollback()
    return elapsed


def write(dsn: str) -> None:
    """The firm, unless another bench of the same run has written it."""
    sizes = {"customers": max(1, CONTACTS // 20), "tickets": CONTACTS // PER_TICKET, "per_ticket": PER_TICKET}
    tables = ["customer", "ticket", "ticket_stretch", "interaction", "survey"]
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        if cursor.execute("SELECT count(*) FROM ticket").fetchone() == (sizes["tickets"],):
            return
        cursor.execute("SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'; SET synchronous_commit = off")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(scale.PEOPLE)
        later = scale._drop_indexes(connection, tables)  # noqa: SLF001 (one firm is as good as another)
        written = WRITTEN
        for name, value in sizes.items():
            written = written.replace(f":{name}", str(value))
        for statement in filter(str.strip, written.split(";\n")):
            cursor.execute(statement)
        for create in later:
            cursor.execute(create)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
