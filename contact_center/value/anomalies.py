"""What is not as usual with tier A: orders that dropped, payments that come late, people who left.

One list, the newest trouble by weight first. A quarter here is ninety days; usual is what the year before shows.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from contact_center import clock
from contact_center.tiers import settings as tier_settings
from contact_center.value.listings import NAME, NUMBER, OWNER, SALES, Column, Kind, Listing

QUARTER = timedelta(days=90)
DROPPED = Decimal("0.5")  # of the usual quarter
LATER = 10  # days on average beyond the usual


def listing() -> Listing:
    """Everything unusual, a customer once for each kind of trouble."""
    now = clock.now()
    _main, rates = tier_settings.rates_of(tier_settings.current())
    return Listing(
        "anomalies",
        (
            NAME, NUMBER, OWNER, Column("what", Kind.CODE), Column("is", Kind.OF_WHAT), Column("usual", Kind.OF_WHAT),
            Column("detail", Kind.TEXT), SALES,
        ),
        f"WITH top AS ({_TOP}) SELECT id * 4 + kind AS id, customer_id, weight AS sort, name, number, owner, what,"  # noqa: S608 (ours)
        f' "is", usual, detail, sales FROM ({_ORDERS} UNION ALL {_PAYMENTS} UNION ALL {_PEOPLE}) each',
        {
            "now": now,
            "quarter": now - QUARTER,
            "year": now - 5 * QUARTER,
            "today": now.date(),
            "quarter_day": (now - QUARTER).date(),
            "year_day": (now - 5 * QUARTER).date(),
            "dropped": DROPPED,
            "later": LATER,
            "codes": list(rates),
            "rates": list(rates.values()),
        },
    )  # fmt: skip


# An A customer and everybody who buys for them.
_TOP = """
    SELECT c.id, c.name, c.external_id AS number, (SELECT a.name FROM agent a WHERE a.id = c.owner_id) AS owner,
           coalesce(v.sales, 0) AS sales, ARRAY(SELECT p.id FROM customer p WHERE p.company_id = c.id) || c.id AS ids
    FROM customer c LEFT JOIN customer_value v ON v.customer_id = c.id
    WHERE c.tier = 'A' AND c.company_id IS NULL"""
_WHO = "top.id, top.id AS customer_id, name, number, owner, sales"
_ORDERS = f"""
    SELECT {_WHO}, 0 AS kind, 'ORDERS' AS what, now_ AS "is", round(usual_, 2) AS usual, '' AS detail,
           round(usual_ - now_, 2) AS weight
    FROM top CROSS JOIN LATERAL (
        SELECT round(coalesce(sum(o.total * r.rate) FILTER (WHERE o.placed_at >= :quarter), 0), 2) AS now_,
               coalesce(sum(o.total * r.rate) FILTER (WHERE o.placed_at < :quarter), 0) / 4 AS usual_,
               count(DISTINCT floor(extract(epoch FROM :now - o.placed_at) / 7776000))
               FILTER (WHERE o.placed_at < :quarter) AS quarters
        FROM "order" o JOIN unnest(CAST(:codes AS text[]), CAST(:rates AS numeric[])) AS r (currency, rate)
             USING (currency)
        WHERE o.customer_id = ANY(top.ids) AND o.placed_at >= :year AND o.state <> 'CANCELLED'
    ) bought WHERE quarters >= 3 AND now_ < usual_ * :dropped"""  # noqa: S608 (ours)
_PAYMENTS = f"""
    SELECT {_WHO}, 1, 'PAYMENTS', round(now_, 0), round(usual_, 0), '', round(greatest(now_ - usual_, 0) * 100, 2)
    FROM top CROSS JOIN LATERAL (
        SELECT avg(greatest(coalesce(i.paid_at::date, :today) - i.due_on, 0)) FILTER (WHERE i.due_on >= :quarter_day)
               AS now_,
               coalesce(avg(greatest(coalesce(i.paid_at::date, :today) - i.due_on, 0))
                        FILTER (WHERE i.due_on < :quarter_day AND i.paid >= i.amount), 0) AS usual_
        FROM invoice i WHERE i.customer_id = ANY(top.ids) AND i.due_on >= :year_day AND i.due_on < :today
                         AND i.cancelled_at IS NULL
    ) paid WHERE now_ > usual_ + :later"""  # noqa: S608 (ours)
_PEOPLE = f"""
    SELECT {_WHO}, 2, 'PEOPLE', left_, NULL::numeric, names, left_ * 1000
    FROM top CROSS JOIN LATERAL (
        SELECT count(*)::numeric AS left_, string_agg(name, ', ' ORDER BY name) AS names FROM (
            SELECT DISTINCT e.data -> 'changes' -> 'contact_person' ->> 0 AS name FROM event e
            WHERE e.customer_id = top.id AND e.name = 'customer.changed' AND e.at >= :quarter
              AND e.data -> 'changes' -> 'contact_person' ->> 1 IS NULL
              AND e.data -> 'changes' -> 'contact_person' ->> 0 IS NOT NULL
            UNION
            SELECT p.name FROM customer p
            WHERE p.company_id = top.id AND (p.status = 'FORMER' AND p.changed_at >= :quarter OR EXISTS (
                SELECT FROM contact_point t WHERE t.customer_id = p.id AND t.bounced_at >= :quarter))
        ) gone
    ) people WHERE left_ > 0"""  # noqa: S608 (ours)
