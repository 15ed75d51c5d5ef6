"""From places to tiers: where the lines lie, who crosses them, who is held, and why. One statement over all customers.

Called by `ranking` after `counting.count`; writes a run's moves and answers its figures. Changes no customer.

The lines. A tier ends at a place (`Settings.places`). Its inner edge is the value at that place, its outer edge the
value just below it. Who is above the outer edge by the margin rises at once, who is below the inner edge by the margin
falls at once; who lies between stays, and moves when the next run finds them there again.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from contact_center.customers.models import TIERS
from contact_center.extensions import db
from contact_center.tiers.counting import Ground
from contact_center.tiers.models import HELD_BACK, Rule, TierRun
from contact_center.tiers.settings import Settings

Edge = tuple[Decimal | None, Decimal]  # the value at the last place of a tier (None: it has none), and just below it


def judge(run: TierRun, settings: Settings, ground: Ground) -> dict[str, Any]:
    """Write the moves of *run*; returns its figures, fit for JSON."""
    places = settings.places(ground.counted)
    edges = _edges(places)
    standing = db.session.execute(text(_STANDING)).all()
    rows = db.session.execute(text(_JUDGE), _values(run, settings, ground, places, edges)).all()
    return _figures(standing, rows, ground, edges)


def _values(
    run: TierRun, settings: Settings, ground: Ground, places: tuple[int, int, int], edges: list[Edge]
) -> dict[str, Any]:
    span, margin = ground.period, settings.margin / 100
    per_tier: dict[str, Any] = {}
    for tier, place, (inner, outer) in zip("abc", places, edges, strict=True):
        beneath = inner * (1 - margin) if inner is not None else None
        per_tier |= {f"place_{tier}": place, f"above_{tier}": outer * (1 + margin), f"beneath_{tier}": beneath}
    return per_tier | {
        "run_id": run.id,
        "inner_b": edges[1][0],
        "inner_c": edges[2][0],
        "minimum": settings.minimum,
        "spared": settings.minimum * (1 - margin),
        "waits": settings.down_waits,
        "growth": 1 + Decimal(settings.rising_percent) / 100,
        "until": span.until,
        "first_day": span.since.date(),
        "today": span.until.date(),
        "overdue": span.until.date() - timedelta(days=settings.arrears_days or 0),
        "minds_arrears": settings.arrears_days is not None,
        "invoices": settings.punctual_invoices,
        "orders": settings.frequent_orders,
        "lifts": settings.punctual_invoices is not None or settings.frequent_orders is not None,
    }


def _edges(places: tuple[int, int, int]) -> list[Edge]:
    """For A, B and C the value at the last place inside (None: there is no place), and at the first one outside."""
    found = db.session.execute(
        text("SELECT place, value FROM tier_ranked WHERE value > 0 AND place = ANY(:wanted) ORDER BY place"),
        {"wanted": sorted({place + step for place in places for step in (0, 1)})},
    )
    value = {row.place: row.value for row in found}
    last = db.session.scalar(text("SELECT min(value) FROM tier_ranked WHERE value > 0"))
    return [((value.get(p, last) if p else None), value.get(p + 1, Decimal(0))) for p in places]


_STANDING = """
    SELECT coalesce(tier, 'D') AS tier, count(*) AS customers, sum(value) AS value FROM tier_ranked GROUP BY 1"""

# Nearly everybody is where they belong; they are told from the rest by a look and left out.
# 1 to 4 are A to D here: LEAST is the better of two, GREATEST the worse, and both pass over what is not known.
# OFFSET 0 keeps the planner from writing each step into the next, where every CASE would be worked out again and again.
_JUDGE = f"""
    WITH late AS (
        SELECT DISTINCT coalesce(c.company_id, c.id) AS id FROM invoice i JOIN customer c ON c.id = i.customer_id
        WHERE :minds_arrears AND i.paid < i.amount AND i.cancelled_at IS NULL AND i.due_on < :overdue
    ), punctual AS (
        SELECT coalesce(c.company_id, c.id) AS id, count(*) AS invoices
        FROM invoice i JOIN customer c ON c.id = i.customer_id
        WHERE CAST(:invoices AS int) IS NOT NULL AND i.cancelled_at IS NULL
          AND i.due_on >= :first_day AND i.due_on < :today
        GROUP BY 1
        HAVING count(*) >= CAST(:invoices AS int) AND bool_and(i.paid >= i.amount AND i.paid_at < i.due_on + 1)
    ), looked_at AS (
        SELECT * FROM (
            SELECT *, CASE WHEN value <= 0 OR value < :minimum THEN 4 WHEN place <= :place_a THEN 1
                           WHEN place <= :place_b THEN 2 WHEN place <= :place_c THEN 3 ELSE 4 END AS by_rank
            FROM tier_ranked OFFSET 0
        ) r
        WHERE :lifts OR is_rising OR strpos('ABCD', tier) IS DISTINCT FROM by_rank
           OR by_rank >= 3 AND before > 0 AND value > before AND value >= before * :growth
           OR id IN (SELECT customer_id FROM tier_override WHERE lifted_at IS NULL)
        OFFSET 0
    ), ranked AS (
        SELECT r.*, coalesce(o.tier, r.tier) AS old, o.tier AS override,
               strpos('ABCD', coalesce(o.earned, r.tier)) AS was, strpos('ABCD', p.tier) AS pending,
               l.id IS NOT NULL AS is_late,
               CASE WHEN r.value <= 0 THEN NULL WHEN u.id IS NOT NULL THEN '{Rule.PUNCTUAL}'
                    WHEN r.orders >= CAST(:orders AS int) THEN '{Rule.ORDERS}' END AS lifted,
               CASE WHEN :waits THEN 0 WHEN value <= 0 OR value < :spared THEN 4 WHEN value >= :beneath_a THEN 1
                    WHEN value >= :beneath_b THEN 2 WHEN value >= :beneath_c THEN 3 ELSE 4 END AS at_least
        FROM looked_at r
        LEFT JOIN tier_override o ON o.customer_id = r.id AND o.lifted_at IS NULL AND o.until > :until
        LEFT JOIN tier_pending p ON p.customer_id = r.id
        LEFT JOIN late l ON l.id = r.id LEFT JOIN punctual u ON u.id = r.id
        OFFSET 0
    ), lifted AS (
        SELECT *, greatest(by_rank - (lifted IS NOT NULL)::int, 1) AS earned,
               greatest(CASE WHEN by_rank <= 1 AND value >= :above_a THEN 1
                             WHEN by_rank <= 2 AND value >= :above_b THEN 2
                             WHEN by_rank <= 3 AND value >= :above_c THEN 3 ELSE 4 END - (lifted IS NOT NULL)::int, 1)
               AS rises,
               at_least - (lifted IS NOT NULL)::int AS falls
        FROM ranked OFFSET 0
    ), aimed AS (
        SELECT *, CASE WHEN earned < was AND pending < was AND greatest(pending, earned) < rises
                       THEN greatest(pending, earned) ELSE rises END AS up,
               CASE WHEN earned > was AND pending > was AND least(pending, earned) > falls
                    THEN least(pending, earned) ELSE falls END AS down
        FROM lifted OFFSET 0
    ), judged AS (
        SELECT *, CASE WHEN was IS NULL THEN earned WHEN up < was AND is_late THEN was WHEN up < was THEN up
                       WHEN down > was THEN down ELSE was END AS target
        FROM aimed OFFSET 0
    ), named AS (
        SELECT *, coalesce(override, substr('ABCD', target, 1)) AS new, coalesce(old, 'D') AS former
        FROM judged OFFSET 0
    ), ruled AS MATERIALIZED (
        SELECT *, CASE WHEN override IS NOT NULL AND target <> strpos('ABCD', override) THEN '{Rule.OVERRIDE}'
                    WHEN override IS NOT NULL THEN '{Rule.RISING}' WHEN was IS NULL THEN '{Rule.FIRST}'
                    WHEN target = was AND earned = was THEN '{Rule.RISING}'
                    WHEN target < was AND by_rank >= was THEN lifted
                    WHEN target < was AND target < rises THEN '{Rule.TWO_RUNS}'
                    WHEN target > was AND value <= 0 THEN '{Rule.NOTHING}'
                    WHEN target > was AND target > falls THEN '{Rule.TWO_RUNS}'
                    WHEN target <> was THEN '{Rule.RANK}'
                    WHEN is_late AND earned < was THEN '{Rule.ARREARS}' ELSE '{Rule.HELD}' END AS rule,
               value > 0 AND before > 0 AND value >= before * :growth
               AND coalesce(2 * value - before >= CASE new WHEN 'C' THEN CAST(:inner_b AS numeric)
                                                           WHEN 'D' THEN CAST(:inner_c AS numeric) END, false)
               AS is_star
        FROM named
    ), written AS (
        INSERT INTO tier_move (run_id, customer_id, old, new, earned, target, was, rule, place, value, before, orders,
                               is_rising)
        SELECT :run_id, id, old, new, substr('ABCD', earned, 1), substr('ABCD', target, 1), substr('ABCD', was, 1),
               rule, CASE WHEN value > 0 THEN place END, value, before, orders, nullif(is_star, is_rising)
        FROM ruled WHERE new <> former OR rule <> '{Rule.RISING}' AND (was IS NOT NULL OR new <> 'D')
                   OR is_star <> is_rising OR (override IS NOT NULL AND target <> was)
    )
    SELECT former, new, rule, count(*) AS customers, sum(value) AS value, count(*) FILTER (WHERE is_star) AS stars,
           count(*) FILTER (WHERE is_star AND NOT is_rising) AS new_stars
    FROM ruled GROUP BY 1, 2, 3"""  # noqa: S608 (constants only)


def _figures(standing: Any, rows: Any, ground: Ground, edges: list[Edge]) -> dict[str, Any]:
    """Customers and value by tier, as they are and as they would be; who moves from where to where; who is held."""
    moving = [row for row in rows if row.former != row.new]
    matrix: dict[str, int] = {}
    for row in moving:
        matrix[row.former + row.new] = matrix.get(row.former + row.new, 0) + row.customers
    held = {
        rule: sum(row.customers for row in rows if row.former == row.new and row.rule == rule) for rule in HELD_BACK
    }
    return {
        "currency": ground.currency,
        "since": ground.period.since.isoformat(),
        "until": ground.period.until.isoformat(),
        "counted": ground.counted,
        "buyers": ground.buyers,
        "total": str(sum((row.value for row in standing), Decimal(0))),
        "now": _by_tier(standing, (), ground),
        "then": _by_tier(standing, moving, ground),
        "moves": sum(row.customers for row in moving),
        "up": sum(row.customers for row in moving if row.new < row.former),
        "down": sum(row.customers for row in moving if row.new > row.former),
        "matrix": matrix,
        "held": held,
        "stars": sum(row.stars for row in rows),
        "new_stars": sum(row.new_stars for row in rows),
        "edges": {tier: str(edge[0]) if edge[0] is not None else None for tier, edge in zip("ABC", edges, strict=True)},
        "left_out": ground.left_out,
    }


def _by_tier(standing: Any, moving: Any, ground: Ground) -> dict[str, dict[str, Any]]:
    customers, value = dict.fromkeys(TIERS, 0), dict.fromkeys(TIERS, Decimal(0))
    for row in standing:
        customers[row.tier] += row.customers
        value[row.tier] += row.value
    for row in moving:
        for tier, sign in ((row.former, -1), (row.new, 1)):
            customers[tier] += sign * row.customers
            value[tier] += sign * row.value
    customers["D"] = max(ground.counted - sum(customers[tier] for tier in "ABC"), 0)
    return {tier: {"customers": customers[tier], "value": str(value[tier])} for tier in TIERS}
