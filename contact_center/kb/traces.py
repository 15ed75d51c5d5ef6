"""What readers leave behind, searches, votes and uses, and the words that articles are made of: rows, and nothing else.

Tickets and interactions are known here by their ids only.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId, states


class Where(StrEnum):
    """Where somebody searched."""

    PORTAL = "PORTAL"
    DESK = "DESK"
    FORM = "FORM"  # while they wrote a request
    SMS = "SMS"
    PHONE = "PHONE"


class Reason(StrEnum):
    """Why an article did not help."""

    OUTDATED = "OUTDATED"
    UNCLEAR = "UNCLEAR"
    WRONG = "WRONG"
    NOT_MY_QUESTION = "NOT_MY_QUESTION"
    OTHER = "OTHER"


class Use(StrEnum):
    """What somebody did with an article."""

    READ = "READ"
    INSERTED = "INSERTED"  # its words, into an answer
    LINKED = "LINKED"
    SENT = "SENT"  # by text
    SOLVED_WITH = "SOLVED_WITH"
    DEFLECTED = "DEFLECTED"  # it was shown instead of a request being written


class KnowledgeSearch(Base):
    """What somebody looked for, and how much there was. One typing is one row, however often it searched."""

    __tablename__ = "kb_search"

    id: Mapped[BigId]
    at: Mapped[datetime]
    words: Mapped[str]
    language: Mapped[str]
    where: Mapped[Where] = mapped_column("place", states(Where))
    found: Mapped[int]
    chosen_article_id: Mapped[int | None] = mapped_column(ForeignKey("kb_article.id", ondelete="SET NULL"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="SET NULL"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"), index=True)
    typing: Mapped[str | None] = mapped_column(unique=True)  # a key of the browser's, the same until they stop

    __table_args__ = (
        Index("ix_kb_search_at", "at"),
        Index("ix_kb_search_without", "at", postgresql_where=sql("found = 0")),
    )


class Vote(Base):
    """Whether an article helped somebody; they may change their mind."""

    __tablename__ = "kb_vote"

    id: Mapped[BigId]
    article_id: Mapped[int] = mapped_column(ForeignKey("kb_article.id", ondelete="CASCADE"))
    language: Mapped[str]
    voter: Mapped[str]  # an agent, a customer or a browser; see `votes`
    is_helpful: Mapped[bool]
    reason: Mapped[Reason | None] = mapped_column(states(Reason))
    comment: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        UniqueConstraint("article_id", "voter"),
        CheckConstraint("NOT is_helpful OR reason IS NULL", name="helpful_has_no_reason"),
    )


class ArticleUse(Base):
    """One use of an article."""

    __tablename__ = "kb_use"

    id: Mapped[BigId]
    article_id: Mapped[int] = mapped_column(ForeignKey("kb_article.id", ondelete="CASCADE"))
    what: Mapped[Use] = mapped_column(states(Use))
    at: Mapped[datetime] = mapped_column(index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id", ondelete="SET NULL"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="SET NULL"), index=True)

    __table_args__ = (
        CheckConstraint("what <> 'SOLVED_WITH' OR ticket_id IS NOT NULL", name="solved_with_a_ticket"),
        Index(
            "uq_kb_use_solved_with", "ticket_id", "article_id", unique=True,
            postgresql_where=sql("what = 'SOLVED_WITH'"),
        ),
        Index("ix_kb_use_article", "article_id", "what", "at"),
        Index("ix_kb_use_ticket", "ticket_id", postgresql_where=sql("ticket_id IS NOT NULL")),
    )  # fmt: skip


class NoneSolved(Base):
    """Somebody has said that no article solved this ticket; who has not been asked, or said nothing, leaves no row."""

    __tablename__ = "kb_none_solved"

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]


class Word(Base):
    """A word of what is read, in how many texts it is, and in how many that everybody may read.

    `token` is how the search knows it; `spelt` what likeness is measured by, None for what nobody would mean.
    """

    __tablename__ = "kb_word"

    word: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str | None]
    spelt: Mapped[str | None]
    texts: Mapped[int]
    public_texts: Mapped[int]

    __table_args__ = (
        CheckConstraint("texts >= 0 AND public_texts BETWEEN 0 AND texts", name="texts"),
        Index(None, "token"),
        Index("ix_kb_word_beginning", "word", postgresql_ops={"word": "text_pattern_ops"}),
        Index(
            "ix_kb_word_spelt", "spelt", postgresql_using="gin", postgresql_ops={"spelt": "gin_trgm_ops"},
            postgresql_where=sql("texts > 0"),
        ),
    )  # fmt: skip
