"""An article's life, in a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from contact_center import clock
from contact_center.errors import IllegalMove, Invalid, NotAllowed, Stale
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.kb import articles, publishing, reading, revisions, sweeping
from contact_center.kb.articles import Words
from contact_center.kb.models import ArticleState, Audience
from contact_center.kb.reading import Reader
from contact_center.kb.traces import Word
from tests import factories
from tests.kb import ground

pytestmark = pytest.mark.usefixtures("session")
ANYBODY = Reader()


def _texts(word: str) -> tuple[int, int]:
    row = db.session.get(Word, word, populate_existing=True)
    return (row.texts, row.public_texts) if row else (0, 0)


def test_a_draft_is_read_by_nobody_until_somebody_else_has_approved_it() -> None:
    ada, ben = factories.ada(), factories.agent("Ben Other")
    article = ground.draft(ada)
    assert reading.article(ANYBODY, "help", "descale-the-kettle") is None
    articles.submit(article, ada)
    assert not articles.may_approve(article, ada)
    with pytest.raises(NotAllowed):
        articles.approve(article, ada)
    articles.approve(article, ben)
    shown = reading.article(ANYBODY, "help", "descale-the-kettle")
    assert shown is not None
    assert (article.state, shown.text.title) == (ArticleState.PUBLISHED, "Descale the kettle")
    assert "Boil vinegar" in shown.rendered.markup


def test_a_supervisor_approves_what_they_have_written_themselves() -> None:
    lee = factories.lee()
    article = ground.draft(lee)
    articles.approve(article, lee)
    assert article.is_read


def test_what_is_sent_back_is_a_draft_with_the_reason_and_has_to_be_given_one() -> None:
    ada, lee = factories.ada(), factories.lee()
    article = ground.draft(ada)
    articles.submit(article, ada)
    with pytest.raises(Invalid):
        articles.send_back(article, lee, "  ")
    articles.send_back(article, lee, "Say which vinegar.")
    assert (article.state, article.remark) == (ArticleState.DRAFT, "Say which vinegar.")
    articles.submit(article, ada)
    assert article.remark == ""


def test_of_two_moves_at_the_same_time_one_wins() -> None:
    ada, lee = factories.ada(), factories.lee()
    article = ground.draft(ada)
    articles.submit(article, ada)
    with pytest.raises(IllegalMove):
        articles.submit(article, ada)
    articles.approve(article, lee)
    with pytest.raises(IllegalMove):
        articles.approve(article, lee)


def test_what_is_read_stays_as_it_was_until_newer_words_are_approved() -> None:
    ada, lee = factories.ada(), factories.lee()
    article = ground.published(ada)
    articles.save(article, ada, Words("en", "Descale any kettle", html="<p>Use lemon.</p>"))
    assert article.state is ArticleState.DRAFT
    assert reading.by_id(ANYBODY, article.id).text.title == "Descale the kettle"
    articles.approve(article, lee)
    assert reading.by_id(ANYBODY, article.id).text.title == "Descale any kettle"
    assert reading.by_id(ANYBODY, article.id).path == "/help/en/help/descale-the-kettle"


def test_saving_the_same_words_again_makes_no_revision() -> None:
    ada = factories.ada()
    article = ground.published(ada)
    assert articles.save(article, ada, Words("en", "Descale the kettle", html="<p>Boil vinegar in it.</p>")) is None
    assert article.state is ArticleState.PUBLISHED


def test_who_edited_an_older_version_is_told_what_is_different_now() -> None:
    ada, lee = factories.ada(), factories.lee()
    article = ground.draft(ada)
    edited = article.version
    articles.save(article, lee, Words("en", "Lime in kettles", html="<p>Boil vinegar in it.</p>"), edited)
    with pytest.raises(Stale) as caught:
        articles.save(article, ada, Words("en", "Kettles", html="<p>Boil vinegar in it.</p>"), edited)
    assert caught.value.difference == {"title": ("Kettles", "Lime in kettles")}


def test_a_scheduled_article_is_published_when_its_time_has_come_and_expires_when_it_is_over() -> None:
    lee = factories.lee()
    article = ground.draft(lee)
    now = clock.now()
    articles.change(article, lee, expires_at=now + timedelta(days=9))
    articles.approve(article, lee, now + timedelta(days=2))
    assert (article.state, sweeping.publish_due()) == (ArticleState.SCHEDULED, 0)
    with clock.standing_at(now + timedelta(days=2)):
        assert sweeping.publish_due() == 1
        assert sweeping.publish_due() == sweeping.expire_due() == 0
    assert article.state is ArticleState.PUBLISHED
    assert _texts("vinegar") == (1, 1)
    with clock.standing_at(now + timedelta(days=9)):
        assert sweeping.expire_due() == 1
    assert (article.state, article.is_read) == (ArticleState.EXPIRED, False)
    assert reading.by_id(Reader(agent_id=lee.id), article.id) is None
    assert _texts("vinegar") == (0, 0)


def test_nothing_is_published_that_would_have_expired_by_then() -> None:
    lee = factories.lee()
    article = ground.draft(lee)
    articles.change(article, lee, expires_at=clock.now() + timedelta(days=1))
    with pytest.raises(Invalid):
        articles.schedule(article, lee, clock.now() + timedelta(days=2))


def test_what_is_being_written_anew_stays_a_draft_when_its_old_words_expire() -> None:
    ada, lee = factories.ada(), factories.lee()
    article = ground.published(lee)
    articles.change(article, lee, expires_at=clock.now() + timedelta(hours=1))
    articles.save(article, ada, Words("en", "Descale a kettle"))
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        assert sweeping.expire_due() == 1
    assert (article.state, article.is_read) == (ArticleState.DRAFT, False)


def test_a_withdrawn_article_is_gone_at_once_and_comes_back_only_through_a_new_approval() -> None:
    ada, ben, lee = factories.ada(), factories.agent("Ben Other"), factories.lee()
    article = ground.published(ada)
    with pytest.raises(NotAllowed):
        articles.withdraw(article, ben)
    articles.withdraw(article, ada)
    assert reading.by_id(ANYBODY, article.id) is None
    first = revisions.find(article, "en", 1)
    assert first is not None
    restored = articles.restore(article, ben, first)
    assert (restored.number, restored.restored_from, article.state) == (2, first.id, ArticleState.DRAFT)
    articles.approve(article, lee)
    assert reading.by_id(ANYBODY, article.id) is not None


def test_a_translation_of_older_words_is_marked_until_somebody_says_that_it_still_fits() -> None:
    ada, lee = factories.ada(), factories.lee()
    article = ground.published(ada, zh=("给水壶除垢", "用白醋煮一下。"))
    assert articles.outdated_translations(article) == []
    articles.save(article, ada, Words("en", "Descale the kettle", html="<p>Use lemon instead.</p>"))
    assert articles.outdated_translations(article) == ["zh_Hans_CN"]
    articles.approve(article, lee)
    assert reading.by_id(Reader(language="zh_Hans_CN"), article.id).text.is_outdated
    articles.confirm(article, lee, "zh_Hans_CN")
    articles.approve(article, lee)
    assert not reading.by_id(Reader(language="zh_Hans_CN"), article.id).text.is_outdated
    assert not reading.by_id(ANYBODY, article.id).text.is_outdated


def test_a_restored_translation_is_of_the_original_it_was_made_from() -> None:
    ada = factories.ada()
    article = ground.published(ada, zh=("给水壶除垢", "用白醋煮一下。"))
    articles.save(article, ada, Words("en", "Descale the kettle", html="<p>Use lemon.</p>"))
    articles.save(article, ada, Words("zh_Hans_CN", "给水壶除垢", html="<p>用柠檬。</p>"))
    assert articles.outdated_translations(article) == []
    articles.restore(article, ada, revisions.find(article, "zh_Hans_CN", 1))
    assert articles.outdated_translations(article) == ["zh_Hans_CN"]


def test_what_is_read_is_addressed_to_others_by_supervisors_only_and_counted_anew() -> None:
    ada, lee = factories.ada(), factories.lee()
    article = ground.published(ada)
    with pytest.raises(NotAllowed):
        articles.change(article, ada, audience=Audience.AGENTS)
    articles.change(article, lee, audience=Audience.AGENTS)
    assert _texts("vinegar") == (1, 0)
    assert reading.by_id(ANYBODY, article.id) is None
    articles.change(article, lee, audience=Audience.TIER, tiers=["A", "B", "nonsense"])
    assert article.tiers == ["A", "B"]
    with pytest.raises(Invalid):
        articles.change(article, lee, audience=Audience.TIER, tiers=[])


def test_a_former_address_leads_to_the_article_and_a_taken_one_is_refused() -> None:
    lee = factories.lee()
    article, other = ground.published(lee), ground.published(lee, "Clean the filter")
    articles.change(article, lee, slug="lime")
    shown = reading.article(ANYBODY, "help", "descale-the-kettle")
    assert shown is not None
    assert shown.path == "/help/en/help/lime"
    with pytest.raises(Invalid):
        articles.change(other, lee, slug="lime")
    with pytest.raises(Invalid):
        articles.change(other, lee, slug="Not A Slug")


def test_two_articles_with_one_title_get_addresses_of_their_own() -> None:
    slugs = [ground.draft(None, "Descale the kettle").slug for _ in range(3)]
    assert slugs == ["descale-the-kettle", "descale-the-kettle-2", "descale-the-kettle-3"]
    assert ground.draft(None, "如何退货?").slug == "如何退货"


def test_only_a_draft_that_nobody_has_read_can_be_removed() -> None:
    lee = factories.lee()
    read, unread = ground.published(lee), ground.draft(lee, "Never mind")
    with pytest.raises(IllegalMove):
        articles.remove(read, lee)
    articles.remove(unread, lee)
    assert db.session.get(type(unread), unread.id) is None


def test_every_step_is_an_event() -> None:
    lee = factories.lee()
    article = ground.draft(lee)
    articles.submit(article, lee)
    articles.approve(article, lee)
    names = db.session.scalars(select(Event.name).where(Event.name.like("article.%")).order_by(Event.id)).all()
    assert names == ["article.written", "article.added", "article.moved", "article.moved"]
    assert publishing.newest(article.id)["en"].agent_id == lee.id
