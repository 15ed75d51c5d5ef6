"""What each customer leaves us: sales less goods, compensation and the cost of serving them. Green, red, and why.

`recompute` counts everybody anew in a few statements; the clock calls it every night, supervisors when they like.
`why` is one customer's account of it, for the card. Only this room writes `Customer.value_colour`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select, text

from contact_center import clock
from contact_center.customers.models import Customer
from contact_center.errors import AlreadyTaken
from contact_center.extensions import db
from contact_center.tiers import counting
from contact_center.tiers import settings as tier_settings
from contact_center.value import anomalies, composition, listings, sales
from contact_center.value import settings as value_settings
from contact_center.value.models import CustomerValue
from contact_center.value.settings import CHANNELS, Settings

AT_HOUR = 3  # of the night, in the installation's zone
_LOCK = 7_461_003


def recompute() -> dict[str, Any]:
    """Count all customers anew; returns the figures. Raises AlreadyTaken while another counting is at work."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        raise AlreadyTaken(_("Customers are being ranked at this moment. Try again in a minute."))
    settings, now = value_settings.current(), clock.now()
    main, rates = tier_settings.rates_of(tier_settings.current())
    values = _values(settings, main, rates)
    db.session.execute(text(f"SET LOCAL work_mem = '{counting.WORK_MEMORY}'"))
    db.session.execute(text("DROP TABLE IF EXISTS value_part, value_line, value_counted"))
    for statement in (_PARTS, _LINES, _COUNTED, _WRITE, _FORGET, _COLOURS, _PERSONS):
        db.session.execute(text(statement), values)
    sales.recompute(rates, now)
    figures = _figures(main, values)
    figures["curve"] = composition.shares()
    figures["groups"] = {str(by): composition.groups(by) for by in composition.By}
    figures["anomalies"] = listings.count(anomalies.listing())
    row = value_settings.row()
    row.counted_at, row.figures = now, figures
    db.session.flush()
    db.session.expire_all()
    return figures


def is_due() -> bool:
    """Whether the last counting is older than the last night's hour."""
    zone = ZoneInfo(current_app.config["CC"].time_zone)
    local = clock.now().astimezone(zone)
    due = local.replace(hour=AT_HOUR, minute=0, second=0, microsecond=0)
    due -= timedelta(days=1) if due > local else timedelta(0)
    counted_at = value_settings.row().counted_at
    return counted_at is None or counted_at < due


def why(customer_id: int) -> CustomerValue | None:
    """The figures of a customer, a contact person's being those of the company; None before there are any."""
    account = select(func.coalesce(Customer.company_id, Customer.id)).where(Customer.id == customer_id)
    return db.session.scalars(
        select(CustomerValue).where(CustomerValue.customer_id == account.scalar_subquery())
    ).one_or_none()


