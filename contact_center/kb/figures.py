"""What is missing and what is no good, as rows to work through: searches in vain, tickets that no article solved, how
often an article solves for good, and articles that somebody should look at. The command line and the desk ask.

Tickets are read here by their rows alone. The shares of it all are metrics of `reports`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contact_center.statement import Statement

FEW_VOTES, LEAST_HELPFUL = 8, 0.6  # from so many votes on, and below that share, an article is no help


@dataclass(frozen=True, slots=True)
class InVain:
    """What was searched so often and not found, and when last."""

    words: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Success:
    """How many tickets an article solved, and how many of them stayed so for seven days. `open`: too early to say."""

    article_id: int
    title: str
    solved: int
    stayed: int
    open: int


@dataclass(frozen=True, slots=True)
class Stale:
    """An article that somebody should look at, and why: its date has passed, a translation is old, it does not help."""

    article_id: int
    title: str
    review_by: date | None
    outdated: int
    helpful: int
    votes: int


_IN_VAIN = Statement("""
    SELECT lower(words) AS words, count(*) AS times, max(at) AS last_at FROM kb_search
    WHERE found = 0 AND at >= :since AND at < :until
    GROUP BY lower(words) ORDER BY count(*) DESC, max(at) DESC LIMIT :most
""")
_WITHOUT = Statement("""
    SELECT t.id FROM ticket t
    WHERE t.state IN ('RESOLVED', 'CLOSED') AND t.resolved_at >= :since AND t.resolved_at < :until
      AND NOT EXISTS (SELECT FROM kb_use u WHERE u.ticket_id = t.id AND u.what <> 'READ')
    ORDER BY t.resolved_at DESC, t.id DESC LIMIT :most
""")
_SUCCESS = Statement("""
    SELECT u.article_id, max(x.title) AS title, count(*) AS solved,
           count(*) FILTER (WHERE NOT back.is_back AND u.at <= CAST(:now AS timestamptz) - interval '7 days') AS stayed,
           count(*) FILTER (WHERE NOT back.is_back AND u.at > CAST(:now AS timestamptz) - interval '7 days') AS open
    FROM kb_use u
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM event e WHERE e.ticket_id = u.ticket_id AND e.name = 'ticket.reopened'
        AND e.at > u.at AND e.at <= u.at + interval '7 days') AS is_back) back
    CROSS JOIN LATERAL (SELECT coalesce(max(r.title), '') AS title FROM kb_revision r
        JOIN kb_article a ON a.id = r.article_id AND a.source_language = r.language
        WHERE r.article_id = u.article_id) x
    WHERE u.what = 'SOLVED_WITH' AND u.at >= :since AND u.at < :until
    GROUP BY u.article_id ORDER BY count(*) DESC, u.article_id LIMIT :most
""")
_STALE = Statement("""
    SELECT a.id AS article_id, t.title, a.review_by, old.outdated, v.helpful, v.votes
    FROM kb_article a
    JOIN kb_article_text t ON t.article_id = a.id AND t.language = a.source_language
    CROSS JOIN LATERAL (SELECT count(*) AS outdated FROM kb_article_text o
        WHERE o.article_id = a.id AND o.is_outdated) old
    CROSS JOIN LATERAL (SELECT count(*) AS votes, count(*) FILTER (WHERE is_helpful) AS helpful FROM kb_vote w
        WHERE w.article_id = a.id) v
    WHERE a.published_at IS NOT NULL
      AND (a.review_by < CAST(:today AS date) OR old.outdated > 0
           OR (v.votes >= CAST(:few AS bigint) AND v.helpful < v.votes * CAST(:least AS float8)))
    ORDER BY a.review_by NULLS LAST, a.id LIMIT :most
""")


def searched_in_vain(since: datetime, until: datetime, most: int = 50) -> list[InVain]:
    """What was looked for and not found, the commonest first."""
    return [InVain(*row) for row in _IN_VAIN.rows({"since": since, "until": until, "most": most})]


def without_article(since: datetime, until: datetime, most: int = 50) -> list[int]:
    """Tickets resolved in that time for which no article was used, the newest first."""
    return [row.id for row in _WITHOUT.rows({"since": since, "until": until, "most": most})]


def success(since: datetime, until: datetime, now: datetime, most: int = 50) -> list[Success]:
    """How the articles did that solved tickets in that time, the most used first."""
    asked: dict[str, Any] = {"since": since, "until": until, "now": now, "most": most}
    return [Success(*row) for row in _SUCCESS.rows(asked)]


def stale(today: date, most: int = 50) -> list[Stale]:
    """Articles with readers that somebody should look at, the longest overdue first."""
    asked: dict[str, Any] = {"today": today, "most": most, "few": FEW_VOTES, "least": LEAST_HELPFUL}
    return [Stale(*row) for row in _STALE.rows(asked)]
