"""How was the call? Asked on the keypad when the agent has said good-bye; the answer is a survey like any other.

The telephone calls `asks` and `answer`. Who hung up first is asked by a text a little later (`ask_by_text`, swept).
A call that was asked about is not asked about again when its ticket is resolved.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, exists, select

from contact_center import clock
from contact_center.calls.lines import CallLine
from contact_center.calls.models import Call, Outcome
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.satisfaction import asking, keeping, permission, recoveries, sampling, settings
from contact_center.satisfaction.asking import Question
from contact_center.satisfaction.models import AskedBy, PassedOver, Scale, Survey, SurveySettings, SurveyState
from contact_center.text import addresses
from contact_center.tickets.models import Ticket

AFTER = timedelta(minutes=5)  # from the end of a call to the text that asks about it
LATEST = timedelta(hours=12)  # an older call is not asked about any more
NOT_AGAIN = timedelta(days=30)


def asks(call: Call) -> Scale | None:
    """What its customer is asked on the keypad; None where they are not to be asked."""
    rules = settings.current()
    if not rules.is_on or call.ticket is None or call.answered_at is None:
        return None
    refusal = permission.refusal_of(call.ticket, rules, AskedBy.PHONE, "phone")
    return sampling.scale(rules, "phone", call.customer_id) if refusal is None else None


def answer(call: Call, scale: Scale, score: int) -> Survey | None:
    """Keep what they pressed, for the agent and the queue that they talked to last; None if it is kept already."""
    if call.ticket is None or call.interaction is None:
        return None
    now = clock.now()
    survey = _keep(
        call, scale, AskedBy.PHONE, resolved_at=call.since, expires_at=now + timedelta(minutes=5),
        state=SurveyState.ANSWERED, score=score, answered_at=now, changed_at=now,
    )  # fmt: skip
    if survey is None:
        return None
    log.record(Name.SURVEY_ANSWERED, survey, score=score, scale=scale, survey=survey.id, comment=False)
    recoveries.follow_up(survey)
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
    scale, until = sampling.scale(rules, "phone", call.customer_id), clock.now() + timedelta(days=rules.valid_days)
    survey = _keep(call, scale, AskedBy.TEXT, resolved_at=call.ended_at, expires_at=until)
    if survey is None or call.ticket is None or call.caller is None:
        return
    refusal = _refusal(call, call.ticket, rules, survey)
    if refusal is None and not asking.send(call.ticket, Question(call.ticket.ref, scale, call.language), call.caller):
        refusal = PassedOver.ADDRESS
    if refusal is None:
        log.record(Name.SURVEY_ASKED, survey, survey=survey.id, scale=scale)
    else:
        survey.state, survey.passed_over = SurveyState.WITHDRAWN, refusal
        db.session.flush()


def _refusal(call: Call, ticket: Ticket, rules: SurveySettings, survey: Survey) -> PassedOver | None:
    if call.customer_id is None or not addresses.may_be_mobile(call.caller or ""):
        return PassedOver.ADDRESS
    lately = (Survey.customer_id == call.customer_id, Survey.asked_at > clock.now() - NOT_AGAIN, Survey.id != survey.id)
    if db.session.scalar(select(exists().where(*lately, Survey.state != SurveyState.WITHDRAWN))):
        return PassedOver.LATELY
    return permission.refusal_of(ticket, rules, AskedBy.TEXT, "phone")


def _keep(call: Call, scale: Scale, asked_by: AskedBy, **values: object) -> Survey | None:
    """The row about *call*; None if there is one."""
    assert call.ticket is not None
    assert call.interaction is not None
    of_call = {
        "interaction_id": call.interaction_id, "customer_id": call.customer_id, "agent_id": call.agent_id,
        "queue_id": call.interaction.queue_id, "channel": "phone",
    }  # fmt: skip
    return keeping.keep(call.ticket, f"call {call.key}", scale, asked_by, call.language, **of_call, **values)
