"""Whether somebody may be asked, and if not, why not: tags, a person's answer, consent, the cool-down, the sample."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select

from contact_center import clock
from contact_center.calls.models import Call
from contact_center.customers import consents
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.satisfaction import asking, keeping, sampling
from contact_center.satisfaction.models import AskedBy, PassedOver, Scale, Survey, SurveySettings, SurveyState
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Ticket

_CHANNELS = {
    AskedBy.EMAIL: consents.Channel.EMAIL, AskedBy.TEXT: consents.Channel.SMS, AskedBy.PHONE: consents.Channel.PHONE,
}  # fmt: skip
OF_CALL = exists().where(Call.ticket_id == Survey.ticket_id, Call.ended_at == Survey.resolved_at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would be asked about a ticket's resolution, how and where; `refusal` says why nobody is asked."""

    scale: Scale
    asked_by: AskedBy
    to: str
    channel: str
    tier: str | None
    drawn: int
    percent: int
    refusal: PassedOver | None = None


def of_resolution(ticket: Ticket, rules: SurveySettings) -> Verdict:
    """What is to be done about a resolved ticket."""
    channel = keeping.channel_of(ticket, keeping.last_interaction(ticket))
    tier, (asked_by, to) = tier_of(ticket.customer_id), way(ticket, channel)
    refusal = _without_person(ticket) or refusal_of(ticket, rules, asked_by, channel)
    if refusal is None and not to and asked_by is not AskedBy.PORTAL:
        refusal = PassedOver.ADDRESS
    return Verdict(
        sampling.scale(rules, channel, ticket.customer_id), asked_by, to, channel, tier, sampling.draw(ticket.id),
        sampling.percent(rules, channel, tier), refusal,
    )  # fmt: skip


def way(ticket: Ticket, channel: str) -> tuple[AskedBy, str]:
    """How and where: a text to whoever texted or called, a mail to an address, the portal where only that is left."""
    if number := asking.number(ticket):
        return AskedBy.TEXT, number
    address = asking.recipient(ticket) or ""
    is_by_portal = not address and channel == "web" and ticket.customer_id is not None
    return (AskedBy.PORTAL if is_by_portal else AskedBy.EMAIL), address


def refusal_of(ticket: Ticket, rules: SurveySettings, asked_by: AskedBy, channel: str) -> PassedOver | None:
    """Why the ticket's customer is not asked that way now; None if they may be."""
    if set(rules.excluded_tags) & {tag.lower() for tag in ticket.tags}:
        return PassedOver.TAG
    if not sampling.is_drawn(rules, ticket.id, channel, tier_of(ticket.customer_id)):
        return PassedOver.SAMPLE
    if ticket.customer_id is None:
        return None
    if not may_hear(ticket.customer_id, asked_by):
        return PassedOver.CONSENT
    since = clock.now() - timedelta(days=rules.cool_down_days)
    lately: tuple[ColumnElement[bool], ...] = (Survey.customer_id == ticket.customer_id, Survey.asked_at > since)
    lately += () if asked_by is AskedBy.PHONE else (Survey.ticket_id != ticket.id,)
    is_lately = db.session.scalar(select(exists().where(*lately, Survey.state != SurveyState.WITHDRAWN)))
    return PassedOver.LATELY if is_lately else None


def may_hear(customer_id: int | None, asked_by: AskedBy) -> bool:
    """Whether they let us ask that way. On the portal they see it only when they look."""
    channel = _CHANNELS.get(asked_by)
    return channel is None or consents.allows(customer_id, channel, consents.Purpose.SURVEYS)


def tier_of(customer_id: int | None) -> str | None:
    """The customer's tier at this moment."""
    return db.session.scalar(select(Customer.tier).where(Customer.id == customer_id)) if customer_id else None


def _without_person(ticket: Ticket) -> PassedOver | None:
    """A resolution that no person had a part in, or whose call was asked about."""
    answered = exists().where(Message.ticket_id == ticket.id, Message.author == Author.AGENT)
    talked = exists().where(Call.ticket_id == ticket.id, Call.answered_at.is_not(None))
    if not db.session.scalar(select(or_(answered, talked))):
        return PassedOver.NO_PERSON
    of_call = (Survey.asked_by == AskedBy.PHONE) | (OF_CALL & (Survey.state != SurveyState.WITHDRAWN))
    rated = exists().where(Survey.ticket_id == ticket.id, of_call)
    return PassedOver.RATED if db.session.scalar(select(rated)) else None
