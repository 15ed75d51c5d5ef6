"""Whom a condition matches: the meaning of `facts` and `conditions` as one SQL statement over all customers.

Called by the settings screen for the dry run. Each field that is asked becomes one aggregate over its table, joined to
the customers: no statement per customer. Everything a person typed is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contact_center import clock
from contact_center.card.drawers import COMPLAINTS_BACK
from contact_center.card.owed import CAME_IN
from contact_center.card.prompts.conditions import Comparison, Condition
from contact_center.card.prompts.vocabulary import Kind, Op
from contact_center.customers import custom
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.putting import reading

PATIENCE = timedelta(seconds=20)
MOST = 50

# Whose things stand on whose card, as `whose` has it: `holds` for what is owned and owed, `speaks` for what was said.
_WHOSE = """
    speaks AS (
        SELECT id AS owner, id AS card FROM customer
        UNION ALL SELECT id, company_id FROM customer WHERE company_id IS NOT NULL
    ), holds AS (
        SELECT owner, card FROM speaks UNION ALL SELECT company_id, id FROM customer WHERE company_id IS NOT NULL
    )
"""
_OPEN_TASK = """
    task JOIN ticket ON ticket.id = task.ticket_id AND ticket.state IN ('NEW', 'OPEN', 'WAITING')
    JOIN speaks h ON h.owner = ticket.customer_id WHERE task.state = 'OPEN'"""
_ANSWERED = """
    SELECT DISTINCT ON (h.card) h.card AS id, {value} AS value
    FROM survey s JOIN speaks h ON h.owner = s.customer_id WHERE s.score IS NOT NULL AND s.scale = 'CSAT'
    ORDER BY h.card, s.answered_at DESC, s.id DESC"""
_OVERDUE = """
    FROM invoice i JOIN holds h ON h.owner = i.customer_id
    WHERE i.paid < i.amount AND i.cancelled_at IS NULL AND i.due_on < :today"""
_VALID = """
    FROM service_contract c JOIN holds h ON h.owner = c.customer_id
    WHERE c.valid_from <= :today AND c.valid_until >= :today AND (c.cancelled_on IS NULL OR c.cancelled_on > :today)"""

# Aggregates: one row of (id, value) per customer who has any. {of} is the name of the parameter that narrows.
_SETS = {
    "warranty_days": """
        SELECT h.card AS id, min(a.warranty_until - :today) AS value
        FROM asset a JOIN holds h ON h.owner = a.customer_id
        WHERE a.retired_on IS NULL AND a.confirmed_at IS NOT NULL AND a.warranty_until >= :today GROUP BY 1""",
    "contract_days": f"""
        SELECT h.card AS id, min(c.valid_until - :today) AS value {_VALID} AND NOT EXISTS (
            SELECT FROM service_contract f
            WHERE f.customer_id = c.customer_id AND f.name = c.name AND f.id <> c.id AND f.cancelled_on IS NULL
              AND f.valid_until > c.valid_until AND f.valid_from <= c.valid_until + 1)
        GROUP BY 1""",  # noqa: S608 (constants only)
    "visits_left": f"SELECT h.card AS id, min(c.visits_included - c.visits_used) AS value {_VALID} GROUP BY 1",
    "arrears": f"""
        SELECT id, max(value) AS value FROM (
            SELECT h.card AS id, i.currency, sum(i.amount - i.paid) AS value {_OVERDUE} GROUP BY 1, 2
        ) each WHERE CAST({{of}} AS text) IN ('', currency) GROUP BY 1""",  # noqa: S608
    # Of the account alone, in the limit's currency, as `credit.standing` has it.
    "over_limit": """
        SELECT c.id, l.used > l.amount AS value FROM (
            SELECT customer_id, amount, (
                SELECT coalesce(sum(greatest(o.total - coalesce(
                    (SELECT sum(i.amount) FROM invoice i
                     WHERE i.order_id = o.id AND i.cancelled_at IS NULL AND i.kind = 'GOODS'), 0), 0)), 0)
                FROM "order" o WHERE o.customer_id = credit_limit.customer_id AND o.currency = credit_limit.currency
                                 AND o.state IN ('PLACED', 'CONFIRMED', 'SHIPPED')
            ) + (
                SELECT coalesce(sum(i.amount - i.paid), 0) FROM invoice i
                WHERE i.customer_id = credit_limit.customer_id AND i.currency = credit_limit.currency
                  AND i.paid < i.amount AND i.cancelled_at IS NULL
            ) AS used FROM credit_limit WHERE until IS NULL OR until >= :today
        ) l JOIN customer c ON coalesce(c.company_id, c.id) = l.customer_id""",
    "arrears_days": f"SELECT h.card AS id, :today - min(i.due_on) AS value {_OVERDUE} GROUP BY 1",
    "late_days": """
        SELECT h.card AS id, :today - min(o.promised_on) AS value
        FROM "order" o JOIN holds h ON h.owner = o.customer_id
        WHERE o.state IN ('PLACED', 'CONFIRMED', 'SHIPPED') AND o.promised_on < :today GROUP BY 1""",
    "part_days": f"""
        SELECT id, min(:today - (came AT TIME ZONE :zone)::date) AS value
        FROM (SELECT h.card AS id, {CAME_IN} AS came FROM {_OPEN_TASK}) each WHERE came IS NOT NULL GROUP BY 1""",  # noqa: S608
    "task_days": f"""
        SELECT h.card AS id, min((task.due_at AT TIME ZONE :zone)::date) - :today AS value FROM {_OPEN_TASK}
        AND task.due_at IS NOT NULL GROUP BY 1""",  # noqa: S608
    "complaints": """
        SELECT h.card AS id, count(*) FILTER (WHERE (t.opened_at AT TIME ZONE :zone)::date
                                                    >= :today - coalesce(nullif(CAST({of} AS text), ''), '90')::int)
                             AS value
        FROM ticket t JOIN speaks h ON h.owner = t.customer_id
        WHERE t.kind = 'COMPLAINT' AND t.opened_at >= :back GROUP BY 1""",
    "open_tickets": """
        SELECT h.card AS id, count(*) AS value FROM ticket t JOIN speaks h ON h.owner = t.customer_id
        WHERE t.state IN ('NEW', 'OPEN', 'WAITING') GROUP BY 1""",
    "last_score": _ANSWERED.format(value="s.score"),
    "score_days": _ANSWERED.format(value=":today - (s.answered_at AT TIME ZONE :zone)::date"),
    "silent_days": """
        SELECT h.card AS id, :today - (max(i.queued_at) AT TIME ZONE :zone)::date AS value
        FROM interaction i JOIN speaks h ON h.owner = i.customer_id GROUP BY 1""",
    "last_order_days": """
        SELECT h.card AS id, :today - (max(o.placed_at) AT TIME ZONE :zone)::date AS value
        FROM "order" o JOIN holds h ON h.owner = o.customer_id GROUP BY 1""",
}
_NOUGHT = frozenset({"complaints", "open_tickets"})  # nobody counted is 0, not unknown
# What stands on the customer's own row, or on that of their account.
_YEARS = "date_part('year', CAST(:today AS date))::int - date_part('year', c.birthday)::int"
_BIRTHDAY = f"(c.birthday + make_interval(years => {_YEARS}))::date"
_NEXT_BIRTHDAY = f"(c.birthday + make_interval(years => {_YEARS} + 1))::date"
_OWN = {
    "contribution": "(SELECT v.contribution FROM customer_value v, value_settings s"
    " WHERE v.customer_id = coalesce(c.company_id, c.id) AND s.figures->>'currency' <> '')",
    "tier": "c.tier",
    "value_colour": "c.value_colour",
    "is_rising": "c.is_rising",
    "status": "c.status",
    "kind": "c.kind",
    "has_owner": "c.owner_id IS NOT NULL",
    "birthday_days": f"CASE WHEN {_BIRTHDAY} >= :today THEN {_BIRTHDAY} ELSE {_NEXT_BIRTHDAY} END - :today",
    "data_days": ":today - (c.changed_at AT TIME ZONE :zone)::date",
    **{name: f"nullif(c.{name}, '')" for name in ("city", "region", "industry", "nature", "language")},
}
KEYS = frozenset({*_SETS, *_OWN})
_SIGNS = {Op.LE: "<=", Op.GE: ">=", Op.LT: "<", Op.GT: ">", Op.EQ: "="}
_CUSTOM = {
    Kind.NUMBER: ("number", "(c.custom->>{key})::numeric"),
    Kind.YES_NO: ("boolean", "(c.custom->>{key})::boolean"),
    Kind.DAY: ("string", "(c.custom->>{key})::date - :today"),
    Kind.TEXT: ("string", "nullif(c.custom->>{key}, '')"),
    Kind.CHOICE: ("string", "nullif(c.custom->>{key}, '')"),
}


@dataclass(frozen=True, slots=True)
class Matched:
    """One customer whom a rule would be shown for."""

    id: int
    name: str
    tier: str | None


@dataclass(frozen=True, slots=True)
class Dry:
    """How many customers match, and the first of them: the better tier first."""

    count: int
    rows: Sequence[Matched]


@dataclass(slots=True)
class _Built:
    """A statement in the making: its joins by what they ask, and its parameters."""

    values: dict[str, Any]
    joins: dict[tuple[str, str], str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def bind(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def dry(condition: Condition, limit: int = MOST) -> Dry:
    """Whom a rule with *condition* would be shown for now. Raises Invalid if that takes too long to find out."""
    built = _Built(_common())
    where = " AND ".join(f"({' OR '.join(_holds(built, one) for one in group)})" for group in condition.groups)
    asked = f"""
        WITH {_WHOSE}
        SELECT c.id, c.name, c.tier, count(*) OVER () AS all_count FROM customer c {" ".join(built.texts)}
        WHERE {where} ORDER BY c.tier NULLS LAST, c.id LIMIT :limit"""  # noqa: S608 (our words; values are bound)
    with db.session.begin_nested():
        try:
            db.session.execute(text(f"SET LOCAL statement_timeout = {int(PATIENCE.total_seconds() * 1000)}"))
            rows = db.session.execute(text(asked), {**built.values, "limit": limit}).all()
            db.session.execute(text("SET LOCAL statement_timeout = DEFAULT"))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "57014":
                raise
            raise Invalid(
                _("Looking through all customers took too long. Narrow it down, for example by tier.")
            ) from None
    return Dry(rows[0].all_count if rows else 0, [Matched(row.id, row.name, row.tier) for row in rows])


def _common() -> dict[str, Any]:
    back: datetime = clock.now() - COMPLAINTS_BACK
    return {"today": accounts.today(), "zone": str(reading.zone()), "back": back}


def _holds(built: _Built, one: Comparison) -> str:
    """One comparison; what is not known satisfies none."""
    known = _known(built, one)
    if one.op in (Op.KNOWN, Op.UNKNOWN):
        return f"(({known}) IS {'NOT ' if one.op is Op.KNOWN else ''}NULL)"
    return f"coalesce({_compared(built, one, known)}, false)"


def _compared(built: _Built, one: Comparison, known: str) -> str:
    if one.op in (Op.IN, Op.NOT_IN):
        listed = built.bind(list(one.value))  # type: ignore[arg-type]
        sign = "= ANY" if one.op is Op.IN else "<> ALL"
        return f"({known}) {sign}(CAST({listed} AS text[]))"
    value = built.bind(one.value)
    if one.op is Op.CONTAINS:
        return f'strpos(lower(({known}) COLLATE "C"), lower(CAST({value} AS text) COLLATE "C")) > 0'
    if one.op is Op.IS:
        return f"({known}) = {value}"
    if one.op is Op.WITHIN:
        return f"({known}) BETWEEN 0 AND {value}"
    if one.op is Op.AGO:
        return f"-({known}) >= {value}"
    return f"({known}) {_SIGNS[one.op]} CAST({value} AS numeric)"


def _known(built: _Built, one: Comparison) -> str:
    """The expression of a comparison's field; an aggregate is joined the first time it is asked for."""
    key = one.field.key
    if key.startswith(custom.PREFIX):
        type_, value = _CUSTOM[one.field.kind]
        named = f"CAST({built.bind(key.removeprefix(custom.PREFIX))} AS text)"
        return f"CASE WHEN jsonb_typeof(c.custom->{named}) = '{type_}' THEN {value.format(key=named)} END"
    if key in _OWN:
        return _OWN[key]
    alias = built.joins.get((key, one.of))
    if alias is None:
        alias = built.joins[key, one.of] = f"f{len(built.joins)}"
        built.texts.append(f"LEFT JOIN ({_SETS[key].replace('{of}', built.bind(one.of))}) {alias} ON {alias}.id = c.id")
    return f"coalesce({alias}.value, 0)" if key in _NOUGHT else f"{alias}.value"
