"""The prompts on a card: done, not wanted, the one click, and all that taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.card.models import PromptRule, Tone
from contact_center.card.prompts import conditions, rules, vocabulary
from contact_center.card.prompts.actions import Act, Action
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import tasks
from contact_center.tickets.models import Ticket
from tests import factories

Enter = Callable[[Agent], FlaskClient]
TASK = Action(kind=Act.TASK, label="Plan it", title="Offer the extension", days=3)


@pytest.fixture
def greta(app: object) -> Customer:
    customer = factories.greta()
    factories.asset(customer, warranty_until=(clock.now() + timedelta(days=10)).date())
    return customer


@pytest.fixture
def ticket(queue: Queue, greta: Customer) -> Ticket:
    return factories.ticket(queue)


@pytest.fixture
def rule(ada: Agent, greta: Customer) -> PromptRule:
    """The only one: the warranty ends soon."""
    for other in rules.listed():
        rules.remove(other, ada)
    return made(ada)


def made(agent: Agent, name: str = "Warranty", action: Action = TASK) -> PromptRule:
    asked = [{"field": "warranty_days", "op": "le", "value": "30"}]
    row = rules.add(
        rules.Draft(
            name, conditions.read(asked, vocabulary.OURS), "{asset} ends", "", Tone.OFFER, action, 30, is_active=True
        ),
        agent,
    )
    db.session.commit()
    return row


def told(ticket: Ticket | None = None, about: str | None = None, place: str = "customer-card") -> dict[str, str]:
    [asset] = db.session.execute(db.text("SELECT id FROM asset")).scalars()
    about = f"asset:{asset}" if about is None else about
    return {"about": about, "beside": ticket.ref if ticket else "", "place": place}


def toast(answer: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer.headers["HX-Trigger"])["cc:toast"]
    return found


def at(customer: Customer, rule: PromptRule, act: str) -> str:
    return f"/desk/customers/{customer.id}/prompts/{rule.id}/{act}"


@pytest.mark.parametrize(
    ("act", "said", "kept"), [("done", "is done", "did what the prompt"), ("refuse", "is put away", "as not wanted")]
)
def test_an_answer_puts_it_away_until_it_is_taken_back(
    desk: FlaskClient, ticket: Ticket, greta: Customer, rule: PromptRule, act: str, said: str, kept: str
) -> None:
    db.session.commit()
    assert "Front-loader WM-10 ends" in desk.get(f"/desk/customers/card/{ticket.ref}").text
    answer = desk.post(at(greta, rule, act), data=told(ticket))
    assert "Front-loader WM-10 ends" not in answer.text
    assert said in toast(answer)["text"]
    assert kept in desk.get(f"/desk/customers/{greta.id}?tab=history").text
    conversation = desk.get(f"/desk/tickets/{ticket.ref}/conversation").text
    assert "the prompt <b>Warranty</b>" in conversation
    back = desk.post(toast(answer)["undo"])
    assert "Front-loader WM-10 ends" in back.text
    assert "took back the answer to the prompt <b>Warranty</b>" in desk.get(f"/desk/tickets/{ticket.ref}").text
    assert desk.post(toast(answer)["undo"]).status_code == 409


def test_one_click_does_it_and_marks_it_done(
    desk: FlaskClient, ada: Agent, ticket: Ticket, greta: Customer, rule: PromptRule
) -> None:
    db.session.commit()
    answer = desk.post(at(greta, rule, "act"), data=told(ticket))
    assert "Front-loader WM-10 ends" not in answer.text
    [task] = tasks.of(ticket)
    assert (task.title, task.owner_id) == ("Offer the extension", ada.id)
    again = desk.post(at(greta, rule, "act"), data=told(ticket))
    assert (again.status_code, len(tasks.of(ticket))) == (409, 1)
    assert rules.counts()[rule.id].done == 1


def test_one_click_on_the_customers_page_finds_the_ticket_by_itself(
    desk: FlaskClient, ticket: Ticket, greta: Customer, rule: PromptRule
) -> None:
    db.session.commit()
    answer = desk.post(at(greta, rule, "act"), data=told(place="overview-inside"))
    assert 'id="overview-inside"' in answer.text
    assert [task.title for task in tasks.of(ticket)] == ["Offer the extension"]


def test_a_task_needs_a_ticket(desk: FlaskClient, greta: Customer, rule: PromptRule) -> None:
    db.session.commit()
    refused = desk.post(at(greta, rule, "act"), data=told(), headers={"HX-Request": "true"})
    assert (refused.status_code, "Open a ticket of this customer first" in refused.json["error"]) == (409, True)
    assert "Front-loader WM-10 ends" in desk.get(f"/desk/customers/{greta.id}/overview").text


def test_a_button_sets_a_field_and_its_history_says_so(desk: FlaskClient, ada: Agent, greta: Customer) -> None:
    for other in rules.listed():
        rules.remove(other, ada)
    rule = made(ada, "Region", Action(kind=Act.FIELD, label="Is North", field="region", value="North"))
    desk.post(at(greta, rule, "act"), data=told())
    db.session.refresh(greta)
    assert greta.region == "North"
    assert "North" in desk.get(f"/desk/customers/{greta.id}?tab=history").text


@pytest.mark.parametrize("about", ["\x00", "asset:" + "9" * 30, "x" * 5000, "asset:1' OR 1=1", "ASSET:1", "asset:١"])
def test_a_forged_answer_is_refused_and_changes_nothing(
    desk: FlaskClient, ticket: Ticket, greta: Customer, rule: PromptRule, about: str
) -> None:
    db.session.commit()
    for act in ("done", "refuse", "act"):
        assert desk.post(at(greta, rule, act), data=told(ticket, about)).status_code == 409
    assert "Front-loader WM-10 ends" in desk.get(f"/desk/customers/card/{ticket.ref}").text


def test_what_is_not_there_is_a_404(
    desk: FlaskClient, enter: Enter, ticket: Ticket, greta: Customer, rule: PromptRule
) -> None:
    hidden = factories.ticket(factories.queue("Lawyers"))
    db.session.commit()
    for url, data in (
        (f"/desk/customers/{greta.id}/prompts/{10**18}/done", told(ticket)),
        (f"/desk/customers/{10**30}/prompts/{rule.id}/done", told(ticket)),
        (f"/desk/customers/{greta.id}/prompts/{rule.id}/explode", told(ticket)),
        (at(greta, rule, "done"), told(hidden)),
        (at(greta, rule, "done"), {**told(), "beside": "CC-\x00"}),
    ):
        assert desk.post(url, data=data).status_code == 404, url
    assert "Front-loader WM-10 ends" in desk.get(f"/desk/customers/card/{ticket.ref}").text
