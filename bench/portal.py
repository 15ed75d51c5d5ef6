"""The portal over HTTP while customers visit: pages of the signed-in account at a fixed rate, open loop, measured from the due time.

BENCH_CUSTOMERS (20,000) have orders, invoices, payments, devices and tickets; BENCH_RATE visits a second (30) for BENCH_SECONDS (30), each a
page of a random one of them over the product's own web processes. The floor is /healthz at the same rate: server, network and clock alone.
"""

from __future__ import annotations

import http.client
import os
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from _ground import figure, start_app
from _processes import free_port, start, stop, wait_for

sys.path.insert(0, str(Path(__file__).parents[1]))

from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.selfservice import sessions

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "20000"))
RATE = int(os.environ.get("BENCH_RATE", "30"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "30"))
VISITORS = 200
GOAL = 150.0
MIX = (  # what of a hundred visitors open
    (30, "/my"), (25, "/my/orders/{order}"), (15, "/my/orders"), (10, "/my/requests"), (8, "/my/requests/{ticket}"),
    (7, "/my/statement"), (5, "/my/devices"),
)  # fmt: skip
_random = random.Random(7)
_local = threading.local()


def main() -> None:
    dsn = os.environ["DATABASE_URL"].replace("+psycopg", "")
    app = start_app(empty=True)
    fill(dsn)
    with app.app_context():
        people = db.session.scalars(db.select(Customer).order_by(db.func.random()).limit(VISITORS)).all()
        keys = [(c.id, sessions.begin(c, f"c{c.id}@home.example", network=None, browser="Bench")) for c in people]
        db.session.commit()
    port = free_port()
    web = start("web", {**os.environ, "PORT": str(port), "WEB_PROCESSES": "2"})
    try:
        wait_for(port, web)
        visits = [_visit(*_random.choice(keys)) for _ in range(RATE * SECONDS)]
        _run(port, visits[: RATE * 3])  # warm
        floor = _run(port, [("/healthz", "")] * (RATE * 10))
        ours = _run(port, visits)
        figure(
            f"portal page, {RATE} visits/s, {CUSTOMERS:,} customers",
            _percentile(ours, 0.5),
            "ms p50",
            _percentile(floor, 0.5),
        )
        figure(
            f"portal page, {RATE} visits/s (goal {GOAL:.0f})",
            _percentile(ours, 0.95),
            "ms p95",
            _percentile(floor, 0.95),
        )
    finally:
        stop(web)


def _visit(customer: int, key: str) -> tuple[str, str]:
    [path] = _random.choices([path for _, path in MIX], [share for share, _ in MIX])
    return path.format(order=f"K{customer}-{_random.randrange(20)}", ticket=f"CC-{customer}"), key


def _run(port: int, visits: list[tuple[str, str]]) -> list[float]:
    """Let each visit begin when it is due; answers milliseconds from then until its page was there."""
    begun = time.perf_counter() + 0.1

    def go(number: int) -> float:
        due = begun + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        _get(port, *visits[number])
        return 1000 * (time.perf_counter() - due)

    with ThreadPoolExecutor(64) as pool:
        return list(pool.map(go, range(len(visits))))


def _get(port: int, path: str, key: str) -> None:
    connection = getattr(_local, "connection", None)
    if connection is None or connection.port != port:
        connection = _local.connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", path, headers={"Cookie": f"cc_customer={key}", "Accept-Language": "en"})
        answer = connection.getresponse()
        answer.read()
    except (http.client.HTTPException, OSError):
        _local.connection = None
        return _get(port, path, key)
    assert answer.status == 200, (path, answer.status)
    return None


def _percentile(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]