def _values(settings: Settings, main: str, rates: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    given = asdict(settings)
    return {
        "earlier": counting.months_before(now, 2 * settings.months),
        "since": counting.months_before(now, settings.months),
        "until": now,
        "main": main,
        "codes": list(rates),
        "rates": list(rates.values()),
        "channels": list(CHANNELS),
        **{name: [given[name][channel] for channel in CHANNELS] for name in ("least", "most", "charges")},
        **{name: given[name] for name in ("minute_rate", "green_from", "red_below")},
    }


def _figures(main: str, values: dict[str, Any]) -> dict[str, Any]:
    left_out = db.session.execute(text(_LEFT_OUT), values)
    sums = db.session.execute(text(_SUMS)).mappings().one()
    return {
        "currency": main,
        "since": values["since"].isoformat(),
        "until": values["until"].isoformat(),
        **{name: str(value) for name, value in sums.items()},
        "left_out": [{"currency": r.currency, "customers": r.customers, "amount": str(r.amount)} for r in left_out],
    }


# Everything as (customer, currency, what, amount), each source summed by itself; counts and minutes have no currency.
_PARTS = """
    CREATE TEMPORARY TABLE value_part ON COMMIT DROP AS
    SELECT customer_id, currency, CASE WHEN placed_at >= :since THEN 'revenue' ELSE 'before' END AS what,
           sum(total) AS amount
    FROM "order" WHERE placed_at >= :earlier AND placed_at < :until AND state <> 'CANCELLED' GROUP BY 1, 2, 3
    UNION ALL
    SELECT customer_id, NULL, 'orders', count(*)
    FROM "order" WHERE placed_at >= :since AND placed_at < :until AND state <> 'CANCELLED' GROUP BY 1
    UNION ALL
    SELECT customer_id, currency,
           CASE WHEN at < :since THEN 'before_less' WHEN kind = 'RETURN' THEN 'returns'
                WHEN kind = 'DISCOUNT' THEN 'discounts' ELSE 'compensation' END,
           sum(amount)
    FROM settlement
    WHERE at >= :earlier AND at < :until AND (at >= :since OR kind IN ('RETURN', 'DISCOUNT')) GROUP BY 1, 2, 3
    UNION ALL
    SELECT o.customer_id, CASE WHEN l.unit_cost IS NULL THEN p.cost_currency ELSE o.currency END, 'goods',
           sum(l.quantity * coalesce(l.unit_cost, p.unit_cost))
    FROM "order" o JOIN order_line l ON l.order_id = o.id LEFT JOIN product p ON p.id = l.product_id
    WHERE o.placed_at >= :since AND o.placed_at < :until AND o.state <> 'CANCELLED'
      AND coalesce(l.unit_cost, p.unit_cost) IS NOT NULL
    GROUP BY 1, 2
    UNION ALL
    SELECT o.customer_id, NULL, 'costless', count(*)
    FROM "order" o JOIN order_line l ON l.order_id = o.id LEFT JOIN product p ON p.id = l.product_id
    WHERE o.placed_at >= :since AND o.placed_at < :until AND o.state <> 'CANCELLED'
      AND coalesce(l.unit_cost, p.unit_cost) IS NULL
    GROUP BY 1
    UNION ALL
    SELECT i.customer_id, NULL, 'minutes',
           sum(least(greatest(extract(epoch FROM coalesce(i.wrapped_at, i.ended_at) - i.accepted_at) / 60, c.least),
                     c.most))
    FROM interaction i
    JOIN unnest(CAST(:channels AS text[]), CAST(:least AS numeric[]), CAST(:most AS numeric[])) AS c (name, least, most)
         ON c.name = i.channel
    WHERE i.customer_id IS NOT NULL AND i.agent_id IS NOT NULL AND i.queued_at >= :since AND i.queued_at < :until
      AND i.ended_at IS NOT NULL
    GROUP BY 1
    UNION ALL
    SELECT g.customer_id, NULL, what, sum(amount)
    FROM outgoing g JOIN unnest(CAST(:channels AS text[]), CAST(:charges AS numeric[])) AS c (name, charge)
         ON c.name = g.channel
    CROSS JOIN LATERAL (VALUES ('messages', 1::numeric), ('charges', c.charge)) AS v (what, amount)
    WHERE g.customer_id IS NOT NULL AND g.sent_at >= :since AND g.sent_at < :until GROUP BY 1, 3"""

_LINES = """
    CREATE TEMPORARY TABLE value_line ON COMMIT DROP AS
    SELECT id, count(*) AS lines, (array_agg(line ORDER BY amount DESC, line))[1] AS top_line
    FROM (
        SELECT coalesce(c.company_id, c.id) AS id, coalesce(nullif(p.line, ''), p.name) AS line, sum(l.amount) AS amount
        FROM "order" o JOIN order_line l ON l.order_id = o.id JOIN product p ON p.id = l.product_id
        JOIN customer c ON c.id = o.customer_id
        WHERE o.placed_at >= :earlier AND o.placed_at < :until AND o.state <> 'CANCELLED' GROUP BY 1, 2
    ) bought GROUP BY id"""

_COUNTED = """
    CREATE TEMPORARY TABLE value_counted ON COMMIT DROP AS
    WITH rolled AS (
        SELECT coalesce(c.company_id, c.id) AS id, v.what, round(sum(v.amount * coalesce(r.rate, 1)), 2) AS amount
        FROM value_part v
        LEFT JOIN unnest(CAST(:codes AS text[]), CAST(:rates AS numeric[])) AS r (currency, rate) USING (currency)
        JOIN customer c ON c.id = v.customer_id
        WHERE v.currency IS NULL OR r.rate IS NOT NULL
        GROUP BY 1, 2
    ), wide AS (
        SELECT id, coalesce(sum(amount) FILTER (WHERE what = 'orders'), 0)::bigint AS orders,
               coalesce(sum(amount) FILTER (WHERE what = 'revenue'), 0) AS revenue,
               coalesce(sum(amount) FILTER (WHERE what = 'returns'), 0) AS returns,
               coalesce(sum(amount) FILTER (WHERE what = 'discounts'), 0) AS discounts,
               coalesce(sum(amount) FILTER (WHERE what = 'compensation'), 0) AS compensation,
               coalesce(sum(amount) FILTER (WHERE what = 'goods'), 0) AS goods,
               coalesce(sum(amount) FILTER (WHERE what = 'minutes'), 0) AS minutes,
               coalesce(sum(amount) FILTER (WHERE what = 'messages'), 0)::bigint AS messages,
               coalesce(sum(amount) FILTER (WHERE what = 'charges'), 0) AS charges,
               coalesce(sum(amount) FILTER (WHERE what = 'costless'), 0)::bigint AS costless,
               coalesce(sum(amount) FILTER (WHERE what = 'before'), 0)
               - coalesce(sum(amount) FILTER (WHERE what = 'before_less'), 0) AS before
        FROM rolled GROUP BY id
    ), summed AS (
        SELECT w.*, revenue - returns - discounts AS sales, round(minutes * :minute_rate, 2) AS handling
        FROM wide w OFFSET 0
    ), known AS (
        SELECT s.*, sales - goods - compensation - handling - charges AS contribution, coalesce(l.lines, 0) AS lines,
               coalesce(l.top_line, '') AS top_line, c.kind, c.industry, c.status
        FROM summed s JOIN customer c ON c.id = s.id LEFT JOIN value_line l ON l.id = s.id OFFSET 0
    )
    SELECT k.*, coalesce(round(avg(nullif(lines, 0)) OVER (PARTITION BY kind, industry), 1), 0) AS peer_lines,
           CASE WHEN status = 'PROSPECT' AND orders = 0 THEN NULL WHEN contribution < :red_below THEN 'RED'
                WHEN contribution >= :green_from AND sales > 0 THEN 'GREEN' END AS colour
    FROM known k"""

_COLUMNS = (
    "orders", "revenue", "returns", "discounts", "sales", "goods", "compensation", "minutes", "handling", "messages",
    "charges", "contribution", "colour", "before", "lines", "peer_lines", "top_line", "costless",
)  # fmt: skip
_OURS, _NEW = (", ".join(f"{table}.{name}" for name in _COLUMNS) for table in ("v", "excluded"))
_WRITE = f"""
    INSERT INTO customer_value AS v (customer_id, {", ".join(_COLUMNS)}) SELECT id, {", ".join(_COLUMNS)}
    FROM value_counted
    ON CONFLICT (customer_id) DO UPDATE SET ({", ".join(_COLUMNS)}) = ROW ({_NEW})
    WHERE ({_OURS}) IS DISTINCT FROM ({_NEW})"""  # noqa: S608 (constants only)
_FORGET = "DELETE FROM customer_value v WHERE NOT EXISTS (SELECT FROM value_counted n WHERE n.id = v.customer_id)"
_COLOURS = """
    UPDATE customer c SET value_colour = k.colour
    FROM (SELECT c.id, v.colour FROM customer c LEFT JOIN customer_value v ON v.customer_id = c.id
          WHERE c.company_id IS NULL AND c.value_colour IS DISTINCT FROM v.colour) k
    WHERE c.id = k.id"""
_PERSONS = """
    UPDATE customer p SET value_colour = c.value_colour FROM customer c
    WHERE c.id = p.company_id AND p.value_colour IS DISTINCT FROM c.value_colour"""
_LEFT_OUT = """
    SELECT currency, count(DISTINCT customer_id) AS customers, sum(amount) AS amount FROM value_part
    WHERE currency <> ALL(CAST(:codes AS text[])) AND what = 'revenue' GROUP BY 1 ORDER BY 1"""
_SUMS = """
    SELECT count(*) AS customers, count(*) FILTER (WHERE colour = 'GREEN') AS green,
           count(*) FILTER (WHERE colour = 'RED') AS red, coalesce(sum(sales), 0) AS sales,
           coalesce(sum(goods), 0) AS goods, coalesce(sum(compensation), 0) AS compensation,
           coalesce(sum(handling + charges), 0) AS service, coalesce(sum(contribution), 0) AS contribution,
           coalesce(sum(costless), 0) AS costless
    FROM customer_value"""
