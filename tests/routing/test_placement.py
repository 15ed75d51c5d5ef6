"""From the wire into the right queue: rules on the way in, what they leave on the ticket, and what they never cost."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calendars.models import Calendar
from contact_center.channels import inbox
from contact_center.channels.base import RawMessage
from contact_center.channels.web.submissions import Form, Submission
from contact_center.errors import Invalid, Stale
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue, Skill
from contact_center.routing import dry_run, placement, rules
from contact_center.routing.models import PlacementRule
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Priority, Ticket
from tests import factories

Add = Callable[..., PlacementRule]


def mail(
    mailbox: Mailbox, subject: str = "Kettle", text: str = "It leaks.", sender: str = factories.SAM, **headers: str
) -> Ticket:
    """A mail comes in; the ticket it is in."""
    lines = {"From": sender, "To": mailbox.address, "Subject": subject, "Message_ID": f"<{uuid.uuid4().hex}@m.example>"}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in (lines | headers).items())
    payload = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    kept = RawMessage("email", uuid.uuid4().hex, payload, clock.now(), mailbox.id)
    (raw_id,) = inbox.keep([kept])
    return db.session.get_one(Ticket, inbox.process(raw_id, kept).ticket_id)


def request(kind: str, text: str = "The compressor hums.", **fields: str) -> Ticket:
    """The same from the request form."""
    sent = Submission(
        Form.REQUEST, uuid.uuid4().hex, Address(Scheme.EMAIL, factories.SAM), "Sam", text, "en",
        {"kind": kind, **fields},
    )  # fmt: skip
    kept = RawMessage("web", sent.external_id(), sent.payload(), clock.now(), facts={"files": []})
    (raw_id,) = inbox.keep([kept])
    return db.session.get_one(Ticket, inbox.process(raw_id, kept).ticket_id)


def interaction(ticket: Ticket) -> Interaction:
    newest = select(Interaction).where(Interaction.ticket_id == ticket.id).order_by(Interaction.id.desc())
    return db.session.scalars(newest.limit(1)).one()


def told(ticket: Ticket) -> list[dict[str, Any]]:
    asked = select(Event.data).where(Event.ticket_id == ticket.id, Event.name == Name.INTERACTION_PLACED)
    return list(db.session.scalars(asked))


def test_without_rules_everything_stays_where_it_came_in_and_nothing_is_written(mailbox: Mailbox) -> None:
    placement.forget()
    ticket = mail(mailbox)
    assert (ticket.queue_id, told(ticket), interaction(ticket).placed_by) == (mailbox.queue_id, [], {})


def test_the_first_rule_that_fits_gives_queue_skills_and_priority_and_says_what_it_saw(
    mailbox: Mailbox, seniors: Queue, rule: Add
) -> None:
    skill = Skill(name="French")
    db.session.add(skill)
    db.session.flush()
    rule("By the web", channels=["web"], queue_id=seniors.id)
    fitting = rule("Refunds", words="refund\n退款", queue_id=seniors.id, asks={skill.id: 4}, priority="HIGH")
    rule("Everything", priority="LOW")
    ticket = mail(mailbox, text="我要退款，谢谢。")
    seen = interaction(ticket)
    assert (ticket.queue_id, seen.queue_id, ticket.priority) == (seniors.id, seniors.id, Priority.HIGH)
    assert (seen.asked, seen.placed_by["rule"], seen.placed_by["because"]) == (
        f"{skill.id}:4", fitting.id, {"words": "退款"},
    )  # fmt: skip
    (line,) = told(ticket)
    assert (line["name"], line["queue"], line["asks"]) == ("Refunds", "Seniors", [["French", 4]])


def test_a_rule_may_ask_for_the_hours_of_a_calendar_and_one_that_is_gone_never_holds(
    mailbox: Mailbox, seniors: Queue, rule: Add
) -> None:
    always = Calendar(name="Always", time_zone="Europe/Berlin")
    db.session.add(always)
    db.session.flush()
    rule("Inside", hours="inside", calendar_id=always.id, queue_id=seniors.id)
    assert mail(mailbox).queue_id == seniors.id
    db.session.delete(always)
    db.session.flush()
    placement.forget()
    assert mail(mailbox).queue_id == mailbox.queue_id


def test_the_hours_of_the_queue_it_is_put_into_count_for_what_is_due(
    mailbox: Mailbox, seniors: Queue, rule: Add
) -> None:
    always = Calendar(name="Always", time_zone="Europe/Berlin")
    db.session.add(always)
    db.session.flush()
    seniors.calendar_id = always.id
    with clock.standing_at(datetime(2026, 11, 28, 3, tzinfo=UTC)):  # a Saturday
        left = mail(mailbox)
        rule("Refunds", words="refund", queue_id=seniors.id)
        moved = mail(mailbox, text="A refund, please.")
    assert left.due_at is not None
    assert moved.due_at is not None
    assert moved.due_at < left.due_at


def test_where_no_rule_fits_it_says_so(mailbox: Mailbox, seniors: Queue, rule: Add) -> None:
    rule("By the web", channels=["web"], queue_id=seniors.id)
    ticket = mail(mailbox)
    (line,) = told(ticket)
    assert (ticket.queue_id, line["rule"], line["queue"]) == (mailbox.queue_id, None, "Service e-mail")


def test_a_rule_whose_queue_is_deactivated_is_passed_over_and_named(
    mailbox: Mailbox, seniors: Queue, rule: Add
) -> None:
    rule("Everything to the seniors", queue_id=seniors.id)
    rule("The rest", priority="HIGH")
    seniors.is_active = False
    db.session.flush()
    placement.forget()
    ticket = mail(mailbox)
    (line,) = told(ticket)
    assert (ticket.queue_id, ticket.priority, line["name"]) == (mailbox.queue_id, Priority.HIGH, "The rest")
    assert line["skipped"] == [["Everything to the seniors", "Seniors"]]


def test_a_request_is_placed_by_its_kind_the_customers_tier_and_what_covers_it(seniors: Queue, rule: Add) -> None:
    sam = factories.customer("Sam", factories.SAM, tier="A")
    factories.asset(sam, name="Front-loader WM-10", serial="WM10-77812")
    rule("Repairs of A under warranty", kinds=["REPAIR"], tiers=["A"], covers=["WARRANTY"], queue_id=seniors.id)
    repair = request("REPAIR", text="It is WM10-77812 and leaks.")
    question = request("QUESTION")
    assert (repair.queue_id == seniors.id, question.queue_id == seniors.id) == (True, False)
    assert interaction(repair).placed_by["because"] == {"kinds": "REPAIR", "tiers": "A", "covers": "WARRANTY"}


def test_of_several_who_may_have_sent_it_the_best_tier_counts(seniors: Queue, rule: Add) -> None:
    for tier in (None, "A"):
        factories.customer("Sam", factories.SAM, tier=tier)
    rule("Of A", tiers=["A"], queue_id=seniors.id)
    assert request("QUESTION").queue_id == seniors.id


def test_a_product_is_found_in_the_order_that_the_request_names(seniors: Queue, rule: Add) -> None:
    sam = factories.customer("Sam", factories.SAM)
    order = factories.order(sam)
    rule("Fridges", products="KS-300", queue_id=seniors.id)
    assert request("DELIVERY", text="Where is it?", order_number=order.external_id).queue_id == seniors.id
    assert request("DELIVERY", text="Where is it?").queue_id != seniors.id


def test_what_goes_on_in_a_ticket_keeps_its_queue_and_asks_for_the_same_skills(
    mailbox: Mailbox, seniors: Queue, rule: Add, ada: Agent
) -> None:
    skill = Skill(name="French")
    db.session.add(skill)
    db.session.flush()
    rule("Kettles", words="kettle", queue_id=seniors.id, asks={skill.id: 2})
    ticket = mail(mailbox, Message_ID="<first@m.example>")
    lifecycle.take(ticket, ada)
    lifecycle.resolve(ticket, ada)
    db.session.commit()
    again = mail(mailbox, "Re: Kettle", "And a lid.", In_Reply_To="<first@m.example>", References="<first@m.example>")
    assert (again.id, again.queue_id, len(told(again))) == (ticket.id, seniors.id, 1)
    assert interaction(again).asked == f"{skill.id}:2"


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"name": ""}, "name", "Please write a name."),
        ({"priority": None}, "queue_id", "This rule would do nothing: choose a queue, a skill or a priority."),
        ({"words": "!!!"}, "words", "“!!!” holds no word that could be looked for."),
        ({"words": "x" * 61}, "words", "That is too long: 60 characters at most."),
        ({"words": "\n".join(map(str, range(41)))}, "words", "40 at most."),
        ({"queue_id": 987654}, "queue_id", "This queue is gone."),
        (
            {"channels": ["email"], "kinds": ["REPAIR"]}, "conditions",
            "This rule can never fit: an e-mail does not say of what kind it is; only requests on the web do.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_rule_is_said(service: Queue, typed: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.read({"name": "A rule", "priority": "HIGH", **typed})
    assert refused.value.fields == {field: said}


def test_a_rule_below_one_that_takes_everything_is_told_until_it_is_moved_above(rule: Add, root: Agent) -> None:
    wide, narrow = rule("All", priority="LOW"), rule("Of A", tiers=["A"], priority="HIGH")
    assert rules.shadowed(rules.listed()) == {narrow.id: wide}
    rules.move(narrow, -1, root)
    assert rules.shadowed(rules.listed()) == {}
    rules.move(narrow, 1, root)
    rules.activate(wide, root, is_active=False)
    assert rules.shadowed(rules.listed()) == {}


def test_two_people_at_one_rule_are_told_what_differs(rule: Add, root: Agent) -> None:
    mine = rule("All", priority="LOW")
    rules.change(mine, rules.read({"name": "All", "is_active": True, "priority": "HIGH"}), root, mine.version)
    with pytest.raises(Stale) as stale:
        rules.change(mine, rules.read({"name": "All of it", "is_active": True, "priority": "HIGH"}), root, 1)
    assert stale.value.difference == {"name": ("All of it", "All")}


def test_rules_are_tried_on_what_came_in_lately(mailbox: Mailbox, seniors: Queue, rule: Add) -> None:
    moved, left = mail(mailbox, text="I want a refund"), mail(mailbox, text="Thanks")
    rule("Refunds", words="refund", queue_id=seniors.id)
    report = dry_run.run(placement.read())
    refunds, rest = report.outcomes
    assert (report.looked, report.total, report.is_whole) == (2, 2, True)
    assert ([past.ticket_id for past in refunds.samples], refunds.count, refunds.moved) == ([moved.id], 1, 1)
    assert ([past.ticket_id for past in rest.samples], rest.moved) == ([left.id], 0)
    assert report.queues == {mailbox.queue_id: [2, 1], seniors.id: [0, 1]}


def test_a_dry_run_beyond_its_bound_says_how_far_it_got(
    mailbox: Mailbox, rule: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        mail(mailbox)
    rule("All", priority="LOW")
    monkeypatch.setattr(dry_run, "MOST", 2)
    report = dry_run.run(placement.read())
    assert (report.looked, report.total, report.is_whole) == (2, 3, False)


def test_one_ticket_is_tried_rule_by_rule(mailbox: Mailbox, seniors: Queue, rule: Add) -> None:
    rule("By the web", channels=["web"], queue_id=seniors.id)
    rule("Kettles", words="kettle", queue_id=seniors.id)
    rule("Everything", priority="LOW")
    past, (web, kettles, rest) = dry_run.one(mail(mailbox), placement.read())
    assert past is not None
    assert [(trial.fits, trial.is_reached) for trial in (web, kettles, rest)] == [
        (False, True), (True, True), (True, False),
    ]  # fmt: skip
    assert (web.checks[0].seen, kettles.checks[0].seen) == ("email", "kettle")
