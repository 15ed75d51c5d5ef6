"""Settings, Placement: a rule is written, tried out, put in order, told of when it is never reached, and removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue, Skill
from contact_center.routing import placement, rules
from contact_center.routing.models import PlacementRule
from tests import factories
from tests.routing.test_placement import mail

JSON = {"Accept": "application/json"}
FORM = {"name": "Refunds", "words": "refund, 退款", "priority": "HIGH", "is_active": "1"}


@pytest.fixture
def seniors(root: Agent) -> Queue:
    return factories.queue("Seniors")


@pytest.fixture
def mailbox(seniors: Queue) -> Iterator[Mailbox]:
    made = factories.mailbox(factories.queue("Service e-mail", position=-1))
    db.session.commit()
    yield made
    factories.places.forget()
    placement.forget()


def add(browser: FlaskClient, **changed: Any) -> PlacementRule:
    answer = browser.post("/admin/placement/new", data=FORM | changed)
    assert answer.status_code == 303
    return db.session.scalars(select(PlacementRule).order_by(PlacementRule.id.desc()).limit(1)).one()


def test_a_rule_is_written_listed_in_plain_words_and_counts(browser: FlaskClient, mailbox: Mailbox) -> None:
    seniors = db.session.scalars(select(Queue).where(Queue.name == "Seniors")).one()
    skill = Skill(name="French")
    db.session.add(skill)
    db.session.commit()
    form = {"queue_id": str(seniors.id), f"level_{skill.id}": "4", "places": str(mailbox.id), "languages": "zh"}
    rule = add(browser, **form)
    assert rule.conditions == {"places": [mailbox.id], "languages": ["zh"], "words": ["refund", "退款"]}
    listed = browser.get("/admin/placement").text
    assert "Mailbox: support@norra.example · Language: Chinese · Words: “refund” / “退款”" in listed
    assert "→ Seniors · asks for French 4+ · High priority" in listed
    form = browser.get(f"/admin/placement/{rule.id}").text
    assert ("refund\n退款" in form, 'value="zh" checked' in form) == (True, True)
    ticket = mail(mailbox, text="我要退款，因为这个水壶漏水。请尽快处理我的申请。")
    assert ticket.queue_id == seniors.id
    assert "Put into <b>Seniors</b> by the rule <b>Refunds</b>" in browser.get(f"/desk/tickets/{ticket.ref}").text


def test_what_can_never_fit_is_refused_at_its_field(browser: FlaskClient) -> None:
    answer = browser.post("/admin/placement/new", data=FORM | {"channels": "email", "kinds": "REPAIR"}, headers=JSON)
    assert (answer.status_code, set(answer.json["fields"])) == (422, {"conditions"})
    assert answer.json["error"].startswith("This rule can never fit: an e-mail does not say")


def test_a_rule_that_is_never_reached_is_told_of_at_once_and_in_the_list(browser: FlaskClient) -> None:
    add(browser, name="Everything", words="")
    rule = add(browser)
    said = "“Refunds” is never reached: “Everything” above takes everything that fits it."
    assert said in browser.get("/admin/placement").text
    assert "Never reached: “Everything” above" in browser.get("/admin/placement").text
    browser.post(f"/admin/placement/{rule.id}/move", data={"to": "up"})
    assert "Never reached" not in browser.get("/admin/placement").text
    browser.post(f"/admin/placement/{rule.id}/move", data={"to": "1"})
    assert [each.name for each in rules.listed()] == ["Everything", "Refunds"]


def test_the_form_is_tried_out_before_it_is_saved(browser: FlaskClient, mailbox: Mailbox, seniors: Queue) -> None:
    ticket = mail(mailbox, text="A refund, please.")
    mail(mailbox, text="Thanks.")
    tried = browser.post("/admin/placement/dry-run", data=FORM | {"queue_id": str(seniors.id)}).text
    assert ("2 tickets of the last 30 days." in tried, ticket.ref in tried) == (True, True)
    assert "choose a queue, a skill or a priority" in browser.post("/admin/placement/dry-run", data={"name": "x"}).text
    assert rules.listed() == []


def test_a_form_that_is_not_in_use_is_tried_out_as_if_its_rule_were_not_there(
    browser: FlaskClient, mailbox: Mailbox
) -> None:
    mail(mailbox, text="A refund, please.")
    form = FORM | {"rule_id": str(add(browser).id)}
    assert "Refunds" in browser.post("/admin/placement/dry-run", data=form).text
    del form["is_active"]
    assert "Refunds" not in browser.post("/admin/placement/dry-run", data=form).text


def test_the_rules_are_tried_on_one_ticket_each_with_its_reasons(browser: FlaskClient, mailbox: Mailbox) -> None:
    add(browser, name="Of A", tiers="A", words="")
    add(browser)
    ticket = mail(mailbox, text="A refund, please.")
    shown = browser.get(f"/admin/placement/ticket?ticket={ticket.ref}").text
    assert [said in shown for said in ("does not fit", "Tier: A", "fits, and decides", "“refund”")] == [True] * 4
    assert "There is no ticket “CC-9”" in browser.get("/admin/placement/ticket?ticket=CC-9").text


def test_somebody_elses_change_is_compared(browser: FlaskClient) -> None:
    rule = add(browser)
    browser.post(f"/admin/placement/{rule.id}", data=FORM | {"version": "1", "words": "money back"})
    answer = browser.post(f"/admin/placement/{rule.id}", data=FORM | {"version": "1"}, headers=JSON)
    assert (answer.status_code, answer.json["version"]) == (409, 2)
    assert "changed: When" in browser.get(f"/admin/placement/{rule.id}").text
    assert answer.json["difference"] == {"conditions": ["Words: “refund” / “退款”", "Words: “money back”"]}


def test_a_rule_is_deactivated_and_removed(browser: FlaskClient) -> None:
    rule = add(browser)
    browser.post(f"/admin/placement/{rule.id}/deactivate")
    assert (placement.read(), "Deactivated" in browser.get("/admin/placement").text) == ((), True)
    browser.post(f"/admin/placement/{rule.id}/remove")
    assert rules.listed() == []
