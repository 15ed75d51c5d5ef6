"""The public help centre: addresses, languages, what only some read, caching, votes, and what search engines get."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.extensions import db
from contact_center.kb.models import Audience
from contact_center.kb.traces import ArticleUse, KnowledgeSearch, Use, Vote
from contact_center.selfservice import deflections
from contact_center.selfservice.models import Deflection, DeflectionKind, DeflectionState
from tests import factories
from tests.channels.web.articles import article
from tests.channels.web.shoppers import Shopper
from tests.channels.web.visits import Visitor, words_of

HUMS = "/help/en/help/my-fridge-hums"


def links(page: str, rel: str) -> dict[str, str]:
    """The addresses that the head of a page names, by language."""
    found = re.findall(rf'<link rel="{rel}"(?: hreflang="([\w-]+)")? href="http://127.0.0.1:8000([^"]*)"', page)
    return dict(found)


def test_one_goes_from_the_start_to_a_category_to_an_article(visit: Visitor) -> None:
    article()
    assert visit.get("/help").location == "/help/en/"
    assert 'href="/help/en/help/fridges/"' in visit.get("/help/en/").text
    assert f'href="{HUMS}"' in visit.get("/help/en/help/fridges/").text
    assert visit.get("/help/en/help/fridges").location == "/help/en/help/fridges/"
    page = visit.get(HUMS).text
    assert "The compressor hums." in page
    assert re.findall(r'href="#(s\d)">([^<]+)', page)[:3] == [
        ("s1", "What is normal"), ("s2", "What helps"), ("s3", "When to call"),
    ]  # fmt: skip


def test_an_article_names_its_other_languages_and_which_address_counts(visit: Visitor) -> None:
    article(chinese="冰箱嗡嗡响")
    page = visit.get("/help/zh/help/my-fridge-hums").text
    assert "压缩机的声音是正常的" in page
    assert links(page, "canonical") == {"": "/help/zh/help/my-fridge-hums"}
    alternates = {"en": HUMS, "zh-Hans": "/help/zh/help/my-fridge-hums", "x-default": HUMS}
    assert links(page, "alternate") == alternates


def test_what_is_not_translated_is_read_in_its_own_language_and_counts_there(visit: Visitor) -> None:
    article()
    page = visit.get("/help/zh/help/my-fridge-hums").text
    assert "The compressor hums." in page
    assert "您读到的是原文" in page
    assert links(page, "canonical") == {"": HUMS}


def test_an_article_for_a_tier_is_read_by_its_customers_and_kept_by_no_cache(app: Flask, visit: Visitor) -> None:
    article("Pay later", "<p>Within thirty days.</p>", "", Audience.TIER, "A")
    greta, bo = factories.greta(), factories.bo()
    greta.tier, bo.tier = "A", "C"
    db.session.commit()
    path = "/help/en/help/pay-later"
    assert visit.get(path).status_code == 404
    assert Shopper(app, bo).get(path).status_code == 404
    shown = Shopper(app, greta).get(path)
    assert "Within thirty days." in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert 'name="robots" content="noindex"' in shown.text


def test_a_page_is_kept_and_asked_about_again_without_a_cookie(visit: Visitor) -> None:
    article()
    first = visit.get(HUMS)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in first.headers
    same = visit.browser.get(HUMS, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert "Content-Security-Policy" not in same.headers


def test_a_page_that_is_not_there_searches_for_what_its_address_says(visit: Visitor) -> None:
    article()
    missing = visit.get("/help/en/help/why-fridge-hums")
    assert missing.status_code == 404
    assert f'href="{HUMS}"' in missing.text


def test_a_search_is_noted_once_with_what_was_opened(visit: Visitor) -> None:
    row = article()
    for typed in ("fri", "fridge", "fridge hum"):
        visit.browser.get("/help/en/search", query_string={"q": typed, "typing": "k1"}, headers={"HX-Request": "true"})
    page = visit.get("/help/en/search?q=fridge+hum&typing=k1").text
    assert "<mark>fridge</mark>" in page
    found = re.search(rf'{HUMS}\?found=(\d+)"', page)
    assert found
    visit.get(f"{HUMS}?found={found[1]}")
    [noted] = db.session.scalars(select(KnowledgeSearch))
    assert (noted.words, noted.found, noted.chosen_article_id) == ("fridge hum", 1, row.id)


def test_a_mistyped_word_is_asked_back(visit: Visitor) -> None:
    article()
    assert "Did you mean fridge ?" in words_of(visit.get("/help/en/search?q=frige").text)


def test_a_browser_votes_once_and_may_change_its_mind(visit: Visitor) -> None:
    article()
    assert "Thank you" in visit.post(f"{HUMS}/vote", helpful="1").text
    visit.post(f"{HUMS}/vote", helpful="0", reason="UNCLEAR", comment="Which wall?")
    [vote] = db.session.scalars(select(Vote).execution_options(populate_existing=True))
    assert (vote.is_helpful, vote.reason, vote.comment) == (False, "UNCLEAR", "Which wall?")


def test_a_vote_from_another_site_does_not_count(visit: Visitor) -> None:
    article()
    refused = visit.browser.post(f"{HUMS}/vote", data={"helpful": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 400
    assert not db.session.scalars(select(Vote)).all()


@pytest.mark.parametrize(("language", "words"), [("en", "my fridge hums loudly"), ("zh", "冰箱嗡嗡响怎么办")])
def test_whoever_writes_a_request_is_shown_what_may_answer_it(visit: Visitor, language: str, words: str) -> None:
    article(chinese="冰箱嗡嗡响")
    shown = visit.post(f"/help/{language}/answers", words=words).text
    assert f'data-read="/help/{language}/help/my-fridge-hums"' in shown
    assert visit.post(f"/help/{language}/answers", words="Where is my invoice?").text.strip() == ""
    assert not db.session.scalars(select(KnowledgeSearch)).all()


def test_an_article_instead_of_a_request_counts_until_the_same_browser_writes(visit: Visitor) -> None:
    row = article()
    assert "Nothing has been sent" in visit.post(f"{HUMS}/solved").text
    deflection = db.session.scalars(select(Deflection)).one()
    assert (deflection.kind, deflection.subject) == (DeflectionKind.ARTICLE, str(row.id))
    assert db.session.scalars(select(ArticleUse.what)).all() == [Use.DEFLECTED]
    visit.ask()
    db.session.refresh(deflection)
    assert deflection.state is DeflectionState.REFUTED
    assert deflections.sweep() == 0


def test_a_reading_is_counted(visit: Visitor) -> None:
    article()
    assert visit.post(f"{HUMS}/read").status_code == 204
    assert db.session.scalars(select(ArticleUse.what)).all() == [Use.READ]


def test_search_engines_find_every_public_article_in_every_language(visit: Visitor) -> None:
    article(chinese="冰箱嗡嗡响")
    article("For us", "<p>Secret.</p>", "", Audience.AGENTS)
    assert "Sitemap: http://127.0.0.1:8000/help/sitemap.xml" in visit.get("/robots.txt").text
    index = ET.fromstring(visit.get("/help/sitemap.xml").data)
    [part] = [loc.text or "" for loc in index.iterfind(".//{*}loc")]
    listed = ET.fromstring(visit.get(part.removeprefix("http://127.0.0.1:8000")).data)
    places = [(loc.text or "").removeprefix("http://127.0.0.1:8000") for loc in listed.iterfind(".//{*}loc")]
    assert places == [HUMS, "/help/zh/help/my-fridge-hums"]


def test_nothing_leads_to_a_help_centre_without_articles(visit: Visitor) -> None:
    assert "/help/en/" not in visit.get("/").text
    article()
    assert "/help/en/" in visit.get("/").text
