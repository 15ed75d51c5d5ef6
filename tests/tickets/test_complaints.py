"""Complaints of customers who matter: whom the policy names hears of it, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing
from contact_center.tickets import changes, complaints, lifecycle
from contact_center.tickets.models import Ticket
from contact_center.tiers import overrides, policies
from tests import factories


@pytest.fixture
def scene(app: Any) -> dict[str, Any]:
    ada, lee = factories.ada(), factories.lee()
    team = factories.team("Service", ada, lee)
    queue = factories.queue("Service e-mail", ada, team_id=team.id)
    factories.agent("Mo Other", factories.RoleName.SUPERVISOR)
    greta = factories.greta()
    return {"ada": ada, "lee": lee, "queue": queue, "greta": greta, "ticket": factories.ticket(queue)}


def complain(ticket: Ticket, agent: Agent) -> None:
    changes.change(ticket, agent, ticket.version, kind="COMPLAINT")


def rank(customer: Customer, tier: str, lee: Agent) -> None:
    overrides.set(customer, tier, "A hotel", clock.now() + timedelta(days=9), lee)


def recipients() -> list[str]:
    return sorted(db.session.scalars(select(Outgoing.recipient).where(Outgoing.purpose == "ALARM")))


def test_a_complaint_of_an_a_customer_tells_owner_and_supervisors_once(scene: dict[str, Any]) -> None:
    scene["greta"].owner_id = scene["ada"].id
    db.session.flush()
    rank(scene["greta"], "A", scene["lee"])
    assert complaints.sweep() == 0
    complain(scene["ticket"], scene["ada"])
    assert complaints.sweep() == 1
    assert complaints.sweep() == 0
    assert recipients() == ["ada@norra.example", "lee@norra.example"]
    letter = db.session.scalars(select(Outgoing).where(Outgoing.purpose == "ALARM")).first()
    assert letter is not None
    assert scene["ticket"].ref in letter.text
    assert "It is 11 degrees" not in letter.text


def test_without_an_owner_the_supervisors_hear_of_it(scene: dict[str, Any]) -> None:
    rank(scene["greta"], "B", scene["lee"])
    complain(scene["ticket"], scene["ada"])
    complaints.sweep()
    assert recipients() == ["lee@norra.example"]


def test_addresses_of_the_policy_are_told_and_of_small_customers_nobody(scene: dict[str, Any]) -> None:
    complain(scene["ticket"], scene["ada"])
    assert complaints.sweep() == 0
    wanted = policies.read("D", _form("D", addresses_D="boss@norra.example, lee@norra.example"), ["ADDRESSES"])
    policies.change({"D": wanted}, {"D": 1}, factories.root())
    assert complaints.sweep() == 1
    assert recipients() == ["boss@norra.example", "lee@norra.example"]


def test_the_notice_stands_on_the_desk_until_it_is_seen(
    scene: dict[str, Any], enter: Callable[[Agent], FlaskClient]
) -> None:
    rank(scene["greta"], "A", scene["lee"])
    complain(scene["ticket"], scene["ada"])
    complaints.sweep()
    db.session.commit()
    lee, ref = enter(scene["lee"]), scene["ticket"].ref
    assert "Complaint of Greta Lindqvist" in lee.get("/desk/complaints").text
    assert "Complaint" not in enter(scene["ada"]).get("/desk/complaints").text
    answer = lee.post(f"/desk/complaints/{ref}/seen", data={"open": "1"})
    assert answer.location == f"/desk/tickets/{ref}"
    assert "Complaint" not in lee.get("/desk/complaints").text


def test_a_settled_complaint_bothers_nobody_any_more(scene: dict[str, Any]) -> None:
    rank(scene["greta"], "A", scene["lee"])
    complain(scene["ticket"], scene["ada"])
    complaints.sweep()
    assert len(complaints.unseen(scene["lee"])) == 1
    lifecycle.resolve(scene["ticket"], scene["ada"])
    assert complaints.unseen(scene["lee"]) == []


def _form(tier: str, **more: str) -> dict[str, str]:
    return {f"response_minutes_{tier}": "60", f"resolution_minutes_{tier}": "600", f"bonus_minutes_{tier}": "0"} | more
