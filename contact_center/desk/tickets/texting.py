"""What an agent should know before a text leaves: whether it may, what a part costs, and whether it is night there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contact_center import clock
from contact_center.customers import text_stops
from contact_center.mailboxes import places, texting
from contact_center.outbox import quiet
from contact_center.text import segments
from contact_center.tickets import texts
from contact_center.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class ByText:
    """The answer to a ticket as a text. `local` is the time at the recipient's, if it is night there."""

    number: str | None
    can_send: bool
    stopped_at: datetime | None
    local: str
    price: Decimal
    currency: str
    most: int = segments.MOST_CHARACTERS


def of(ticket: Ticket, number: str | None) -> ByText:
    """What holds for a text to *number* in *ticket* now."""
    if number is None and not places.numbers():
        return ByText(None, False, None, "", Decimal(0), "EUR")
    known = texting.known()
    stopped_at = text_stops.since(number) if number else None
    can_send = texts.own_number(ticket) is not None
    return ByText(number, can_send, stopped_at, _local(ticket, number), known.price, known.currency)


def anew() -> ByText:
    """What holds for the first text of a new ticket."""
    known = texting.known()
    return ByText(None, places.texting_number(None) is not None, None, "", known.price, known.currency)


def _local(ticket: Ticket, number: str | None) -> str:
    now = clock.now()
    if number is None or not quiet.is_night(number, ticket.customer_id, now):
        return ""
    return f"{now.astimezone(quiet.zone_of(number, ticket.customer_id)):%H:%M}"
