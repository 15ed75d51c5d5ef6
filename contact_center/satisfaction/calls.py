"""How was the call? Asked on the keypad when the agent has said good-bye; the answer is a survey like any other.

The telephone calls `may_ask` and `answer`. A call that was rated is not asked about again when its ticket is resolved.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.calls.models import Call
from contact_center.customers.models import Customer
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.satisfaction import following, settings, surveys
from contact_center.satisfaction.models import AskedBy, Survey, SurveyState


def may_ask(call: Call) -> bool:
    """Whether its customer is asked: not within the cool-down, nor if they have said no to surveys."""
    rules = settings.current()
    if not rules.is_on or call.ticket is None or call.answered_at is None:
        return False
    return surveys.may_ask_customer(call.ticket, rules, None)


def answer(call: Call, score: int) -> Survey | None:
    """Keep what they pressed, for the agent and the queue that they talked to last; None if it is kept already."""
    if call.ticket is None or call.interaction is None:
        return None
    now, rules = clock.now(), settings.current()
    row = {
        "token_hash": hashlib.sha256(f"call {call.key}".encode()).digest(), "ticket_id": call.ticket_id,
        "resolved_at": call.since, "interaction_id": call.interaction_id, "customer_id": call.customer_id,
        "agent_id": call.agent_id, "queue_id": call.interaction.queue_id, "channel": "phone", "kind": call.ticket.kind,
        "tier": select(Customer.tier).where(Customer.id == call.customer_id).scalar_subquery(),
        "language": call.language, "asked_by": AskedBy.PHONE, "asked_at": now,
        "expires_at": now + timedelta(minutes=5), "state": SurveyState.ANSWERED, "score": score, "answered_at": now,
        "changed_at": now,
    }  # fmt: skip
    added = insert(Survey).values(row).on_conflict_do_nothing().returning(Survey.id)
    survey_id = db.session.scalar(added)
    if survey_id is None:
        return None
    survey = db.session.get_one(Survey, survey_id)
    log.record(Name.SURVEY_ANSWERED, survey, score=score, survey=survey.id, comment=False)
    if score <= rules.low_score:
        following.up(survey)
    return survey
