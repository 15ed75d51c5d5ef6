"""Settings, Import: an administrator brings a file in by hand, sees every reason, and what others uploaded."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.importing.models import ImportMapping, ImportRun, RunState
from contact_center.jobs import imports
from tests import factories

FILE = "Kundennummer;Wer;E-Mail\nC-1;Greta Lindqvist;greta@lindqvist.example\nC-2;;bo@andersen.example\n"
Enter = Callable[[Agent], FlaskClient]


def upload(
    browser: FlaskClient, content: str | bytes = FILE, kind: str = "customers", name: str = "people.csv"
) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    form = {"kind": kind, "file": (io.BytesIO(data), name)}
    return browser.post("/admin/imports", data=form, content_type="multipart/form-data")


def newest() -> ImportRun:
    return db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(1)).one()


def test_a_file_from_upload_to_history(browser: FlaskClient, root: Agent) -> None:
    page = upload(browser).headers["Location"]
    shown = browser.get(page).text
    assert "Greta Lindqvist" in shown
    assert "What is new cannot come in without: Name" in shown
    columns = {"column-0": "external_id", "column-1": "name", "column-2": "emails", "decimal": ".", "order": "DMY"}
    browser.post(f"{page}/check", data=columns | {"remember": "Newsletter"})
    assert "hx-trigger" in browser.get(page).text
    assert imports.go_on(newest().id, seconds=60) is False
    checked = browser.get(page).text
    assert "A customer needs a name." in checked
    assert "Import 1 row" in checked
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 0
    browser.post(f"{page}/start")
    imports.go_on(newest().id, seconds=60)
    assert browser.get(f"{page}/progress").headers["HX-Refresh"] == "true"
    customer = db.session.scalars(select(Customer)).one()
    assert (customer.external_id, customer.name) == ("C-1", "Greta Lindqvist")
    bad = browser.get(f"{page}/bad.csv")
    assert bad.headers["Content-Disposition"].startswith("attachment")
    assert "A customer needs a name." in bad.text
    history = browser.get("/admin/imports").text
    assert "people.csv" in history
    assert root.name in history
    told = select(Event.agent_id).where(Event.name == "customer.opened")
    assert db.session.scalars(told).all() == [root.id]


def test_the_next_file_with_the_same_columns_needs_no_choosing(browser: FlaskClient) -> None:
    page = upload(browser).headers["Location"]
    columns = {"column-0": "external_id", "column-1": "name", "decimal": ",", "order": "DMY", "remember": "Newsletter"}
    browser.post(f"{page}/check", data=columns)
    upload(browser, "Wer;Kundennummer;E-Mail\nBo;C-9;bo@andersen.example\n", name="next.csv")
    assert newest().columns == {"0": "name", "1": "external_id"}
    assert newest().form["decimal"] == ","
    assert [row.name for row in db.session.scalars(select(ImportMapping))] == ["Newsletter"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"column-1": "name"}, "Choose the column that holds: Customer number."),
        ({"column-0": "external_id", "column-1": "external_id"}, "cannot both be"),
        ({"column-0": "password"}, "Choose the column that holds: Customer number."),
        ({"column-0": "external_id", "column-1": "password"}, "is not there any more"),
    ],
)
def test_columns_that_make_no_sense_are_refused(browser: FlaskClient, form: dict[str, str], sentence: str) -> None:
    page = upload(browser).headers["Location"]
    answer = browser.post(f"{page}/check", data=form | {"decimal": ".", "order": "DMY"})
    assert answer.status_code == 422
    assert sentence in answer.text or form == {"column-0": "password"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "old kind"),
        (bytes(5000), "This file is empty."),
        (b"%PDF-1.7", "neither"),
    ],
)
def test_a_file_that_is_none_is_told_beside_the_field(browser: FlaskClient, content: bytes, sentence: str) -> None:
    data = {"kind": "customers", "file": (io.BytesIO(content), "x.csv")}
    answer = browser.post(
        "/admin/imports", data=data, content_type="multipart/form-data", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json is not None
    assert sentence in answer.json["fields"]["file"]
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_a_wrong_encoding_is_mended_on_the_screen(browser: FlaskClient) -> None:
    page = upload(browser, "Customer no,Name\nC-1,Café\n".encode("cp1252")).headers["Location"]
    assert "Café" in browser.get(page).text
    browser.post(f"{page}/form", data={"encoding": "gb18030", "separator": ","})
    assert "Café" not in browser.get(page).text
    assert browser.post(f"{page}/form", data={"encoding": "rot13", "separator": ","}).status_code == 422
    browser.post(f"{page}/form", data={"encoding": "cp1252", "separator": ","})
    assert "Café" in browser.get(page).text


def test_a_file_larger_than_attachments_may_be_is_taken_from_administrators_only(
    app: Flask, browser: FlaskClient, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100_000)
    large = FILE.encode() + b"C-3;Anna;\n" * 30_000
    assert upload(browser, large).status_code == 303
    assert upload(enter(factories.ada()), large).status_code == 413


def test_an_import_under_way_cannot_be_started_again_and_can_be_cancelled(browser: FlaskClient) -> None:
    page = upload(browser, FILE.replace("Wer", "Name")).headers["Location"]
    columns = {"column-0": "external_id", "column-1": "name", "decimal": ".", "order": "DMY"}
    assert browser.post(f"{page}/check", data=columns).status_code == 303
    assert browser.post(f"{page}/start").status_code == 409
    assert browser.post(f"{page}/check", data=columns).status_code == 409
    assert browser.post(f"{page}/cancel").status_code == 303
    assert newest().state is RunState.CANCELLED
    assert imports.go_on(newest().id, seconds=60) is False
    assert browser.post(f"{page}/cancel").status_code == 409


def test_in_chinese_too(app: Flask, enter: Enter) -> None:
    lin = factories.agent("Lin Admin", factories.RoleName.ADMINISTRATOR, language="zh_Hans_CN")
    browser = enter(lin)
    page = upload(
        browser, "客户编号,姓名,手机号,生日\nC-1,王小明,13800138000,1984年3月9日\nC-2,李雷,abc,从不\n"
    ).headers["Location"]
    assert newest().columns == {"0": "external_id", "1": "name", "2": "phones", "3": "birthday"}
    assert browser.get(page).status_code == 200
