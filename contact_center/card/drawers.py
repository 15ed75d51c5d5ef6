"""One look at everything that hangs on a customer: devices, contracts, scores, notes, tier, value, counts.

Called by `summary`. One statement, however much there is; each part goes by an index and stops after what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from contact_center import clock
from contact_center.card.parts import (
    AssetSeen,
    ContractSeen,
    Drawers,
    LateOrder,
    NoteSeen,
    Score,
    SettlementSeen,
    TierWhy,
    ValueWhy,
    Word,
)  # fmt: skip
from contact_center.orders import accounts
from contact_center.putting import reading
from contact_center.statement import Statement

ASSETS = 4
CONTRACTS = 20
SCORES = 10
NOTES = 4
COMPLAINTS_BACK = timedelta(days=400)
COUNTED = 1000  # who has more than that has "1,000+"
Part = TypeVar("Part")

# `shared` are the customers whose things are shown: a contact person's company is among them. `own` are those who
# speak: a company's contact persons are among them. Of each list, what prompts look at first stands first.
_SHARED, _OWN = "CAST(:shared AS bigint[])", "CAST(:own AS bigint[])"
_READ = Statement(f"""
    SELECT
      (SELECT json_agg(json_build_array(a.id, a.customer_id, a.name, a.model, a.serial, a.place, a.warranty_until,
                                        a.confirmed_at IS NOT NULL, a.warranty_until - :today) ORDER BY a.nth)
       FROM (SELECT *, row_number() OVER (
                 ORDER BY (confirmed_at IS NOT NULL AND warranty_until >= :today) IS TRUE DESC,
                          CASE WHEN warranty_until >= :today THEN warranty_until END, warranty_until DESC NULLS LAST,
                          id DESC) AS nth
             FROM asset WHERE customer_id = ANY({_SHARED}) AND retired_on IS NULL
             ORDER BY nth LIMIT :assets) a) AS assets,
      (SELECT count(*) FROM (SELECT FROM asset WHERE customer_id = ANY({_SHARED}) AND retired_on IS NULL
                             LIMIT :counted) x) AS asset_count,
      (SELECT json_agg(json_build_array(s.id, s.external_id, s.name, s.valid_from, s.valid_until, s.hours,
                           s.response_minutes, s.resolution_minutes, s.visits_included, s.visits_used, s.is_followed,
                           s.is_valid, s.valid_until - :today)
                       ORDER BY s.is_valid AND NOT s.is_followed DESC, s.is_valid DESC, s.valid_until, s.id)
       FROM (SELECT c.*, c.valid_from <= :today AS is_valid, EXISTS (
                 SELECT FROM service_contract f
                 WHERE f.customer_id = c.customer_id AND f.name = c.name AND f.id <> c.id AND f.cancelled_on IS NULL
                   AND f.valid_until > c.valid_until AND f.valid_from <= c.valid_until + 1) AS is_followed
             FROM service_contract c
             WHERE c.customer_id = ANY({_SHARED}) AND c.valid_until >= :today
               AND (c.cancelled_on IS NULL OR c.cancelled_on > :today)
             ORDER BY c.valid_until, c.id LIMIT :contracts) s) AS contracts,
      (SELECT json_agg(json_build_array(s.id, s.score, s.answered_at) ORDER BY s.answered_at DESC, s.id DESC)
       FROM (SELECT id, score, answered_at FROM survey WHERE customer_id = ANY({_OWN}) AND score IS NOT NULL
             AND scale = 'CSAT' ORDER BY answered_at DESC, id DESC LIMIT :scores) s) AS scores,
      (SELECT count(*) FROM (SELECT FROM survey WHERE customer_id = ANY({_OWN}) AND score IS NOT NULL
                             AND scale = 'CSAT' LIMIT :counted) x) AS score_count,
      (SELECT json_agg(json_build_array(n.id, n.text, n.is_pinned, n.at, g.name) ORDER BY n.is_pinned DESC, n.id DESC)
       FROM (SELECT * FROM customer_note WHERE customer_id = c.id ORDER BY is_pinned DESC, id DESC LIMIT :notes) n
       LEFT JOIN agent g ON g.id = n.agent_id) AS notes,
      (SELECT json_agg(json_build_array(w.channel, w.purpose, w.is_granted, w.at) ORDER BY w.purpose, w.channel)
       FROM (SELECT DISTINCT ON (channel, purpose) * FROM consent WHERE customer_id = c.id
             ORDER BY channel, purpose, id DESC) w) AS words,
      (SELECT json_build_array(t.old, t.new, t.rule, t.at, t.place, t.of, t.value::text, t.before::text, t.currency,
                               t.reason, g.name, o.until)
       FROM (SELECT * FROM tier_change WHERE customer_id = coalesce(c.company_id, c.id) ORDER BY id DESC LIMIT 1) t
       LEFT JOIN agent g ON g.id = t.agent_id
       LEFT JOIN tier_override o ON o.customer_id = t.customer_id AND o.lifted_at IS NULL) AS tier,
      (SELECT json_build_array(v.contribution::text, v.sales::text, v.goods::text, v.compensation::text,
                               (v.handling + v.charges)::text, s.figures->>'currency',
                               coalesce((s.said->>'months')::int, 12))
       FROM customer_value v, value_settings s WHERE v.customer_id = coalesce(c.company_id, c.id)) AS value,
      (SELECT json_agg((t.opened_at AT TIME ZONE :zone)::date ORDER BY t.opened_at DESC)
       FROM ticket t WHERE t.customer_id = ANY({_OWN}) AND t.kind = 'COMPLAINT' AND t.opened_at >= :back) AS complaints,
      (SELECT json_build_array(o.external_id, o.promised_on) FROM "order" o
       WHERE o.customer_id = ANY({_SHARED}) AND o.state IN ('PLACED', 'CONFIRMED', 'SHIPPED') AND o.promised_on < :today
       ORDER BY o.promised_on, o.id LIMIT 1) AS late,
      (SELECT json_build_array(s.kind, s.amount::text, s.currency, s.reason, s.at) FROM settlement s
       WHERE s.customer_id = ANY({_SHARED}) ORDER BY s.at DESC, s.id DESC LIMIT 1) AS settlement,
      (SELECT count(*) FROM (SELECT FROM settlement WHERE customer_id = ANY({_SHARED}) LIMIT :counted) x)
        AS settlement_count,
      (SELECT count(*) FROM (SELECT FROM "order" WHERE customer_id = ANY({_SHARED}) LIMIT :counted) x) AS order_count,
      (SELECT max(newest.placed_at) FROM unnest({_SHARED}) AS one (id) CROSS JOIN LATERAL (
           SELECT placed_at FROM "order" WHERE customer_id = one.id ORDER BY placed_at DESC, id DESC LIMIT 1) newest)
        AS last_order_at,
      (SELECT count(*) FROM (SELECT FROM interaction WHERE customer_id = ANY({_OWN}) LIMIT :counted) x)
        AS interaction_count,
      (SELECT max(newest.queued_at) FROM unnest({_OWN}) AS one (id) CROSS JOIN LATERAL (
           SELECT queued_at FROM interaction WHERE customer_id = one.id ORDER BY queued_at DESC, id DESC LIMIT 1)
           newest) AS last_interaction_at
    FROM customer c WHERE c.id = :customer
