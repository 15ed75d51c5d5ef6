"""Settings, Prompts: a rule is written, tried out on everybody, changed, put in order, switched off and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.card import summary
from contact_center.card.models import PromptRule
from contact_center.card.prompts import rules
from contact_center.credit.models import CreditLimit
from contact_center.extensions import db
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}
FORM = {
    "row": ["11", "22"],
    "join_11": "and", "field_11": "status", "op_11": "in", "value_11": ["ACTIVE", "PROSPECT"],
    "join_22": "and", "field_22": "over_limit", "op_22": "is", "value_22": "yes",
    "name": "Over the limit", "sentence": "{credit_used} of {credit_limit}: ask for a prepayment", "sentence_zh": "",
    "tone": "BAD", "quiet_days": "14", "is_active": "1", "action_kind": "PAGE", "action_label": "Look",
    "action_page": "money",
}  # fmt: skip


def only(root: Agent) -> None:
    for rule in rules.listed():
        rules.remove(rule, root)
    db.session.commit()


def owing(name: str, limit: int) -> Any:
    """Somebody who owes 599, with a limit."""
    customer = factories.customer(name, status="ACTIVE")
    factories.invoice(customer, f"N-{name}")
    db.session.add(CreditLimit(customer_id=customer.id, amount=limit, currency="EUR", set_at=clock.now()))
    db.session.commit()
    return customer


def test_a_rule_is_tried_out_saved_and_stands_on_the_card(browser: FlaskClient, root: Agent) -> None:
    only(root)
    over, exactly = owing("Hotel Over", 598), owing("Hotel Exactly", 599)
    dry = browser.post("/admin/prompts/dry-run", data=FORM).text
    assert "Would be shown for 1 customer now" in dry
    assert ("Hotel Over" in dry, "Hotel Exactly" in dry) == (True, False)
    assert browser.post("/admin/prompts/new", data=FORM).status_code == 303
    listed = browser.get("/admin/prompts").text
    assert "Over the credit limit" in listed
    [prompt] = summary.of(over, root).prompts
    assert prompt.sentence == "€599.00 of €598.00: ask for a prepayment"
    assert summary.of(exactly, root).prompts == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"value_22": "perhaps"}, "Yes or no?"), ({"field_22": "tier"}, "Choose how it is compared."),
        ({"field_22": "\x00"}, "Choose what is compared."), ({"row": []}, "Say when it is to be shown."),
        ({"row": [str(n) for n in range(99)]}, "Choose what is compared."),
        ({"op_22": "is; DROP TABLE customer"}, "Choose how it is compared."), ({"row": ["1" * 5000]}, "Choose what"),
    ],
)  # fmt: skip
def test_the_dry_run_says_what_is_missing(browser: FlaskClient, changed: dict[str, Any], said: str) -> None:
    answer = browser.post("/admin/prompts/dry-run", data=FORM | changed)
    assert (answer.status_code, said in answer.text) == (200, True)


def test_what_is_wrong_is_said_at_its_row_of_the_form(browser: FlaskClient) -> None:
    wrong = FORM | {"field_22": "visits_left", "op_22": "le", "value_22": "9" * 400, "name": "\x00", "quiet_days": "-1"}
    answer = browser.post("/admin/prompts/new", data=wrong | {"sentence": "{nothing}"}, headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == {"value_22", "name", "quiet_days", "sentence"}


def test_a_rule_is_changed_by_whoever_saw_it_as_it_is(browser: FlaskClient, root: Agent) -> None:
    only(root)
    browser.post("/admin/prompts/new", data=FORM)
    [rule] = rules.listed()
    form = browser.get(f"/admin/prompts/{rule.id}").text
    assert 'value="Over the limit"' in form
    assert "<b>Root Admin</b> added it" in form
    changed = FORM | {"version": "1", "quiet_days": "15", "value_11": ["FORMER"]}
    assert browser.post(f"/admin/prompts/{rule.id}", data=changed).status_code == 303
    assert "<b>Root Admin</b> changed: When, Quiet days" in browser.get(f"/admin/prompts/{rule.id}").text
    stale = browser.post(f"/admin/prompts/{rule.id}", data=FORM | {"version": "1", "quiet_days": "16"}, headers=JSON)
    assert stale.status_code == 409
    assert stale.json["difference"]["quiet_days"] == ["16", "15"]
    again = browser.post(f"/admin/prompts/{rule.id}", data=changed | {"version": str(stale.json["version"])})
    assert again.status_code == 303
    db.session.refresh(rule)
    assert rule.quiet_days == 15


def test_rules_are_put_in_order_switched_off_and_removed(browser: FlaskClient, root: Agent) -> None:
    only(root)
    for name in ("first", "second"):
        browser.post("/admin/prompts/new", data=FORM | {"name": name})
    first, second = rules.listed()
    browser.post(f"/admin/prompts/{second.id}/move", data={"to": "up"})
    assert [rule.name for rule in rules.listed()] == ["second", "first"]
    assert browser.post(f"/admin/prompts/{second.id}/move", data={"to": "sideways"}).status_code == 422
    off = {key: value for key, value in FORM.items() if key != "is_active"} | {"name": "first", "version": "1"}
    browser.post(f"/admin/prompts/{first.id}", data=off)
    assert "Deactivated" in browser.get("/admin/prompts").text
    browser.post(f"/admin/prompts/{first.id}/remove")
    assert browser.get(f"/admin/prompts/{first.id}").status_code == 404
    assert db.session.query(PromptRule).count() == 1


def test_the_form_grows_by_rows_that_fit_their_field(browser: FlaskClient) -> None:
    assert 'value="yes"' in browser.get("/admin/prompts/row?n=5&field_5=over_limit").text
    assert 'name="of_5"' in browser.get("/admin/prompts/row?n=5&field_5=complaints").text
    for query in ("n=x&field_x=tier", "n=%00", "field_5=%00", "n=" + "9" * 3000):
        assert browser.get(f"/admin/prompts/row?{query}").status_code == 200
    for kind in ("TASK", "FIELD", "PAGE", "TICKET", "NONE", "%00"):
        assert browser.get(f"/admin/prompts/action?action_kind={kind}").status_code == 200


def test_only_administrators_write_rules(enter: Enter, root: Agent) -> None:
    lee = enter(factories.lee())
    [rule, *_more] = rules.listed()
    for method, path in (
        ("get", ""), ("get", "/new"), ("post", "/new"), ("get", f"/{rule.id}"), ("post", f"/{rule.id}"),
        ("post", f"/{rule.id}/remove"), ("post", "/dry-run"),
    ):  # fmt: skip
        assert getattr(lee, method)(f"/admin/prompts{path}").status_code == 403
