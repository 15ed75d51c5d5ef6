"""The card and the timeline at size: their statements' time beside the floor, and the pages that show them.

BENCH_TICKETS says at which sizes, the last against the first ("100000,1000000": each ticket has five messages); every
customer has orders, parcels, invoices, payments and devices besides, and customer 1 has 5,000 interactions. The floor
is that of `floors/floor_timeline.py`: the 50 newest of six tables with limited branches, of as many rows, by a bare
client on the same server. Database time is that of the very statements a call sends, sent again by the same bare client.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from _ground import figure, start_app

from contact_center.demo.scale import fill

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent / "floors"))

import floor_timeline

from contact_center.agents.models import Agent
from contact_center.card import summary, timeline
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.statement import PARAMETER, Statement
from tests import browsers

SIZES = [int(size) for size in os.environ.get("BENCH_TICKETS", "100000,1000000").split(",")]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
READER = 1  # an administrator, who sees everything: the most work
HEAVY = 1  # the customer with 5,000 interactions
Sent = list[tuple[str, Any]]

# What `demo --scale` leaves out: one heavy customer, and what people say and do besides.
HEAVIER = """
    SET session_replication_role = replica;
    SET synchronous_commit = off;
    UPDATE ticket SET customer_id = 1 WHERE id % greatest(1, {tickets} / 5000) = 0;
    UPDATE interaction i SET customer_id = 1 FROM ticket t WHERE t.id = i.ticket_id AND t.customer_id = 1;
    UPDATE message m SET interaction_id = i.id FROM interaction i WHERE i.ticket_id = m.ticket_id;
    UPDATE "order" SET customer_id = 1 WHERE id % 200 = 0 AND id <= 400000;
    UPDATE shipment s SET customer_id = 1 FROM "order" o WHERE o.id = s.order_id AND o.customer_id = 1;
    UPDATE invoice i SET customer_id = 1 FROM "order" o WHERE o.id = i.order_id AND o.customer_id = 1;
    UPDATE payment p SET customer_id = 1 FROM invoice i WHERE i.id = p.invoice_id AND i.customer_id = 1;
    UPDATE settlement s SET customer_id = 1 FROM "order" o WHERE o.id = s.order_id AND o.customer_id = 1;
    UPDATE asset a SET customer_id = 1 FROM "order" o WHERE o.id = a.order_id AND o.customer_id = 1;
    UPDATE customer SET tier = substr('ABCDDDDD', 1 + (id % 8)::int, 1), value_colour = 'GREEN', owner_id = 12;
    INSERT INTO tracking_event (shipment_id, at, state, place, text)
        SELECT id, shipped_at + interval '6 hours' * k, 'IN_TRANSIT', 'Hub ' || k, 'on its way'
        FROM shipment, generate_series(1, 3) k;
    INSERT INTO service_contract (external_id, customer_id, name, valid_from, valid_until, visits_included, changed_at)
        VALUES ('K-1', 1, 'Care', now()::date - 100, now()::date + 265, 4, now());
    INSERT INTO survey (token_hash, ticket_id, resolved_at, customer_id, queue_id, channel, language, asked_by, asked_at,
                        expires_at, state, score, answered_at)
        SELECT int8send(id), id, resolved_at, customer_id, queue_id, channel, 'en', 'EMAIL', resolved_at,
               resolved_at + interval '7 days', 'ANSWERED', 1 + id % 5, resolved_at + interval '1 day'
        FROM ticket WHERE resolved_at IS NOT NULL AND id % 10 = 0;
    INSERT INTO tier_change (customer_id, old, new, rule, at) SELECT id, NULL, tier, 'FIRST', now() - interval '90 days' FROM customer;
    INSERT INTO customer_note (customer_id, agent_id, text, at) SELECT id, 12, 'Prefers mail', now() FROM customer WHERE id % 3 = 0;
    INSERT INTO task (ticket_id, title, state, due_at, added_at)
        SELECT id, 'Order part M' || id % 500, 'OPEN', now() + interval '2 days', opened_at FROM ticket
        WHERE id % 4 = 0 AND state IN ('NEW', 'OPEN', 'WAITING');
