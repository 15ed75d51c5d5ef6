"""What articles are used for: read, sent, put into an answer, solved with. Doors note it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.extensions import db
from contact_center.kb.traces import ArticleUse
from contact_center.kb.traces import Use as Use  # noqa: PLC0414 (who notes one says which)


def note(
    article_id: int, what: Use, *, ticket_id: int | None = None, interaction_id: int | None = None,
    agent_id: int | None = None, customer_id: int | None = None,
) -> None:  # fmt: skip
    """Note a use. A ticket is solved with an article once."""
    new = insert(ArticleUse).values(
        article_id=article_id, what=what, at=clock.now(), ticket_id=ticket_id, interaction_id=interaction_id,
        agent_id=agent_id, customer_id=customer_id,
    )  # fmt: skip
    db.session.execute(new.on_conflict_do_nothing())


def not_solved_with(article_id: int, ticket_id: int) -> None:
    """It was another one, or none."""
    asked = delete(ArticleUse).where(ArticleUse.article_id == article_id, ArticleUse.ticket_id == ticket_id)
    db.session.execute(asked.where(ArticleUse.what == Use.SOLVED_WITH))


def solved_with(ticket_id: int) -> Sequence[int]:
    """The articles that a ticket was solved with."""
    asked = select(ArticleUse.article_id).where(ArticleUse.ticket_id == ticket_id, ArticleUse.what == Use.SOLVED_WITH)
    return db.session.scalars(asked.order_by(ArticleUse.id)).all()


def of_ticket(ticket_id: int) -> Sequence[ArticleUse]:
    """What articles were used for in a ticket, the oldest first."""
    return db.session.scalars(select(ArticleUse).where(ArticleUse.ticket_id == ticket_id).order_by(ArticleUse.id)).all()
