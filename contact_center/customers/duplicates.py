"""Customers who may be one: sought around those who changed, kept with score and reasons until somebody decides.

Called by a clock, by the customer's page and by the list of possible duplicates. Candidates are blocked: same address,
same name at the same place, same house, same company; so the work per customer does not grow with their number.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import absorbing, likeness
from contact_center.customers.absorbing import Step
from contact_center.customers.likeness import THRESHOLD, Likeness, Record
from contact_center.customers.models import Customer, Duplicate, DuplicateSweep
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement
from contact_center.text import tokens

BATCH = 200
MOST = 20  # pairs of one customer
LAG = timedelta(minutes=2)  # a transaction that began before may still commit an earlier `changed_at`
_FROM_A_BLOCK = 50  # candidates of one block; what has more in common with hundreds is no evidence
_THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """Pairs, the likeliest first, and where the next page begins; None at the end."""

    rows: Sequence[Duplicate]
    next: tuple[int, int] | None


def page(*, after: tuple[int, int] | None = None, limit: int = 50) -> Page:
    """Pairs that nobody has decided about, after (score, id)."""
    asked = select(Duplicate).where(Duplicate.dismissed_at.is_(None)).options(*_loaded())
    if after:
        asked = asked.where(tuple_(Duplicate.score, Duplicate.id) < tuple_(*after))
    rows = list(db.session.scalars(asked.order_by(Duplicate.score.desc(), Duplicate.id.desc()).limit(limit + 1)))
    return Page(rows[:limit], (rows[limit - 1].score, rows[limit - 1].id) if len(rows) > limit else None)


def of(customer: Customer, limit: int = 5) -> list[Duplicate]:
    """Whom a customer may be the same as, the likeliest first, as far as it has been looked."""
    mine = or_(Duplicate.left_id == customer.id, Duplicate.right_id == customer.id)
    asked = select(Duplicate).where(mine, Duplicate.dismissed_at.is_(None)).options(*_loaded())
    return list(db.session.scalars(asked.order_by(Duplicate.score.desc(), Duplicate.id.desc()).limit(limit)))


def look(customer_ids: Sequence[int]) -> int:
    """Look around these customers and keep what is found; returns how many pairs stand."""
    near = _candidates(customer_ids)
    records = _records({*customer_ids, *(other for others in near.values() for other in others)})
    found: dict[tuple[int, int], Likeness] = {}
    for one, others in near.items():
        for other in others:
            if one in records and other in records:
                pair = (min(one, other), max(one, other))
                found.setdefault(pair, likeness.compare(records[pair[0]], records[pair[1]]))
    likely = _best(found)
    _keep(customer_ids, likely)
    return len(likely)


def sweep(limit: int = BATCH) -> int:
    """Look around the customers who changed since the last sweep; returns how many there were. The caller commits."""
    db.session.execute(
        insert(DuplicateSweep).values(id=1, changed_at=_THE_BEGINNING, customer_id=0).on_conflict_do_nothing()
    )
    place = db.session.scalars(select(DuplicateSweep).with_for_update(skip_locked=True)).one_or_none()
    if place is None:  # another worker is at it
        return 0
    beyond = tuple_(Customer.changed_at, Customer.id) > tuple_(place.changed_at, place.customer_id)
    asked = select(Customer.id, Customer.changed_at).where(beyond, Customer.changed_at < clock.now() - LAG)
    rows = db.session.execute(asked.order_by(Customer.changed_at, Customer.id).limit(limit)).all()
    if rows:
        look([row.id for row in rows])
        place.changed_at, place.customer_id = rows[-1].changed_at, rows[-1].id
        db.session.flush()
    return len(rows)


def dismiss(left: Customer, right: Customer, agent: Agent) -> None:
    """Remember that these two are not the same."""
    pair = sorted((left.id, right.id))
    now = clock.now()
    row = insert(Duplicate).values(
        left_id=pair[0], right_id=pair[1], score=0, found_at=now, dismissed_at=now, dismissed_by=agent.id
    )
    given = {"dismissed_at": now, "dismissed_by": agent.id}
    db.session.execute(row.on_conflict_do_update(index_elements=["left_id", "right_id"], set_=given))
    log.record(Name.DUPLICATE_DISMISSED, left, agent, other=right.id, called=right.name)
    log.record(Name.DUPLICATE_DISMISSED, right, agent, other=left.id, called=left.name)


def revive(left: Customer, right: Customer, agent: Agent) -> None:
    """Take that back; what speaks for it is looked at anew."""
    pair = sorted((left.id, right.id))
    db.session.execute(delete(Duplicate).where(Duplicate.left_id == pair[0], Duplicate.right_id == pair[1]))
    look([left.id])
    log.record(Name.DUPLICATE_REVIVED, left, agent, other=right.id, called=right.name)
    log.record(Name.DUPLICATE_REVIVED, right, agent, other=left.id, called=left.name)


def carry_over(survivor_id: int, gone_id: int, steps: list[Step]) -> None:
    """Before a merge: whom the one that goes is not the same as, the survivor is not either."""
    theirs = select(Duplicate).where(or_(Duplicate.left_id == gone_id, Duplicate.right_id == gone_id))
    for known in db.session.scalars(theirs.where(Duplicate.dismissed_at.is_not(None))).all():
        other = known.right_id if known.left_id == gone_id else known.left_id
        if other == survivor_id:
            continue
        pair = sorted((other, survivor_id))
        row = insert(Duplicate).values(
            left_id=pair[0], right_id=pair[1], score=0, found_at=known.found_at, dismissed_at=known.dismissed_at,
            dismissed_by=known.dismissed_by,
        )  # fmt: skip
        added = db.session.scalar(row.on_conflict_do_nothing().returning(Duplicate.id))
        if added is not None:
            absorbing.note_added(db.session.get_one(Duplicate, added), steps)


def compared(left_id: int, right_id: int) -> Likeness:
    """Score and reasons of one pair, as of now."""
    records = _records({left_id, right_id})
    return likeness.compare(records[left_id], records[right_id])


def _candidates(customer_ids: Sequence[int]) -> dict[int, set[int]]:
    near: dict[int, set[int]] = {customer_id: set() for customer_id in customer_ids}
    for row in _SAME_POINT.rows({"ids": list(customer_ids), "most": _FROM_A_BLOCK}):
        near[row.id].add(row.other)
    blocks = [(row.id, query) for row in _BLOCKED.rows({"ids": list(customer_ids)}) for query in _queries(row)]
    if blocks:
        asked = {"ids": [one for one, _query in blocks], "queries": [query for _one, query in blocks]}
        for row in _SAME_WORDS.rows(asked | {"most": _FROM_A_BLOCK}):
            near[row.id].add(row.other)
    return {one: others - {one} for one, others in near.items()}


def _queries(row: Any) -> Iterable[str]:
    """What to ask the search index: a word of the name at the same postcode, all words in the city, the same house."""
    names = [query for word in likeness.folded_name(row.name).split() if (query := tokens.exactly(word))][:4]
    code, city, street, company = map(_exactly, (row.postcode, row.city, row.street, row.company))
    if names and (code or company):
        yield f"({' | '.join(names)}) & {code or company}"
    if names and city:
        yield f"{' & '.join(names)} & {city}"
    if street and any(c.isdigit() for c in row.street) and (code or city):
        yield f"{street} & {code or city}"


def _exactly(text: str | None) -> str:
    return tokens.exactly(text or "") or ""


def _records(customer_ids: Collection[int]) -> dict[int, Record]:
    points: dict[int, dict[tuple[str, str], tuple[int, bool]]] = {}
    for row in _POINTS.rows({"ids": list(customer_ids)}):
        points.setdefault(row.customer_id, {})[row.scheme, row.value] = (row.owners, row.is_verified)
    columns = [getattr(Customer, name) for name in Record.__dataclass_fields__ if name != "points"]
    rows = db.session.execute(select(*columns).where(Customer.id.in_(customer_ids))).mappings()
    return {row["id"]: Record(**row, points=points.get(row["id"], {})) for row in rows}


def _best(found: dict[tuple[int, int], Likeness]) -> dict[tuple[int, int], Likeness]:
    """The likely pairs, for each customer the likeliest few: with more, something else is wrong."""
    best: dict[tuple[int, int], Likeness] = {}
    taken: Counter[int] = Counter()
    for pair, like in sorted(found.items(), key=lambda item: (-item[1].score, item[0])):
        if like.score >= THRESHOLD and all(taken[side] < MOST for side in pair):
            best[pair] = like
            taken.update(pair)
    return best


def _keep(customer_ids: Sequence[int], likely: dict[tuple[int, int], Likeness]) -> None:
    """Store what is likely; a pair that is not any more goes, unless somebody has decided about it."""
    db.session.flush()
    pairs = [
        {"left_id": left, "right_id": right, "score": like.score, "reasons": [word.as_json() for word in like.words]}
        for (left, right), like in likely.items()
    ]
    asked = {"pairs": json.dumps(pairs), "ids": list(customer_ids)}
    _DROP.run(asked)
    if pairs:
        _KEEP.run(asked | {"now": clock.now()})
    db.session.expire_all()


def _loaded() -> tuple[Any, ...]:
    return tuple(
        option
        for side in (Duplicate.left, Duplicate.right)
        for option in (joinedload(side).joinedload(Customer.company), joinedload(side).selectinload(Customer.points))
    )


_SAME_POINT = Statement("""
    SELECT mine.customer_id AS id, other.customer_id AS other
    FROM contact_point mine
    CROSS JOIN LATERAL (
        SELECT customer_id FROM contact_point
        WHERE scheme = mine.scheme AND value = mine.value AND customer_id <> mine.customer_id LIMIT :most
    ) other
    WHERE mine.customer_id = ANY(:ids)