"""


def main() -> None:
    dsn = os.environ["DATABASE_URL"].replace("+psycopg", "")
    app = start_app()
    grown: dict[str, list[float]] = {}
    with psycopg.connect(dsn, autocommit=True) as bare, psycopg.connect(floor_timeline.DSN, autocommit=True) as floor:
        for tickets in SIZES:
            _fill(bare, dsn, tickets)
            customers = floor_timeline.build(tickets * 5)
            with app.app_context():
                reader = db.session.get_one(Agent, READER)
                reader.is_administrator  # noqa: B018 (loads the roles, as the request does)
                browser = browsers.signed_in(app, reader)
                for who in ("random", "heavy"):
                    pick = _picker(who, tickets // 3)
                    below = _floor(floor, who, customers)
                    for name, value in _measure(
                        f"{who} customer, {tickets:,} tickets", reader, browser, bare, pick, below
                    ):
                        grown.setdefault(f"{name}, {who} customer", []).append(value)
    for name, values in grown.items():
        figure(f"{name}: {SIZES[-1]:,} against {SIZES[0]:,}", values[-1] / values[0], "×")


def _fill(bare: psycopg.Connection, dsn: str, tickets: int) -> None:
    """A firm of that size; one that is there already is used again."""
    asked = 'SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM "order"), (SELECT count(*) FROM survey) > 0'
    if bare.execute(asked).fetchone() != (tickets, tickets, True):
        bare.execute("TRUNCATE customer, ticket, team, queue, mailbox, agent, product CASCADE")
        fill(dsn, tickets, orders=tickets)
        for statement in HEAVIER.split(";\n"):
            if statement.strip():
                bare.execute(statement.format(tickets=tickets))
        bare.execute("SET session_replication_role = origin")
        bare.execute("VACUUM (ANALYZE)")
        bare.execute("CHECKPOINT")


def _picker(who: str, customers: int) -> Callable[[], int]:
    chance = random.Random(5)
    return (lambda: HEAVY) if who == "heavy" else lambda: chance.randint(2, customers)


def _floor(connection: psycopg.Connection, who: str, customers: int) -> Callable[[], float]:
    """Milliseconds of one look at the 50 newest of six tables."""
    pick = _picker(who, customers)

    def once() -> float:
        customer, started = pick(), time.perf_counter()
        connection.execute(floor_timeline.UNION, {"c": customer}, prepare=True).fetchall()
        return (time.perf_counter() - started) * 1000

    return once


def _measure(
    name: str,
    reader: Agent,
    browser: Any,
    bare: psycopg.Connection,
    pick: Callable[[], int],
    floor: Callable[[], float],
) -> Iterator[tuple[str, float]]:
    calls: dict[str, Callable[[Customer], object]] = {
        "card": lambda customer: summary.of(customer, reader),
        "timeline, 50 newest": lambda customer: timeline.page(customer, reader, limit=50),
    }
    for what, call in calls.items():
        below, ours, statements = _in_turn(call, bare, pick, floor)
        figure(f"{what}: statements, {name}", statements, "statements")
        figure(f"{what}: database time, {name}, median", ours, "ms", below)
        yield f"{what}, database time", ours
    for what, path in (("card", "/desk/customers/{}/card"), ("timeline", "/desk/customers/{}/timeline")):
        taken = _asked(browser, path, pick)
        figure(f"{what}: page, {name}, p95", taken[int(len(taken) * 0.95)], "ms")
        yield f"{what}, page", taken[int(len(taken) * 0.95)]


def _in_turn(
    call: Callable[[Customer], object], bare: psycopg.Connection, pick: Callable[[], int], floor: Callable[[], float]
) -> tuple[float, float, int]:
    """Medians of the floor and of a call's statements sent again, one after the other; how many these were at most."""
    below, ours, most = [], [], 0
    for _ in range(ROUNDS + 20):
        db.session.rollback()
        customer = db.session.get_one(Customer, pick())
        with _recorded() as sent:
            call(customer)
        db.session.rollback()
        most = max(most, len(sent))
        below.append(floor())
        ours.append(_again(bare, sent))
    return statistics.median(below[20:]), statistics.median(ours[20:]), most


def _again(bare: psycopg.Connection, sent: Sent) -> float:
    started = time.perf_counter()
    for text, values in sent:
        bare.execute(text, values, prepare=True).fetchall()
    return (time.perf_counter() - started) * 1000


@contextmanager
def _recorded() -> Iterator[Sent]:
    """The statements that go to the database meanwhile, with their values."""
    sent: Sent = []
    execute, rows = psycopg.Cursor.execute, Statement.rows

    def note(cursor: Any, query: Any, params: Any = None, **more: Any) -> Any:
        sent.append((query, params))
        return execute(cursor, query, params, **more)

    def note_statement(statement: Statement, values: Any) -> Any:
        sent.append((PARAMETER.sub(r"%(\1)s", statement.text.replace("%", "%%")), values))
        return rows(statement, values)

    psycopg.Cursor.execute = note  # type: ignore[method-assign]
    Statement.rows = note_statement  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
        Statement.rows = rows  # type: ignore[method-assign]


def _asked(browser: Any, path: str, pick: Callable[[], int]) -> list[float]:
    taken = []
    for _ in range(ROUNDS + 10):
        url, started = path.format(pick()), time.perf_counter()
        assert browser.get(url).status_code == 200, url
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken[10:])


if __name__ == "__main__":
    main()
