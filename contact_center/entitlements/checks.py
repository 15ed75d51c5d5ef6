"""The check made for a ticket: stored when it opens, made again when kind, customer or asset change, settled by agents.

Called by `tickets`, which are above this room: they hand in numbers. Strangers' tickets are never checked, and a
customer who owns nothing and is asked for nothing leaves no row. Verbs never commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.calendars.arithmetic import ROUND_THE_CLOCK
from contact_center.entitlements.deciding import AssetFact, ContractFact, Decision, Facts, PolicyFact, decide
from contact_center.entitlements.models import Cover, EntitlementCheck
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.putting import reading
from contact_center.statement import Statement
from contact_center.text import lines

SETTLED = ("PAID", "DEPOSIT", "WAIVED")
MAX_REASON = 500


class Asked(Protocol):
    """What a check needs of a ticket."""

    id: Any
    customer_id: Any
    kind: Any
    opened_at: Any


@dataclass(frozen=True, slots=True)
class _Told:
    """A ticket, for an event."""

    id: int
    customer_id: int | None
    __tablename__: str = "ticket"


def open_ticket(ticket_id: int, customer_id: int, kind: str | None, at: datetime, *, said: str = "") -> None:
    """Check a ticket that has just been opened; *said* is what may name the thing it is about."""
    keep(ticket_id, look(customer_id, kind, at, said=said))


def look(customer_id: int, kind: str | None, at: datetime, *, said: str = "") -> Decision | None:
    """What the check of a ticket will find that is about to be opened; None where there is nothing to say."""
    return _decided(customer_id, kind, at, said=said)


def keep(ticket_id: int, found: Decision | None) -> None:
    """Store what `look` has found for a new ticket."""
    if found is not None:
        _store(ticket_id, found)


def of(ticket_id: int) -> EntitlementCheck | None:
    """What the check of a ticket found, with asset, contract and policy."""
    together = (EntitlementCheck.asset, EntitlementCheck.contract, EntitlementCheck.policy, EntitlementCheck.settler)
    asked = select(EntitlementCheck).where(EntitlementCheck.ticket_id == ticket_id)
    asked = asked.options(*(joinedload(each) for each in together)).execution_options(populate_existing=True)
    return db.session.scalar(asked)


def preview(customer_id: int, kind: str | None, *, asset_id: int | None = None, said: str = "") -> Decision:
    """What a check would find now; nothing is stored."""
    return _decided(customer_id, kind, clock.now(), said=said, asset_id=asset_id) or Decision(Cover.NONE)


def again(ticket: Asked, *, asset_id: int | None = None, by: Agent | None = None) -> None:
    """Check anew, with what the ticket says now; *asset_id* is the thing that somebody chose for it.

    A choice made before stays while it is one of the customer's. What is paid for or waived stays so.
    """
    before = of(ticket.id)
    if asset_id is None and before is not None and before.why.get("asset") in ("chosen", "serial", "order"):
        asset_id = before.asset_id
    decision = (
        _decided(ticket.customer_id, ticket.kind, ticket.opened_at, asset_id=asset_id) if ticket.customer_id else None
    )
    if decision is not None and asset_id is not None and decision.asset_id is None:  # another customer's
        decision = _decided(ticket.customer_id, ticket.kind, ticket.opened_at)
    was = _essence(before)
    _store(ticket.id, decision)
    if _essence(decision) != was:
        cover = decision.cover if decision else Cover.NONE
        log.record(Name.ENTITLEMENT_CHECKED, _Told(ticket.id, ticket.customer_id), by, cover=cover)


def settle(ticket: Asked, agent: Agent, how: str, reason: str = "") -> None:
    """Say that what the check asked for is paid, or left as a deposit, or waived for a *reason*.

    Raises Invalid without a reason for a waiver, IllegalMove if nothing is asked for, or no longer.
    """
    if how not in SETTLED:
        raise Invalid(_("It is paid, a deposit, or waived."))
    reason = _reason(how, reason)
    open_ = (EntitlementCheck.ticket_id == ticket.id, EntitlementCheck.needs.is_not(None))
    settled = update(EntitlementCheck).where(*open_, EntitlementCheck.settled_at.is_(None))
    values = {"settled_at": clock.now(), "settled_by": agent.id, "settled_how": how, "waiver_reason": reason or None}
    _set(settled.values(**values), _("Nothing is asked for here any more."))
    log.record(Name.ENTITLEMENT_SETTLED, _Told(ticket.id, ticket.customer_id), agent, how=how, reason=reason)


def unsettle(ticket: Asked, agent: Agent) -> None:
    """Take back what `settle` said. Raises IllegalMove if it was not said."""
    settled = EntitlementCheck.settled_at.is_not(None)
    taken_back = update(EntitlementCheck).where(EntitlementCheck.ticket_id == ticket.id, settled)
    values = {"settled_at": None, "settled_by": None, "settled_how": None, "waiver_reason": None}
    _set(taken_back.values(**values), _("Nothing was settled here."))
    log.record(Name.ENTITLEMENT_SETTLED, _Told(ticket.id, ticket.customer_id), agent, how=None, undone=True)


def _essence(check: EntitlementCheck | Decision | None) -> tuple[Any, ...]:
    """What an agent would want to know of when it changes."""
    if check is None:
        return (Cover.NONE, None, None, None)
    return (check.cover, check.asset_id, check.contract_id, check.needs)


def _set(statement: Any, otherwise: str) -> None:
    """Run a guarded update of one check."""
    found = statement.returning(EntitlementCheck.ticket_id).execution_options(synchronize_session=False)
    ticket_id = db.session.scalar(found)
    if ticket_id is None:
        raise IllegalMove(otherwise)
    db.session.expire_all()


def _reason(how: str, typed: str) -> str:
    try:
        reason = lines.several_lines(typed, MAX_REASON)
    except ValueError as error:
        raise Invalid(str(error), {"reason": str(error)}) from None
    if how == "WAIVED" and not reason:
        sentence = _("Please write why.")
        raise Invalid(sentence, {"reason": sentence})
    return reason if how == "WAIVED" else ""


# One look at what belongs to a customer, and to the company they are a contact person of. Whoever has no tier yet is
# held to the policies of D.
_FACTS = Statement("""
    SELECT
        (SELECT json_agg(json_build_array(a.id, a.name, a.model, a.serial, a.warranty_until,
                                          a.confirmed_at IS NOT NULL, o.external_id))
         FROM (SELECT * FROM asset WHERE customer_id IN (c.id, c.company_id) AND retired_on IS NULL
               ORDER BY id DESC LIMIT 500) a
         LEFT JOIN "order" o ON o.id = a.order_id) AS assets,
        (SELECT json_agg(json_build_array(s.id, s.external_id, s.name, s.valid_until, s.hours, s.response_minutes,
                                          s.resolution_minutes, s.visits_included - s.visits_used, s.kinds,
                                          ARRAY(SELECT asset_id FROM contract_asset WHERE contract_id = s.id)))
         FROM service_contract s
         WHERE s.customer_id IN (c.id, c.company_id) AND s.valid_from <= :day AND s.valid_until >= :day
           AND (s.cancelled_on IS NULL OR s.cancelled_on > :day)) AS contracts,
        (SELECT json_build_array(p.id, p.needs) FROM entitlement_policy p
         WHERE p.is_active AND p.kind = CAST(:kind AS text) AND (p.tiers = '{}' OR coalesce(c.tier, 'D') = ANY(p.tiers))
         ORDER BY p.position, p.id LIMIT 1) AS policy
    FROM customer c WHERE c.id = :customer
