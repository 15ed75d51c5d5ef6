"""Count tries against limits, in the database: exact at any parallelism, and closed when it cannot be counted.

Called by `codes` and `lookup`. Who is counted is stored as a keyed hash; a row is forgotten after a day.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete

from contact_center import clock
from contact_center.errors import ContactCenterError
from contact_center.extensions import db
from contact_center.selfservice.models import PortalTry
from contact_center.statement import Statement

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *most* tries of *what* by *who* in any stretch of *period*."""

    what: str
    who: str
    most: int
    period: timedelta


class TooOften(ContactCenterError):
    """A limit is reached; `again` is when the next try may be made. Nothing was counted."""

    status = 429

    def __init__(self, sentence: str, again: datetime) -> None:
        super().__init__(sentence)
        self.again = again


# Whoever tries the same thing waits here for the other's commit, so that nobody is counted by two at once.
_HOLD = Statement("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS k (key) ORDER BY key")
_AGAIN = Statement("""
    SELECT max(again) AS again FROM (
        SELECT (SELECT t.at + l.period FROM portal_try t
                WHERE t.what = l.what AND t.who = l.who AND t.at > CAST(:now AS timestamptz) - l.period
                ORDER BY t.at DESC OFFSET l.most - 1 LIMIT 1) AS again
        FROM unnest(CAST(:whats AS text[]), CAST(:whos AS bytea[]), CAST(:mosts AS int[]), CAST(:periods AS interval[]))
             AS l (what, who, most, period)
    ) AS full_ones
""")
_COUNT = Statement("""
    INSERT INTO portal_try (what, who, at)
    SELECT DISTINCT what, who, CAST(:now AS timestamptz)
    FROM unnest(CAST(:whats AS text[]), CAST(:whos AS bytea[])) AS l (what, who)
    RETURNING id
""")


def take(*limits: Limit) -> list[int]:
    """Count one try against all *limits*; returns its rows. Counts nothing and raises TooOften if one is reached.

    The locks are held until the caller's transaction ends: commit soon.
    """
    whos = [_hash(limit.who) for limit in limits]
    values = {
        "now": clock.now(),
        "whats": [limit.what for limit in limits],
        "whos": whos,
        "mosts": [limit.most for limit in limits],
        "periods": [limit.period for limit in limits],
    }
    _HOLD.run({"keys": sorted({_lock(limit.what, who) for limit, who in zip(limits, whos, strict=True)})})
    again = _AGAIN.one(values).again
    if again is not None:
        raise TooOften("", again)
    return [row.id for row in _COUNT.rows(values)]


def give_back(ids: list[int]) -> None:
    """The try was a good one: it does not count."""
    db.session.execute(delete(PortalTry).where(PortalTry.id.in_(ids)))


def sweep() -> None:
    """Forget tries that no limit looks at any more."""
    db.session.execute(delete(PortalTry).where(PortalTry.at < clock.now() - KEPT_FOR))


def _hash(who: str) -> bytes:
    secret: str = current_app.config["CC"].secret_key
    return hmac.digest(secret.encode(), b"try " + who.encode("utf-8", "replace"), "sha256")


def _lock(what: str, who: bytes) -> int:
    return int.from_bytes(hmac.digest(who, what.encode(), "sha256")[:8], "big", signed=True)
