"""Articles at the desk: written, kept while typing, reviewed, published, translated, restored; and their lists."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.kb import articles, drafts, images, revisions
from contact_center.kb.models import Article, ArticleState
from tests import factories
from tests.channels.web.articles import article, category
from tests.channels.web.visits import words_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.fixture
def ada(enter: Callable[[Agent], FlaskClient]) -> FlaskClient:
    return enter(factories.ada())


@pytest.fixture
def lee(enter: Callable[[Agent], FlaskClient]) -> FlaskClient:
    return enter(factories.lee())


def newest() -> Article:
    return db.session.scalars(select(Article).order_by(Article.id.desc()).limit(1)).one()


def begin(browser: FlaskClient, **typed: Any) -> Article:
    """A new article, from the form."""
    place = f"{category().space_id}.{category().id}"
    db.session.commit()
    fields = {"title": "The door squeaks", "place": place, "language": "en", "audience": "PUBLIC"}
    assert browser.post("/knowledge/new", data=fields | typed).status_code == 303
    return newest()


def fresh(row: Article) -> Article:
    """As it is in the database now."""
    db.session.refresh(row)
    return row


def write(browser: FlaskClient, row: Article, html: str, **typed: Any) -> Any:
    """Save words in the editor."""
    fields = {"language": "en", "title": "The door squeaks", "summary": "Oil.", "html": html}
    return browser.post(f"/knowledge/articles/{row.id}/edit", data=fields | typed)


def test_an_article_is_written_submitted_approved_by_somebody_else_and_read(ada: FlaskClient, lee: FlaskClient) -> None:
    row = begin(ada)
    write(ada, row, "<p>Oil the hinge.<script>x</script></p>", then="submit")
    assert fresh(row).state is ArticleState.REVIEW
    assert "The door squeaks" in lee.get("/knowledge?show=review").text
    assert ada.post(f"/knowledge/articles/{row.id}/approve").status_code == 403
    lee.post(f"/knowledge/articles/{row.id}/approve")
    page = ada.get(f"/knowledge/articles/{row.id}").text
    assert "Oil the hinge." in page
    assert "<script>x" not in page
    assert "Oil the hinge." in ada.get("/help/en/help/the-door-squeaks").text


def test_it_is_sent_back_with_a_reason_and_published_later_on_the_reviewers_clock(
    ada: FlaskClient, lee: FlaskClient
) -> None:
    row = begin(ada)
    write(ada, row, "<p>Oil.</p>", then="submit")
    lee.post(f"/knowledge/articles/{row.id}/send-back", data={"why": "Which oil?"})
    assert "Sent back: Which oil?" in words_of(ada.get(f"/knowledge/articles/{row.id}").text)
    tomorrow = clock.now().astimezone(factories.ZONE) + timedelta(days=1)
    at = f"{tomorrow:%Y-%m-%dT09:00}"
    lee.post(f"/knowledge/articles/{row.id}/approve", data={"publish_at": at})
    assert fresh(row).state is ArticleState.SCHEDULED
    assert row.publish_at is not None
    assert f"{row.publish_at.astimezone(factories.ZONE):%Y-%m-%dT%H:%M}" == at


def test_what_is_typed_is_kept_until_it_is_saved(ada: FlaskClient) -> None:
    row = begin(ada)
    typed = {"language": "en", "title": "The door squeaks loudly", "html": "<p>Half a sent</p>", "version": row.version}
    assert ada.post(f"/knowledge/articles/{row.id}/draft", data=typed).status_code == 204
    form = ada.get(f"/knowledge/articles/{row.id}/edit").text
    assert "Half a sent" in form
    assert "The door squeaks loudly" in form
    assert "The door squeaks loudly" in ada.get("/knowledge?show=mine").text
    write(ada, row, "<p>A whole sentence.</p>")
    assert drafts.waiting(db.session.get_one(Agent, row.owner_id)) == []


def test_two_who_write_at_once_do_not_overwrite_each_other(ada: FlaskClient, lee: FlaskClient) -> None:
    row = begin(ada)
    seen = fresh(row).version
    write(ada, row, "<p>Ada's.</p>", version=seen)
    assert write(lee, row, "<p>Lee's.</p>", version=seen).status_code == 409
    assert revisions.listed(row, "en")[0].number == 2


def test_a_translation_stands_beside_its_original_and_is_told_what_changed(ada: FlaskClient) -> None:
    row = article(chinese="冰箱嗡嗡响")
    edit = f"/knowledge/articles/{row.id}/edit?language=zh_Hans_CN"
    assert "The compressor hums." in ada.get(edit).text
    write(ada, row, "<p>A fridge that sings is usually fine.</p>", title="My fridge hums", summary="")
    page = ada.get(edit).text
    assert "Changed since it was translated" in page
    assert re.search(r"<ins>[^<]*sings", page)
    confirmed = ada.post(f"/knowledge/articles/{row.id}/confirm", data={"language": "zh_Hans_CN"})
    assert confirmed.status_code == 303
    assert articles.outdated_translations(row) == []


def test_an_earlier_version_is_compared_and_restored(ada: FlaskClient) -> None:
    row = begin(ada)
    write(ada, row, "<p>Oil the hinge.</p>")
    write(ada, row, "<p>Grease the hinge.</p>")
    page = ada.get(f"/knowledge/articles/{row.id}/history").text
    assert "<del>Oil</del><ins>Grease</ins>" in page
    ada.post(f"/knowledge/articles/{row.id}/history/2", data={"language": "en"})
    last = revisions.listed(row, "en")[0]
    assert (last.number, last.html) == (4, "<p>Oil the hinge.</p>")


def test_a_picture_gets_an_address_that_agents_see_and_others_once_it_is_read(
    ada: FlaskClient, client: FlaskClient
) -> None:
    row = begin(ada)
    sent = {"file": (io.BytesIO(PNG), "hinge.png")}
    src = ada.post(f"/knowledge/articles/{row.id}/pictures", data=sent).json["src"]
    assert ada.get(src, buffered=True).data == PNG
    assert client.get(src).status_code == 404
    assert [image.name for image in images.of(row)] == ["hinge.png"]
    wrong = {"file": (io.BytesIO(b"<svg/>"), "x.svg")}
    headers = {"Accept": "application/json"}
    assert ada.post(f"/knowledge/articles/{row.id}/pictures", data=wrong, headers=headers).status_code == 422


def test_place_readers_products_and_dates_are_changed_in_one_dialogue(lee: FlaskClient) -> None:
    row = begin(lee)
    asked = lee.get(f"/knowledge/articles/{row.id}/place").text
    assert 'value="the-door-squeaks"' in asked
    fields = {
        "version": fresh(row).version, "place": f"{row.space_id}", "slug": "door", "audience": "TIER",
        "tiers": ["A", "B"], "products": "", "owner": "", "expires_at": "2030-01-01T10:00", "review_by": "2029-06-01",
    }  # fmt: skip
    lee.post(f"/knowledge/articles/{row.id}/place", data=fields)
    fresh(row)
    assert (row.slug, row.tiers, row.category_id, row.owner_id) == ("door", ["A", "B"], None, None)
    headers = {"Accept": "application/json"}
    refused = lee.post(f"/knowledge/articles/{row.id}/place", data=fields | {"products": "P-404"}, headers=headers)
    assert "products" in refused.json["fields"]


def test_the_search_marks_what_it_found_and_asks_back(ada: FlaskClient) -> None:
    article()
    assert "<mark>hums</mark>" in ada.get("/knowledge?q=hums").text
    assert "Did you mean fridge ?" in words_of(ada.get("/knowledge?q=frige").text)
    assert ada.get("/knowledge/find?q=fridge").json == [
        {"title": "My fridge hums", "url": "/help/en/help/my-fridge-hums"}
    ]


def test_withdrawn_it_is_nobodys_to_read_until_it_is_taken_up_again(lee: FlaskClient, client: FlaskClient) -> None:
    row = article()
    lee.post(f"/knowledge/articles/{row.id}/withdraw")
    assert client.get("/help/en/help/my-fridge-hums").status_code == 404
    lee.post(f"/knowledge/articles/{row.id}/take-up")
    assert fresh(row).state is ArticleState.DRAFT
    lee.post(f"/knowledge/articles/{row.id}/approve")
    assert client.get("/help/en/help/my-fridge-hums").status_code == 200


def test_an_agents_vote_stands_beside_the_article(ada: FlaskClient) -> None:
    row = article()
    ada.post(f"/knowledge/articles/{row.id}/vote", data={"helpful": "1"})
    assert "1 vote" in words_of(ada.get(f"/knowledge/articles/{row.id}").text)


@pytest.mark.parametrize("show", ["all", "review", "mine", "drafts", "scheduled", "outdated", "stale", "gone"])
def test_every_list_teaches_when_it_is_empty(ada: FlaskClient, show: str) -> None:
    assert 'class="empty' in ada.get(f"/knowledge?show={show}").text
