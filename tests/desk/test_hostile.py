"""Whatever is typed or forged into the archive and the screens of prompts: a refusal at worst, never a crash.

Every route of the URL map gets every field that any of them reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

import contact_center
from contact_center.agents.models import Agent
from contact_center.card.models import Answer, PromptRule
from contact_center.card.prompts import answering
from contact_center.customers import custom, documents, merging, notes
from contact_center.customers.models import CustomerNote
from contact_center.entitlements import contracts, registering
from contact_center.extensions import db
from contact_center.orders import products
from contact_center.putting.rows import Known
from contact_center.queues.models import Queue
from contact_center.tickets import tasks
from tests import factories

ROOT = Path(contact_center.__file__).parent
DOORS = [*(ROOT / "desk").rglob("*.py"), ROOT / "admin" / "prompts.py"]
READ = re.compile(r'(?:args|form|values|number|numbers|text|ticked)(?:\.get(?:list)?)?[(\[]"([a-z_.]+)"')
MORE = {
    *registering.READERS, "valid_from", "valid_until", "hours", "response_minutes", "resolution_minutes", "fee",
    "visits_included", "visits_used", "currency", "custom.size", "custom.none", "name", "email", "phone", "version",
    "amount", "reason", "kind", "row", "field_1", "op_1", "value_1", "of_1", "join_1", "action_kind", "tone",
    "subject", "priority", "order_number", "take-name", "once", "sort", "state", "queue", "assignee", "tag",
}  # fmt: skip
NUL, HUGE = "\x00", "1" + "0" * 30
OURS = re.compile(r"/desk/(customers|orders|products|assets|contracts)|/admin/prompts")


@pytest.fixture
def root(app: Flask) -> Agent:
    return factories.root()


@pytest.fixture
def ids(root: Agent, queue: Queue) -> dict[str, Any]:
    """A row for every id that a route names."""
    customer = factories.greta()
    ticket, other = factories.ticket(queue), factories.ticket(queue, text="And the freezer.")
    rule = db.session.scalars(db.select(PromptRule).limit(1)).one()
    gone = factories.customer("Greta L.")
    plan = {"valid_from": "2026-01-01", "valid_until": "2040-01-01"}
    found = {
        "customer_id": customer.id, "person_id": factories.bo().id, "point_id": customer.points[0].id,
        "note_id": notes.add(customer, root, "Prefers e-mail").id, "rule_id": rule.id,
        "answer_id": answering.answer(rule, customer, "", Answer.DONE, root).id,
        "document_id": documents.add(customer, root, "plan.pdf", "application/pdf", b"%PDF-1.4").id,
        "other_id": factories.customer("Greta Lindquist").id, "merge_id": merging.merge(customer.id, gone.id, root).id,
        "field_id": custom.define(root, key="size", label="Size", kind="NUMBER").id,
        "order_id": factories.order(customer).id, "asset_id": factories.asset(customer).id,
        "product_id": products.put("P-1", name="Fridge").row.id,
        "contract_id": contracts.put("K-1", customer=Known(customer.id), name="Comfort", **plan).row.id,
        "task_id": tasks.add(ticket, root, "Order a relay").id, "ref": ticket.ref, "other": other.ref,
    }  # fmt: skip
    db.session.commit()
    return found


def fields() -> set[str]:
    """Every name under which a door of ours reads something."""
    return MORE.union(*(READ.findall(path.read_text()) for path in DOORS))


def routes(app: Flask, method: str, ids: dict[str, Any]) -> Iterator[tuple[Rule, dict[str, Any]]]:
    """The routes that these rows can be put into, each with every choice of its words."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and OURS.match(rule.rule):
            names = {name for name in rule.arguments if name not in ids}
            words = {name: rule._converters[name].regex.strip("()?:").split("|") for name in names}
            if all(re.fullmatch(r"[a-z-]+", word) for each in words.values() for word in each):
                for nth in range(max([1, *map(len, words.values())])):
                    yield rule, {**ids, **{name: each[nth % len(each)] for name, each in words.items()}}


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    with app.test_request_context():
        built = rule.build({name: values[name] for name in rule.arguments})
    assert built is not None
    return built[1]


@pytest.mark.parametrize(("method", "value"), [("GET", NUL), ("POST", NUL), ("POST", HUGE)])
def test_nothing_typed_or_forged_breaks_a_page(
    app: Flask, enter: Callable[[Agent], FlaskClient], root: Agent, ids: dict[str, Any], value: str, method: str
) -> None:
    browser = enter(root)
    asked = dict.fromkeys(fields(), value)
    said = {"query_string": asked} if method == "GET" else {"data": asked}
    broken = {}
    found = list(routes(app, method, ids))
    assert len(found) > 25
    for rule, values in found:
        where = address(app, rule, values)
        try:
            answer = browser.open(where, method=method, headers={"HX-Request": "true"}, buffered=True, **said)
        except Exception as error:  # noqa: BLE001 (all of them are told)
            broken[where] = repr(error)[:300]
            db.session.rollback()
        else:
            if answer.status_code >= 500:
                broken[where] = str(answer.status_code)
    assert broken == {}
    assert db.session.get_one(CustomerNote, ids["note_id"]).text