""")
_BLOCKED = Statement("""
    SELECT c.id, c.name, c.street, c.postcode, c.city, company.name AS company
    FROM customer c LEFT JOIN customer company ON company.id = c.company_id
    WHERE c.id = ANY(:ids) AND (c.postcode IS NOT NULL OR c.city IS NOT NULL OR c.company_id IS NOT NULL)
""")
_SAME_WORDS = Statement("""
    SELECT block.id, found.id AS other
    FROM unnest(CAST(:ids AS bigint[]), CAST(:queries AS text[])) AS block (id, query)
    CROSS JOIN LATERAL (
        SELECT id FROM customer WHERE search @@ CAST(block.query AS tsquery) AND id <> block.id LIMIT :most
    ) found
""")
_POINTS = Statement("""
    SELECT p.customer_id, p.scheme, p.value, p.verified_at IS NOT NULL AS is_verified, many.owners
    FROM contact_point p
    CROSS JOIN LATERAL (
        SELECT count(*) AS owners FROM (
            SELECT FROM contact_point WHERE scheme = p.scheme AND value = p.value LIMIT 10
        ) owner
    ) many
    WHERE p.customer_id = ANY(:ids)
""")
_KEEP = Statement("""
    INSERT INTO customer_duplicate AS d (left_id, right_id, score, reasons, found_at)
    SELECT left_id, right_id, score, reasons, :now
    FROM json_to_recordset(CAST(:pairs AS json)) AS p (left_id bigint, right_id bigint, score bigint, reasons jsonb)
    ORDER BY left_id, right_id
    ON CONFLICT (left_id, right_id) DO UPDATE SET score = excluded.score, reasons = excluded.reasons
    WHERE d.dismissed_at IS NULL AND (d.score, d.reasons) IS DISTINCT FROM (excluded.score, excluded.reasons)
""")
_DROP = Statement("""
    DELETE FROM customer_duplicate d
    WHERE dismissed_at IS NULL AND (left_id = ANY(:ids) OR right_id = ANY(:ids)) AND NOT EXISTS (
        SELECT FROM json_to_recordset(CAST(:pairs AS json)) AS p (left_id bigint, right_id bigint)
        WHERE p.left_id = d.left_id AND p.right_id = d.right_id
    )
""")
