"""Whatever another system sends: a result for each thing that is asked, and never an error of ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from contact_center.api import description
from contact_center.importing.kinds import KINDS
from tests import factories
from tests.api.conftest import Call

ODD: list[Any] = [
    None, "", "a\x00b", "\ud800", "x" * 9000, -1, 0.1, "1e25", "NaN", 10**30, 99_999_999_999_999, "9999999999999.99",
    True, {}, [None], [[]], "2026-02-30", "0001-01-01", "2199-01-01T00:00:00Z", "ZZZ",
]  # fmt: skip


@pytest.fixture
def known(call: Call) -> None:
    """What the examples refer to."""
    factories.agent("Ada Norra", email="ada@norra.example")
    operations = [
        ("customers", "C-1001", {"name": "Greta"}),
        ("customers", "C-2000", {"name": "Hotel", "kind": "COMPANY"}),
        ("products", "NK-200", {"name": "Heat pump"}),
        ("orders", "SO-7731", {"customer": "C-1001", "currency": "EUR", "placed_at": "2026-01-01T00:00Z", "total": 5}),
        ("assets", "A-55012", {"customer": "C-1001", "name": "Heat pump"}),
        ("invoices", "INV-2026-0042",
         {"customer": "C-1001", "currency": "EUR", "amount": "9000", "issued_on": "2026-01-01"}),
    ]  # fmt: skip
    put = [{"put": kind, "external_id": number, "value": value} for kind, number, value in operations]
    answer = call("POST", "/batch", {"operations": put})
    assert {result["status"] for result in answer.json["results"]} == {201}  # type: ignore[index]


def spoiled(value: Any) -> list[Any]:
    """*value* with each thing in it replaced by each odd one, one at a time."""
    if isinstance(value, dict):
        return [{**value, name: odd} for name, inside in value.items() for odd in [*spoiled(inside), *ODD]]
    if isinstance(value, list):
        return [[odd, *value[1:]] for odd in spoiled(value[0])] if value else []
    return []


@pytest.mark.parametrize("name", list(KINDS))
def test_odd_values_are_refused_or_taken_one_by_one(call: Call, known: None, name: str) -> None:
    bodies = spoiled(description.example(KINDS[name]))
    operations = [{"put": name, "external_id": f"X-{n}", "value": body} for n, body in enumerate(bodies)]
    for at in range(0, len(operations), 500):
        answer = call("POST", "/batch", {"operations": operations[at : at + 500]})
        assert answer.status_code == 200, answer.text[:500]
        for result, operation in zip(answer.json["results"], operations[at:], strict=False):  # type: ignore[index]
            assert result["status"] in (200, 201, 422), operation
            assert result["status"] != 422 or result["errors"][0]["detail"], operation


@pytest.mark.parametrize(
    "number",
    ["%00", "a%00b", "%ff%fe", "..%2F..%2Fetc", "%E2%80%AEgnp.exe", "1" * 5000, "%20", "'%20OR%201=1", "a/b/c"],
)
@pytest.mark.parametrize("path", ["orders/{}", "customers/{}", "customers/{}/card", "tickets?customer={}"])
def test_odd_numbers_are_of_nothing(call: Call, path: str, number: str) -> None:
    answer = call("GET", "/" + path.format(number))
    assert answer.status_code == (200 if "?" in path else 404)


@pytest.mark.parametrize("number", ["%00", "%ff", "%20", "1" * 5000])
def test_nothing_is_put_under_an_odd_number(call: Call, number: str) -> None:
    answer = call("PUT", f"/customers/{number}", {"name": "Greta"})
    assert (answer.status_code, answer.content_type) in ((422, "application/problem+json"), (201, "application/json"))
    assert answer.status_code == 422 or call("GET", f"/customers/{number}").status_code == 200


@pytest.mark.parametrize("query", ["before=1" + "0" * 30, "before=x", "limit=1" + "0" * 30, "limit=-1", "state=%00"])
def test_odd_pages_of_tickets_are_no_error_of_ours(call: Call, query: str) -> None:
    assert call("GET", f"/tickets?{query}").status_code in (200, 422)


@pytest.mark.parametrize("name", list(KINDS))
def test_what_was_got_can_be_put_again_and_changes_nothing(call: Call, known: None, name: str) -> None:
    body = description.example(KINDS[name])
    assert call("PUT", f"/{name}/X-1", body).status_code == 201
    shown = call("GET", f"/{name}/X-1").json
    assert call("PUT", f"/{name}/X-1", shown).json == {"external_id": "X-1", "outcome": "same"}
    wrong = call("PUT", f"/{name}/X-1", {**(shown or {}), "external_id": "X-2"})
    assert wrong.get_json(force=True)["errors"][0]["pointer"] == "#/external_id"


@pytest.mark.parametrize("name", list(KINDS))
def test_the_description_is_true_to_what_is_taken_and_told(call: Call, known: None, name: str) -> None:
    told = call("GET", "/openapi.json").json
    assert told is not None

    def keeps(schema: str, value: Any) -> bool:
        return Draft202012Validator({"$ref": f"#/components/schemas/{schema}", **told}).is_valid(value)

    body = told["paths"][f"/{name}/{{external_id}}"]["put"]["requestBody"]["content"]["application/json"]["example"]
    assert keeps(name, body)
    answer = call("PUT", f"/{name}/X-1", body)
    assert keeps("outcome", answer.json)
    assert keeps(name, call("GET", f"/{name}/X-1").json)
    for wrong in ({"colour": "red"}, *({field: {}} for field in body)):
        assert not keeps(name, wrong)
        refused = call("PUT", f"/{name}/X-1", wrong)
        assert refused.status_code == 422
        assert keeps("problem", refused.get_json(force=True))
    operations = [{"put": name, "external_id": "X-1", "value": value} for value in (body, {"colour": "red"})]
    results = call("POST", "/batch", {"operations": operations}).json["results"]  # type: ignore[index]
    assert all(keeps("result", result) for result in results)


@pytest.mark.committing
def test_two_batches_that_meet_head_on_both_go_in(app: Flask, call: Call, token: Any) -> None:
    call("PUT", "/customers/C-1", {"name": "Greta"})
    value = {"customer": "C-1", "currency": "EUR", "placed_at": "2026-01-10T14:30:00Z", "total": 5}
    operations = [
        {"put": kind, "external_id": f"S-{n:03}", "value": value if kind == "orders" else {"name": "Filter"}}
        for n in range(100) for kind in ("orders", "products")
    ]  # fmt: skip
    headers = {"Authorization": f"Bearer {token[1]}"}

    def send(some: list[Any]) -> list[int]:
        answer = app.test_client().post("/api/v1/batch", json={"operations": some}, headers=headers)
        return [result["status"] for result in answer.json["results"]] if answer.status_code == 200 else []  # type: ignore[index]

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(send, (operations, operations[::-1])))
    assert [len(statuses) for statuses in told] == [200, 200]
    assert sorted(told[0] + told[1]) == [200] * 200 + [201] * 200
