"""Who is calling: matched by the number, proved, chosen, created; and taken back, with all that belongs to it."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import arriving, lines, queueing, whose
from contact_center.calls.models import Call, CallLeg, LegState, MatchedBy, Role
from contact_center.channels.phone import taking_in
from contact_center.customers import merging, points
from contact_center.customers.models import ContactPoint, Customer, CustomerKind
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events import bus
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues.models import Queue, QueueMember
from contact_center.satisfaction.models import AskedBy, Survey, SurveyState
from contact_center.text.addresses import phone_normal
from contact_center.tickets.messages import Author, Interaction, Message
from contact_center.tickets.models import Ticket
from tests import browsers, factories

NUMBER = "+4915112345678"
JSON = {"Accept": "application/json"}
WITHHELD = ("anonymous", "Anonymous ", "+266696687", "", "Restricted", "unavailable", "UNKNOWN", "+464", "private")


@pytest.fixture
def ada(hotline: Queue) -> Agent:
    ada = factories.ada()
    db.session.add(QueueMember(queue_id=hotline.id, agent_id=ada.id))
    db.session.commit()
    return ada


def call(caller: str | None = NUMBER, **known: Any) -> Call:
    """A call that has come in, and waits."""
    (number,) = places.numbers().values()
    row = arriving.arrive("twilio", f"CA{secrets.token_hex(8)}", caller, lines.of(number.id))
    for name, value in known.items():
        setattr(row, name, value)
    filed = taking_in.file(row)
    queueing.join(row, filed.ticket_id, filed.interaction_id, filed.customer_id)
    db.session.commit()
    return row


def everything(row: Call) -> set[int | None]:
    """Whose the call, its ticket, its interaction and its words are."""
    of_ticket = row.ticket_id
    said = select(Message.customer_id).where(Message.ticket_id == of_ticket, Message.author == Author.CUSTOMER)
    contacts = select(Interaction.customer_id).where(Interaction.ticket_id == of_ticket)
    tickets = select(Ticket.customer_id).where(Ticket.id == of_ticket)
    calls = select(Call.customer_id).where(Call.id == row.id)
    return {one for asked in (said, contacts, tickets, calls) for one in db.session.scalars(asked)}


def numbers_of(customer: Customer) -> list[str]:
    mine = select(ContactPoint.value).where(ContactPoint.customer_id == customer.id)
    return list(db.session.scalars(mine))


def test_a_number_written_otherwise_is_the_same_number(ada: Agent) -> None:
    greta = factories.customer("Greta Gold", language="zh_Hans_CN")
    points.add(greta, points.read("0151 / 1234 56-78"), ada)
    row = call(phone_normal("+49 151 12345678", "DE"))
    assert (everything(row), row.matched_by, row.ticket.candidate_ids) == ({greta.id}, MatchedBy.NUMBER, [])


@pytest.mark.parametrize("number", WITHHELD)
def test_a_withheld_number_is_no_number(number: str) -> None:
    assert phone_normal(number, "DE") is None


def test_two_withheld_calls_match_nobody_and_not_each_other(ada: Agent) -> None:
    factories.customer("Greta Gold", phone=NUMBER)
    first, second = call(None), call(None)
    assert first.ticket_id != second.ticket_id
    assert everything(first) == everything(second) == {None}
    assert first.candidate_ids == first.ticket.candidate_ids == []


def test_nobody_becomes_a_prospect_by_ringing(ada: Agent) -> None:
    row = call()
    assert (everything(row), row.matched_by) == ({None}, None)
    assert db.session.scalars(select(Customer.id)).all() == []


def test_of_several_an_agent_chooses_and_everything_goes_over_and_back(ada: Agent) -> None:
    greta = factories.customer("Greta Gold", phone=NUMBER, tier="A")
    bo = factories.customer("Bo Gold", phone=NUMBER)
    row = call()
    assert (everything(row), set(row.ticket.candidate_ids)) == ({None}, {greta.id, bo.id})
    survey = rated(row)
    db.session.execute(update(Interaction).values(order_at=clock.now()))

    whose.choose(row.ticket, greta, ada, instead_of=0)
    assert (everything(row), row.matched_by) == ({greta.id}, MatchedBy.AGENT)
    assert (survey.customer_id, survey.tier) == (greta.id, "A")
    assert db.session.scalar(select(Interaction.order_at)) is None  # its place is found anew: she is tier A
    assert whose.match(row.ticket).chosen_by == "Ada Brandt"

    whose.undo(row.ticket, ada)
    assert (everything(row), row.matched_by) == ({None}, None)
    assert (survey.customer_id, survey.tier, survey.score) == (None, None, 5)
    assert set(row.ticket.candidate_ids) == {greta.id, bo.id}


def rated(row: Call) -> Survey:
    now = clock.now()
    survey = Survey(
        token_hash=b"x", ticket_id=row.ticket_id, resolved_at=now, queue_id=row.ticket.queue_id, channel="phone",
        language="en", asked_by=AskedBy.PHONE, asked_at=now, expires_at=now, state=SurveyState.ANSWERED, score=5,
        answered_at=now,
    )  # fmt: skip
    db.session.add(survey)
    db.session.flush()
    db.session.refresh(survey)
    return survey


def test_a_match_by_the_number_alone_is_taken_back_with_one_verb_and_brought_back_with_the_same(ada: Agent) -> None:
    greta = factories.customer("Greta Gold", phone=NUMBER)
    row = call()
    row.is_verified, row.matched_by = True, MatchedBy.ORDER
    whose.undo(row.ticket, ada)
    assert (everything(row), row.matched_by, row.is_verified) == ({None}, None, False)
    assert row.ticket.candidate_ids == [greta.id]
    assert numbers_of(greta) == [NUMBER]
    whose.undo(row.ticket, ada)
    assert (everything(row), row.matched_by, row.is_verified) == ({greta.id}, MatchedBy.ORDER, True)


def test_what_was_proved_does_not_hold_for_somebody_else(ada: Agent) -> None:
    greta, bo = factories.customer("Greta Gold", phone=NUMBER), factories.customer("Bo Basic")
    row = call(is_verified=True, matched_by=MatchedBy.CODE)
    whose.choose(row.ticket, bo, ada, instead_of=greta.id)
    assert (row.is_verified, row.matched_by) == (False, MatchedBy.AGENT)
    whose.undo(row.ticket, ada)
    assert (row.is_verified, row.matched_by, row.customer_id) == (True, MatchedBy.CODE, greta.id)


def test_a_wrong_choice_is_forgotten_with_the_number_it_claimed_even_if_they_rang_again(ada: Agent) -> None:
    greta = factories.customer("Greta Gold")
    row = call()
    whose.choose(row.ticket, greta, ada, instead_of=0)
    db.session.commit()
    assert numbers_of(greta) == [NUMBER]
    assert call().customer_id == greta.id
    whose.undo(row.ticket, ada)
    db.session.commit()
    assert numbers_of(greta) == []
    assert call().customer_id is None
    claimed = select(Event.agent_id).where(Event.name == Name.CONTACT_POINT_ADDED)
    assert db.session.scalars(claimed).all() == [ada.id]


def test_a_switchboard_is_the_company_and_its_people_are_to_choose_from(ada: Agent) -> None:
    firm = factories.customer("Nordwind GmbH", phone=NUMBER, kind=CustomerKind.COMPANY, tier="A")
    people = [factories.customer(name, company_id=firm.id) for name in ("Jens Nordwind", "Kim Nordwind")]
    row = call()
    assert (row.customer_id, set(row.ticket.candidate_ids)) == (firm.id, {one.id for one in people})
    whose.choose(row.ticket, people[0], ada, instead_of=firm.id)
    assert everything(row) == {people[0].id}
    assert numbers_of(people[0]) == []  # it stays the company's: the next one may be Kim
    assert set(call().ticket.candidate_ids) == {one.id for one in people}


def test_it_may_be_left_at_the_company(ada: Agent) -> None:
    firm = factories.customer("Nordwind GmbH", phone=NUMBER, kind=CustomerKind.COMPANY)
    factories.customer("Jens Nordwind", company_id=firm.id)
    row = call()
    whose.choose(row.ticket, firm, ada, instead_of=firm.id)
    assert (everything(row), row.ticket.candidate_ids) == ({firm.id}, [])
    whose.undo(row.ticket, ada)
    assert (everything(row), len(row.ticket.candidate_ids)) == ({firm.id}, 1)


def test_a_shared_number_does_not_go_on_in_anothers_missed_call(ada: Agent) -> None:
    greta = factories.customer("Greta Gold", phone=NUMBER)
    row = call()
    queueing.abandon(row)  # too short to be missed, but called again
    db.session.execute(update(Interaction).values(kind="CALLBACK", state="WAITING", ended_at=None))
    db.session.execute(update(Ticket).values(state="NEW", resolved_at=None))
    db.session.commit()
    bo = factories.customer("Bo Basic")
    assert call(customer_id=bo.id, matched_by=MatchedBy.ORDER).ticket_id != row.ticket_id
    assert call(customer_id=greta.id).ticket_id == row.ticket_id


def test_only_one_of_two_agents_chooses_and_nobody_chooses_who_was_merged_away(ada: Agent) -> None:
    greta, bo = factories.customer("Greta Gold", phone=NUMBER), factories.customer("Bo Gold", phone=NUMBER)
    row, gone = call(), factories.customer("Old Greta")
    db.session.commit()
    whose.choose(row.ticket, greta, ada, instead_of=0)
    with pytest.raises(AlreadyTaken):
        whose.choose(row.ticket, bo, ada, instead_of=0)
    whose.choose(row.ticket, greta, ada, instead_of=0)  # a second click is no second choice
    merging.merge(bo.id, gone.id, ada, is_sure=True)
    with pytest.raises(IllegalMove):
        whose.choose(row.ticket, gone, ada, instead_of=greta.id)
    assert everything(row) == {greta.id}


def test_a_choice_is_taken_back_to_whom_the_former_one_has_been_merged_into(ada: Agent) -> None:
    greta, bo = factories.customer("Greta Gold", phone=NUMBER), factories.customer("Bo Basic")
    row, survivor = call(), factories.customer("Greta Goldmann")
    whose.choose(row.ticket, bo, ada, instead_of=greta.id)
    merging.merge(survivor.id, greta.id, ada, is_sure=True)
    whose.undo(row.ticket, ada)
    assert everything(row) == {survivor.id}


def test_everybody_with_the_call_on_their_screen_hears_of_it(ada: Agent) -> None:
    greta, bo = factories.customer("Greta Gold", phone=NUMBER), factories.customer("Bo Basic")
    row, nils = call(), factories.nils()
    on_it = CallLeg(call_id=row.id, role=Role.COLLEAGUE, agent_id=nils.id, state=LegState.ROOM, created_at=clock.now())
    db.session.add(on_it)
    db.session.commit()
    heard: list[tuple[str, dict[str, int]]] = []
    with bus.only(heard.extend):
        whose.choose(row.ticket, bo, ada, instead_of=greta.id)
        db.session.commit()
    told = [ids for name, ids in heard if name == Name.TICKET_CUSTOMER_CHOSEN]
    for ids in ({"agent": nils.id}, {"customer": greta.id}):
        assert ids in told
    assert any(ids.get("customer") == bo.id and ids.get("ticket") == row.ticket_id for ids in told)


def connected(row: Call, agent: Agent) -> None:
    """*agent* is on the line."""
    leg = CallLeg(call_id=row.id, role=Role.AGENT, agent_id=agent.id, state=LegState.ROOM, created_at=clock.now())
    row.agent_id, row.state = agent.id, "TALKING"
    db.session.add(leg)
    db.session.commit()


def test_the_bar_asks_who_it_is_and_opens_a_customer_whom_one_click_takes_back(account: Flask, ada: Agent) -> None:
    row = call()
    connected(row, ada)
    desk = browsers.signed_in(account, ada)
    bar = desk.get("/desk/calls/bar").text
    for part in ("Nobody we know has this number.", 'name="phone"', "01511 2345678", 'value="en" selected'):
        assert part in bar
    form = {"ticket": row.ticket.ref, "name": "Nora New", "phone": "01511 2345678", "language": "en", "stays": "1",
            "status": "PROSPECT", "instead_of": "0"}  # fmt: skip
    made = desk.post("/desk/customers", data=form, headers=JSON).get_json()
    nora = db.session.scalars(select(Customer)).one()
    assert (everything(row), nora.language, numbers_of(nora)) == ({nora.id}, "en", [NUMBER])
    bar = desk.get("/desk/calls/bar").text
    assert "Chosen by Ada Brandt" in bar
    assert "Who is it?" not in bar
    assert desk.post(made["toast"]["undo"], headers=JSON).status_code == 200
    assert everything(row) == {None}
    assert db.session.scalars(select(Customer.id)).all() == []


def test_a_customer_opened_for_a_call_stays_when_they_have_a_life_of_their_own(account: Flask, ada: Agent) -> None:
    row = call()
    desk = browsers.signed_in(account, ada)
    desk.post("/desk/customers", data={"ticket": row.ticket.ref, "name": "Nora New", "phone": NUMBER}, headers=JSON)
    nora = db.session.scalars(select(Customer)).one()
    factories.order(nora, "N-1")
    db.session.commit()
    desk.post(f"/desk/customers/choice/{row.ticket.ref}/undo", headers=JSON)
    assert everything(row) == {None}
    assert db.session.scalars(select(Customer.name)).all() == ["Nora New"]


def test_the_bar_of_a_withheld_number_offers_the_same_without_a_number(account: Flask, ada: Agent) -> None:
    connected(call(None), ada)
    bar = browsers.signed_in(account, ada).get("/desk/calls/bar").text
    assert "The number is withheld: it matches nobody." in bar
    assert 'name="phone" inputmode="tel" value=""' in bar


def test_candidates_are_ranked_by_what_is_open_last_contact_and_tier_of_tickets_one_may_see(
    account: Flask, ada: Agent
) -> None:
    gold = factories.customer("Greta Gold", phone=NUMBER, tier="A")
    plain = factories.customer("Paul Plain", phone=NUMBER, tier="C")
    busy = factories.customer("Bo Busy", "bo@busy.example", phone=NUMBER)
    hidden = factories.customer("Hanna Hidden", "hanna@hidden.example", phone=NUMBER)
    factories.ticket(factories.queue("Hers", ada), sender="bo@busy.example")
    factories.ticket(factories.queue("Not hers"), sender="hanna@hidden.example")
    connected(call(), ada)
    bar = browsers.signed_in(account, ada).get("/desk/calls/bar").text
    places_of = [bar.index(f'<b class="cut">{one.name}') for one in (busy, gold, plain, hidden)]
    assert places_of == sorted(places_of)
    assert bar.count('title="1 unresolved ticket · last contact') == 1  # Hanna's is in a queue that is not Ada's
    assert 'data-key="alt+1"' in bar


def test_whoever_may_not_see_the_ticket_neither_chooses_nor_takes_back(account: Flask, ada: Agent) -> None:
    greta = factories.customer("Greta Gold", phone=NUMBER)
    row, nils = call(), factories.nils()
    db.session.commit()
    desk, there = browsers.signed_in(account, nils), f"/desk/customers/choice/{row.ticket.ref}"
    assert desk.post(f"{there}/undo", headers=JSON).status_code == 404
    assert desk.post(there, data={"customer_id": greta.id}, headers=JSON).status_code == 404
    assert everything(row) == {greta.id}


def test_the_page_of_the_ticket_says_how_they_were_matched_and_undoes_it_after_the_call(
    account: Flask, ada: Agent
) -> None:
    greta = factories.customer("Greta Gold", phone=NUMBER)
    row = call()
    desk, card = browsers.signed_in(account, ada), f"/desk/customers/card/{row.ticket.ref}"
    assert "By the claimed number 01511 2345678" in desk.get(card).text
    points.verify(points.find_point(greta, points.read(NUMBER)), ada, points.Proof.CALLED)
    queueing.abandon(row)
    db.session.commit()
    assert "By the verified number 01511 2345678" in desk.get(card).text
    undo = f"/desk/customers/choice/{row.ticket.ref}/undo"
    assert "Who is this?" in desk.post(undo, headers={"HX-Request": "true"}).text
    assert everything(row) == {None}
