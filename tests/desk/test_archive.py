"""The customer's page: fields of the firm, documents, consents, standing; possible duplicates and merging."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import consents, custom, documents, duplicates, merging, records
from contact_center.customers.models import Customer, CustomerDocument, Duplicate, Merge
from contact_center.extensions import db
from tests import factories

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def ada(app: Flask) -> Agent:
    return factories.ada()


@pytest.fixture
def lee(app: Flask) -> Agent:
    return factories.lee()


@pytest.fixture
def greta(ada: Agent) -> Customer:
    told = {"street": "Storgatan 5", "postcode": "211 42", "city": "Malmö"}
    return records.open_customer("Greta Lindqvist", ada, **told)


@pytest.fixture
def twin(ada: Agent, greta: Customer) -> Customer:
    told = {"street": "Storgatan 5", "postcode": "211 42", "about": "Likes tea"}
    made = records.open_customer("Greta Lindquist", ada, **told)
    db.session.commit()
    return made


@pytest.fixture
def browser(ada: Agent, greta: Customer, enter: Enter) -> FlaskClient:
    db.session.commit()
    return enter(ada)


def at(customer: Customer, rest: str = "") -> str:
    return f"/desk/customers/{customer.id}{rest}"


# ── fields


def test_empty_fields_stay_out_of_the_way_until_somebody_adds_them(browser: FlaskClient, greta: Customer) -> None:
    page = browser.get(at(greta)).text
    assert 'id="field-birthday" hidden' in page
    form = browser.get(at(greta, "/fields/birthday?edit=1")).text
    assert 'type="date"' in form
    shown = browser.post(at(greta, "/fields/birthday"), data={"value": "1984-03-09", "version": greta.version}).text
    assert "March 9, 1984" in shown
    assert "hidden" not in shown
    assert "Industry" not in page


@pytest.mark.parametrize(("typed", "status"), [("1984-02-30", 422), ("2999-01-01", 422), ("", 200)])
def test_an_impossible_birthday_is_refused_beside_the_field(
    browser: FlaskClient, greta: Customer, typed: str, status: int
) -> None:
    answer = browser.post(at(greta, "/fields/birthday"), data={"value": typed, "version": greta.version})
    assert answer.status_code == status
    assert ('role="alert"' in answer.text) is (status == 422)


def test_a_field_of_the_firm_is_edited_like_any_other(app: Flask, browser: FlaskClient, greta: Customer) -> None:
    custom.define(factories.root(), key="card", label="Loyalty card", kind="CHOICE", choices="Gold\nSilver")
    db.session.commit()
    form = browser.get(at(greta, "/fields/custom.card?edit=1")).text
    assert '<option value="Silver">' in form
    assert "Gold" in browser.post(at(greta, "/fields/custom.card"), data={"value": "Gold", "version": 1}).text
    refused = browser.post(at(greta, "/fields/custom.card"), data={"value": "Tin", "version": 2})
    assert (refused.status_code, "none of the choices" in refused.text) == (422, True)
    assert "Loyalty card" in browser.get(at(greta, "?tab=history")).text
    assert browser.get(at(greta, "/fields/custom.other?edit=1")).status_code == 404


def test_an_administrator_defines_fields_and_puts_them_away(app: Flask, enter: Enter, greta: Customer) -> None:
    root = enter(factories.root())
    said = {"key": "fleet", "label": "Fleet", "label_zh": "车队", "kind": "NUMBER", "is_searched": "1"}
    assert root.post("/admin/fields/new", data=said).status_code == 303
    field = next(iter(custom.listed()))
    assert "Fleet" in root.get("/admin/fields").text
    root.post(f"/admin/fields/{field.id}", data={"label": "Cars", "key": "cars", "kind": "TEXT"})
    db.session.expire_all()
    assert (field.label, field.key, field.kind) == ("Cars", "fleet", "NUMBER")
    root.post(f"/admin/fields/{field.id}/deactivate")
    assert "field-custom-fleet" not in root.get(at(greta)).text
    root.post(f"/admin/fields/{field.id}/reactivate")
    assert "field-custom-fleet" in root.get(at(greta)).text
    wrong = root.post("/admin/fields/new", data={"key": "9", "label": "", "kind": "NUMBER"})
    assert wrong.status_code == 422


def test_the_list_is_narrowed_by_what_the_archive_knows(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    custom.define(factories.root(), key="card", label="Card", kind="CHOICE", choices="Gold\nTin", is_searched=True)
    records.change(greta, ada, greta.version, region="North", **{"custom.card": "Gold"})
    greta.tier, greta.value_colour = "A", "GREEN"
    factories.bo()
    db.session.commit()
    for asked in ("tier=A", "colour=GREEN", "region=North", "custom.card=gold"):
        page = browser.get(f"/desk/customers?{asked}").text
        assert ("Greta Lindqvist" in page, "Bo Andersen" in page) == (True, False), asked
    nothing = browser.get("/desk/customers?tier=A&custom.card=Tin").text
    assert "There are matches without the filter" in nothing


# ── standing


def test_somebody_becomes_a_former_customer_with_a_reason_and_is_still_found(
    browser: FlaskClient, greta: Customer
) -> None:
    browser.post(at(greta, "/standing"), data={"status": "FORMER", "because": "Moved abroad"})
    assert "Moved abroad" in browser.get(at(greta, "?tab=history")).text
    assert "Greta Lindqvist" in browser.get("/desk/customers?q=lindqvist").text
    assert browser.post(at(greta, "/standing"), data={"status": "GONE"}).status_code == 422


# ── documents


def test_a_document_is_kept_described_removed_and_brought_back(browser: FlaskClient, greta: Customer) -> None:
    sent = {"file": (io.BytesIO(b"%PDF-1.4"), "../contract\u202e.pdf", "application/pdf"), "about": "Signed"}
    page = browser.post(at(greta, "/documents"), data=sent, content_type="multipart/form-data").text
    assert "contract.pdf" in page
    [row] = documents.of(greta)
    got = browser.get(at(greta, f"/documents/{row.id}"), buffered=True)
    assert (got.data, got.mimetype) == (b"%PDF-1.4", "application/pdf")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    browser.post(at(greta, f"/documents/{row.id}"), data={"about": "Signed on both pages"})
    gone = browser.post(at(greta, f"/documents/{row.id}/remove"))
    assert "contract.pdf" not in gone.text
    assert "Signed on both pages" in browser.post(at(greta, f"/documents/{row.id}/restore")).text


def test_a_page_that_calls_itself_a_picture_is_only_bytes(browser: FlaskClient, greta: Customer) -> None:
    sent = {"file": (io.BytesIO(b"<script>"), "x.html", "text/html")}
    browser.post(at(greta, "/documents"), data=sent, content_type="multipart/form-data")
    [row] = documents.of(greta)
    assert browser.get(at(greta, f"/documents/{row.id}"), buffered=True).mimetype == "application/octet-stream"


def test_a_document_is_none_of_another_customer(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    row, bo = documents.add(greta, ada, "x.txt", "text/plain", b"x"), factories.bo()
    db.session.commit()
    for method, rest in (("get", ""), ("post", ""), ("post", "/remove")):
        assert getattr(browser, method)(at(bo, f"/documents/{row.id}{rest}")).status_code == 404
    assert db.session.get(CustomerDocument, row.id) is not None


def test_nothing_and_an_empty_file_are_refused(browser: FlaskClient, greta: Customer) -> None:
    for sent in ({}, {"file": (io.BytesIO(b""), "x.pdf")}):
        answer = browser.post(at(greta, "/documents"), data=sent, content_type="multipart/form-data")
        assert answer.status_code == 422


# ── consents


def test_a_consent_needs_evidence_and_the_newest_word_holds(browser: FlaskClient, greta: Customer) -> None:
    said = {"channel": "email", "purpose": "marketing", "word": "yes"}
    assert browser.post(at(greta, "/consents"), data=said).status_code == 422
    browser.post(at(greta, "/consents"), data=said | {"evidence": "Box ticked in the shop"})
    assert consents.allows(greta.id, "email", "marketing")
    page = browser.post(at(greta, "/consents"), data=said | {"word": "no", "evidence": "Letter of 3 May"}).text
    assert not consents.allows(greta.id, "email", "marketing")
    assert "refused" in page
    every = browser.get(at(greta, "/consents?all=1")).text
    assert "Box ticked in the shop" in every


def test_nobody_said_anything_means_no_marketing(greta: Customer) -> None:
    holds = {purpose: consents.allows(greta.id, "sms", purpose) for purpose in consents.Purpose}
    assert holds == {"marketing": False, "surveys": True, "notices": True}


# ── possible duplicates and merging


def test_an_agent_sees_whom_it_may_be_but_does_not_decide(
    browser: FlaskClient, greta: Customer, twin: Customer
) -> None:
    page = browser.get(at(greta, "/duplicates")).text
    assert "Greta Lindquist" in page
    assert "Compare" not in page
    acts = [
        ("get", f"/merge/{twin.id}"), ("post", f"/merge/{twin.id}"), ("post", f"/duplicates/{twin.id}/dismiss"),
        ("get", "/duplicates/find?q=greta"),
    ]  # fmt: skip
    for method, rest in acts:
        assert getattr(browser, method)(at(greta, rest)).status_code == 403
    assert browser.get("/desk/customers/duplicates").status_code == 403
    assert browser.post("/desk/customers/merges/1/undo").status_code == 403
    assert db.session.get(Customer, twin.id) is not None


def test_a_supervisor_merges_as_chosen_and_takes_it_back(
    enter: Enter, lee: Agent, greta: Customer, twin: Customer
) -> None:
    duplicates.look([greta.id])
    db.session.commit()
    browser, gone = enter(lee), twin.id
    assert f"/merge/{gone}" in browser.get("/desk/customers/duplicates").text
    page = browser.get(at(greta, f"/merge/{gone}")).text
    assert "Likes tea" in page
    answer = browser.post(at(greta, f"/merge/{gone}"), data={"take-name": "right"})
    assert answer.location == at(greta)
    assert browser.get(at(greta)).text.count("Greta Lindquist") > 1
    led = browser.get(f"/desk/customers/{gone}?tab=notes")
    assert (led.status_code, led.location) == (302, at(greta, "?tab=notes"))
    assert browser.get(f"/desk/customers/{gone}/orders").location == at(greta, "/orders")
    odd = browser.get(f"/desk/customers/{gone}?_scheme=x&_anchor=y&customer_id={gone}&tab=notes")
    assert (odd.status_code, odd.location) == (302, at(greta, "?tab=notes"))
    assert browser.post(f"/desk/customers/{gone}/notes", data={"text": "x"}).status_code == 409
    [done] = merging.of(greta)
    browser.post(f"/desk/customers/merges/{done.id}/undo")
    assert (greta.name, db.session.get_one(Customer, gone).name) == ("Greta Lindqvist", "Greta Lindquist")
    assert browser.get("/desk/customers/duplicates").text.count("pair-score") == 0
    assert browser.post(f"/desk/customers/merges/{done.id}/undo").status_code == 409


def test_two_who_are_told_apart_are_gone_from_the_list_until_that_is_taken_back(
    enter: Enter, lee: Agent, greta: Customer, twin: Customer
) -> None:
    duplicates.look([greta.id])
    db.session.commit()
    browser = enter(lee)
    browser.post(at(greta, f"/duplicates/{twin.id}/dismiss"))
    assert "Nobody looks like anybody else" in browser.get("/desk/customers/duplicates").text
    browser.post(at(greta, f"/duplicates/{twin.id}/revive"))
    assert "Greta Lindquist" in browser.get("/desk/customers/duplicates").text


def test_who_comes_second_is_told_and_nothing_happens_twice(
    enter: Enter, lee: Agent, greta: Customer, twin: Customer
) -> None:
    browser, gone = enter(lee), twin.id
    browser.post(at(greta, f"/merge/{gone}"))
    second = browser.post(at(greta, f"/merge/{gone}"))
    assert (second.status_code, "Somebody else has just merged" in second.text) == (409, True)
    assert db.session.query(Merge).count() == 1


def test_verified_strangers_need_a_tick(enter: Enter, lee: Agent, app: Flask) -> None:
    greta, bo = factories.greta(), factories.bo()
    db.session.commit()
    browser = enter(lee)
    assert "share none of them" in browser.get(at(greta, f"/merge/{bo.id}")).text
    assert browser.post(at(greta, f"/merge/{bo.id}")).status_code == 409
    said = browser.post(at(greta, f"/merge/{bo.id}"), headers={"Accept": "application/json"})
    assert (said.status_code, "say that you are sure" in said.json["error"]) == (409, True)
    assert browser.post(at(greta, f"/merge/{bo.id}"), data={"sure": "1"}).status_code == 303


@pytest.mark.parametrize("other", ["0", "987654321", "99999999999999999999"])
def test_nobody_is_merged_with_whom_there_is_not(
    enter: Enter, lee: Agent, greta: Customer, twin: Customer, other: str
) -> None:
    browser = enter(lee)
    for method in ("get", "post"):
        assert getattr(browser, method)(at(greta, f"/merge/{other}")).status_code in (404, 405)
    assert browser.post(at(greta, f"/merge/{greta.id}")).status_code == 404


def test_a_damaged_place_in_the_list_is_its_beginning(enter: Enter, lee: Agent, greta: Customer) -> None:
    db.session.add(Duplicate(left_id=greta.id, right_id=factories.bo().id, score=60, reasons=[], found_at=clock.now()))
    db.session.commit()
    browser = enter(lee)
    for place in ("x", "1", "1.x", "9" * 30 + ".1", "-1.5"):
        assert "Bo Andersen" in browser.get(f"/desk/customers/duplicates?after={place}").text


def test_the_history_of_the_one_who_went_is_read_at_the_survivor(
    enter: Enter, lee: Agent, greta: Customer, twin: Customer
) -> None:
    told: dict[str, Any] = {"about": "Wants a call in May"}
    records.change(twin, lee, twin.version, **told)
    db.session.commit()
    browser = enter(lee)
    browser.post(at(greta, f"/merge/{twin.id}"))
    page = browser.get(at(greta, "?tab=history")).text
    assert "Wants a call in May" in page
    assert "merged Greta Lindquist into this customer" in page
