"""Settings, Knowledge: spaces and categories named and ordered, articles taken in and handed out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.kb import reading, spaces
from contact_center.kb.models import Article, Category, Space
from contact_center.kb.reading import Reader
from tests import factories
from tests.kb import ground

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def browser(enter: Enter) -> FlaskClient:
    lee = factories.lee()
    db.session.commit()
    return enter(lee)


def _zip(files: dict[str, bytes]) -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    out.seek(0)
    return out, "articles.zip"


def _names(space: Space) -> list[str]:
    db.session.expire_all()
    return [one.slug for one in spaces.categories(space)]


def test_a_space_and_its_categories_are_named_in_both_languages_and_put_in_order(browser: FlaskClient) -> None:
    assert "No spaces yet" in browser.get("/admin/knowledge").text
    browser.post("/admin/knowledge/new", data={"name_en": "Help", "name_zh_Hans_CN": "帮助", "slug": ""})
    space = db.session.scalars(select(Space)).one()
    assert (space.slug, space.names) == ("help", {"en": "Help", "zh_Hans_CN": "帮助"})
    for name in ("Fridges", "Ovens", "Kettles"):
        browser.post(f"/admin/knowledge/{space.id}/categories/new", data={"name_en": name})
    assert _names(space) == ["fridges", "ovens", "kettles"]
    kettles = spaces.category_by_slug(space, "kettles")
    browser.post(f"/admin/knowledge/categories/{kettles.id}/move", data={"to": "up"})
    assert _names(space) == ["fridges", "kettles", "ovens"]
    browser.post(f"/admin/knowledge/categories/{kettles.id}/move", data={"to": "0"})
    assert _names(space) == ["kettles", "fridges", "ovens"]
    browser.post(f"/admin/knowledge/categories/{kettles.id}/move", data={"to": "2"})
    assert _names(space) == ["fridges", "ovens", "kettles"]
    page = browser.get("/admin/knowledge").text
    assert "帮助" in page
    assert "help/kettles" in page


def test_a_space_without_a_name_is_refused_at_its_field(browser: FlaskClient) -> None:
    answer = browser.post("/admin/knowledge/new", data={"name_en": " "}, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == ["name_en"]
    assert db.session.scalars(select(Space)).all() == []


def test_what_has_articles_stays_and_what_is_taken_is_refused(browser: FlaskClient) -> None:
    article = ground.published(None, "Kettle")
    db.session.commit()
    space_id = article.space_id
    browser.post(f"/admin/knowledge/{space_id}/remove")
    assert db.session.get(Space, space_id) is not None
    answer = browser.post("/admin/knowledge/new", data={"name_en": "Help"})
    assert "taken already" in answer.text
    browser.post(f"/admin/knowledge/{space_id}", data={"name_en": "Help", "slug": "help", "version": "1"})
    db.session.expire_all()
    assert reading.by_id(Reader(), article.id) is None  # switched off for customers
    empty = spaces.add_category(None, article.space, names={"en": "Empty"})
    db.session.commit()
    browser.post(f"/admin/knowledge/categories/{empty.id}/remove")
    assert db.session.scalars(select(Category.id)).all() == []


def test_an_archive_is_taken_in_and_what_is_wrong_in_it_is_named(browser: FlaskClient) -> None:
    files = {"help/a.en.md": b"# Kettle\n\nBoil it.", "help/b.en.md": b"---\naudience: everybody\ntitle: B\n---\nx"}
    said = browser.post("/admin/knowledge/import", data={"file": _zip(files), "publishes": "1"}).text
    assert "New: 1, changed: 0, the same: 0, not usable: 1." in said
    assert "help/b.en.md" in said
    article = db.session.scalars(select(Article)).one()
    assert article.is_read
    archive = browser.get("/admin/knowledge/export/articles.zip").data
    assert zipfile.ZipFile(io.BytesIO(archive)).namelist() == ["help/a.en.md"]
    table = browser.get("/admin/knowledge/export/articles.csv").data
    again = browser.post("/admin/knowledge/import", data={"file": (io.BytesIO(table), "x.csv")}).text
    assert "the same: 1" in again


@pytest.mark.parametrize("data", [b"PK no archive", b""])
def test_what_is_no_archive_is_refused_in_words(browser: FlaskClient, data: bytes) -> None:
    answer = browser.post("/admin/knowledge/import", data={"file": (io.BytesIO(data), "x.zip")})
    assert answer.status_code == 422
    assert "no archive" in answer.text
    binary = browser.post("/admin/knowledge/import", data={"file": (io.BytesIO(b"\xff\xfe\xfa"), "x.csv")})
    assert "UTF-8" in binary.text
