"""The archive of `scale`: products, orders with lines and shipments, invoices, payments, settlements, assets, contracts.

The server makes the rows, slice by slice; everything about an order follows from its number, so that nothing is random
between two runs. A few customers buy a lot, most a handful: of a million the first has one of a thousand orders.
Nothing lies in the future, and what is paid is what came in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from contact_center.text import tokens

PRODUCTS, LINES = 500, 12
SLICES = 40
MOST = 80_000_000  # orders that get a number of their own
TABLES = (
    "product", "price", "order", "order_line", "shipment", "tracking_event", "invoice", "payment", "settlement",
    "asset", "service_contract",
)  # fmt: skip
_PRODUCT = f"1 + (h / 11 + k * 131) % {PRODUCTS}"  # of line k of an order
_PRICE = f"(19 + (h / 11 + k * 131) % {PRODUCTS} * 3) * worth"  # that of the price list

PRODUCT = (
    "COPY product (id, external_id, name, model, line, unit_cost, cost_currency, warranty_months, search, changed_at)"
)
GOODS = f"""
    INSERT INTO price (product_id, list_name, currency, amount, valid_from)
        SELECT i, 'Retail', currency, (19 + (i - 1) * 3) * worth, CURRENT_DATE - 730
        FROM generate_series(1, {PRODUCTS}) i, (VALUES ('EUR', 1), ('CNY', 8)) AS c (currency, worth);
    INSERT INTO stock (product_id, location, quantity, changed_at)
        SELECT i, location, hashint4(i) & 127, now() FROM generate_series(1, {PRODUCTS}) i,
               unnest(ARRAY['Hamburg', 'Utrecht', 'Shanghai']) AS location;
    INSERT INTO tier_settings (id, said) VALUES (1, '{{"currency": "EUR", "rates": {{"CNY": "0.125"}}}}')
        ON CONFLICT DO NOTHING;
