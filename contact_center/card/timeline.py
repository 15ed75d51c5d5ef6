"""Everything said with a customer, over all channels and tickets, the newest interaction first, page by page.

Called by the customer page and by `summary` for the last few. An entry is an interaction with what was said in it.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, true, tuple_

from contact_center.agents.models import Agent
from contact_center.card import whose
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.tickets import scope
from contact_center.tickets.inbound import Automatic, Kind
from contact_center.tickets.messages import Attachment, Author, Direction, Interaction, InteractionState, Message
from contact_center.tickets.models import Ticket, TicketState, ref_of

SAID = 4  # messages shown of one interaction
SHOWN = 280  # characters shown of one message


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
class InteractionEntry:
    """One interaction: when, over which channel, in which ticket, with whom, and the first things said."""

    id: int
    at: datetime
    channel: str
    kind: Kind
    direction: Direction
    state: InteractionState
    answered_at: datetime | None
    ended_at: datetime | None
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
    def ref(self) -> str:
        return ref_of(self.ticket_id)

    @property
    def gist(self) -> str:
        """One line that tells what it was about: the first words said, else the ticket's subject."""
        first = next((said.text for said in self.said if said.text.strip()), "")
        return " ".join(first.split()) or self.subject


@dataclass(frozen=True, slots=True)
class Page:
    """Contacts, newest first, and the cursor to go on after."""

    interactions: Sequence[InteractionEntry]
    next: str | None


def page(customer: Customer, agent: Agent, *, after: str | None = None, limit: int = 20, said: int = SAID) -> Page:
    """The interactions of a customer that *agent* may see, in two statements."""
    rows = db.session.execute(_interactions(customer, agent, _read(after), limit + 1)).all()
    spoken = _said([row.id for row in rows[:limit]], said)
    interactions = [InteractionEntry(*row, *spoken.get(row.id, ((), 0))) for row in rows[:limit]]
    return Page(interactions, _cursor(interactions[-1]) if len(rows) > limit else None)


def count(customer: Customer) -> int:
    """How many interactions there have been, visible or not."""
    interactions = select(func.count(Interaction.id)).where(whose.includes(customer, Interaction.customer_id))
    return db.session.scalar(interactions) or 0


def _interactions(
    customer: Customer, agent: Agent, edge: tuple[datetime, int] | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """Each person's newest by their index, then the newest of these: nothing is sorted that is not shown."""
    person = whose.ids(customer).subquery("person")
    mine = (
        select(Interaction.id, Interaction.queued_at)
        .join(Ticket, Ticket.id == Interaction.ticket_id)
        .where(Interaction.customer_id == person.c.id, scope.visible_to(agent), *_beyond(edge))
        .order_by(Interaction.queued_at.desc(), Interaction.id.desc())
        .limit(limit)
        .correlate(person)
        .lateral("mine")
    )
    newest = select(mine.c.id).select_from(person).join(mine, true())
    newest = newest.order_by(mine.c.queued_at.desc(), mine.c.id.desc()).limit(limit)
    return (
        select(
            Interaction.id, Interaction.queued_at, Interaction.channel, Interaction.kind, Interaction.direction,
            Interaction.state, Interaction.answered_at, Interaction.ended_at, Interaction.disposition,
            Ticket.id, Ticket.subject, Ticket.state, Customer.id, Customer.name, Agent.name,
        )
        .join(Ticket, Ticket.id == Interaction.ticket_id)
        .join(Customer, Customer.id == Interaction.customer_id)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .where(Interaction.id.in_(newest))
        .order_by(Interaction.queued_at.desc(), Interaction.id.desc())
    )  # fmt: skip


def _said(interaction_ids: list[int], each: int) -> dict[int, tuple[list[Said], int]]:
    """The first messages of each interaction, and how many more there are."""
    if not interaction_ids:
        return {}
    number = func.row_number().over(partition_by=Message.interaction_id, order_by=Message.id).label("number")
    total = func.count().over(partition_by=Message.interaction_id).label("total")
    files = select(func.count()).where(Attachment.message_id == Message.id, ~Attachment.is_inline).scalar_subquery()
    numbered = (
        select(
            Message.interaction_id, Message.id, Message.author, Message.sender_name, Message.at,
            func.left(Message.text, SHOWN).label("text"), Message.automatic, files.label("files"), number, total,
        )
        .where(Message.interaction_id.in_(interaction_ids))
        .subquery()
    )  # fmt: skip
    spoken: dict[int, tuple[list[Said], int]] = {}
    for row in db.session.execute(select(numbered).where(numbered.c.number <= each).order_by(numbered.c.id)):
        said, _more = spoken.setdefault(row.interaction_id, ([], max(0, row.total - each)))
        is_automatic = row.automatic is not Automatic.NONE
        said.append(Said(row.id, row.author, row.sender_name, row.at, row.text, is_automatic, row.files))
    return spoken


def _beyond(edge: tuple[datetime, int] | None) -> list[ColumnElement[bool]]:
    if edge is None:
        return []
    return [tuple_(Interaction.queued_at, Interaction.id) < tuple_(literal(edge[0]), literal(edge[1]))]


def _cursor(entry: InteractionEntry) -> str:
    return base64.urlsafe_b64encode(f"{entry.at.isoformat()} {entry.id}".encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[datetime, int] | None:
    """The place after an interaction; None for the beginning, which is also where a damaged cursor leads."""
    if not cursor:
        return None
    try:
        at, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        return datetime.fromisoformat(at), int(number)
    except ValueError:
        return None