def fill(dsn: str) -> None:
    """Twenty orders, twelve invoices and payments, three devices and a ticket with six messages for each customer."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in FILL:
            connection.execute(statement.replace("%(customers)s", str(CUSTOMERS)))
        connection.execute("ANALYZE")


FILL = (
    'TRUNCATE product, "order", invoice, payment, asset, service_contract, portal_sign_in CASCADE',
    """INSERT INTO customer (id, kind, status, name, language, since, changed_at) OVERRIDING SYSTEM VALUE
       SELECT n, 'PERSON', 'ACTIVE', 'Customer ' || n, 'en', now(), now() FROM generate_series(1, %(customers)s) n""",
    """INSERT INTO contact_point (customer_id, scheme, value, source, verified_at, added_at)
       SELECT n, 'EMAIL', 'c' || n || '@home.example', 'IMPORT', now(), now() FROM generate_series(1, %(customers)s) n""",
    """INSERT INTO "order" (external_id, customer_id, state, currency, total, placed_at, changed_at, promised_on)
       SELECT 'K' || n || '-' || o, n, CASE WHEN o = 0 THEN 'SHIPPED' ELSE 'DELIVERED' END, 'EUR', 500 + o, now() - o * interval '20 days',
              now(), (now() - (o - 1) * interval '20 days')::date
       FROM generate_series(1, %(customers)s) n, generate_series(0, 19) o""",
    """INSERT INTO order_line (order_id, position, title, quantity, unit_price, amount)
       SELECT id, p, 'Thing number ' || p, 1, total / 2, total / 2 FROM "order", generate_series(1, 2) p""",
    """INSERT INTO shipment (order_id, customer_id, external_id, carrier, state, expected_on, delivered_at, changed_at)
       SELECT id, customer_id, 'PF-' || external_id, 'Polar Freight', CASE WHEN state = 'SHIPPED' THEN 'IN_TRANSIT' ELSE 'DELIVERED' END,
              promised_on, CASE WHEN state = 'SHIPPED' THEN NULL ELSE placed_at + interval '3 days' END, now() FROM "order\"""",
    """INSERT INTO tracking_event (shipment_id, at, state, place, text)
       SELECT s.id, s.changed_at - t * interval '9 hours', 'IN_TRANSIT', 'Hub ' || t, 'Sorted at hub ' || t
       FROM shipment s, generate_series(1, 3) t""",
    """INSERT INTO invoice (external_id, customer_id, order_id, title, currency, amount, paid, issued_on, due_on, changed_at)
       SELECT 'R' || external_id, customer_id, id, 'Order ' || external_id, 'EUR', total, CASE WHEN state = 'SHIPPED' THEN 0 ELSE total END,
              placed_at::date, placed_at::date + 30, now() FROM "order" WHERE right(external_id, 1) < '6'""",
    """INSERT INTO payment (external_id, customer_id, invoice_id, currency, amount, method, received_at, changed_at)
       SELECT 'P' || external_id, customer_id, id, 'EUR', amount, 'Transfer', issued_on + interval '12 days', now() FROM invoice WHERE paid > 0""",
    """INSERT INTO asset (customer_id, name, model, serial, bought_on, warranty_until, confirmed_at, changed_at)
       SELECT n, 'Device ' || a, 'M-' || a, 'SN' || n || '-' || a, now()::date - a * 200, now()::date + 700 - a * 300, now(), now()
       FROM generate_series(1, %(customers)s) n, generate_series(1, 3) a""",
    """INSERT INTO service_contract (external_id, customer_id, name, valid_from, valid_until, visits_included, response_minutes, changed_at)
       SELECT 'C' || n, n, 'Care Plus', now()::date - 90, now()::date + 275, 2, 240, now() FROM generate_series(1, %(customers)s) n""",
    """INSERT INTO ticket (id, subject, customer_id, queue_id, state, channel, token, portal_token, opened_at, changed_at)
       OVERRIDING SYSTEM VALUE
       SELECT n, 'Question ' || n, n, 1, 'WAITING', 'email', 't' || n, 'p' || n, now(), now() FROM generate_series(1, %(customers)s) n""",
    """INSERT INTO message (ticket_id, customer_id, author, channel, sender, recipients, text, at)
       SELECT n, n, CASE WHEN m % 2 = 1 THEN 'CUSTOMER' ELSE 'AGENT' END, 'email',
              CASE WHEN m % 2 = 1 THEN 'c' || n || '@home.example' END,
              CASE WHEN m % 2 = 1 THEN '{support@desk.example}'::text[] ELSE ARRAY['c' || n || '@home.example'] END,
              repeat('What was said in message ' || m || '. ', 8), now() - m * interval '1 hour'
       FROM generate_series(1, %(customers)s) n, generate_series(1, 6) m""",
)

if __name__ == "__main__":
    main()
