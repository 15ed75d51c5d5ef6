"""What covers a request before it is sent: the warranty, a contract, or nothing, and then what it costs by policy.

The portal shows it beside each device. It is the answer of `entitlements.checks`, which the ticket gets when it opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contact_center.entitlements import assets, checks, contracts
from contact_center.entitlements.deciding import Decision
from contact_center.entitlements.kinds import BY_VISIT, UNDER_WARRANTY
from contact_center.entitlements.models import Asset, EntitlementPolicy, ServiceContract
from contact_center.extensions import db
from contact_center.selfservice.sessions import SignedIn

ABOUT_DEVICES = frozenset({"QUESTION", "REPAIR", "RETURN", "COMPLAINT"})
COSTS_SOMETHING = UNDER_WARRANTY | BY_VISIT  # kinds for which it matters whether something covers them
MOST = 20  # devices that are offered, each with its own answer


@dataclass(frozen=True, slots=True)
class Covered:
    """The answer: `by` is "WARRANTY", "CONTRACT" or "NONE", or empty for what costs nothing anyway.

    `needs` is "PAID" or "DEPOSIT" where policy asks for it.
    """

    by: str
    warranty_until: date | None = None
    contract: str = ""
    contract_until: date | None = None
    visits_left: int | None = None
    respond_by: datetime | None = None
    needs: str | None = None
    fee: Decimal | None = None
    currency: str | None = None
    sentence: str = ""

    @property
    def is_free(self) -> bool:
        return self.by in ("WARRANTY", "CONTRACT")


@dataclass(frozen=True, slots=True)
class Choice:
    """A device that a request may be about, and what covers it."""

    asset: Asset
    covered: Covered


def choices(me: SignedIn, kind: str, chosen: str = "") -> tuple[list[Choice], list[Asset]]:
    """Devices of *me*, each with its cover for a request of *kind*, the *chosen* one first; and those beyond `MOST`."""
    agreed = {contract.id: contract for contract in contracts.of(me.ids)}
    mine = sorted(assets.of(me.ids), key=lambda asset: str(asset.id) != chosen)
    offered = [
        Choice(asset, _covered(_decision(me, kind, asset.id), kind, agreed, {asset.id: asset})) for asset in mine[:MOST]
    ]
    return offered, mine[MOST:]


def in_short(me: SignedIn, kind: str) -> Covered:
    """What would cover a request of *kind* about nothing in particular."""
    mine = {asset.id: asset for asset in assets.of(me.ids)}
    agreed = {contract.id: contract for contract in contracts.of(me.ids)}
    return _covered(_decision(me, kind, None), kind, agreed, mine)


def _decision(me: SignedIn, kind: str, asset_id: int | None) -> Decision:
    return checks.preview(me.customer.id, kind, asset_id=asset_id)


def _covered(found: Decision, kind: str, agreed: dict[int, ServiceContract], mine: dict[int, Asset]) -> Covered:
    if kind not in COSTS_SOMETHING and not found.needs:
        return Covered(by="", respond_by=found.respond_by)
    contract = agreed.get(found.contract_id or 0)
    policy = db.session.get(EntitlementPolicy, found.policy_id) if found.policy_id else None
    asset = mine.get(found.asset_id or 0)
    return Covered(
        by=str(found.cover),
        warranty_until=asset.warranty_until if asset else None,
        contract=contract.name if contract else "",
        contract_until=contract.valid_until if contract else None,
        visits_left=_visits_left(contract) if kind in BY_VISIT else None,
        respond_by=found.respond_by,
        needs=found.needs,
        fee=policy.fee if policy else None,
        currency=policy.currency if policy else None,
        sentence=policy.sentence if policy else "",
    )


def _visits_left(contract: ServiceContract | None) -> int | None:
    if contract is None or contract.visits_included is None:
        return None
    return contract.visits_included - contract.visits_used
