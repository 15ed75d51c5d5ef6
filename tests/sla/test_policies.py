"""Policies of service levels on their screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from contact_center.agents.models import Agent
from contact_center.errors import Invalid, Stale
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.sla import policies
from contact_center.sla.models import SlaPolicy, Target
from contact_center.sla.policies import Step
from tests import factories

FORM = {"name": "VIP by mail", "first_response_minutes": "30", "resolution_minutes": "480", "pauses": "1"}


@pytest.fixture
def root(app: object) -> Agent:
    return factories.root()


@pytest.fixture
def page(enter: Callable[[Agent], FlaskClient], root: Agent) -> FlaskClient:
    return enter(root)


def read(**form: Any) -> dict[str, Any]:
    lists = {name: form.pop(name) for name in policies.LISTS if name in form}
    return policies.read(FORM | form, lists, ("email", "web"))


def test_it_reads_a_policy_and_passes_over_words_it_does_not_know(root: Agent) -> None:
    made = read(tiers=["A", "Z"], kinds=["REPAIR"], channels=["fax", "email"], on_breach=["REASSIGN", "EXPLODE"])
    policy = policies.create(made, root)
    assert (policy.tiers, policy.kinds, policy.channels) == (["A"], ["REPAIR"], ["email"])
    assert policy.on_breach == [Step.REASSIGN]
    value = policies.value_of(policy)
    assert value.minutes == {Target.FIRST_RESPONSE: 30, Target.RESOLUTION: 480}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": " "}, "name"),
        ({"first_response_minutes": "soon"}, "first_response_minutes"),
        ({"first_response_minutes": "0"}, "first_response_minutes"),
        ({"first_response_minutes": "600"}, "resolution_minutes"),
        ({"first_response_minutes": "", "resolution_minutes": ""}, "first_response_minutes"),
        ({"calendar_id": "987654"}, "calendar_id"),
    ],
)
def test_it_says_what_is_wrong(root: Agent, form: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(**form)
    assert set(refused.value.fields) == {field}


def test_it_changes_and_tells_stale_editors(root: Agent) -> None:
    policy = policies.create(read(), root)
    assert policies.change(policy, root, 1, read(first_response_minutes="15"))
    assert not policies.change(policy, root, 2, read(first_response_minutes="15"))
    with pytest.raises(Stale) as stale:
        policies.change(policy, root, 1, read())
    assert stale.value.difference == {"first_response_minutes": (30, 15)}


def test_a_stale_save_is_compared_in_words(page: FlaskClient, root: Agent) -> None:
    policy = policies.create(read(kinds=["REPAIR"], on_breach=["REASSIGN"]), root)
    policies.change(policy, root, 1, read(kinds=[], on_breach=["PAGE_SUPERVISOR"], with_contract="no", pauses=""))
    db.session.commit()
    sent = FORM | {"version": "1", "kinds": "REPAIR", "on_breach": "REASSIGN"}
    answer = page.post(f"/admin/service-levels/{policy.id}", data=sent, headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["difference"] == {
        "kinds": ["Repair", "–"],
        "on_breach": ["Give it back to its queue", "Write a letter to the supervisors"],
        "with_contract": ["–", "without a contract"],
        "pauses": ["Yes", "No"],
    }


def test_who_moves_what_was_removed_meanwhile_moves_nothing(root: Agent) -> None:
    policy = policies.create(read(), root)
    db.session.execute(delete(SlaPolicy), execution_options={"synchronize_session": False})
    policies.move(policy, 1, root)


def test_it_keeps_an_order_and_what_happened(root: Agent) -> None:
    first, second = policies.create(read(), root), policies.create(read(name="All"), root)
    policies.move(second, -1, root)
    assert policies.listed() == [second, first]
    policies.activate(second, root, is_active=False)
    assert [value.name for value in policies.values()] == ["VIP by mail"]
    policies.remove(second, root)
    events = db.session.scalars(select(Event.data).where(Event.name == Name.SLA_POLICY_CHANGED)).all()
    assert [event["policy"] for event in events] == ["VIP by mail", "All", "All", "All", "All"]
    assert events[-1]["removed"]


def test_the_screen_makes_changes_moves_and_removes(page: FlaskClient) -> None:
    assert page.post("/admin/service-levels/new", data=FORM | {"tiers": ["A", "B"]}).status_code == 303
    policy = db.session.scalars(select(SlaPolicy)).one()
    listed = page.get("/admin/service-levels").text
    assert "VIP by mail" in listed
    assert "30 min" in listed
    assert "8 h" in listed
    url = f"/admin/service-levels/{policy.id}"
    assert 'value="480"' in page.get(url).text
    assert page.post(url, data=FORM | {"version": "1", "resolution_minutes": "10"}).status_code == 422
    assert page.post(url, data=FORM | {"version": "1", "on_breach": ["REASSIGN"]}).status_code == 303
    db.session.refresh(policy)
    assert (policy.tiers, policy.on_breach) == ([], ["REASSIGN"])
    page.post(f"{url}/deactivate")
    db.session.refresh(policy)
    assert not policy.is_active
    page.post(f"{url}/move", data={"to": "up"})
    page.post(f"{url}/remove")
    assert db.session.scalars(select(SlaPolicy)).all() == []
