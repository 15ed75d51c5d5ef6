"""What can stand on a customer's timeline: the kinds, and an entry of each. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Author, Direction, InteractionState
from contact_center.tickets.models import TicketState, ref_of


class EntryKind(StrEnum):
    """In the order in which entries of one instant stand, the last on top."""

    MERGE = "merge"
    TIER = "tier"
    CONTRACT = "contract"
    ASSET = "asset"
    ORDER = "order"
    INVOICE = "invoice"
    SHIPPED = "shipped"
    DELIVERED = "delivered"  # a shipment
    ARRIVED = "arrived"  # an order, where no shipment says so
    PAYMENT = "payment"
    SETTLEMENT = "settlement"
    VISIT = "visit"
    VISIT_USED = "visit_used"  # of a contract
    INTERACTION = "interaction"
    SURVEY = "survey"


RANKS = {kind: rank for rank, kind in enumerate(EntryKind)}
GROUPS: Mapping[str, tuple[EntryKind, ...]] = {  # what the filter offers
    "interactions": (EntryKind.INTERACTION,),
    "orders": (EntryKind.ORDER, EntryKind.SHIPPED, EntryKind.DELIVERED, EntryKind.ARRIVED),
    "money": (EntryKind.INVOICE, EntryKind.PAYMENT),
    "returns": (EntryKind.SETTLEMENT,),
    "devices": (EntryKind.ASSET, EntryKind.CONTRACT, EntryKind.VISIT, EntryKind.VISIT_USED),
    "ratings": (EntryKind.SURVEY,),
    "record": (EntryKind.TIER, EntryKind.MERGE),
}


@dataclass(frozen=True, slots=True)
class Said:
    """The beginning of one message."""

    id: int
    author: Author
    name: str
    at: datetime
    text: str
    is_automatic: bool
    files: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to a customer; `facts` depend on the kind, see `timeline`."""

    kind: EntryKind
    at: datetime
    id: int
    customer_id: int
    customer: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InteractionEntry:
    """One interaction: when, over which channel, in which ticket, with whom, and the first things said."""

    id: int
    at: datetime
    channel: str
    interaction_kind: Kind
    direction: Direction
    state: InteractionState
    answered_at: datetime | None
    disposition: str | None
    ticket_id: int
    subject: str
    ticket_state: TicketState
    customer_id: int
    customer: str
    agent: str | None
    said: Sequence[Said] = ()
    more: int = 0  # messages beyond those in `said`

    @property
    def kind(self) -> EntryKind:
        return EntryKind.INTERACTION

    @property
    def ref(self) -> str:
        return ref_of(self.ticket_id)

    @property
    def gist(self) -> str:
        """One line that tells what it was about: the first words said, else the ticket's subject."""
        first = next((said.text for said in self.said if said.text.strip()), "")
        return " ".join(first.split()) or self.subject


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the newest first, and the cursor to go on after.

    Among very many that the reader may not see, looking stops: then there may be fewer than asked for, or none, and
    `next` goes on all the same.
    """

    entries: Sequence[Entry | InteractionEntry]
    next: str | None

    @property
    def interactions(self) -> list[InteractionEntry]:
        return [entry for entry in self.entries if isinstance(entry, InteractionEntry)]
