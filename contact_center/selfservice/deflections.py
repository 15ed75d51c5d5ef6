"""What customers found out without an agent: noted when it is shown, confirmed if no ticket of theirs follows in a day.

The portal notes, a clock sweeps, a settings page and the command line ask for `figures`. Words in an old ticket count
like a new one, and for a company what its people write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.extensions import db
from contact_center.selfservice.models import Deflection, DeflectionKind, DeflectionState
from contact_center.statement import Statement

WAITS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many answers of one kind needed no agent. `open`: their day is not over."""

    kind: DeflectionKind
    open: int
    confirmed: int
    refuted: int

    @property
    def total(self) -> int:
        return self.open + self.confirmed + self.refuted


def note(kind: DeflectionKind, customer_id: int, subject: str = "") -> None:
    """Note that *customer_id* was answered; looking again in the same day is the same interaction."""
    new = insert(Deflection).values(kind=kind, customer_id=customer_id, subject=subject, at=clock.now())
    db.session.execute(new.on_conflict_do_nothing())


def note_article(article_id: int, visitor: str, customer_id: int | None = None) -> None:
    """Note that *visitor* was answered by an article: the key of a browser, or `text` and `call` with a number.

    Once in a day, whatever else they read; it is the newest that counts.
    """
    key = f"customer:{customer_id}" if customer_id is not None else visitor[:80]
    new = insert(Deflection).values(
        kind=DeflectionKind.ARTICLE, customer_id=customer_id, visitor=key, subject=str(article_id), at=clock.now()
    )
    is_open = sql("state = 'OPEN' AND visitor IS NOT NULL")  # in words: by parameters no index is recognised
    latest = {"subject": new.excluded.subject, "at": new.excluded.at}
    db.session.execute(
        new.on_conflict_do_update(index_elements=["visitor", "kind"], index_where=is_open, set_=latest)
    )  # fmt: skip


def refute(visitor: str, customer_id: int | None = None) -> None:
    """They write to us after all: no article has kept them from it."""
    keys = [visitor[:80], *([f"customer:{customer_id}"] if customer_id is not None else [])]
    asked = update(Deflection).where(Deflection.visitor.in_(keys), Deflection.state == DeflectionState.OPEN)
    db.session.execute(asked.values(state=DeflectionState.REFUTED))


def from_number(channel: str, number: str) -> str:
    """The key of whoever texts or calls from *number*; whose it is, the sweep looks up."""
    return f"{channel}:{number}"


_DECIDE = Statement("""
    WITH due AS (
        SELECT id FROM deflection WHERE state = 'OPEN' AND at < CAST(:before AS timestamptz)
        ORDER BY at LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
    UPDATE deflection d SET state = CASE WHEN EXISTS (
        SELECT FROM (SELECT d.customer_id AS id
                     UNION ALL SELECT c.id FROM customer c WHERE c.company_id = d.customer_id
                     UNION ALL SELECT p.customer_id FROM contact_point p
                     WHERE d.visitor ~ '^(text|call):' AND p.scheme = 'PHONE'
                       AND p.value = split_part(d.visitor, ':', 2)) them
        WHERE EXISTS (SELECT FROM ticket t WHERE t.customer_id = them.id
                      AND t.opened_at > d.at AND t.opened_at <= d.at + CAST(:waits AS interval))
           OR EXISTS (SELECT FROM interaction i WHERE i.customer_id = them.id AND i.direction = 'IN'
                      AND i.queued_at > d.at AND i.queued_at <= d.at + CAST(:waits AS interval))
    ) THEN 'REFUTED' ELSE 'CONFIRMED' END
    FROM due WHERE d.id = due.id
    RETURNING d.id
""")


def sweep() -> int:
    """Decide about those whose day is over; returns how many. Call and commit until 0."""
    return len(_DECIDE.rows({"before": clock.now() - WAITS, "waits": WAITS}))


def figures(since: datetime, until: datetime) -> list[Figures]:
    """What was answered in that time, by kind."""
    asked = select(Deflection.kind, Deflection.state, func.count()).group_by(Deflection.kind, Deflection.state)
    asked = asked.where(Deflection.at >= since, Deflection.at < until)
    counted = {(kind, state): count for kind, state, count in db.session.execute(asked)}
    states = (DeflectionState.OPEN, DeflectionState.CONFIRMED, DeflectionState.REFUTED)
    return [Figures(kind, *(counted.get((kind, state), 0) for state in states)) for kind in DeflectionKind]
