"""Ask once per resolution, take the answer, follow up a low one.

A sweeper asks (`open_due`), withdraws and expires; the portal answers (`answer`) and lets a signed-in customer rate by
themselves (`rate`). Verbs never commit. A link's token is 128 bits and kept as its hash: who has the mail may answer.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload, lazyload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls.models import Call
from contact_center.customers import consents
from contact_center.customers.models import Customer
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.satisfaction import asking, following, settings
from contact_center.satisfaction.models import AskedBy, Survey, SurveySettings, SurveyState
from contact_center.text.languages import locale_of
from contact_center.tickets.messages import Author, Direction, Interaction, Message
from contact_center.tickets.models import Ticket, TicketState

MAX_COMMENT = 4000
CHANGEABLE = timedelta(days=7)  # from the answer, or as long as the question stands: whichever is later
_LATEST = timedelta(days=2)  # a resolution older than the delay and this is not asked about any more
OF_CALL = exists().where(Call.ticket_id == Survey.ticket_id, Call.ended_at == Survey.resolved_at)
_SETTLED = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did: whether it was the first one, and the survey as it stands."""

    survey: Survey
    is_first: bool


def open_due(limit: int = 50) -> int:
    """Ask about resolutions whose delay is over; returns how many were looked at. Call and commit until 0.

    Not asked: who was asked within the cool-down, has said no to surveys, has no e-mail address here, or got no answer
    from a person. They are passed over for good, by a row that is withdrawn at once.
    """
    rules = settings.current()
    if not rules.is_on:
        return 0
    due = list(db.session.scalars(_due(rules, limit)))
    for ticket in due:
        _ask(ticket, rules)
    return len(due)


def withdraw_reopened(limit: int = 500) -> int:
    """Take back unanswered questions about tickets that are open again; returns how many."""
    is_other = Ticket.resolved_at.is_distinct_from(Survey.resolved_at)
    return _end(SurveyState.WITHDRAWN, exists().where(Ticket.id == Survey.ticket_id, is_other) & ~OF_CALL, limit)


def expire(limit: int = 500) -> int:
    """End unanswered questions whose time is over; returns how many."""
    return _end(SurveyState.EXPIRED, Survey.expires_at < clock.now(), limit)


def find(token: str) -> Survey | None:
    """The survey behind a link."""
    hashed = hashlib.sha256(token.encode("utf-8", "replace")).digest()
    whole = select(Survey).where(Survey.token_hash == hashed)
    whole = whole.options(joinedload(Survey.ticket), joinedload(Survey.agent).options(lazyload(Agent.roles)))
    return db.session.scalars(whole).one_or_none()


def asked_by_text(number: str) -> Survey | None:
    """The open question whose answer a lone digit from *number* is: the last thing that we asked there."""
    question = select(Outgoing.id, Outgoing.ticket_id).where(
        Outgoing.recipient == number, Outgoing.channel == "sms", Outgoing.purpose.in_((Purpose.SURVEY, Purpose.REPLY))
    )
    last = db.session.execute(
        question.add_columns(Outgoing.purpose).order_by(Outgoing.id.desc()).limit(1)
    ).one_or_none()
    if last is None or last.purpose is not Purpose.SURVEY:
        return None
    mine = (Survey.ticket_id == last.ticket_id, Survey.asked_by == AskedBy.TEXT, Survey.state != SurveyState.WITHDRAWN)
    whole = select(Survey).where(*mine).options(joinedload(Survey.ticket))
    survey = db.session.scalar(whole.order_by(Survey.id.desc()).limit(1))
    return survey if survey is not None and is_open(survey) else None


def changeable_until(survey: Survey) -> datetime:
    """The instant after which the answer stands as it is."""
    if survey.answered_at is None:
        return survey.expires_at
    return max(survey.expires_at, survey.answered_at + CHANGEABLE)


def is_open(survey: Survey) -> bool:
    """Whether an answer is taken now."""
    if survey.state is SurveyState.ANSWERED:
        return clock.now() <= changeable_until(survey)
    is_same = survey.ticket.resolved_at == survey.resolved_at or _is_of_call(survey)
    return survey.state is SurveyState.ASKED and is_same and clock.now() <= survey.expires_at


