"""Whether a ticket is covered, by what, until when; and what is asked for where nothing covers it."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.entitlements import assets, checks, contracts, policies
from contact_center.entitlements.models import Asset, Cover, EntitlementCheck, ServiceContract
from contact_center.errors import IllegalMove, Invalid
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import changes, customer_choice, replies
from contact_center.tickets.models import Ticket
from tests import factories

BERLIN = ZoneInfo("Europe/Berlin")


def ticket(queue: Queue, who: str = "greta", **fields: Any) -> Ticket:
    senders = {"greta": "greta@lindqvist.example", "bo": "bo@andersen.example", "sam": factories.SAM}
    return factories.ticket(queue, sender=senders[who], **fields)


def check(ticket: Ticket) -> EntitlementCheck:
    found = checks.of(ticket.id)
    assert found is not None
    return found


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_a_repair_under_warranty_is_covered(queue: Queue, greta: Customer) -> None:
    found = check(ticket(queue, fields={"kind": "REPAIR"}))
    assert (found.cover, found.asset.external_id, found.needs) == (Cover.WARRANTY, "A-1", None)
    assert found.why["asset"] == "only"


def test_a_warranty_is_good_on_its_last_day_and_no_longer(queue: Queue, greta: Customer) -> None:
    assets.put("A-1", warranty_until="2026-03-11")
    assert check(ticket(queue)).cover is Cover.WARRANTY
    assets.put("A-1", warranty_until="2026-03-10")
    found = check(ticket(queue, subject="Another"))
    assert (found.cover, found.why["warranty"]) == (Cover.NONE, "ended")


def test_what_only_the_customer_says_they_own_is_under_no_warranty_yet(queue: Queue, greta: Customer) -> None:
    db.session.scalars(select(Asset)).one().confirmed_at = None
    db.session.flush()
    assert check(ticket(queue)).why["warranty"] == "unconfirmed"


@pytest.mark.parametrize(
    "said", ["It says KX770013 on the back", "serial: kx 77 0013 !", "the FZ-9 makes a noise", "my Freezer FZ-9"]
)
def test_the_thing_that_is_named_is_the_one_that_is_meant(queue: Queue, greta: Customer, said: str) -> None:
    assets.put("A-3", customer="C-1", product="P-2", serial="KX770013", bought_on="2020-01-01")
    assert check(ticket(queue, text=said)).asset.external_id == "A-3"


def test_of_several_things_none_is_guessed(queue: Queue, greta: Customer, ada: Agent) -> None:
    assets.put("A-3", customer="C-1", product="P-2", bought_on="2025-06-01")
    asked = ticket(queue, text="It is broken")
    found = check(asked)
    assert (found.asset, found.cover, found.why["asset"]) == (None, Cover.NONE, "several")
    chosen = db.session.scalars(select(Asset).where(Asset.external_id == "A-3")).one()
    checks.again(asked, asset_id=chosen.id, by=ada)
    assert (check(asked).asset, check(asked).cover) == (chosen, Cover.WARRANTY)
    changes.change(asked, ada, asked.version, kind="REPAIR")
    assert check(asked).asset == chosen


def test_a_contract_promises_times_in_its_hours(queue: Queue, bo: Customer) -> None:
    found = check(ticket(queue, "bo", fields={"kind": "REPAIR"}))
    assert (found.cover, found.contract.external_id) == (Cover.CONTRACT, "K-1")
    assert found.respond_by == berlin("2026-03-11T16:00")
    assert found.resolve_by == berlin("2026-03-13T11:00")


def test_a_contract_without_a_visit_left_covers_no_repair_but_a_question(queue: Queue, bo: Customer) -> None:
    [contract] = contracts.of([bo.id])
    contracts.use_visit(contract.id)
    contracts.use_visit(contract.id)
    with pytest.raises(IllegalMove):
        contracts.use_visit(contract.id)
    repair, question = (ticket(queue, "bo", subject=kind, fields={"kind": kind}) for kind in ("REPAIR", "QUESTION"))
    assert (check(repair).cover, check(repair).why["contracts"]) == (Cover.NONE, [{"number": "K-1", "is": "no_visits"}])
    assert check(question).cover is Cover.CONTRACT
    contracts.return_visit(contract.id)
    checks.again(repair)
    assert check(repair).cover is Cover.CONTRACT


@pytest.mark.parametrize(
    "change", [{"valid_until": "2026-03-10"}, {"valid_from": "2026-03-12"}, {"cancelled_on": "2026-03-11"}]
)
def test_a_contract_counts_while_it_is_valid(queue: Queue, bo: Customer, change: dict[str, str]) -> None:
    contracts.put("K-1", **change)
    assert check(ticket(queue, "bo")).cover is Cover.NONE


def test_a_contact_person_is_covered_by_their_company(queue: Queue, bo: Customer) -> None:
    firm = factories.customer("Andersen Ltd", kind="COMPANY", external_id="C-3")
    bo.company_id = firm.id
    contracts.put("K-1", cancelled_on="2026-02-01")
    contracts.put("K-2", customer="C-3", name="Fleet", valid_from="2026-01-01", valid_until="2026-12-31", hours="24x7",
                  response_minutes=60)  # fmt: skip
    assert check(ticket(queue, "bo")).contract.external_id == "K-2"


def test_an_uncovered_request_asks_for_its_fee_once(queue: Queue, bo: Customer, ada: Agent) -> None:
    contracts.put("K-1", cancelled_on="2026-02-01")
    policies.add(ada, kind="REPAIR", needs="PAID", tiers=["C", "D"], fee="200", currency="CNY", sentence="A visit.")
    asked = ticket(queue, "bo", fields={"kind": "REPAIR"})
    found = check(asked)
    assert (found.needs, found.policy.fee, found.settled_at) == ("PAID", 200, None)
    with pytest.raises(Invalid):
        checks.settle(asked, ada, "WAIVED", "  ")
    checks.settle(asked, ada, "WAIVED", "Broke a day after the warranty")
    assert (check(asked).settled_how, check(asked).settler) == ("WAIVED", ada)
    with pytest.raises(IllegalMove):
        checks.settle(asked, ada, "PAID")
    told = db.session.scalars(select(Event.data).where(Event.name == "entitlement.settled")).one()
    assert told == {"how": "WAIVED", "reason": "Broke a day after the warranty"}
    checks.unsettle(asked, ada)
    checks.settle(asked, ada, "PAID")
    assert check(asked).settled_how == "PAID"


def test_a_policy_holds_for_its_tiers(queue: Queue, bo: Customer, ada: Agent) -> None:
    contracts.put("K-1", cancelled_on="2026-02-01")
    policies.add(ada, kind="REPAIR", needs="DEPOSIT", tiers=["C", "D"])
    bo.tier = "A"
    db.session.flush()
    asked = ticket(queue, "bo", fields={"kind": "REPAIR"})
    assert check(asked).needs is None
    bo.tier = None  # whoever has no tier yet is one of the many
    db.session.flush()
    checks.again(asked)
    assert check(asked).needs == "DEPOSIT"


def test_a_stranger_is_not_checked(queue: Queue, greta: Customer) -> None:
    ticket(queue, "sam")
    assert db.session.scalar(select(func.count()).select_from(EntitlementCheck)) == 0


def test_who_owns_nothing_and_is_asked_for_nothing_leaves_no_row(queue: Queue, app: Flask) -> None:
    factories.bo()
    ticket(queue, "bo")
    assert db.session.scalar(select(func.count()).select_from(EntitlementCheck)) == 0


def test_another_customer_of_the_ticket_is_another_check(
    queue: Queue, bo: Customer, greta: Customer, ada: Agent
) -> None:
    asked = ticket(queue, "bo", text="About FZ900111")
    assert check(asked).cover is Cover.CONTRACT
    customer_choice.choose(asked, greta, ada)
    assert (check(asked).cover, check(asked).asset.external_id) == (Cover.WARRANTY, "A-1")
    customer_choice.undo(asked, ada)
    assert check(asked).cover is Cover.CONTRACT


def test_the_ticket_an_agent_begins_is_checked_too(queue: Queue, greta: Customer, ada: Agent) -> None:
    factories.mailbox(queue)
    begun = replies.start(greta, "greta@lindqvist.example", "Your fridge", "We come on Monday.", queue, ada)
    assert check(begun).cover is Cover.WARRANTY


def test_what_a_customer_registered_becomes_the_imported_one(greta: Customer) -> None:
    db.session.add(Asset(customer_id=greta.id, product_id=db.session.scalars(select(Asset.product_id)).one(),
                         name="My fridge", serial="KX999999", source="CUSTOMER", changed_at=greta.since))  # fmt: skip
    db.session.flush()
    row = assets.put("A-9", customer="C-1", product="P-1", serial="kx 999999", bought_on="2026-01-05").row
    assert (row.name, row.external_id, row.confirmed_at is not None) == ("My fridge", "A-9", True)
    assert db.session.scalar(select(func.count()).select_from(Asset)) == 2
    refused = assets.put_many([{"external_id": "A-10", "customer": "C-1", "product": "P-1", "serial": "KX999999"}])
    assert list(refused[0].wrong) == ["serial"]


@pytest.mark.committing
def test_of_two_at_once_one_gets_the_last_visit(app: Flask) -> None:
    factories.customer("Bo", external_id="C-2")
    contracts.put("K-1", customer="C-2", name="Comfort", valid_from="2026-01-01", valid_until="2040-12-31",
                  visits_included=5, visits_used=3)  # fmt: skip
    contract_id = db.session.scalars(select(ServiceContract.id)).one()
    db.session.commit()
    together, outcomes = threading.Barrier(6), []

    def one() -> None:
        with app.app_context():
            together.wait()
            try:
                contracts.use_visit(contract_id)
                db.session.commit()
                outcomes.append("used")
            except IllegalMove:
                outcomes.append("none left")
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["none left"] * 4 + ["used"] * 2
