"""Who is calling, for the ring and the call's bar: how they were matched, who it may be, and a form where nobody knows.

Choosing and taking back are the routes of `customers.choice`, creating that of `customers.listing`.
"""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.agents.models import Agent
from contact_center.calls import lines, whose
from contact_center.calls.models import Call
from contact_center.calls.whose import Match
from contact_center.card import candidates
from contact_center.card.candidates import Candidate
from contact_center.tickets import scope
from contact_center.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Who:
    """`chose` and `typed` are what the caller told the menu."""

    ticket: Ticket
    reader: Agent
    match: Match | None
    candidates: list[Candidate]
    chose: str
    typed: str

    @property
    def may_choose(self) -> bool:
        """Whoever sees the ticket may; a colleague who is only asked for a word may not."""
        return self.ticket.assignee_id == self.reader.id or scope.sees(self.reader, self.ticket.id)

    @property
    def is_open(self) -> bool:
        """Whether somebody is to be chosen yet, be it one of a company's people."""
        return self.ticket.customer_id is None or bool(self.candidates)


def of(call: Call | None, reader: Agent) -> Who | None:
    """Who it may be that calls; None where no ticket says so."""
    if call is None or call.ticket is None:
        return None
    match, found = whose.match(call.ticket, call), candidates.of(call.ticket, reader)
    return Who(call.ticket, reader, match, found, _chose(call), str(call.flow.get("digits", "")))


def _chose(call: Call) -> str:
    """What the caller chose in the menu, in the words they heard."""
    line = lines.of(call.number_id)
    return line.words(call.language).get(str(call.flow.get("chose", "")), "") if line else ""