def _is_of_call(survey: Survey) -> bool:
    """It is about a call, not about a resolution: its ticket may be open, or be resolved and opened again."""
    return bool(db.session.scalar(select(OF_CALL).where(Survey.id == survey.id)))


def answer(survey: Survey, score: int, comment: str) -> Answered:
    """Record or change the answer. Raises Invalid, IllegalMove if the question does not stand any more."""
    comment = checked(score, comment)
    db.session.refresh(survey, with_for_update={"of": Survey})
    db.session.refresh(survey.ticket)
    if not is_open(survey):
        raise IllegalMove(_("This question is closed. If something is still wrong, reply to our e-mail."))
    is_first, now = survey.state is SurveyState.ASKED, clock.now()
    before = [survey.score, survey.comment]
    survey.state, survey.score, survey.comment = SurveyState.ANSWERED, score, comment
    survey.answered_at, survey.changed_at = survey.answered_at or now, now
    if is_first or before != [score, comment]:
        name = Name.SURVEY_ANSWERED if is_first else Name.SURVEY_CHANGED
        log.record(name, survey, score=score, survey=survey.id, comment=bool(comment))
    if score <= settings.current().low_score and survey.task_id is None:
        following.up(survey)
    return Answered(survey, is_first)


def rate(ticket: Ticket, customer: Customer, score: int, comment: str) -> Answered:
    """A signed-in customer rates a settled ticket of theirs, asked or not. Raises Invalid, IllegalMove."""
    checked(score, comment)
    survey = of_ticket(ticket)
    if survey is None:
        if ticket.state not in _SETTLED or ticket.resolved_at is None:
            raise IllegalMove(_("You can rate it as soon as it is solved."))
        _insert(ticket, settings.current(), secrets.token_bytes(32), AskedBy.PORTAL, customer.language or "en")
        survey = of_ticket(ticket)
    if survey is not None and survey.state in (SurveyState.WITHDRAWN, SurveyState.EXPIRED) and survey.score is None:
        survey.state, survey.expires_at = SurveyState.ASKED, clock.now() + CHANGEABLE
        survey.asked_by, survey.asked_at = AskedBy.PORTAL, clock.now()
        db.session.flush()
    assert survey is not None
    return answer(survey, score, comment)


def of_ticket(ticket: Ticket) -> Survey | None:
    """The survey about the ticket's present resolution."""
    if ticket.resolved_at is None:
        return None
    mine = (Survey.ticket_id == ticket.id, Survey.resolved_at == ticket.resolved_at)
    return db.session.scalars(select(Survey).where(*mine)).one_or_none()


def of_customer(customer_ids: Collection[int], limit: int = 10) -> list[Survey]:
    """Answers, newest first, for the card."""
    asked = select(Survey).where(Survey.customer_id.in_(customer_ids), Survey.score.is_not(None))
    asked = asked.order_by(Survey.asked_at.desc(), Survey.id.desc()).limit(limit)
    return list(db.session.scalars(asked.options(joinedload(Survey.ticket).options(lazyload("*")))))


def checked(score: int, comment: str) -> str:
    """The comment as it is stored. Raises Invalid."""
    wrong = {}
    if score not in range(1, 6):
        wrong["score"] = _("Choose one to five stars.")
    comment = comment.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(comment) > MAX_COMMENT:
        wrong["comment"] = _("At most %(most)s characters, please.", most=MAX_COMMENT)
    Invalid.raise_for(wrong)
    return comment


def _due(rules: SurveySettings, limit: int) -> Select[Ticket]:
    """Resolved, not asked yet, oldest first; claimed until the transaction ends."""
    now, delay = clock.now(), timedelta(minutes=rules.delay_minutes)
    is_asked = exists().where(Survey.ticket_id == Ticket.id, Survey.resolved_at == Ticket.resolved_at)
    return (
        select(Ticket)
        .where(
            Ticket.state == TicketState.RESOLVED,
            Ticket.resolved_at.between(now - delay - _LATEST, now - delay),
            ~is_asked,
        )
        .order_by(Ticket.resolved_at)
        .limit(limit)
        .with_for_update(of=Ticket, skip_locked=True)
    )


