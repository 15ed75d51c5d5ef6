"""Is this request covered, by what, and until when have we promised to act? Decided from facts, without a database.

`checks` gathers the facts and stores what comes out, with the reasons, so that an agent can follow them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contact_center.calendars.arithmetic import ROUND_THE_CLOCK, Hours, NeverOpen
from contact_center.entitlements.kinds import BY_VISIT, UNDER_WARRANTY
from contact_center.entitlements.models import Cover

MAX_SAID = 20_000  # characters of what somebody wrote that are looked through
SHORTEST_SERIAL = 5  # a shorter one stands in any text by chance
SHORTEST_MODEL = 3


@dataclass(frozen=True, slots=True)
class AssetFact:
    id: int
    name: str
    model: str
    serial: str | None
    warranty_until: date | None
    is_confirmed: bool
    order_number: str | None


@dataclass(frozen=True, slots=True)
class ContractFact:
    """A contract that is valid on the day."""

    id: int
    number: str
    name: str
    valid_until: date
    hours: str
    response_minutes: int | None
    resolution_minutes: int | None
    visits_left: int | None
    kinds: tuple[str, ...]
    asset_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class PolicyFact:
    id: int
    needs: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a customer, and of the company they speak for, on the day of the request."""

    assets: tuple[AssetFact, ...] = ()
    contracts: tuple[ContractFact, ...] = ()
    policy: PolicyFact | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer; `why` is JSON: how the asset was found, and what came of the warranty and of each contract."""

    cover: Cover
    asset_id: int | None = None
    contract_id: int | None = None
    respond_by: datetime | None = None
    resolve_by: datetime | None = None
    policy_id: int | None = None
    needs: str | None = None
    why: dict[str, Any] = field(default_factory=dict)


def decide(
    facts: Facts,
    kind: str | None,
    at: datetime,
    zone: ZoneInfo,
    working: Hours,
    *,
    said: str = "",
    asset_id: int | None = None,
) -> Decision:
    """Check a request of *kind* (None: nobody has said) made *at*, about *asset_id* or what is named in *said*.

    The warranty comes first, for it costs no visit; times are those of a contract all the same, in *working* hours or
    round the clock.
    """
    asset, how = _asset(facts.assets, said, asset_id)
    warranty = _warranty(asset, kind, at.astimezone(zone).date())
    contract, contracts = _contract(facts.contracts, asset, kind)
    cover = Cover.WARRANTY if warranty == "covers" else Cover.CONTRACT if contract else Cover.NONE
    policy = facts.policy if cover is Cover.NONE else None
    return Decision(
        cover,
        asset_id=asset.id if asset else None,
        contract_id=contract.id if contract else None,
        respond_by=_promised(contract, "response_minutes", at, working),
        resolve_by=_promised(contract, "resolution_minutes", at, working),
        policy_id=policy.id if policy else None,
        needs=policy.needs if policy else None,
        why={"kind": kind, "asset": how, "assets": len(facts.assets), "warranty": warranty, "contracts": contracts},
    )


def _asset(assets: Sequence[AssetFact], said: str, chosen: int | None) -> tuple[AssetFact | None, str]:
    """The thing that is meant, and how that is known."""
    if chosen is not None:
        found = [asset for asset in assets if asset.id == chosen]
        return (found[0], "chosen") if found else (None, "unknown")
    text = said[:MAX_SAID].upper()
    bare = "".join(text.split())
    for how, named in (
        ("serial", [asset for asset in assets if _is_in(asset.serial, bare, SHORTEST_SERIAL)]),
        ("order", [asset for asset in assets if _is_in(asset.order_number, text, SHORTEST_MODEL)]),
        ("model", [asset for asset in assets if _is_in(asset.model, text, SHORTEST_MODEL)]),
        ("name", [asset for asset in assets if _is_in(asset.name, text, SHORTEST_MODEL)]),
    ):
        if len(named) == 1:
            return named[0], how
    if len(assets) == 1:
        return assets[0], "only"
    return None, "several" if assets else "none"


def _is_in(word: str | None, text: str, shortest: int) -> bool:
    return bool(word) and len(word or "") >= shortest and (word or "").upper() in text


def _warranty(asset: AssetFact | None, kind: str | None, day: date) -> str:
    if asset is None:
        return "no_asset"
    if asset.warranty_until is None:
        return "unknown"
    if not asset.is_confirmed:
        return "unconfirmed"
    if asset.warranty_until < day:
        return "ended"
    return "covers" if kind is None or kind in UNDER_WARRANTY else "other_kind"


def _contract(
    contracts: Iterable[ContractFact], asset: AssetFact | None, kind: str | None
) -> tuple[ContractFact | None, list[dict[str, Any]]]:
    """The contract with the shortest promise among those that cover it, and the word for each of them."""
    judged = [(contract, _word(contract, asset, kind)) for contract in contracts]
    covering = [contract for contract, word in judged if word == "covers"]
    best = min(covering, key=_promise, default=None)
    return best, [{"number": contract.number, "is": word} for contract, word in judged]


def _word(contract: ContractFact, asset: AssetFact | None, kind: str | None) -> str:
    if contract.asset_ids and (asset is None or asset.id not in contract.asset_ids):
        return "other_asset" if asset else "no_asset"
    if contract.kinds and kind is not None and kind not in contract.kinds:
        return "other_kind"
    if kind in BY_VISIT and contract.visits_left == 0:
        return "no_visits"
    return "covers"


def _promise(contract: ContractFact) -> tuple[float, int]:
    return contract.response_minutes or float("inf"), -contract.valid_until.toordinal()


def _promised(contract: ContractFact | None, which: str, at: datetime, working: Hours) -> datetime | None:
    minutes = getattr(contract, which, None)
    if contract is None or not minutes:
        return None
    try:
        return (working if contract.hours == "working" else ROUND_THE_CLOCK).add(at, minutes)
    except NeverOpen:
        return ROUND_THE_CLOCK.add(at, minutes)
