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
from sqlalchemy.orm import joinedload, lazyload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.satisfaction import asking, keeping, permission, recoveries, scales, settings
from contact_center.satisfaction.asking import Question
from contact_center.satisfaction.models import AskedBy, PassedOver, Scale, Survey, SurveySettings, SurveyState
from contact_center.satisfaction.permission import OF_CALL
from contact_center.text.languages import locale_of
from contact_center.tickets.models import Ticket, TicketState

MAX_COMMENT = 4000
CHANGEABLE = timedelta(days=7)  # from the answer, or as long as the question stands: whichever is later
_LATEST = timedelta(days=2)  # a resolution older than the delay and this is not asked about any more
_SETTLED = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did: whether it was the first one, and the survey as it stands."""

    survey: Survey
    is_first: bool


def open_due(limit: int = 50) -> int:
    """Ask about resolutions whose delay is over; returns how many were looked at. Call and commit until 0.

    Who is not to be asked (`permission`) is passed over for good, by a row that is withdrawn at once and says why.
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
    of_resolution = ~OF_CALL & Survey.after_recovery_of.is_(None)
    return _end(SurveyState.WITHDRAWN, exists().where(Ticket.id == Survey.ticket_id, is_other) & of_resolution, limit)


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
    """The open question whose answer a lone number from *number* is: the last thing that we asked there."""
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
    is_same = survey.ticket.resolved_at == survey.resolved_at or not _is_of_resolution(survey)
    return survey.state is SurveyState.ASKED and is_same and clock.now() <= survey.expires_at


def _is_of_resolution(survey: Survey) -> bool:
    """It is about neither a call nor a recovery: for those its ticket may be open, or opened again."""
    return survey.after_recovery_of is None and not db.session.scalar(select(OF_CALL).where(Survey.id == survey.id))


def is_low(survey: Survey) -> bool:
    """Whether somebody is to get in touch because of the answer."""
    return survey.score is not None and scales.is_low(survey.scale, survey.score, settings.current())


def answer(survey: Survey, score: int | None, comment: str) -> Answered:
    """Record or change the answer. Raises Invalid, IllegalMove if the question does not stand any more."""
    comment = checked(survey.scale, score, comment)
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
        log.record(name, survey, score=score, scale=survey.scale, survey=survey.id, comment=bool(comment))
    recoveries.follow_up(survey)
    return Answered(survey, is_first)


def rate(ticket: Ticket, customer: Customer, typed: int | str, comment: str) -> Answered:
    """A signed-in customer rates a settled ticket of theirs, asked or not. Raises Invalid, IllegalMove."""
    survey = of_ticket(ticket)
    if survey is None:
        if ticket.state not in _SETTLED or ticket.resolved_at is None:
            raise IllegalMove(_("You can rate it as soon as it is solved."))
        checked(Scale.CSAT, scales.read(Scale.CSAT, str(typed)), comment)
        _keep(ticket, secrets.token_urlsafe(16), AskedBy.PORTAL, customer.language or "en", Scale.CSAT)
        survey = of_ticket(ticket)
    if survey is not None and survey.state in (SurveyState.WITHDRAWN, SurveyState.EXPIRED) and survey.score is None:
        survey.state, survey.expires_at = SurveyState.ASKED, clock.now() + CHANGEABLE
        survey.asked_by, survey.asked_at, survey.passed_over = AskedBy.PORTAL, clock.now(), None
        db.session.flush()
    assert survey is not None
    return answer(survey, scales.read(survey.scale, str(typed)), comment)


def of_ticket(ticket: Ticket) -> Survey | None:
    """The survey about the ticket's present resolution, or the one that asks once more while it can be answered."""
    second = _second(ticket)
    if second is not None or ticket.resolved_at is None:
        return second
    mine = (Survey.ticket_id == ticket.id, Survey.resolved_at == ticket.resolved_at)
    return db.session.scalars(select(Survey).where(*mine)).one_or_none()


def _second(ticket: Ticket) -> Survey | None:
    asked = (Survey.ticket_id == ticket.id, Survey.after_recovery_of.is_not(None))
    found = db.session.scalar(select(Survey).where(*asked).order_by(Survey.id.desc()).limit(1))
    return found if found is not None and is_open(found) else None


