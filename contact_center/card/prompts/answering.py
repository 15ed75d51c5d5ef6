"""What an agent says of a prompt: done, or not wanted. It stays away for the rule's quiet days; both are counted.

Called by the desk. Verbs never commit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.card.models import Answer, PromptAnswer, PromptRule
from contact_center.customers.models import Customer
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets.models import Ticket

_ABOUT = re.compile(r"(?:[a-z]{1,20}:\d{1,19})?", re.ASCII)  # asset:42, or the customer as a whole


def answer(
    rule: PromptRule, customer: Customer, about: str, said: Answer, agent: Agent, ticket: Ticket | None = None
) -> PromptAnswer:
    """Put a prompt away until the rule's quiet days are over; beside *ticket* that is told there as well.

    Raises AlreadyTaken if somebody has.
    """
    if not _ABOUT.fullmatch(about):
        raise IllegalMove(_("This prompt is not there any more."))
    db.session.refresh(customer, with_for_update={"of": Customer})  # of two at once one is first
    now = clock.now()
    standing = (PromptAnswer.customer_id == customer.id, PromptAnswer.rule_id == rule.id, PromptAnswer.about == about)
    if db.session.scalar(select(PromptAnswer.id).where(*standing, PromptAnswer.until > now).limit(1)):
        raise AlreadyTaken(_("A colleague has answered this prompt already."))
    row = PromptAnswer(
        rule_id=rule.id, customer_id=customer.id, about=about, answer=said, agent_id=agent.id, at=now,
        until=now + timedelta(days=rule.quiet_days),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    where = _Subject(row.id, customer.id, ticket.id if ticket else None)
    log.record(Name.PROMPT_ANSWERED, where, agent, rule=rule.id, prompt=rule.name, answer=said, about=about)
    return row


def take_back(answer_id: int, customer: Customer, agent: Agent, ticket: Ticket | None = None) -> None:
    """Let the prompt stand there again, as if nothing had been said. Raises IllegalMove if nothing was."""
    mine = (PromptAnswer.id == answer_id, PromptAnswer.customer_id == customer.id)
    gone = db.session.execute(delete(PromptAnswer).where(*mine).returning(PromptAnswer.rule_id)).scalar_one_or_none()
    if gone is None:
        raise IllegalMove(_("This prompt stands there already."))
    where, rule = _Subject(answer_id, customer.id, ticket.id if ticket else None), db.session.get(PromptRule, gone)
    log.record(Name.PROMPT_ANSWERED, where, agent, rule=gone, prompt=rule.name if rule else "", undone=True)


@dataclass(frozen=True, slots=True)
class _Subject:
    """The answer with the ticket beside which it was given."""

    id: int
    customer_id: int
    ticket_id: int | None
    __tablename__ = "prompt_answer"