def _ask(ticket: Ticket, rules: SurveySettings) -> None:
    number = asking.number(ticket)
    recipient = number or asking.recipient(ticket)
    language = locale_of(ticket.language)
    token = secrets.token_urlsafe(16)
    survey_id = _insert(ticket, rules, token.encode(), AskedBy.TEXT if number else AskedBy.EMAIL, language)
    if survey_id is None:
        return
    channel = consents.Channel.SMS if number else consents.Channel.EMAIL
    is_sent = recipient is not None and _may_ask(ticket, rules, channel)
    is_sent = is_sent and recipient is not None and asking.send(ticket, recipient, token, language)
    if not is_sent:
        passed = update(Survey).where(Survey.id == survey_id).values(state=SurveyState.WITHDRAWN)
        db.session.execute(passed)
        return
    survey = db.session.get_one(Survey, survey_id)
    log.record(Name.SURVEY_ASKED, survey, survey=survey_id)


def _may_ask(ticket: Ticket, rules: SurveySettings, channel: consents.Channel) -> bool:
    answered = exists().where(Message.ticket_id == ticket.id, Message.author == Author.AGENT)
    talked = exists().where(Call.ticket_id == ticket.id, Call.answered_at.is_not(None))
    if not db.session.scalar(select(or_(answered, talked))):
        return False
    of_call = (Survey.asked_by == AskedBy.PHONE) | (OF_CALL & (Survey.state != SurveyState.WITHDRAWN))
    rated = exists().where(Survey.ticket_id == ticket.id, of_call)
    return not db.session.scalar(select(rated)) and may_ask_customer(ticket, rules, channel)


def may_ask_customer(ticket: Ticket, rules: SurveySettings, channel: consents.Channel | None) -> bool:
    """Whether the ticket's customer may be asked now; without a *channel*, while they are on the telephone."""
    if set(rules.excluded_tags) & {tag.lower() for tag in ticket.tags}:
        return False
    if ticket.customer_id is None:
        return True
    if not consents.allows(ticket.customer_id, channel or consents.Channel.PHONE, consents.Purpose.SURVEYS):
        return False
    since = clock.now() - timedelta(days=rules.cool_down_days)
    lately: tuple[ColumnElement[bool], ...] = (Survey.customer_id == ticket.customer_id, Survey.asked_at > since)
    lately += (Survey.ticket_id != ticket.id,) if channel else ()
    return not db.session.scalar(select(exists().where(*lately, Survey.state != SurveyState.WITHDRAWN)))


def _insert(ticket: Ticket, rules: SurveySettings, token: bytes, asked_by: AskedBy, language: str) -> int | None:
    """The row, with whom and what it is about; None if this resolution has one."""
    last = _last_interaction(ticket)
    now = clock.now()
    tier = select(Customer.tier).where(Customer.id == ticket.customer_id).scalar_subquery()
    row = {
        "token_hash": hashlib.sha256(token).digest(),
        "ticket_id": ticket.id,
        "resolved_at": ticket.resolved_at,
        "interaction_id": last.id if last else None,
        "customer_id": ticket.customer_id,
        "agent_id": (last.agent_id if last else None) or ticket.assignee_id,
        "queue_id": ticket.queue_id,
        "channel": last.channel if last else ticket.channel,
        "kind": ticket.kind,
        "tier": tier,
        "language": language,
        "asked_by": asked_by,
        "asked_at": now,
        "expires_at": now + timedelta(days=rules.valid_days),
    }
    added = insert(Survey).values(row).on_conflict_do_nothing(index_elements=["ticket_id", "resolved_at"])
    return db.session.scalar(added.returning(Survey.id))


def _last_interaction(ticket: Ticket) -> Interaction | None:
    """What the customer's contact ended with: the last one that came in and somebody handled."""
    asked = select(Interaction).where(Interaction.ticket_id == ticket.id, Interaction.direction == Direction.IN)
    return db.session.scalars(asked.order_by(Interaction.agent_id.is_(None), Interaction.id.desc()).limit(1)).first()


def _end(state: SurveyState, condition: ColumnElement[bool], limit: int) -> int:
    ended = select(Survey.id).where(Survey.state == SurveyState.ASKED, condition).limit(limit)
    ended = ended.with_for_update(of=Survey, skip_locked=True)
    moved = update(Survey).where(Survey.id.in_(ended)).values(state=state).returning(Survey.id)
    return len(list(db.session.scalars(moved.execution_options(synchronize_session=False))))
