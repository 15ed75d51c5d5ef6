"""What is missing and what is no good, by hand-made rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from contact_center import clock
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.kb import articles, figures, searching, uses, votes
from contact_center.kb.articles import Words
from contact_center.kb.reading import Reader
from contact_center.kb.searching import Where
from contact_center.kb.uses import Use
from contact_center.reports import dimensions
from contact_center.tickets.models import Ticket, TicketState
from tests import factories
from tests.kb import ground

pytestmark = pytest.mark.usefixtures("session")
MONTH = timedelta(days=30)


def _solved(queue: object, days_ago: int, article_id: int | None, *, is_back: bool = False) -> Ticket:
    at = clock.now() - timedelta(days=days_ago)
    ticket = factories.ticket(queue, factories.mail(external_id=f"<{days_ago}-{article_id}-{is_back}@x.example>"))
    ticket.state, ticket.resolved_at = TicketState.RESOLVED, at
    db.session.flush()
    with clock.standing_at(at):
        if article_id:
            uses.note(article_id, Use.SOLVED_WITH, ticket_id=ticket.id)
    with clock.standing_at(at + timedelta(days=2)):
        if is_back:
            log.record(Name.TICKET_REOPENED, ticket)
    return ticket


def test_success_is_solved_and_not_opened_again_within_seven_days() -> None:
    queue, article = factories.queue(), ground.published(factories.lee())
    _solved(queue, 20, article.id)
    _solved(queue, 15, article.id, is_back=True)
    _solved(queue, 3, article.id)
    without = _solved(queue, 4, None)
    now = clock.now()
    [row] = figures.success(now - MONTH, now, now)
    assert (row.title, row.solved, row.stayed, row.open) == ("Descale the kettle", 3, 1, 1)
    assert figures.without_article(now - MONTH, now) == [without.id]
    assert figures.success(now - timedelta(days=2), now, now) == []


def test_what_was_searched_in_vain_is_counted_whatever_its_case() -> None:
    for words in ("Air fryer", "air fryer", "zebra"):
        searching.search(Reader(), words, "en", Where.PORTAL)
    now = clock.now() + timedelta(seconds=1)
    found = figures.searched_in_vain(now - MONTH, now)
    assert [(row.words, row.times) for row in found] == [("air fryer", 2), ("zebra", 1)]


def test_stale_is_what_is_overdue_outdated_or_no_help() -> None:
    lee = factories.lee()
    good, late, old, useless = (ground.published(lee, title) for title in ("Good", "Late", "Old", "Useless"))
    articles.change(late, lee, review_by=clock.now().date() - timedelta(days=1))
    articles.save(old, lee, Words("zh_Hans_CN", "旧", html="<p>旧</p>"))
    articles.save(old, lee, Words("en", "Old", html="<p>Newer words.</p>"))
    articles.approve(old, lee)
    for voter in range(figures.FEW_VOTES):
        votes.vote(useless.id, "en", voter < 2, None, "", f"visitor:{voter}")
        votes.vote(good.id, "en", voter > 0, None, "", f"visitor:{voter}")
    assert {row.title for row in figures.stale(clock.now().date())} == {"Late", "Old", "Useless"}


def test_reports_call_an_article_as_their_reader_would(app: Flask) -> None:
    lee = factories.lee()
    both, one = ground.published(lee, "Descale", zh=("除垢", "用醋煮沸。")), ground.published(lee, "Book a visit")
    ids = [str(both.id), str(one.id)]

    with force_locale("zh_Hans_CN"):
        assert [dimensions.names("article", ids)[key] for key in ids] == ["除垢", "Book a visit"]
    with force_locale("en"):
        assert [dimensions.names("article", ids)[key] for key in ids] == ["Descale", "Book a visit"]
