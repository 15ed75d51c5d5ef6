"""What articles are used for: read, sent, put into an answer, solved with. Doors note it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.extensions import db
from contact_center.kb.traces import ArticleUse, NoneSolved
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
    if what is Use.SOLVED_WITH and ticket_id is not None:
        not_said(ticket_id)


def none_solved(ticket_id: int, agent_id: int) -> None:
    """No article solved it; once an article is said to have done so, that stands."""
    if not solved_with(ticket_id):
        said = {"agent_id": agent_id, "at": clock.now()}
        new = insert(NoneSolved).values(ticket_id=ticket_id, **said)
        db.session.execute(new.on_conflict_do_update(index_elements=["ticket_id"], set_=said))


def not_said(ticket_id: int) -> None:
    """It is not known any more that no article solved it."""
    db.session.execute(delete(NoneSolved).where(NoneSolved.ticket_id == ticket_id))


def is_said(ticket_id: int, since: datetime | None) -> bool:
    """Whether it is known what solved a ticket: an article, or, as somebody has said since then, none."""
    at = db.session.scalar(select(NoneSolved.at).where(NoneSolved.ticket_id == ticket_id))
    return bool(solved_with(ticket_id)) or (at is not None and (since is None or at >= since))


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


def put_into_answers(ticket_id: int) -> list[int]:
    """The articles that went into answers of a ticket, the latest first."""
    given = (Use.INSERTED, Use.LINKED, Use.SENT)
    return list(dict.fromkeys(use.article_id for use in reversed(of_ticket(ticket_id)) if use.what in given))
