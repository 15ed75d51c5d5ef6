"""Ask once more when a recovery is closed: the same question, so that both answers can stand side by side.

No cool-down and no sample keeps it back, for it is about the first answer; the customer's word does. Called by
`recoveries`; the second answer opens no recovery and counts in no figure of the agents and queues.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from contact_center import clock
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.satisfaction import asking, keeping, permission, settings
from contact_center.satisfaction.asking import Question
from contact_center.satisfaction.models import AskedBy, PassedOver, Recovery, Survey, SurveyState
from contact_center.text import addresses
from contact_center.tickets import addressing
from contact_center.tickets.models import Ticket


def ask(recovery: Recovery) -> Survey | None:
    """The second survey; withdrawn at once, with the reason, where they cannot or will not be asked."""
    first, ticket, token = recovery.survey, recovery.survey.ticket, secrets.token_urlsafe(16)
    (asked_by, to), now = way(ticket), clock.now()
    of_first = {
        "interaction_id": first.interaction_id, "agent_id": first.agent_id, "queue_id": first.queue_id,
        "channel": first.channel, "customer_id": first.customer_id, "kind": first.kind, "product_id": first.product_id,
    }  # fmt: skip
    second = keeping.keep(
        ticket, token, first.scale, asked_by, first.language, resolved_at=recovery.done_at or now,
        expires_at=now + timedelta(days=settings.current().valid_days), after_recovery_of=first.id, **of_first,
    )  # fmt: skip
    if second is None:
        return None
    recovery.asked_again_survey_id = second.id
    refusal = _refusal(ticket, asked_by, to, Question(ticket.ref, first.scale, first.language, token, is_again=True))
    if refusal is not None:
        second.state, second.passed_over = SurveyState.WITHDRAWN, refusal
    else:
        log.record(Name.SURVEY_ASKED, second, survey=second.id, scale=second.scale, again=True)
    db.session.flush()
    return second


def way(ticket: Ticket) -> tuple[AskedBy, str]:
    """By text to a mobile number that came to us, else to the customer's e-mail address, else on the portal."""
    number = asking.number(ticket)
    if number and addresses.may_be_mobile(number):
        return AskedBy.TEXT, number
    to = addressing.proposed(ticket, places.own_addresses()).to
    if to:
        return AskedBy.EMAIL, to[0]
    return AskedBy.PORTAL, ""


def _refusal(ticket: Ticket, asked_by: AskedBy, to: str, question: Question) -> PassedOver | None:
    rules = settings.current()
    if not rules.is_on or set(rules.excluded_tags) & {tag.lower() for tag in ticket.tags}:
        return PassedOver.TAG
    if not permission.may_hear(ticket.customer_id, asked_by):
        return PassedOver.CONSENT
    if asked_by is AskedBy.PORTAL:
        return None if ticket.customer_id is not None else PassedOver.ADDRESS
    return None if asking.send(ticket, question, to) else PassedOver.ADDRESS