""")  # noqa: S608 (constants only)


def read(customer_id: int, own: Sequence[int], shared: Sequence[int]) -> Drawers:
    """The drawers of a customer; *own* and *shared* as `whose` gives them."""
    zone = reading.zone()
    limits = {"assets": ASSETS, "contracts": CONTRACTS, "scores": SCORES, "notes": NOTES, "counted": COUNTED}
    row = _READ.one({
        "customer": customer_id, "own": list(own), "shared": list(shared), "today": accounts.today(),
        "zone": str(zone), "back": clock.now() - COMPLAINTS_BACK, **limits,
    })  # fmt: skip
    return Drawers(
        assets=_each(_asset, row.assets),
        asset_count=row.asset_count,
        contracts=_each(_contract, row.contracts),
        scores=_each(lambda one: Score(one[0], one[1], _instant(one[2])), row.scores),
        score_count=row.score_count,
        notes=_each(lambda one: NoteSeen(one[0], one[1], one[2], _instant(one[3]), one[4]), row.notes),
        words=_each(lambda one: Word(one[0], one[1], one[2], _instant(one[3])), row.words),
        tier=_tier(row.tier) if row.tier else None,
        value=_value(row.value) if row.value and row.value[5] else None,
        complaints=_each(date.fromisoformat, row.complaints),
        late=LateOrder(row.late[0], date.fromisoformat(row.late[1])) if row.late else None,
        settlement=_settlement(row.settlement) if row.settlement else None,
        settlement_count=row.settlement_count,
        order_count=row.order_count,
        last_order_on=row.last_order_at and row.last_order_at.astimezone(zone).date(),
        interaction_count=row.interaction_count,
        last_interaction_on=row.last_interaction_at and row.last_interaction_at.astimezone(zone).date(),
    )


def _each(read_one: Callable[[Any], Part], many: list[Any] | None) -> tuple[Part, ...]:
    return tuple(map(read_one, many or ()))


def _asset(one: list[Any]) -> AssetSeen:
    row_id, customer_id, name, model, serial, place, until, is_confirmed, days = one
    return AssetSeen(row_id, customer_id, name, model, serial, place, _day(until), is_confirmed, days)


def _contract(one: list[Any]) -> ContractSeen:
    row_id, number, name, begins, ends, *rest = one
    return ContractSeen(row_id, number, name, date.fromisoformat(begins), date.fromisoformat(ends), *rest)


def _tier(one: list[Any]) -> TierWhy:
    old, new, rule, at, place, of, value, before, currency, reason, by, until = one
    return TierWhy(
        old, new, rule, _instant(at), place, of, _amount(value), _amount(before), currency, reason, by,
        _instant(until) if until else None,
    )  # fmt: skip


def _value(one: list[Any]) -> ValueWhy:
    contribution, sales, goods, compensation, service = map(Decimal, one[:5])
    return ValueWhy(contribution, sales, goods, compensation, service, one[5], one[6])


def _settlement(one: list[Any]) -> SettlementSeen:
    kind, amount, currency, reason, at = one
    return SettlementSeen(kind, Decimal(amount), currency, reason, _instant(at))


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _amount(written: str | None) -> Decimal | None:
    return Decimal(written) if written is not None else None
