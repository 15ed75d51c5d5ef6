"""Which other tickets a ticket has to do with, both ways round. The ticket page asks; intake and `joining` link."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal, or_, select, union_all

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.tickets import scope
from contact_center.tickets.models import LinkReason, Ticket, TicketLink, TicketState, ref_of

MOST = 20


@dataclass(frozen=True, slots=True)
class Linked:
    """The ticket at the other end. `is_earlier`: ours points to it; otherwise it points to ours."""

    id: int
    subject: str
    state: TicketState
    reason: LinkReason
    is_earlier: bool

    @property
    def ref(self) -> str:
        return ref_of(self.id)

    @property
    def can_join(self) -> bool:
        """Whether one could still be added to the other."""
        return self.reason is not LinkReason.JOINED and self.state is not TicketState.CLOSED


def of(ticket: Ticket, agent: Agent) -> list[Linked]:
    """The tickets linked to *ticket* that *agent* may see, the newest link first."""
    earlier = select(TicketLink.other_id.label("id"), TicketLink.reason, TicketLink.at, literal(True).label("earlier"))
    later = select(TicketLink.ticket_id.label("id"), TicketLink.reason, TicketLink.at, literal(False).label("earlier"))
    ends = union_all(
        earlier.where(TicketLink.ticket_id == ticket.id), later.where(TicketLink.other_id == ticket.id)
    ).subquery("ends")
    asked = (
        select(Ticket.id, Ticket.subject, Ticket.state, ends.c.reason, ends.c.earlier)
        .join(ends, ends.c.id == Ticket.id)
        # a stub that was added to this ticket is part of its own story and needs no line
        .where(scope.visible_to(agent), or_(ends.c.earlier, ends.c.reason != LinkReason.JOINED))
        .order_by(ends.c.at.desc(), Ticket.id.desc())
        .limit(MOST)
    )
    return [Linked(*row) for row in db.session.execute(asked)]