"""
# Two years, newest last: the last day's are being packed, those of the days before are on their way, one of 500 is late.
ORDERS = f"""
    DROP TABLE IF EXISTS sold;
    CREATE TEMP TABLE sold AS
        SELECT *, (SELECT sum({_PRICE}) FROM generate_series(1, many) k)::numeric(16, 2) AS total,
               CASE WHEN state = 'DELIVERED' AND h % 50 <> 3 AND at < now() - days * interval '1 day'
                    THEN at + days * interval '1 day' END AS paid_at
        FROM (
            SELECT *, 1 + (h / 5) % 3 AS many, 1 + h % 18 AS days, CASE WHEN c % 10 IN (1, 2, 3) THEN 8 ELSE 1 END AS worth,
                   CASE WHEN c % 10 IN (1, 2, 3) THEN 'CNY' ELSE 'EUR' END AS currency,
                   CASE WHEN at > now() - interval '1 day' THEN (ARRAY['PLACED', 'CONFIRMED'])[1 + h % 2]
                        WHEN h % 100 = 7 THEN 'CANCELLED'
                        WHEN at > now() - interval '5 days' THEN 'SHIPPED'
                        WHEN at > now() - interval '20 days' AND h % 500 = 11 THEN 'SHIPPED'
                        ELSE 'DELIVERED' END AS state
            FROM (
                SELECT i, hashed AS h, 10000000 + (i::bigint * 48271) % 89999999 AS number,
                       1 + floor(%(customers)s * power(hashed / 4294967296::float8, 2))::bigint AS c,
                       now() - interval '730 days' * (1 - i::float8 / %(orders)s) AS at
                FROM (SELECT i, hashint8(i)::bigint + 2147483648 AS hashed
                      FROM generate_series(%(first)s, %(last)s) i) numbered
            ) drawn
        ) known;
    INSERT INTO "order" (id, external_id, customer_id, state, currency, total, region, email, placed_at, promised_on,
                         delivered_at, changed_at)
        SELECT i, number, c, state, currency, total, (ARRAY['North', 'South', 'East', 'West'])[1 + c % 4],
               'customer' || c || '@mail.example', at, (at + interval '6 days')::date,
               CASE WHEN state = 'DELIVERED' THEN at + interval '5 days' END, at
        FROM sold;
    INSERT INTO order_line (order_id, position, product_id, title, quantity, unit_price, amount, unit_cost)
        SELECT i, k, {_PRODUCT}, 'Product ' || {_PRODUCT}, 1, {_PRICE}, {_PRICE}, round({_PRICE} * 0.6, 2)
        FROM sold, generate_series(1, many) k;
    INSERT INTO shipment (id, order_id, customer_id, external_id, carrier, state, expected_on, shipped_at, delivered_at,
                          changed_at)
        SELECT i, i, c, 'P' || number, 'Polar Freight', CASE state WHEN 'SHIPPED' THEN 'IN_TRANSIT' ELSE state END,
               (at + interval '5 days')::date, at + interval '1 day',
               CASE WHEN state = 'DELIVERED' THEN at + interval '5 days' END, at
        FROM sold WHERE state IN ('SHIPPED', 'DELIVERED');
    INSERT INTO tracking_event (shipment_id, at, state, place, text)
        SELECT i, at + interval '1 day', 'IN_TRANSIT', 'Hamburg', 'Left the warehouse' FROM sold WHERE state = 'SHIPPED';
    INSERT INTO invoice (id, external_id, customer_id, order_id, title, currency, amount, paid, paid_at, issued_on,
                         due_on, changed_at)
        SELECT i, 'R-' || number, c, i, 'Order ' || number, currency, total,
               CASE WHEN paid_at IS NULL THEN 0 ELSE total END, paid_at, (at + interval '1 day')::date,
               (at + interval '15 days')::date, at
        FROM sold WHERE state IN ('SHIPPED', 'DELIVERED');
    INSERT INTO payment (external_id, customer_id, invoice_id, currency, amount, method, received_at, changed_at)
        SELECT 'Z-' || number, c, i, currency, total, 'Card', paid_at, at FROM sold WHERE paid_at IS NOT NULL;
    INSERT INTO settlement (external_id, customer_id, order_id, kind, currency, amount, at, changed_at)
        SELECT 'S-' || number, c, i, (ARRAY['RETURN', 'COMPENSATION', 'DISCOUNT'])[1 + h % 3], currency, 19 * worth,
               at + interval '12 days', at
        FROM sold WHERE state = 'DELIVERED' AND h % 40 = 9 AND at < now() - interval '12 days';
    INSERT INTO asset (external_id, customer_id, product_id, order_id, name, model, serial, bought_on, warranty_until,
                       confirmed_at, changed_at)
        SELECT 'A-' || number, c, {_PRODUCT}, i, 'Product ' || {_PRODUCT}, 'M' || {_PRODUCT}, 'SN' || i, at::date,
               (at + interval '2 years')::date, at, at
        FROM sold, (VALUES (1)) AS first (k) WHERE state = 'DELIVERED' AND h % 5 < 2;
"""
CONTRACTS = """
    DROP TABLE IF EXISTS sold;
    INSERT INTO service_contract (external_id, customer_id, name, valid_from, valid_until, response_minutes,
                                  resolution_minutes, visits_included, visits_used, kinds, fee, currency, changed_at)
        SELECT 'SC-' || i, i, 'Care Plus', CURRENT_DATE - (hashint8(i) & 255), CURRENT_DATE - (hashint8(i) & 255) + 364,
               240, 1440, 4, hashint8(i) & 3, '{REPAIR}', 189, 'EUR', now()
        FROM generate_series(10, %(customers)s, 10) i;
"""


def products(now: datetime) -> Iterator[tuple[object, ...]]:
    """The products, as `PRODUCT` takes them."""
    for i in range(1, PRODUCTS + 1):
        words = f"N-{1000 + i}", f"Product {i}", f"M{i}", f"Line {1 + i % LINES}"
        yield i, *words, (19 + (i - 1) * 3) * 0.6, "EUR", 24, tokens.vector(*words), now


def slices(orders: int) -> Iterator[dict[str, int]]:
    """The first and the last order of each slice."""
    for n in range(SLICES):
        first, last = (orders * k // SLICES for k in (n, n + 1))
        if last > first:
            yield {"first": first + 1, "last": last}
