"""The six standing questions about value, each a live list that a supervisor opens.

Figures are those of the last counting; tickets, stars and marks are those of this moment.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from contact_center import clock
from contact_center.extensions import db
from contact_center.tiers import settings as tier_settings
from contact_center.value.listings import (
    CONTRIBUTION,
    NAME,
    NUMBER,
    OWNER,
    SALES,
    TIER,
    WHO,
    WHO_SQL,
    Column,
    Kind,
    Listing,
)

LESS = Decimal("0.9")  # of last year's purchases: who buys more than that buys no less worth speaking of
COMPLAINED_FOR = timedelta(days=365)
ASKED_FOR = timedelta(days=180)
_CHANGE = "CASE WHEN v.before > 0 THEN round(v.sales / v.before - 1, 3) END AS change"
_JOINED = "customer c JOIN customer_value v ON v.customer_id = c.id"


def gold() -> Listing:
    """金牌客户: tier A, and no loss to us."""
    return Listing(
        "gold",
        (*WHO, OWNER, SALES, Column("share", Kind.SHARE), Column("change", Kind.CHANGE), CONTRIBUTION),
        f"""SELECT c.id, v.contribution AS sort, {WHO_SQL}, v.sales,
                   round(v.sales / nullif((SELECT sum(sales) FROM customer_value), 0), 5) AS share, {_CHANGE},
                   v.contribution
            FROM {_JOINED}
            WHERE c.tier = 'A' AND c.company_id IS NULL AND v.contribution >= 0""",  # noqa: S608 (ours)
    )


def costly() -> Listing:
    """Customers that cost money, the dearest first, and what it goes on."""
    return Listing(
        "costly",
        (
            *WHO, SALES, Column("goods", Kind.MONEY), Column("given", Kind.MONEY), Column("minutes", Kind.NUMBER),
            Column("service", Kind.MONEY), CONTRIBUTION,
        ),
        f"""SELECT c.id, v.contribution AS sort, {WHO_SQL}, v.sales, v.goods,
                   v.compensation + v.returns + v.discounts AS given, v.minutes, v.handling + v.charges AS service,
                   v.contribution
            FROM {_JOINED}
            WHERE v.colour = 'RED'""",  # noqa: S608 (ours)
        rises=True,
    )  # fmt: skip


def wanted() -> Listing:
    """Wanted customers of this year: marked by us, rising stars, and companies that ask and have not bought yet."""
    now = clock.now()
    return Listing(
        "wanted",
        (
            NAME,
            NUMBER,
            TIER,
            OWNER,
            Column("why", Kind.CODE),
            Column("reason", Kind.TEXT),
            SALES,
            Column("change", Kind.CHANGE),
        ),
        f"""SELECT w.id, w.rank * 1e15 + coalesce(v.sales, 0) AS sort, {WHO_SQL}, w.why, w.reason,
                   coalesce(v.sales, 0) AS sales, {_CHANGE}
            FROM (
                SELECT id, max(rank) AS rank, (array_agg(why ORDER BY rank DESC))[1] AS why,
                       coalesce(max(reason), '') AS reason
                FROM (
                    SELECT customer_id AS id, 3 AS rank, 'MARKED' AS why, reason FROM wanted_customer WHERE year = :year
                    UNION ALL
                    SELECT id, 2, 'RISING', NULL FROM customer WHERE is_rising AND company_id IS NULL
                    UNION ALL
                    SELECT p.id, 1, 'ASKING', NULL FROM customer p
                    WHERE p.kind = 'COMPANY' AND p.status = 'PROSPECT' AND EXISTS (
                        SELECT FROM ticket t
                        WHERE t.customer_id = ANY(ARRAY(SELECT m.id FROM customer m WHERE m.company_id = p.id) || p.id)
                          AND t.opened_at >= :asked)
                ) each GROUP BY id
            ) w JOIN customer c ON c.id = w.id LEFT JOIN customer_value v ON v.customer_id = c.id""",  # noqa: S608 (ours)
        {"year": now.year, "asked": now - ASKED_FOR},
    )


def complaining() -> Listing:
    """Big customers who complained more than once in twelve months."""
    return Listing(
        "complaining",
        (*WHO, OWNER, Column("complaints", Kind.NUMBER), Column("open", Kind.NUMBER), Column("last", Kind.DATE), SALES),
        f"""SELECT c.id, m.complaints * 1e15 + coalesce(v.sales, 0) AS sort, {WHO_SQL}, m.complaints, m.open, m.last,
                   coalesce(v.sales, 0) AS sales
            FROM (
                SELECT coalesce(p.company_id, p.id) AS id, count(*) AS complaints,
                       count(*) FILTER (WHERE t.state IN ('NEW', 'OPEN', 'WAITING')) AS open, max(t.opened_at) AS last
                FROM ticket t JOIN customer p ON p.id = t.customer_id
                WHERE t.kind = 'COMPLAINT' AND t.opened_at >= :since GROUP BY 1 HAVING count(*) > 1
            ) m JOIN customer c ON c.id = m.id LEFT JOIN customer_value v ON v.customer_id = c.id
            WHERE c.tier IN ('A', 'B')""",  # noqa: S608 (ours)
        {"since": clock.now() - COMPLAINED_FOR},
    )


def buying_less() -> Listing:
    """Last year's biggest who buy less this year; as big as A and B together were then."""
    return Listing(
        "buying_less",
        (
            *WHO,
            OWNER,
            Column("before", Kind.MONEY),
            SALES,
            Column("change", Kind.CHANGE),
            Column("missing", Kind.MONEY),
        ),
        f"""SELECT c.id, v.before - v.sales AS sort, {WHO_SQL}, v.before, v.sales, {_CHANGE},
                   v.before - v.sales AS missing
            FROM {_JOINED}
            WHERE v.before > 0 AND v.before >= :least AND v.sales < v.before * :less""",  # noqa: S608 (ours)
        {"least": _big_before(), "less": LESS},
    )


