"""Keep the sums of `rolled` true: take what a changed row had put in out of them, and put in what it is worth now.

One statement per view. It reads the rows of a view that are named, compares them with those that were counted last,
and moves only differences into the sums: the cost goes with what has changed, not with how full a bucket is. Twice is
as good as once. `sweeping` says which rows; nobody else calls this. Verbs do not commit.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from sqlalchemy import text

from contact_center.extensions import db
from contact_center.reports import counters
from contact_center.reports.rolled import COLUMNS, DIMENSIONS, KEYS, ROLLED, SPLITS, Rolled

ORIGIN = "'2000-01-01 00:00:00+00'"
QUARTER, DAY, MONTH = "Q", "D", "M"


def roll(view: str, ids: Collection[int], zone: str) -> None:
    """Count these rows of *view* as they are now; rows that are no more go out of the sums."""
    if ids:
        db.session.execute(text(_changed(view)), {"ids": sorted(ids), "zone": zone})


def fill(view: str, first: int, last: int, zone: str) -> None:
    """Count the rows of *view* with these ids, of which none is counted yet, into all but the sums of months."""
    rolled = ROLLED[view]
    listed = ", ".join(rolled.columns)
    statement = f"""
        WITH delta AS (
            INSERT INTO {rolled.rows.name} ({listed})
            SELECT {listed} FROM bi.{view} WHERE id >= :first AND id <= :last RETURNING 1 AS sign, {listed}
        ), {_moved(rolled, (QUARTER, DAY))} {_insert(rolled)}"""
    db.session.execute(text(statement), {"first": first, "last": last, "zone": zone})


def sum_months(view: str, zone: str) -> None:
    """Sum the days of *view* into its months, of which there is none yet."""
    rolled = ROLLED[view]
    name, names = rolled.sums.name, list(rolled.summed)
    sums = ", ".join(f"sum({each})" for each in names)
    months = f"""
        INSERT INTO {name} ({", ".join(KEYS)}, {", ".join(names)})
        SELECT '{MONTH}', dimension, date_trunc('month', bucket, :zone) AS month, value, queue_id, team_id, channel,
               {sums}
        FROM {name} WHERE level = '{DAY}' GROUP BY dimension, month, value, queue_id, team_id, channel"""
    db.session.execute(text(months), {"zone": zone})


@cache
def _changed(view: str) -> str:
    rolled = ROLLED[view]
    name, listed = rolled.rows.name, ", ".join(rolled.columns)
    same = f"({_of('n', rolled.columns)}) IS NOT DISTINCT FROM ({_of('f', rolled.columns)})"
    return f"""
        WITH fresh AS MATERIALIZED (
            SELECT {listed} FROM bi.{view} WHERE id = ANY(CAST(:ids AS bigint[]))
        ), gone AS (
            DELETE FROM {name} f WHERE f.id = ANY(CAST(:ids AS bigint[]))
            AND NOT EXISTS (SELECT FROM fresh n WHERE n.id = f.id AND {same})
            RETURNING {_of("f", rolled.columns)}
        ), made AS (
            INSERT INTO {name} ({listed})
            SELECT {_of("n", rolled.columns)} FROM fresh n, (SELECT count(*) FROM gone) AS first
            WHERE NOT EXISTS (SELECT FROM {name} f WHERE f.id = n.id AND {same})
            RETURNING {listed}
        ), delta AS (
            SELECT -1 AS sign, {listed} FROM gone UNION ALL SELECT 1, {listed} FROM made
        ), {_moved(rolled, (QUARTER, DAY, MONTH))} {_insert(rolled)}"""


def _moved(rolled: Rolled, levels: tuple[str, ...]) -> str:
    """What goes into the sums: each row at each of its instants, once for each level and dimension."""
    placed = " UNION ALL ".join(
        f"SELECT {at} AS placed_at, {', '.join(DIMENSIONS)}, {_worth(rolled, at)} FROM delta WHERE {at} IS NOT NULL"
        for at in rolled.places
    )
    splits = ", ".join(
        f"('{level}', '{split}', CAST({COLUMNS[split]} AS text))"
        for level in levels for split in SPLITS if level != QUARTER
    )  # fmt: skip
    whole = ", ".join(f"('{level}', '', '')" for level in levels)
    return f"""
        placed AS ({placed}), summed AS (
            SELECT k.level, k.dimension,
                   CASE k.level WHEN '{QUARTER}' THEN date_bin('15 minutes', placed_at, {ORIGIN})
                                WHEN '{DAY}' THEN date_trunc('day', placed_at, :zone)
                                ELSE date_trunc('month', placed_at, :zone) END AS bucket,
                   coalesce(k.value, '') AS value, coalesce(queue_id, 0) AS queue_id, coalesce(team_id, 0) AS team_id,
                   coalesce(channel, '') AS channel,
                   {", ".join(f"sum({name})::bigint AS {name}" for name in rolled.summed)}
            FROM placed CROSS JOIN LATERAL (VALUES {whole}, {splits}) AS k (level, dimension, value)
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        )"""


def _worth(rolled: Rolled, at: str) -> str:
    """What a row adds to each counter at that instant; nothing to those that belong to another one."""
    return ", ".join(
        f"{f'sign * coalesce({counters.of_row(name)}, 0)' if place == at else '0'} AS {name}"
        for name, place in rolled.summed.items()
    )


def _insert(rolled: Rolled) -> str:
    """In the order of the keys, so that no two of us could wait for each other."""
    names, keys = list(rolled.summed), ", ".join(KEYS)
    return f"""
        INSERT INTO {rolled.sums.name} AS s ({keys}, {", ".join(names)})
        SELECT {keys}, {", ".join(names)} FROM summed
        WHERE ({", ".join(names)}) IS DISTINCT FROM ({", ".join("0" for _ in names)})
        ORDER BY {keys}
        ON CONFLICT ({keys}) DO UPDATE SET {", ".join(f"{name} = s.{name} + excluded.{name}" for name in names)}"""


def _of(alias: str, names: Collection[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)
