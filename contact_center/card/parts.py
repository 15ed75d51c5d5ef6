"""The pieces of a card, as `drawers` reads them and screens show them. Nothing here asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

ENDING = 60  # days before its end from which a warranty or a contract is told apart


class Cover(StrEnum):
    """How a warranty stands."""

    UNCONFIRMED = "unconfirmed"  # only the customer says so
    COVERED = "covered"
    ENDING = "ending"
    ENDED = "ended"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Person:
    """A contact person of a company."""

    id: int
    name: str
    position: str | None
    role: str | None


@dataclass(frozen=True, slots=True)
class AssetSeen:
    """Something they own; `days_left` of its warranty, negative when it is over, None where nobody knows."""

    id: int
    customer_id: int
    name: str
    model: str
    serial: str | None
    place: str
    warranty_until: date | None
    is_confirmed: bool
    days_left: int | None

    @property
    def cover(self) -> Cover:
        if not self.is_confirmed:
            return Cover.UNCONFIRMED
        if self.days_left is None:
            return Cover.NONE
        if self.days_left < 0:
            return Cover.ENDED
        return Cover.ENDING if self.days_left <= ENDING else Cover.COVERED


@dataclass(frozen=True, slots=True)
class ContractSeen:
    """A service contract that is valid, or will be. `is_followed`: another of the same name goes on from its end."""

    id: int
    number: str
    name: str
    valid_from: date
    valid_until: date
    hours: str
    response_minutes: int | None
    resolution_minutes: int | None
    visits_included: int | None
    visits_used: int
    is_followed: bool
    is_valid: bool
    days_left: int

    @property
    def visits_left(self) -> int | None:
        """None: as many as needed."""
        return None if self.visits_included is None else self.visits_included - self.visits_used


@dataclass(frozen=True, slots=True)
class Score:
    """One answer about satisfaction, one to five; the other scales stand in the timeline."""

    id: int
    score: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteSeen:
    id: int
    text: str
    is_pinned: bool
    at: datetime
    author: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """The newest word of a customer about one channel and purpose."""

    channel: str
    purpose: str
    is_granted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class TierWhy:
    """The newest change of the tier: what moved it, and until when somebody has set it by hand."""

    old: str | None
    new: str | None
    rule: str
    at: datetime
    place: int | None
    of: int | None
    value: Decimal | None
    before: Decimal | None
    currency: str | None
    reason: str
    by: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ValueWhy:
    """What they leave us, of the last counting, over so many months."""

    contribution: Decimal
    sales: Decimal
    goods: Decimal
    compensation: Decimal
    service: Decimal
    currency: str
    months: int


@dataclass(frozen=True, slots=True)
class LateOrder:
    """The order that is on the way and was promised longest ago."""

    number: str
    promised_on: date


@dataclass(frozen=True, slots=True)
class SettlementSeen:
    """The newest return, compensation or discount."""

    kind: str
    amount: Decimal
    currency: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Drawers:
    """What hangs on a customer besides tickets, orders and money. Counts stop at `drawers.COUNTED`."""

    assets: tuple[AssetSeen, ...] = ()
    asset_count: int = 0
    contracts: tuple[ContractSeen, ...] = ()
    scores: tuple[Score, ...] = ()
    score_count: int = 0
    notes: tuple[NoteSeen, ...] = ()
    words: tuple[Word, ...] = ()
    tier: TierWhy | None = None
    value: ValueWhy | None = None
    complaints: tuple[date, ...] = ()  # the days of those of a year and a bit, the newest first
    late: LateOrder | None = None
    settlement: SettlementSeen | None = None
    settlement_count: int = 0
    order_count: int = 0
    last_order_on: date | None = None
    interaction_count: int = 0
    last_interaction_on: date | None = None
