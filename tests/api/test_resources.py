"""What a shop or an ERP tells through the API: put, got again, wrong, and a thousand at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from contact_center.api import description
from contact_center.extensions import db
from contact_center.importing.kinds import KINDS
from contact_center.orders.models import Order, Price, Shipment
from tests.api.conftest import Call

GRETA = {"name": "Greta Lindqvist", "emails": ["greta@lindqvist.example"], "city": "Malmö"}
ORDER: dict[str, Any] = {
    "customer": "C-1",
    "currency": "EUR",
    "placed_at": "2026-01-10T14:30:00Z",
    "lines": [{"title": "Filter", "quantity": 2, "unit_price": "19.90"}],
    "shipments": [
        {
            "external_id": "DHL-1",
            "carrier": "DHL",
            "tracking": [{"at": "2026-01-12T08:00:00Z", "state": "IN_TRANSIT", "text": "On the way"}],
        }
    ],
}


def test_an_order_with_lines_and_shipments_is_put_and_got_again(call: Call) -> None:
    assert call("PUT", "/customers/C-1", GRETA).status_code == 201
    answer = call("PUT", "/orders/SO-1", ORDER)
    assert (answer.status_code, answer.json) == (201, {"external_id": "SO-1", "outcome": "created"})
    shown = call("GET", "/orders/SO-1").json
    assert shown is not None
    assert (shown["customer"], shown["total"], shown["state"]) == ("C-1", "39.80", "SHIPPED")
    assert shown["lines"][0]["unit_price"] == "19.90"
    assert shown["shipments"][0]["tracking"][0]["state"] == "IN_TRANSIT"


def test_the_same_again_changes_nothing_and_a_part_changes_that_part(call: Call) -> None:
    call("PUT", "/customers/C-1", GRETA)
    call("PUT", "/orders/SO-1", ORDER)
    assert call("PUT", "/orders/SO-1", ORDER).json == {"external_id": "SO-1", "outcome": "same"}
    assert call("PUT", "/orders/SO-1", {"note": "Ring twice"}).json == {"external_id": "SO-1", "outcome": "changed"}
    shown = call("GET", "/orders/SO-1").json
    assert shown is not None
    assert (shown["note"], len(shown["lines"])) == ("Ring twice", 1)


@pytest.mark.parametrize("name", list(KINDS))
def test_what_the_description_shows_can_be_put_and_comes_back(call: Call, name: str) -> None:
    customer = call("PUT", "/customers/C-1001", {"name": "Greta"})
    assert customer.status_code == 201
    call("PUT", "/customers/C-2000", {"name": "Hotel Nord", "kind": "COMPANY"})
    call("PUT", "/products/NK-200", {"name": "Heat pump"})
    call(
        "PUT",
        "/orders/SO-7731",
        {"customer": "C-1001", "currency": "EUR", "placed_at": "2026-01-01T00:00:00Z", "total": 5},
    )
    call("PUT", "/assets/A-55012", {"customer": "C-1001", "name": "Heat pump"})
    invoice = {"customer": "C-1001", "currency": "EUR", "amount": "9000", "issued_on": "2026-01-01"}
    call("PUT", "/invoices/INV-2026-0042", invoice)
    body = description.example(KINDS[name])
    body.pop("owner", None)
    answer = call("PUT", f"/{name}/EX/1", body)
    assert answer.status_code == 201, answer.json
    shown = call("GET", f"/{name}/EX/1").json
    assert shown is not None
    assert {key: shown[key] for key in body if key not in ("shipments", "total")} == _stored(body)


def _stored(body: dict[str, Any]) -> dict[str, Any]:
    """An example as it comes back: addresses and phones in their normal form."""
    changed = {key: value for key, value in body.items() if key not in ("shipments", "total")}
    if "phones" in changed:
        changed["phones"] = ["+46705550184"]
    if "phone" in changed:
        changed["phone"] = "+46705550184"
    return changed


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"nmae": "Greta"}, ["#/nmae"]),
        ({"name": 5, "birthday": "1984-02-30"}, ["#/name", "#/birthday"]),
        ({"name": ""}, ["#/name"]),
        ({}, ["#/name"]),
        ([], ["#"]),
        ("x", ["#"]),
    ],
)
def test_wrong_values_are_pointed_at(call: Call, body: Any, pointers: list[str]) -> None:
    answer = call("PUT", "/customers/C-1", body)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    told = answer.get_json(force=True)
    assert told["status"] == 422
    assert sorted(error["pointer"] for error in told["errors"]) == sorted(pointers)


def test_wrong_lines_and_unknown_references_leave_nothing_behind(call: Call) -> None:
    call("PUT", "/customers/C-1", GRETA)
    wrong = [
        ORDER | {"customer": "C-9"},
        ORDER | {"lines": [{"title": "Filter", "quantity": -2, "unit_price": 1}]},
        ORDER | {"lines": [{"title": "Filter", "qty": 2}]},
        ORDER | {"shipments": [{"external_id": "DHL-1", "state": "LOST IN SPACE"}]},
        ORDER | {"shipments": [{"external_id": "DHL-1", "delivered_at": "2050-01-01T00:00:00Z"}]},
        ORDER | {"currency": "XXL"},
        ORDER | {"placed_at": "2026-01-10"},
    ]
    answers = [call("PUT", "/orders/SO-1", body) for body in wrong]
    assert [answer.status_code for answer in answers] == [422] * len(wrong)
    assert [db.session.scalar(select(func.count()).select_from(kind)) for kind in (Order, Shipment)] == [0, 0]
    assert answers[2].get_json(force=True)["errors"][0]["pointer"] == "#/lines/0/qty"


def test_errors_speak_the_callers_language(call: Call) -> None:
    answer = call("PUT", "/customers/C-1", [], **{"Accept-Language": "zh-CN,zh;q=0.9"})
    english = call("PUT", "/customers/C-1", [], **{"Accept-Language": "fr"})
    assert answer.get_json(force=True)["detail"] != english.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"name": NaN}', "application/json", 422),
        (b'{"name": 1e999999999}', "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b"name=Greta", "application/x-www-form-urlencoded", 415),
        (b'{"name": "' + b"x" * (2 * 1024 * 1024) + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_json_is_refused_politely(
    call: Call, client: Any, token: Any, data: bytes, content_type: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token[1]}"}
    answer = client.put("/api/v1/customers/C-1", data=data, content_type=content_type, headers=headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_a_price_that_is_told_again_is_no_second_price(call: Call) -> None:
    product = {"name": "Heat pump", "prices": [{"amount": 1249, "currency": "EUR"}], "stock": [{"quantity": 4}]}
    assert call("PUT", "/products/NK-1", product).status_code == 201
    assert call("PUT", "/products/NK-1", product).json == {"external_id": "NK-1", "outcome": "same"}
    product["stock"] = [{"quantity": 3}]
    assert call("PUT", "/products/NK-1", product).json == {"external_id": "NK-1", "outcome": "changed"}
    assert db.session.scalar(select(func.count()).select_from(Price)) == 1


def test_an_older_word_changes_nothing(call: Call) -> None:
    call("PUT", "/customers/C-1", GRETA)
    call("PUT", "/orders/SO-1", ORDER | {"state": "DELIVERED", "as_of": "2026-02-02T00:00:00Z"})
    answer = call("PUT", "/orders/SO-1", {"state": "CONFIRMED", "as_of": "2026-02-01T00:00:00Z"})
    assert answer.json == {"external_id": "SO-1", "outcome": "same"}


def test_a_batch_gives_each_operation_its_own_result(call: Call) -> None:
    operations = [
        {"put": "customers", "external_id": "C-1", "value": GRETA},
        {"put": "orders", "external_id": "SO-1", "value": ORDER},
        {"put": "orders", "external_id": "SO-2", "value": ORDER | {"customer": "C-9", "shipments": []}},
        {"put": "orders", "external_id": "SO-1", "value": {"note": "Ring twice"}},
        {"put": "spaceships", "external_id": "1", "value": {}},
        {"put": "customers", "external_id": "C-2", "value": {"colour": "red"}},
        {"put": "customers", "external_id": None, "value": {"name": "Nobody"}},
        7,
    ]
    answer = call("POST", "/batch", {"operations": operations})
    assert answer.status_code == 200
    assert answer.json is not None
    results = answer.json["results"]
    assert [result["status"] for result in results] == [201, 201, 422, 200, 422, 422, 422, 422]
    assert results[2]["errors"][0]["pointer"] == "#/value/customer"
    assert results[5]["errors"][0]["pointer"] == "#/value/colour"
    again = call("POST", "/batch", {"operations": operations[:2]})
    assert again.json is not None
    assert [result["outcome"] for result in again.json["results"]] == ["same", "same"]


def test_a_batch_has_an_end(call: Call) -> None:
    many = [{"put": "customers", "external_id": f"C-{n}", "value": {"name": "x"}} for n in range(1001)]
    assert call("POST", "/batch", {"operations": many}).status_code == 422
    done = call("POST", "/batch", {"operations": many[:1000]})
    assert done.json is not None
    assert {result["status"] for result in done.json["results"]} == {201}
    assert call("POST", "/batch", []).status_code == 422
    assert call("POST", "/batch", {"operations": {}}).status_code == 422


def test_tickets_and_cards_are_read(call: Call) -> None:
    call("PUT", "/customers/C-1", GRETA)
    answer = call("GET", "/customers/C-1/card")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["customer"]["name"] == "Greta Lindqvist"
    assert "password" not in answer.text
    assert call("GET", "/customers/C-9/card").status_code == 404
    assert call("GET", "/tickets?customer=C-1&limit=1").json == {"tickets": [], "next": None}
    assert [call("GET", f"/tickets?{bad}").status_code for bad in ("limit=0", "state=LOST", "colour=red")] == [422] * 3
