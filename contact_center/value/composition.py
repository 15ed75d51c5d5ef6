"""How customers are made up: by nature, industry, region and kind; each one's share of sales; the margin by product.

Also the rows behind those figures, as lists. Groups and curve are worked out by the nightly counting and kept with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from contact_center import clock
from contact_center.extensions import db
from contact_center.value.listings import CONTRIBUTION, OWNER, SALES, WHO, WHO_SQL, Column, Kind, Listing
from contact_center.value.sales import full_month, month_before

TOP = 12  # groups that are shown by name; the rest is one more


class By(StrEnum):
    """What customers are grouped by; each is a column of theirs."""

    NATURE = "nature"
    INDUSTRY = "industry"
    REGION = "region"
    SCALE = "scale"
    KIND = "kind"
    TIER = "tier"


FILTERS = (*By, "colour")  # of the list of customers
_JOINED = "customer c JOIN customer_value v ON v.customer_id = c.id"


def groups(by: By) -> list[dict[str, Any]]:
    """The groups by sales: customers, sales, contribution and how many of them are green and red; fit for JSON.

    Tiers go from A on; last come those of whom it is not known.
    """
    asked = f"""
        SELECT coalesce(c.{by}, '') AS name, count(*) AS customers, sum(v.sales) AS sales,
               sum(v.contribution) AS contribution, count(*) FILTER (WHERE v.colour = 'GREEN') AS green,
               count(*) FILTER (WHERE v.colour = 'RED') AS red
        FROM {_JOINED} GROUP BY 1 ORDER BY sum(v.sales) DESC, 1"""  # noqa: S608 (By's words)
    rows = [dict(row) for row in db.session.execute(text(asked)).mappings()]
    known = [row for row in rows if row["name"]]
    if by is By.TIER:
        known.sort(key=lambda row: row["name"])
    shown, rest = known[:TOP], known[TOP:]
    if rest:
        others = {key: sum(row[key] for row in rest) for key in ("customers", "sales", "contribution", "green", "red")}
        shown.append({"name": None, "groups": len(rest), **others})
    shown += [row for row in rows if not row["name"]]
    total = sum((row["sales"] for row in rows if row["sales"] > 0), Decimal(0))
    return [_plain(row, total) for row in shown]


def _plain(row: Mapping[str, Any], total: Decimal) -> dict[str, Any]:
    share = round(float(row["sales"] / total), 5) if total else 0.0
    return {**row, "sales": str(row["sales"]), "contribution": str(row["contribution"]), "share": share}


def customers(wanted: Mapping[str, str]) -> Listing:
    """Customers by sales, narrowed by any of FILTERS (an empty word: those of whom it is not known)."""
    conditions = ["c.company_id IS NULL"]
    values: dict[str, Any] = {}
    for name in FILTERS:
        if name in wanted:
            column = "v.colour" if name == "colour" else f"c.{name}"
            conditions.append(f"coalesce({column}, '') = :{name}")
            values[name] = wanted[name]
    return Listing(
        "customers",
        (*WHO, OWNER, SALES, Column("share", Kind.SHARE), Column("change", Kind.CHANGE), CONTRIBUTION),
        f"""SELECT c.id, coalesce(v.sales, 0) AS sort, {WHO_SQL}, coalesce(v.sales, 0) AS sales,
                   round(coalesce(v.sales, 0) / nullif((SELECT sum(sales) FROM customer_value), 0), 5) AS share,
                   CASE WHEN v.before > 0 THEN round(v.sales / v.before - 1, 3) END AS change,
                   coalesce(v.contribution, 0) AS contribution
            FROM customer c LEFT JOIN customer_value v ON v.customer_id = c.id
            WHERE {" AND ".join(conditions)}""",  # noqa: S608 (ours)
        values,
    )


def shares(points: int = 60) -> list[tuple[float, float]]:
    """The curve of shares: (part of the buyers, part of sales), from the largest customer down."""
    rows = db.session.execute(
        text(
            """SELECT max(place)::float / max(n) AS buyers, max(running) / max(total) AS sales FROM (
                   SELECT row_number() OVER w AS place, count(*) OVER () AS n, sum(sales) OVER w AS running,
                          sum(sales) OVER () AS total
                   FROM customer_value WHERE sales > 0 WINDOW w AS (ORDER BY sales DESC, customer_id)
               ) curve GROUP BY ceil(place::float * :points / n) ORDER BY 1"""
        ),
        {"points": points},
    )
    return [(round(float(row.buyers), 4), round(float(row.sales), 4)) for row in rows]


def products(months: int = 12) -> Listing:
    """Margin by product over so many full months, the dearest loss last."""
    last = full_month(clock.now().date())
    return Listing(
        "products",
        (
            Column("product", Kind.TEXT), Column("line", Kind.TEXT), Column("quantity", Kind.NUMBER), SALES,
            Column("goods", Kind.MONEY), Column("margin", Kind.MONEY), Column("rate", Kind.SHARE),
            Column("costless", Kind.NUMBER),
        ),
        """SELECT s.product_id AS id, sum(s.revenue - s.goods) AS sort, coalesce(max(p.name), '') AS product,
                  max(s.line) AS line, sum(s.quantity) AS quantity, sum(s.revenue) AS sales, sum(s.goods) AS goods,
                  sum(s.revenue - s.goods) AS margin,
                  round(sum(s.revenue - s.goods) / nullif(sum(s.revenue), 0), 4) AS rate, sum(s.costless) AS costless
           FROM sales_month s LEFT JOIN product p ON p.id = s.product_id
           WHERE s.month BETWEEN :since AND :until GROUP BY s.product_id""",
        {"since": month_before(last, months - 1), "until": last},
    )  # fmt: skip


def lines_sold(*, since: date, until: date, zone: str, wanted: Mapping[str, str]) -> Listing:
    """The order lines behind a figure: of the days from *since* to before *until*, of a region, line or product."""
    conditions = ["true"]
    values: dict[str, Any] = {"since": since, "until": until, "zone": zone}
    for name, column in (("region", "coalesce(o.region, c.region, '')"), ("line", "coalesce(p.line, '')")):
        if name in wanted:
            conditions.append(f"{column} = :{name}")
            values[name] = wanted[name]
    if (product := wanted.get("product", "")).isascii() and product.isdecimal():
        conditions.append("coalesce(l.product_id, 0) = CAST(:product AS bigint)")
        values["product"] = product[:18]
    return Listing(
        "lines_sold",
        (
            Column("order", Kind.ORDER), Column("placed", Kind.DATE), Column("name", Kind.TEXT),
            Column("product", Kind.TEXT), Column("region", Kind.TEXT), Column("quantity", Kind.NUMBER),
            Column("amount", Kind.NUMBER), Column("currency", Kind.TEXT),
        ),
        f"""SELECT l.id, l.amount AS sort, o.external_id AS "order", o.id AS order_id, o.placed_at AS placed, c.name,
                   l.title AS product, coalesce(o.region, c.region, '') AS region, l.quantity, l.amount, o.currency
            FROM "order" o JOIN order_line l ON l.order_id = o.id JOIN customer c ON c.id = o.customer_id
            LEFT JOIN product p ON p.id = l.product_id
            WHERE o.placed_at >= CAST(:since AS timestamp) AT TIME ZONE :zone
              AND o.placed_at < CAST(:until AS timestamp) AT TIME ZONE :zone
              AND o.state <> 'CANCELLED' AND {" AND ".join(conditions)}""",  # noqa: S608 (ours)
        values,
    )  # fmt: skip
