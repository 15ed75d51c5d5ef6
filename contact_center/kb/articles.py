"""An article's life: draft, review, publication at once or later, expiry, withdrawal. Moves are guarded UPDATEs.

The desk calls the verbs, `sweeping` those whose time has come. Every writing makes a revision and a draft of the
article: nothing is published that nobody approved. What is read meanwhile stays as it was.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, func, or_, select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid, NotAllowed
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.kb import publishing
from contact_center.kb.models import Article, ArticleState, Revision
from contact_center.kb.traces import ArticleUse, Vote
from contact_center.kb.writing import Place as Place  # noqa: PLC0414
from contact_center.kb.writing import Words as Words  # noqa: PLC0414
from contact_center.kb.writing import change as change  # noqa: PLC0414 (who writes and who moves, asks here)
from contact_center.kb.writing import confirm as confirm  # noqa: PLC0414
from contact_center.kb.writing import new as new  # noqa: PLC0414
from contact_center.kb.writing import restore as restore  # noqa: PLC0414
from contact_center.kb.writing import save as save  # noqa: PLC0414
from contact_center.text.lines import several_lines

S = ArticleState
LONGEST_REMARK = 2_000


def submit(article: Article, agent: Agent) -> None:
    """Ask somebody to look it over. Raises IllegalMove."""
    _move(article, agent, S.REVIEW, (S.DRAFT,), remark="")


def send_back(article: Article, agent: Agent, why: str) -> None:
    """Not like this: it is a draft again, with the reason. Raises IllegalMove, Invalid."""
    try:
        remark = several_lines(why, LONGEST_REMARK)
    except ValueError as error:
        raise Invalid(str(error), {"why": str(error)}) from None
    if not remark:
        raise Invalid(_("Say what should be different."), {"why": _("Say what should be different.")})
    _move(article, agent, S.DRAFT, (S.REVIEW, S.SCHEDULED), remark=remark, publish_at=None)


def may_approve(article: Article, agent: Agent) -> bool:
    """Whether *agent* may decide about it: not who has written what is to be published, but supervisors always."""
    return agent.is_supervisor or not _has_written(article, agent)


def approve(article: Article, agent: Agent, publish_at: datetime | None = None) -> None:
    """Publish it now, or at a later moment. Raises NotAllowed, IllegalMove, Invalid."""
    if not may_approve(article, agent):
        raise NotAllowed(_("Somebody else has to approve what you have written."))
    now = clock.now()
    if article.expires_at is not None and article.expires_at <= (publish_at or now):
        raise Invalid(_("It would have expired by then."), {"expires_at": _("It would have expired by then.")})
    if publish_at is not None and publish_at > now:
        _move(article, agent, S.SCHEDULED, (S.DRAFT, S.REVIEW, S.SCHEDULED), publish_at=publish_at, remark="")
    else:
        publish(article, agent, (S.DRAFT, S.REVIEW, S.SCHEDULED))


def schedule(article: Article, agent: Agent, publish_at: datetime) -> None:
    """Approve it for a later moment. Raises as `approve` does."""
    if publish_at <= clock.now():
        raise Invalid(_("That moment has passed."), {"publish_at": _("That moment has passed.")})
    approve(article, agent, publish_at)


def publish(article: Article, agent: Agent | None, states: tuple[ArticleState, ...] = (S.SCHEDULED,)) -> None:
    """Let readers have it; the guards of `approve` are its caller's. Raises IllegalMove."""
    since = func.coalesce(Article.published_at, clock.now())
    _move(article, agent, S.PUBLISHED, states, published_at=since, publish_at=None, remark="")
    publishing.put(article)


def expire(article: Article, agent: Agent | None = None) -> bool:
    """Take it from its readers, because its time is over. What is being written anew stays a draft.

    Returns False if it has no readers, or its time is not over.
    """
    now = clock.now()
    is_settled = Article.state == S.PUBLISHED
    asked = update(Article).where(Article.id == article.id, Article.published_at.is_not(None))
    asked = asked if agent else asked.where(Article.expires_at <= now)
    new = {"published_at": None, "changed_at": now, "version": Article.version + 1}
    gone = db.session.execute(asked.where(is_settled).values(state=S.EXPIRED, **new).returning(Article.id)).all()
    gone = gone or db.session.execute(asked.where(~is_settled).values(**new).returning(Article.id)).all()
    if not gone:
        return False
    db.session.refresh(article)
    publishing.take_away(article)
    log.record(Name.ARTICLE_MOVED, article, agent, to=S.EXPIRED)
    return True


def withdraw(article: Article, agent: Agent) -> None:
    """Nobody shall read it, and nobody go on with it, until it is written anew. Raises NotAllowed, IllegalMove."""
    if not agent.is_supervisor and article.owner_id != agent.id:
        raise NotAllowed(_("Only its owner and supervisors can withdraw an article."))
    # A draft that nobody ever read is not withdrawn but removed.
    states = (S.REVIEW, S.SCHEDULED, S.PUBLISHED, S.EXPIRED, *((S.DRAFT,) if article.is_read else ()))
    _move(article, agent, S.WITHDRAWN, states, published_at=None, publish_at=None)
    publishing.take_away(article)


def remove(article: Article, agent: Agent) -> None:
    """Throw away a draft that nobody has ever read. Raises IllegalMove, NotAllowed."""
    if not agent.is_supervisor and article.owner_id != agent.id:
        raise NotAllowed(_("Only its owner and supervisors can remove a draft."))
    if article.state is not S.DRAFT or article.is_read or _was_used(article):
        raise IllegalMove(_("Only a draft that nobody has read yet can be removed. Withdraw this article instead."))
    log.record(Name.ARTICLE_REMOVED, article, agent, slug=article.slug)
    db.session.delete(article)
    db.session.flush()


def _was_used(article: Article) -> bool:
    used = exists().where(ArticleUse.article_id == article.id)
    voted = exists().where(Vote.article_id == article.id)
    return bool(db.session.scalar(select(or_(used, voted))))


def outdated_translations(article: Article) -> list[str]:
    """In which languages the newest words are older than the original's."""
    return publishing.outdated(article)


def _has_written(article: Article, agent: Agent) -> bool:
    """Whether some of what would be published now is theirs."""
    shown = {text.revision_id for text in article.texts} if article.is_read else set()
    asked = select(Revision.id).where(Revision.article_id == article.id, Revision.agent_id == agent.id)
    since = max(shown, default=0)
    return db.session.scalar(asked.where(Revision.id > since).limit(1)) is not None


def _move(
    article: Article, agent: Agent | None, to: ArticleState, states: tuple[ArticleState, ...], **new: Any
) -> None:
    """Move it, if it still is in one of the *states*; of two at the same time one wins."""
    before = article.state
    asked = update(Article).where(Article.id == article.id, Article.state.in_(states)).returning(Article.id)
    values = {"state": to, "changed_at": clock.now(), "version": Article.version + 1, **new}
    if db.session.execute(asked.values(**values), execution_options={"synchronize_session": False}).first() is None:
        db.session.refresh(article)
        raise IllegalMove(_("That cannot be done now: the article is in another state by now."))
    db.session.refresh(article)
    said = {"remark": article.remark} if article.remark else {}
    log.record(Name.ARTICLE_MOVED, article, agent, to=to, before=before, **said)
