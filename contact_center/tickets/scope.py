"""Who sees which tickets: the one place that decides it, for pages, lists, search, counts, sockets and files.

Every door asks here before it shows or changes a ticket. Somebody else's ticket is the same `NotVisible` as none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    any_,
    bindparam,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import joinedload

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.tickets.models import Ticket, TicketState

_REF = re.compile(r"\s*#?\s*(?:cc[-\s]?)?(\d{1,18})\s*", re.IGNORECASE)


class NotVisible(LookupError):
    """There is no such ticket for this person; doors answer 404."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Stands for whoever has these roles in a statement that is built once for all of them.

    Its parameter `reader` is the agent's id.
    """

    is_administrator: bool
    is_supervisor: bool

    @property
    def id(self) -> BindParameter[int]:
        return bindparam("reader", type_=BigInteger)


def visible_to(agent: Agent | Reader) -> ColumnElement[bool]:
    """The condition on Ticket that holds for what *agent* may see.

    The queues come as an array that is computed once per statement, so that it can be looked up in an index.
    """
    if agent.is_administrator:
        return true()
    return or_(Ticket.queue_id == any_(queues_array(agent)), Ticket.assignee_id == agent.id)


def queue_ids(agent: Agent | Reader) -> Select[int]:
    """A query for the ids of the queues (inactive ones too) whose tickets *agent* sees."""
    return select(Queue.id) if agent.is_administrator else membership.ids_of(cast("Agent", agent))


def queues_array(agent: Agent | Reader) -> Any:
    """`queue_ids` as one array value for use in a larger statement."""
    ids: ScalarSelect[int] = queue_ids(agent).scalar_subquery()
    return func.array(ids)


def state_in(states: Sequence[TicketState], ticket: Any = Ticket) -> ColumnElement[bool]:
    """The condition on *ticket*, with the states as words in the statement, not as parameters.

    Only so can the planner see that a partial index holds them all.
    """
    words = bindparam("state", states, type_=Ticket.state.type, expanding=True, literal_execute=True, unique=True)
    return ticket.state.in_(words)


def get(agent: Agent, ref: str | int) -> Ticket:
    """The ticket CC-1042, or 1042, with customer, queue and assignee; raises NotVisible."""
    number = number_in(ref)
    if number is None:
        raise NotVisible(ref)
    asked = select(Ticket).where(Ticket.id == number, visible_to(agent))
    assignee = joinedload(Ticket.assignee).lazyload(Agent.roles)
    ticket = db.session.scalar(asked.options(joinedload(Ticket.customer), joinedload(Ticket.queue), assignee))
    if ticket is None:
        raise NotVisible(ref)
    return ticket


def sees(agent: Agent, ticket_id: int) -> bool:
    """Whether *agent* may see the ticket; for sockets and files, which need no more than that."""
    asked = select(Ticket.id).where(Ticket.id == ticket_id, visible_to(agent))
    return db.session.scalar(asked) is not None


def number_in(ref: str | int) -> int | None:
    """The number of a ticket as people write it: CC-1042, cc 1042, #1042, 1042."""
    if isinstance(ref, int):
        return ref
    found = _REF.fullmatch(ref)
    return int(found[1]) if found else None
