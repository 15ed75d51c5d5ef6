"""How was the call? Asked on the keypad when the agent has said good-bye; the answer is a survey like any other.

The telephone calls `may_ask` and `answer`. Who hung up first is asked by a text a little later (`ask_by_text`, swept).
A call that was asked about is not asked about again when its ticket is resolved.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.calls.lines import CallLine
from contact_center.calls.models import Call, Outcome
from contact_center.customers import consents
from contact_center.customers.models import Customer
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.satisfaction import asking, following, settings, surveys
from contact_center.satisfaction.models import AskedBy, Survey, SurveySettings, SurveyState
from contact_center.text import addresses
from contact_center.tickets.models import Ticket

AFTER = timedelta(minutes=5)  # from the end of a call to the text that asks about it
LATEST = timedelta(hours=12)  # an older call is not asked about any more
NOT_AGAIN = timedelta(days=30)


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
    survey = _keep(
        call, resolved_at=call.since, asked_by=AskedBy.PHONE, expires_at=now + timedelta(minutes=5),
        state=SurveyState.ANSWERED, score=score, answered_at=now, changed_at=now,
    )  # fmt: skip
    if survey is None:
        return None
    log.record(Name.SURVEY_ANSWERED, survey, score=score, survey=survey.id, comment=False)
    if score <= rules.low_score:
        following.up(survey)
    return survey


def ask_by_text(limit: int = 50) -> int:
    """Ask by text whoever hung up before the keypad could; returns how many were looked at. Call and commit until 0.

    Where the line asks, to a mobile number, of somebody we know who has not said no, and not again within 30 days.
    Who is not asked is passed over for good, by a row that is withdrawn at once.
    """
    rules = settings.current()
    if not rules.is_on:
        return 0
    due = db.session.scalars(_due(limit)).all()
    for call in due:
        _ask(call, rules)
    return len(due)


def _due(limit: int) -> Select[Call]:
    now = clock.now()
    is_kept = exists().where(Survey.ticket_id == Call.ticket_id, Survey.resolved_at == Call.ended_at)
    was_asked = Call.flow["rated"].as_boolean().is_(True)
    return (
        select(Call)
        .join(CallLine, CallLine.number_id == Call.number_id)
        .where(
            CallLine.asks_rating, Call.outcome == Outcome.HANDLED, Call.answered_at.is_not(None), ~was_asked, ~is_kept,
            Call.ended_at.between(now - LATEST, now - AFTER), Call.ticket_id.is_not(None),
            Call.interaction_id.is_not(None),
        )
        .order_by(Call.ended_at)
        .limit(limit)
        .with_for_update(of=Call, skip_locked=True)
    )  # fmt: skip


def _ask(call: Call, rules: SurveySettings) -> None:
    valid = timedelta(days=rules.valid_days)
    survey = _keep(call, resolved_at=call.ended_at, asked_by=AskedBy.TEXT, expires_at=clock.now() + valid)
    if survey is None or call.ticket is None or call.caller is None:
        return
    if _may_text(call, call.ticket, rules, survey) and asking.send(call.ticket, call.caller, "", call.language):
        log.record(Name.SURVEY_ASKED, survey, survey=survey.id)
    else:
        survey.state = SurveyState.WITHDRAWN
        db.session.flush()


def _may_text(call: Call, ticket: Ticket, rules: SurveySettings, survey: Survey) -> bool:
    if call.customer_id is None or not addresses.may_be_mobile(call.caller or ""):
        return False
    lately = (Survey.customer_id == call.customer_id, Survey.asked_at > clock.now() - NOT_AGAIN, Survey.id != survey.id)
    if db.session.scalar(select(exists().where(*lately, Survey.state != SurveyState.WITHDRAWN))):
        return False
    return surveys.may_ask_customer(ticket, rules, consents.Channel.SMS)


def _keep(call: Call, **values: object) -> Survey | None:
    """The row about *call*; None if there is one."""
    assert call.ticket is not None
    assert call.interaction is not None
    row = {
        "token_hash": hashlib.sha256(f"call {call.key}".encode()).digest(), "ticket_id": call.ticket_id,
        "interaction_id": call.interaction_id, "customer_id": call.customer_id, "agent_id": call.agent_id,
        "queue_id": call.interaction.queue_id, "channel": "phone", "kind": call.ticket.kind,
        "tier": select(Customer.tier).where(Customer.id == call.customer_id).scalar_subquery(),
        "language": call.language, "asked_at": clock.now(), **values,
    }  # fmt: skip
    added = db.session.scalar(insert(Survey).values(row).on_conflict_do_nothing().returning(Survey.id))
    return None if added is None else db.session.get_one(Survey, added)
