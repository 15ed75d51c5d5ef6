"""Service contracts 服务合约: what customers are entitled to, and how many of the visits they paid for are left.

Called by imports, the API, the desk, the portal and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, literal, or_, select, tuple_, update
from sqlalchemy.orm import joinedload, selectinload

from contact_center.agents.models import Agent
from contact_center.entitlements.kinds import RequestKind
from contact_center.entitlements.models import ServiceContract
from contact_center.errors import IllegalMove
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.orders import accounts, keyset, putting
from contact_center.orders.putting import CUSTOMER, Child, Known, Outcome, Put, Reference, Register, Result, Row
from contact_center.putting import reading
from contact_center.putting.register import referred
from contact_center.statement import Statement

MOST_ASSETS = 1000
MOST = 200  # contracts of a customer that screens show at once


def put(external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
    """Write a contract; `assets`, where given, are all that it is for, none means all that the customer has.

    Raises Invalid.
    """
    return REGISTER.put(external_id, by=by, **given)


def put_many(rows: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
    """Write a batch of contracts."""
    return REGISTER.put_many(rows, by=by)


def of(customer_ids: Sequence[int], *, ended: bool = False) -> list[ServiceContract]:
    """The contracts of these customers that are valid or will be, the longest first; with *ended* also others."""
    asked = select(ServiceContract).where(ServiceContract.customer_id.in_(customer_ids))
    if not ended:
        asked = asked.where(ServiceContract.cancelled_on.is_(None), ServiceContract.valid_until >= accounts.today())
    newest = asked.order_by(ServiceContract.valid_until.desc(), ServiceContract.id.desc())
    return list(db.session.scalars(newest.options(selectinload(ServiceContract.assets)).limit(MOST)))


def ending(until: date, *, beyond: keyset.Edge | None = None, limit: int = 50) -> list[ServiceContract]:
    """Contracts that end from today until a day, the soonest first."""
    key = tuple_(ServiceContract.valid_until, ServiceContract.id)
    asked = select(ServiceContract).where(ServiceContract.valid_until.between(accounts.today(), until))
    asked = asked.where(ServiceContract.cancelled_on.is_(None))
    if beyond is not None:
        asked = asked.where(key > tuple_(literal(beyond.key), literal(beyond.id)))
    asked = asked.options(joinedload(ServiceContract.customer))
    return list(db.session.scalars(asked.order_by(ServiceContract.valid_until, ServiceContract.id).limit(limit)))


def use_visit(contract_id: int, by: Agent | None = None, *, ticket_id: int | None = None) -> None:
    """Use up one of the contract's visits; of two at once for the last one, one gets it. Raises IllegalMove."""
    today = accounts.today()
    is_left = or_(
        ServiceContract.visits_included.is_(None), ServiceContract.visits_used < ServiceContract.visits_included
    )
    is_valid = and_(
        ServiceContract.valid_from <= today,
        ServiceContract.valid_until >= today,
        or_(ServiceContract.cancelled_on.is_(None), ServiceContract.cancelled_on > today),
    )
    contract = _count_visit(contract_id, 1, and_(is_left, is_valid))
    if contract is None:
        raise IllegalMove(_("The contract has no visit left, or is not valid today."))
    _tell_visit(Name.CONTRACT_VISIT_USED, contract, by, ticket_id)


def return_visit(contract_id: int, by: Agent | None = None, *, ticket_id: int | None = None) -> None:
    """Give a visit back that did not take place."""
    contract = _count_visit(contract_id, -1, ServiceContract.visits_used > 0)
    if contract is not None:
        _tell_visit(Name.CONTRACT_VISIT_RETURNED, contract, by, ticket_id)


def _count_visit(contract_id: int, by: int, condition: ColumnElement[bool]) -> ServiceContract | None:
    counted = update(ServiceContract).where(ServiceContract.id == contract_id, condition)
    counted = counted.values(visits_used=ServiceContract.visits_used + by).returning(ServiceContract)
    return db.session.scalar(counted.execution_options(populate_existing=True))