def waiting(customer_ids: Collection[int], limit: int = 3) -> list[Survey]:
    """Open questions to these customers, the newest first, for their own pages."""
    asked = select(Survey).where(Survey.customer_id.in_(customer_ids), Survey.state == SurveyState.ASKED)
    asked = asked.order_by(Survey.asked_at.desc(), Survey.id.desc()).limit(limit).options(joinedload(Survey.ticket))
    return [survey for survey in db.session.scalars(asked) if is_open(survey)]


def of_customer(customer_ids: Collection[int], limit: int = 10) -> list[Survey]:
    """Answers, newest first, for the card."""
    asked = select(Survey).where(Survey.customer_id.in_(customer_ids), Survey.score.is_not(None))
    asked = asked.order_by(Survey.asked_at.desc(), Survey.id.desc()).limit(limit)
    return list(db.session.scalars(asked.options(joinedload(Survey.ticket).options(lazyload("*")))))


def checked(scale: Scale, score: int | None, comment: str) -> str:
    """The comment as it is stored. Raises Invalid."""
    wrong = {}
    if score not in scales.RANGES[scale]:
        least, most = scales.ends(scale)
        stars, number = _("Choose one to five stars."), _("Choose a number from %(a)s to %(b)s.", a=least, b=most)
        wrong["score"] = stars if scale is Scale.CSAT else number
    comment = comment.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(comment) > MAX_COMMENT:
        wrong["comment"] = _("At most %(most)s characters, please.", most=MAX_COMMENT)
    Invalid.raise_for(wrong)
    return comment


def _due(rules: SurveySettings, limit: int) -> Select[Ticket]:
    """Resolved, not asked yet, oldest first; claimed until the transaction ends."""
    now, minutes = clock.now(), {rules.delay_minutes, *rules.delays.values()}
    is_asked = exists().where(Survey.ticket_id == Ticket.id, Survey.resolved_at == Ticket.resolved_at)
    return (
        select(Ticket)
        .where(
            Ticket.state == TicketState.RESOLVED,
            # Of all channels together, for the index; which of them are due is said below.
            Ticket.resolved_at.between(now - _minutes(max(minutes)) - _LATEST, now - _minutes(min(minutes))),
            _is_time(rules, now),
            ~is_asked,
        )
        .order_by(Ticket.resolved_at)
        .limit(limit)
        .with_for_update(of=Ticket, skip_locked=True)
    )


def _is_time(rules: SurveySettings, now: datetime) -> ColumnElement[bool]:
    """The delay of the ticket's channel is over, and not for too long."""
    delays = [(Ticket.channel == channel, minutes) for channel, minutes in rules.delays.items()]
    delays.append((Ticket.channel.not_in(list(rules.delays)), rules.delay_minutes))
    ends = [(which, now - _minutes(minutes)) for which, minutes in delays]
    return or_(*(which & Ticket.resolved_at.between(end - _LATEST, end) for which, end in ends))


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _ask(ticket: Ticket, rules: SurveySettings) -> None:
    verdict, language = permission.of_resolution(ticket, rules), locale_of(ticket.language)
    token = secrets.token_urlsafe(16)
    survey = _keep(ticket, token, verdict.asked_by, language, verdict.scale)
    if survey is None:
        return
    refusal = verdict.refusal
    question = Question(ticket.ref, verdict.scale, language, token)
    if refusal is None and verdict.asked_by is not AskedBy.PORTAL and not asking.send(ticket, question, verdict.to):
        refusal = PassedOver.ADDRESS
    if refusal is not None:
        survey.state, survey.passed_over = SurveyState.WITHDRAWN, refusal
        db.session.flush()
        return
    log.record(Name.SURVEY_ASKED, survey, survey=survey.id, scale=survey.scale)


def _keep(ticket: Ticket, token: str, asked_by: AskedBy, language: str, scale: Scale) -> Survey | None:
    """The row about the ticket's resolution; None if it has one."""
    until = clock.now() + timedelta(days=settings.current().valid_days)
    return keeping.keep(ticket, token, scale, asked_by, language, resolved_at=ticket.resolved_at, expires_at=until)


def _end(state: SurveyState, condition: ColumnElement[bool], limit: int) -> int:
    ended = select(Survey.id).where(Survey.state == SurveyState.ASKED, condition).limit(limit)
    ended = ended.with_for_update(of=Survey, skip_locked=True)
    moved = update(Survey).where(Survey.id.in_(ended)).values(state=state).returning(Survey.id)
    return len(list(db.session.scalars(moved.execution_options(synchronize_session=False))))
