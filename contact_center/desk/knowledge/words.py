"""What the desk calls the states, readers and uses of articles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center.kb.models import Article, ArticleState, Audience
from contact_center.kb.traces import Reason

TONES = {
    ArticleState.REVIEW: "warn", ArticleState.SCHEDULED: "accent", ArticleState.PUBLISHED: "good",
    ArticleState.EXPIRED: "bad", ArticleState.WITHDRAWN: "bad",
}  # fmt: skip


def state(article: Article) -> str:
    """How far it is."""
    return {
        ArticleState.DRAFT: pgettext("article", "Draft"),
        ArticleState.REVIEW: pgettext("article", "In review"),
        ArticleState.SCHEDULED: pgettext("article", "Scheduled"),
        ArticleState.PUBLISHED: pgettext("article", "Published"),
        ArticleState.EXPIRED: pgettext("article", "Expired"),
        ArticleState.WITHDRAWN: pgettext("article", "Withdrawn"),
    }[article.state]


def tone(article: Article) -> str:
    """The colour that goes with it."""
    return TONES.get(article.state, "")


def readers(article: Article) -> str:
    """Who may read it."""
    if article.audience is Audience.TIER:
        return str(_("Customers of tier %(tiers)s", tiers=", ".join(article.tiers)))
    return str(_("Everybody") if article.audience is Audience.PUBLIC else _("Only agents"))


def reason(code: Reason | None) -> str:
    """Why it did not help."""
    if code is None:
        return ""
    return {
        Reason.OUTDATED: _("It is out of date"),
        Reason.UNCLEAR: _("I do not understand it"),
        Reason.WRONG: _("It is not right"),
        Reason.NOT_MY_QUESTION: _("It does not answer my question"),
        Reason.OTHER: _("Something else"),
    }[code]


FILTERS: dict[str, Callable[..., Any]] = {
    "article_state": state, "article_tone": tone, "article_readers": readers, "vote_reason": reason,
}  # fmt: skip