def one_line() -> Listing:
    """Who buys one thing from us and, by what similar customers buy or what stands in their house, much elsewhere."""
    return Listing(
        "one_line",
        (
            *WHO, Column("line", Kind.TEXT), SALES, Column("peers", Kind.NUMBER), Column("foreign", Kind.NUMBER),
            OWNER,
        ),
        f"""SELECT c.id, v.sales AS sort, {WHO_SQL}, v.top_line AS line, v.sales, v.peer_lines AS peers,
                   coalesce(f.devices, 0) AS "foreign"
            FROM {_JOINED}
            LEFT JOIN LATERAL (
                SELECT count(*) AS devices FROM asset a
                WHERE a.customer_id = c.id AND a.product_id IS NULL AND a.order_id IS NULL AND a.retired_on IS NULL
            ) f ON true
            WHERE v.lines = 1 AND v.sales > 0 AND (v.peer_lines >= 2 OR f.devices > 0)""",  # noqa: S608 (ours)
    )  # fmt: skip


QUESTIONS: dict[str, Callable[[], Listing]] = {
    "gold": gold,
    "costly": costly,
    "wanted": wanted,
    "complaining": complaining,
    "buying_less": buying_less,
    "one_line": one_line,
}


def _big_before() -> Any:
    """The purchases of the period before at which A and B ended, of those who bought then."""
    settings = tier_settings.current()
    return db.session.scalar(
        text(
            """SELECT coalesce((SELECT before FROM customer_value WHERE before > 0 ORDER BY before DESC
               OFFSET (SELECT greatest(round(count(*) * CAST(:share AS numeric) / 100) - 1, 0) FROM customer_value
                       WHERE before > 0) LIMIT 1), 0)"""
        ),
        {"share": settings.cumulated[1]},
    )
