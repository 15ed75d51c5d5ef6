"""A tier run over a million customers and ten million orders, counted, judged and written; the floor is the bare query.

BENCH_CUSTOMERS (1,000,000) and BENCH_ORDERS (10,000,000) choose the size; half of the orders lie in the period that
counts, half in the one before. The floor sums by customer and ranks them in one window query, in the same database, with
the same memory, right before ours. Ours counts both periods, finds the lines, judges everybody, writes the moves. Then the
list of all customers by value as CSV, beside a bare COPY of the same rows, and as XLSX.
"""

from __future__ import annotations

import os
import time

import psycopg
from _ground import figure, start_app

from contact_center.extensions import db
from contact_center.tiers import counting, ranking
from contact_center.tiers.settings import Settings
from contact_center.value import composition, exports

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
ORDERS = int(os.environ.get("BENCH_ORDERS", "10000000"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))

FILL = """
    SET synchronous_commit = off;
    TRUNCATE customer, "order" CASCADE;
    ALTER TABLE "order" DISABLE TRIGGER ALL;
    INSERT INTO customer (id, kind, status, name, since, changed_at, search) OVERRIDING SYSTEM VALUE
        SELECT i, 'PERSON', 'ACTIVE', 'Customer ' || i, now() - interval '3 years', now() - interval '1 year', ''
        FROM generate_series(1, {customers}) i;
    INSERT INTO "order" (external_id, customer_id, state, currency, total, placed_at, changed_at)
        SELECT 'O' || i, 1 + floor({customers} * power(h / 4294967296.0, 1.3))::bigint, 'DELIVERED', 'EUR',
               round((5 + 3000 * power(hashint8(i * 7 + 1)::numeric / 4294967296 + 0.5, 8))::numeric, 2), at, at
        FROM (SELECT i, hashint8(i)::bigint + 2147483648 AS h,
                     now() - interval '1 hour' - (interval '728 days' * (1 - i::float / {orders})) AS at
              FROM generate_series(1, {orders}) i) drawn;
    ALTER TABLE "order" ENABLE TRIGGER ALL;
    ANALYZE customer; ANALYZE "order";
"""
VALUES = """
    TRUNCATE customer_value;
    INSERT INTO customer_value (customer_id, orders, revenue, returns, discounts, sales, goods, compensation, minutes,
                                handling, messages, charges, contribution, before, lines, peer_lines, costless)
        SELECT customer_id, count(*), sum(total), 0, 0, sum(total), 0, 0, 0, 0, 0, 0, sum(total), 0, 1, 1, 0
        FROM "order" GROUP BY 1;
    ANALYZE customer_value;
"""
COPY = """COPY (SELECT c.name, c.external_id, c.tier, c.value_colour, c.owner_id, v.sales, v.sales AS share, v.before,
                       v.contribution FROM customer c LEFT JOIN customer_value v ON v.customer_id = c.id) TO STDOUT (FORMAT csv)"""
FLOOR = """
    SELECT max(place), sum(value) FROM (
        SELECT customer_id, sum(total) FILTER (WHERE placed_at >= now() - interval '12 months') AS value,
               row_number() OVER (ORDER BY sum(total) FILTER (WHERE placed_at >= now() - interval '12 months') DESC) AS place
        FROM "order" WHERE placed_at >= now() - interval '24 months' AND state <> 'CANCELLED' GROUP BY customer_id
    ) ranked
"""


def main() -> None:
    dsn = os.environ["DATABASE_URL"].replace("+psycopg", "")
    app = start_app()
    with psycopg.connect(dsn, autocommit=True) as bare:
        if bare.execute('SELECT count(*) FROM "order"').fetchone() != (ORDERS,):
            bare.execute(FILL.format(customers=CUSTOMERS, orders=ORDERS))
            bare.execute("VACUUM (ANALYZE)")
        bare.execute(f"SET work_mem = '{counting.WORK_MEMORY}'")
        with app.app_context():
            first = _timed(_run_and_apply)
            pairs = [(_timed(lambda: bare.execute(FLOOR).fetchall()), _timed(_run)) for _ in range(RUNS)]
    floor, ours = (sorted(times)[len(times) // 2] for times in zip(*pairs, strict=True))
    figure(f"tier run, {CUSTOMERS:,} customers, {ORDERS:,} orders", ours, "s", floor)
    figure("first run with everybody's tier written", first, "s")
    with psycopg.connect(dsn, autocommit=True) as bare, app.app_context():
        bare.execute(VALUES)
        pairs = [(_timed(lambda: _drain(bare)), _timed(_csv)) for _ in range(RUNS)]
        copied, written = (CUSTOMERS / sorted(times)[len(times) // 2] for times in zip(*pairs, strict=True))
        figure("export, CSV", written, "rows/s", copied)
        figure("export, XLSX", CUSTOMERS / _timed(_xlsx), "rows/s")


def _run() -> None:
    ranking.preview(Settings())
    db.session.rollback()


def _run_and_apply() -> None:
    ranking.apply(ranking.preview(Settings()))
    db.session.commit()


def _drain(bare: psycopg.Connection) -> None:
    with bare.cursor().copy(COPY) as copy:
        for _block in copy:
            pass


def _csv() -> None:
    listing = composition.customers({})
    assert sum(map(len, exports.as_csv(listing, [column.key for column in listing.columns], {})))
    db.session.rollback()


def _xlsx() -> None:
    listing = composition.customers({})
    assert sum(map(len, exports.as_xlsx(listing, "Customers", [column.key for column in listing.columns], {})))
    db.session.rollback()


def _timed(act: object) -> float:
    started = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