def _tell_visit(name: Name, contract: ServiceContract, by: Agent | None, ticket_id: int | None) -> None:
    visit = _Visit(contract.id, contract.customer_id, ticket_id)
    log.record(name, visit, by, number=contract.external_id, used=contract.visits_used)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visit under a contract, for an event: whose, and for which ticket."""

    id: int
    customer_id: int
    ticket_id: int | None
    __tablename__: str = "service_contract"


_ASSET = Reference("asset", "asset_id", ("customer_id",))


def _check(rows: list[Row]) -> None:
    _find_assets(rows)
    for row in rows:
        begins, ends = row.value("valid_from"), row.value("valid_until")
        if begins and ends and ends < begins:
            row.wrong["valid_until"] = _("It ends before it begins.")
        included, used = row.value("visits_included"), row.value("visits_used")
        if included is not None and used is not None and used > included:
            row.wrong["visits_used"] = _("More visits are used than included.")
        if row.value("fee") is not None and row.value("currency") is None:
            row.wrong["currency"] = _("In which currency is the fee?")


def _find_assets(rows: list[Row]) -> None:
    numbers = {number for row in rows for number in row.children.get("assets", ())}
    found = referred(_ASSET, numbers)
    for row in rows:
        for number in row.children.get("assets", ()):
            asset = found[number]
            if asset is None:
                row.wrong["assets"] = _("Nothing is known under the number %(number)s.", number=str(number)[:60])
        if "assets" in row.children and "assets" not in row.wrong:
            row.children["assets"] = sorted({found[number].id for number in row.children["assets"]})


_ASSETS = Statement("""
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:contracts AS bigint[]), CAST(:assets AS bigint[])) AS w (contract_id, asset_id)
    ), gone AS (
        DELETE FROM contract_asset c WHERE contract_id = ANY(CAST(:ids AS bigint[]))
        AND NOT EXISTS (SELECT FROM wanted w WHERE w.contract_id = c.contract_id AND w.asset_id = c.asset_id)
        RETURNING contract_id
    ), put AS (
        INSERT INTO contract_asset (contract_id, asset_id) SELECT contract_id, asset_id FROM wanted
        ON CONFLICT DO NOTHING RETURNING contract_id
    )
    SELECT contract_id FROM gone UNION SELECT contract_id FROM put
""")


def _then(rows: list[Row]) -> None:
    """Say which assets each contract is for."""
    rows = [row for row in rows if "assets" in row.children and not row.is_older]
    if not rows:
        return
    pairs = [(row.id, asset_id) for row in rows for asset_id in row.children["assets"]]
    lists = {"contracts": [contract for contract, _asset in pairs], "assets": [asset for _contract, asset in pairs]}
    touched = {each.contract_id for each in _ASSETS.rows({"ids": [row.id for row in rows], **lists})}
    for row in rows:
        if row.id in touched and row.outcome is Outcome.SAME:
            row.outcome = Outcome.CHANGED


def _tell(rows: list[Row], by: Agent | None) -> None:
    names = (Name.CONTRACT_SIGNED, Name.CONTRACT_CHANGED)
    putting.tell(rows, by, "service_contract", names, lambda row: {"name": row.value("name")})


def _asset_number(value: Any) -> Any:
    return value if isinstance(value, Known) else _NUMBER(value)


_NUMBER = reading.number()
_MINUTES = reading.maybe(reading.whole(1, 525_600))
REGISTER = Register(
    ServiceContract,
    {
        "customer": CUSTOMER,
        "name": reading.name(),
        "valid_from": reading.day,
        "valid_until": reading.day,
        "hours": reading.one_of("24x7", "working"),
        "response_minutes": _MINUTES,
        "resolution_minutes": _MINUTES,
        "visits_included": lambda value: None if value in (None, "") else reading.whole(0, 10_000)(value),
        "visits_used": reading.whole(0, 10_000),
        "kinds": reading.words_of(RequestKind),
        "fee": reading.maybe(reading.money),
        "currency": reading.maybe(reading.currency),
        "cancelled_on": reading.maybe(reading.day),
        "assets": Child(_asset_number, MOST_ASSETS, is_words=True),
    },
    needed=("customer", "name", "valid_from", "valid_until"),
    check=_check,
    then=_then,
    tell=_tell,
)
