"""Whether an article helped: one vote of each voter, which they may change. The pages and the telephone call it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.kb.reading import Reader
from contact_center.kb.traces import Reason as Reason  # noqa: PLC0414 (who votes gives one)
from contact_center.kb.traces import Vote
from contact_center.text.lines import several_lines

LONGEST_COMMENT = 1_000


@dataclass(frozen=True, slots=True)
class Tally:
    """How many it helped, and how many not."""

    helpful: int
    unhelpful: int


def voter(reader: Reader, visitor: str = "") -> str:
    """Who votes: an agent, a customer, or the browser or number of a *visitor*."""
    if reader.agent_id is not None:
        return f"agent:{reader.agent_id}"
    return f"customer:{reader.customer_id}" if reader.customer_id is not None else f"visitor:{visitor[:64]}"


def vote(
    article_id: int, language: str, helpful: bool, reason: str | None, comment: str, voter: str
) -> None:  # fmt: skip
    """Note a vote, instead of their former one. A helpful one has no reason. Raises Invalid."""
    try:
        said = several_lines(comment, LONGEST_COMMENT)
    except ValueError as error:
        raise Invalid(str(error), {"comment": str(error)}) from None
    if reason and reason not in list(Reason):
        raise Invalid(_("Choose one of the reasons."), {"reason": _("Choose one of the reasons.")})
    why = Reason(reason) if reason and not helpful else None
    values = {"language": language, "is_helpful": helpful, "reason": why, "comment": said, "at": clock.now()}
    new = insert(Vote).values(article_id=article_id, voter=voter, **values)
    db.session.execute(new.on_conflict_do_update(index_elements=["article_id", "voter"], set_=values))


def tally(article_id: int) -> Tally:
    """The votes for an article."""
    asked = select(func.count().filter(Vote.is_helpful), func.count().filter(~Vote.is_helpful))
    helpful, unhelpful = db.session.execute(asked.where(Vote.article_id == article_id)).one()
    return Tally(helpful, unhelpful)


def of(article_id: int, voter: str) -> Vote | None:
    """What they have said before."""
    asked = select(Vote).where(Vote.article_id == article_id, Vote.voter == voter)
    return db.session.scalar(asked.execution_options(populate_existing=True))


def comments(article_id: int, limit: int = 20) -> list[Vote]:
    """The newest votes that say why."""
    said = (Vote.comment != "") | Vote.reason.is_not(None)
    asked = select(Vote).where(Vote.article_id == article_id, said)
    return list(db.session.scalars(asked.order_by(Vote.at.desc(), Vote.id.desc()).limit(limit)))
