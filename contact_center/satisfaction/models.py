"""Surveys, the words they ask in, the recoveries that follow a low answer, and the settings of all of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import Base, BigId, states
from contact_center.tickets.models import Ticket


class Scale(StrEnum):
    """What is asked: satisfaction with the help, readiness to recommend us, or how easy it was. See `scales`."""

    CSAT = "CSAT"  # 1 to 5
    NPS = "NPS"  # 0 to 10
    CES = "CES"  # 1 to 7


class SurveyState(StrEnum):
    ASKED = "ASKED"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"  # the ticket was reopened before anybody answered
    EXPIRED = "EXPIRED"


class AskedBy(StrEnum):
    """How the question reached the customer."""

    EMAIL = "EMAIL"
    TEXT = "TEXT"
    PHONE = "PHONE"  # on the keypad, at the end of a call
    PORTAL = "PORTAL"  # they rated by themselves, signed in


class PassedOver(StrEnum):
    """Why nobody was asked: the row is withdrawn at once, and says so."""

    TAG = "TAG"  # the ticket has one that is left out
    NO_PERSON = "NO_PERSON"  # nobody of ours has answered
    RATED = "RATED"  # a call under it was asked about
    CONSENT = "CONSENT"  # they have said no
    LATELY = "LATELY"  # within the cool-down
    SAMPLE = "SAMPLE"  # not drawn: see `sampling`
    ADDRESS = "ADDRESS"  # nowhere to ask


class Survey(Base):
    """One question about one resolution of one ticket.

    The link's token is kept as its hash only. Agent, queue, team, channel, kind, tier and product are of the moment of
    asking, for an answer is about what happened then. A call, and a recovery, is asked about as of its own end.
    """

    __tablename__ = "survey"

    id: Mapped[BigId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    resolved_at: Mapped[datetime]
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id", ondelete="SET NULL"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="SET NULL"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))
    channel: Mapped[str]
    kind: Mapped[str | None]  # of request
    tier: Mapped[str | None]
    language: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))  # of the queue
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="SET NULL"))
    scale: Mapped[Scale] = mapped_column(states(Scale), server_default=Scale.CSAT)
    asked_by: Mapped[AskedBy] = mapped_column(states(AskedBy))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[SurveyState] = mapped_column(states(SurveyState), server_default=SurveyState.ASKED)
    passed_over: Mapped[PassedOver | None] = mapped_column(states(PassedOver))
    score: Mapped[int | None]
    comment: Mapped[str] = mapped_column(server_default="")
    answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"))  # the follow-up
    after_recovery_of: Mapped[int | None] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))  # asked again

    ticket: Mapped[Ticket] = relationship()
    customer: Mapped[Customer | None] = relationship()
    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (
        UniqueConstraint("ticket_id", "resolved_at"),
        CheckConstraint(
            "score BETWEEN CASE scale WHEN 'NPS' THEN 0 ELSE 1 END"
            " AND CASE scale WHEN 'CSAT' THEN 5 WHEN 'NPS' THEN 10 ELSE 7 END",
            name="score",
        ),
        CheckConstraint("(state = 'ANSWERED') = (score IS NOT NULL)", name="answer_has_score"),
        CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name="answered_at"),
        Index("ix_survey_customer", "customer_id", sql("asked_at DESC")),
        Index("ix_survey_asked", "asked_at", "queue_id"),
        Index("ix_survey_answered", sql("answered_at DESC"), sql("id DESC"), postgresql_where=sql("score IS NOT NULL")),
        Index("ix_survey_rated", "customer_id", sql("answered_at DESC"), sql("id DESC"),
              postgresql_where=sql("score IS NOT NULL")),
        Index("ix_survey_open", "expires_at", postgresql_where=sql("state = 'ASKED'")),
        Index(None, "agent_id", "asked_at"),
        Index(None, "task_id"),
        Index("uq_survey_after_recovery_of", "after_recovery_of", unique=True,
              postgresql_where=sql("after_recovery_of IS NOT NULL")),
    )  # fmt: skip


class SurveyQuestion(Base):
    """The words of one question, in one language, where somebody has chosen others than the usual: see `questions`."""

    __tablename__ = "survey_question"

    scale: Mapped[Scale] = mapped_column(states(Scale), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    asked_by: Mapped[AskedBy] = mapped_column(states(AskedBy), primary_key=True)
    words: Mapped[str]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class RecoveryState(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"


class Outcome(StrEnum):
    """How a recovery ended, for the customer."""

    SOLVED = "SOLVED"
    COMPENSATED = "COMPENSATED"
    EXPLAINED = "EXPLAINED"
    UNRESOLVED = "UNRESOLVED"
    NOT_REACHED = "NOT_REACHED"


class Blame(StrEnum):
    """What the low answer was about, as far as we are concerned."""

    AGENT = "AGENT"
    PRODUCT = "PRODUCT"
    PROCESS = "PROCESS"
    NONE = "NONE"


class Recovery(Base):
    """What we do after a low answer: a supervisor speaks with the customer by `due_at`, and says how it ended.

    `minutes` of the calendar's hours were promised (no calendar: round the clock). `tier` is of the moment.
    """

    __tablename__ = "recovery"

    id: Mapped[BigId]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), unique=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"))
    tier: Mapped[str | None]
    opened_at: Mapped[datetime]
    minutes: Mapped[int]
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id", ondelete="SET NULL"))
    due_at: Mapped[datetime]
    state: Mapped[RecoveryState] = mapped_column(states(RecoveryState), server_default=RecoveryState.OPEN)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    taken_at: Mapped[datetime | None]  # when somebody said: I do it
    warned_at: Mapped[datetime | None]  # when it was told of as late
    outcome: Mapped[Outcome | None] = mapped_column(states(Outcome))
    blame: Mapped[Blame | None] = mapped_column(states(Blame))
    note: Mapped[str] = mapped_column(server_default="")
    done_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    done_at: Mapped[datetime | None]
    asked_again_survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id", ondelete="SET NULL"))

    survey: Mapped[Survey] = relationship(foreign_keys=[survey_id])
    second: Mapped[Survey | None] = relationship(foreign_keys=[asked_again_survey_id])
    owner: Mapped[Agent | None] = relationship(foreign_keys=[owner_id])
    closer: Mapped[Agent | None] = relationship(foreign_keys=[done_by])

    __table_args__ = (
        CheckConstraint("(state = 'DONE') = (done_at IS NOT NULL)", name="done_at"),
        CheckConstraint("(state = 'DONE') = (outcome IS NOT NULL AND blame IS NOT NULL)", name="said"),
        Index("ix_recovery_due", "due_at", "id", postgresql_where=sql("state = 'OPEN'")),
        Index("ix_recovery_opened", sql("opened_at DESC"), sql("id DESC")),
        Index(None, "task_id"),
        Index(None, "asked_again_survey_id"),
        Index("ix_recovery_owner", "owner_id", postgresql_where=sql("state = 'OPEN'")),
    )


class RecoveryNotice(Base):
    """A recovery on a supervisor's desk until they have seen it: a tier A customer's at once, any other when late."""

    __tablename__ = "recovery_notice"

    recovery_id: Mapped[int] = mapped_column(ForeignKey("recovery.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    recovery: Mapped[Recovery] = relationship()

    __table_args__ = (Index("ix_recovery_notice_unseen", "agent_id", postgresql_where=sql("seen_at IS NULL")),)


class SurveySettings(Base):
    """When, whom and what we ask; one row. Periods in minutes, hours or days as their names say."""

    __tablename__ = "survey_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_on: Mapped[bool] = mapped_column(server_default=sql("true"))
    delay_minutes: Mapped[int] = mapped_column(server_default=sql("60"))
    delays: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))  # channel → minutes; else the usual
    valid_days: Mapped[int] = mapped_column(server_default=sql("7"))
    cool_down_days: Mapped[int] = mapped_column(server_default=sql("14"))
    low_score: Mapped[int] = mapped_column(server_default=sql("2"))  # this and less becomes a task
    nps_low: Mapped[int] = mapped_column(server_default=sql("6"))  # likewise, of 0 to 10
    ces_low: Mapped[int] = mapped_column(server_default=sql("3"))  # likewise, of 1 to 7
    follow_up_hours: Mapped[int] = mapped_column(server_default=sql("48"))  # round the clock, where a tier has no term
    recovery_minutes: Mapped[dict[str, Any]] = mapped_column(  # tier → of the calendar's hours
        server_default=sql("""'{"A": 60, "B": 240, "C": 960, "D": 1920}'""")
    )
    recovery_calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id", ondelete="RESTRICT"))
    ces_channels: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))  # asked there instead of CSAT
    nps_channels: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))  # asked there once per so many days
    nps_days: Mapped[int] = mapped_column(server_default=sql("180"))
    sampling: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))  # channel → tier → percent; else 100
    excluded_tags: Mapped[list[str]] = mapped_column(server_default=sql("'{no_csat}'"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("delay_minutes BETWEEN 0 AND 20160", name="delay"),
        CheckConstraint("valid_days BETWEEN 1 AND 60", name="valid"),
        CheckConstraint("cool_down_days BETWEEN 0 AND 365", name="cool_down"),
        CheckConstraint("low_score BETWEEN 1 AND 4", name="low_score"),
        CheckConstraint("follow_up_hours BETWEEN 1 AND 720", name="follow_up"),
        CheckConstraint("nps_low BETWEEN 0 AND 8", name="nps_low"),
        CheckConstraint("ces_low BETWEEN 1 AND 4", name="ces_low"),
        CheckConstraint("nps_days BETWEEN 1 AND 3650", name="nps_days"),
    )