""")


def _decided(
    customer_id: int, kind: str | None, at: datetime, *, said: str = "", asset_id: int | None = None
) -> Decision | None:
    """None where there is nothing to say: nothing is owned, and nothing asked for."""
    zone = reading.zone()
    row = _FACTS.one({"customer": customer_id, "kind": kind, "day": at.astimezone(zone).date()})
    if row is None or not (row.assets or row.contracts or row.policy):
        return None
    facts = Facts(
        tuple(map(_asset, row.assets or ())),
        tuple(map(_contract, row.contracts or ())),
        PolicyFact(*row.policy) if row.policy else None,
    )
    working = calendars.hours(None) if facts.contracts else ROUND_THE_CLOCK
    return decide(facts, kind, at, zone, working, said=said, asset_id=asset_id)


def _asset(parts: list[Any]) -> AssetFact:
    row_id, name, model, serial, until, is_confirmed, order = parts
    return AssetFact(row_id, name, model, serial, date.fromisoformat(until) if until else None, is_confirmed, order)


def _contract(parts: list[Any]) -> ContractFact:
    row_id, number, name, until, hours, respond, resolve, left, kinds, assets = parts
    return ContractFact(
        row_id, number, name, date.fromisoformat(until), hours, respond, resolve, left, tuple(kinds), frozenset(assets)
    )


_STORE = Statement("""
    INSERT INTO entitlement_check AS c
           (ticket_id, asset_id, contract_id, cover, respond_by, resolve_by, policy_id, needs, why, at)
    VALUES (:ticket_id, CAST(:asset_id AS bigint), CAST(:contract_id AS bigint), :cover,
            CAST(:respond_by AS timestamptz), CAST(:resolve_by AS timestamptz), CAST(:policy_id AS bigint),
            CAST(:needs AS text), CAST(:why AS jsonb), :now)
    ON CONFLICT (ticket_id) DO UPDATE SET
        asset_id = excluded.asset_id, contract_id = excluded.contract_id, cover = excluded.cover,
        respond_by = excluded.respond_by, resolve_by = excluded.resolve_by, policy_id = excluded.policy_id,
        needs = excluded.needs, why = excluded.why, at = excluded.at
""")
_FORGET = Statement("DELETE FROM entitlement_check WHERE ticket_id = :ticket_id AND settled_at IS NULL")


def _store(ticket_id: int, decision: Decision | None) -> None:
    """Keep the answer; a ticket about which there is nothing to say any more loses its row, unless it was settled."""
    if decision is None:
        _FORGET.run({"ticket_id": ticket_id})
    else:
        values = {name: getattr(decision, name) for name in _COLUMNS}
        why = json.dumps(decision.why, ensure_ascii=False)
        _STORE.run({"ticket_id": ticket_id, "now": clock.now(), **values, "why": why})


_COLUMNS: Iterable[str] = (
    "asset_id", "contract_id", "cover", "respond_by", "resolve_by", "policy_id", "needs",
)  # fmt: skip
