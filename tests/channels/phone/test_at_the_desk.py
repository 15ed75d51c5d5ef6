"""The desk's part of a call: the offer's answer, the pass, the bar on every tab, and the buttons in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from carrier import scripts
from carrier.account import Account
from carrier.server import passes
from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls.models import Call, CallLeg, CallState
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing.models import Offer, OfferState
from tests import browsers, factories
from tests.channels.phone.conftest import ACCOUNT, NUMBER

GRETA = "+4915112345678"
JSON = {"Accept": "application/json"}
StartDay = Callable[..., Day]


@pytest.fixture
def ada(hotline: Queue) -> Agent:
    greta = factories.customer("Greta Gold", phone=GRETA)
    greta.tier = "A"
    return factories.ada()


def ringing(day: StartDay, ada: Agent) -> Offer:
    """A call that rings at Ada's, who lets it ring."""
    today = day(ada, habits=Habits(deaf=1.0))
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    pending = select(Offer).where(Offer.state == OfferState.PENDING)
    today.run(lambda: db.session.scalar(pending) is not None)
    return db.session.scalars(pending).one()


def talking(day: StartDay, ada: Agent) -> Call:
    today = day(ada, habits=Habits(talk=600))
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: db.session.scalar(select(Call.state)) is CallState.TALKING)
    return db.session.scalars(select(Call)).one()


def enter(account: Flask, agent: Agent) -> FlaskClient:
    return browsers.signed_in(account, agent)


def test_accepting_a_call_gives_the_nonce_to_connect_with_again_if_asked_twice(
    account: Flask, day: StartDay, ada: Agent
) -> None:
    offer, desk = ringing(day, ada), enter(account, ada)
    with clock.standing_at(offer.offered_at):
        first = desk.post(f"/desk/offers/{offer.id}/accept", headers=JSON).get_json()
        again = desk.post(f"/desk/offers/{offer.id}/accept", headers=JSON).get_json()
        expected = desk.get("/desk/calls/expected", headers=JSON).get_json()
    assert first["phone"]["nonce"] == db.session.scalar(select(CallLeg.nonce).where(CallLeg.agent_id == ada.id))
    assert first == again
    assert expected == first["phone"]
    assert first["url"].startswith("/desk/tickets/")


def test_the_bar_says_who_is_on_the_line(account: Flask, day: StartDay, ada: Agent) -> None:
    desk = enter(account, ada)
    assert desk.get("/desk/calls/bar").text == ""
    talking(day, ada)
    bar = desk.get("/desk/calls/bar").text
    for part in (
        "Greta Gold",
        "tier-A",
        "By the claimed number 01511 2345678",
        'data-state="TALKING"',
        "Hold",
        "Mute",
        "Keypad",
        "End",
    ):
        assert part in bar
    assert desk.get("/desk/calls/expected", headers=JSON).get_json() == {}


def test_a_colleague_sees_no_bar_and_reaches_no_button(account: Flask, day: StartDay, ada: Agent) -> None:
    call = talking(day, ada)
    nils = enter(account, factories.nils())
    assert nils.get("/desk/calls/bar").text == ""
    for act in ("end", "hold", "take-back"):
        assert nils.post(f"/desk/calls/{call.id}/{act}", headers=JSON).status_code == 404


def test_hold_take_back_and_end_move_the_call(account: Flask, day: StartDay, ada: Agent) -> None:
    call, desk = talking(day, ada), enter(account, ada)
    for act, state, said in (("hold", CallState.HELD, "On hold"), ("take-back", CallState.TALKING, "Talking")):
        assert desk.post(f"/desk/calls/{call.id}/{act}", headers=JSON).status_code == 200
        db.session.refresh(call)
        assert call.state is state
        assert said in desk.get("/desk/calls/bar").text
    assert desk.post(f"/desk/calls/{call.id}/end", headers=JSON).status_code == 200
    bar = desk.get("/desk/calls/bar").text
    assert "Ending…" in bar
    assert "<button" not in bar


def test_a_caller_who_was_cut_off_rings_as_one_who_comes_back(account: Flask, day: StartDay, ada: Agent) -> None:
    today = day(ada, habits=Habits(talk=60, vanishes=1.0))
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: db.session.scalar(select(Call.state)) is CallState.RECOVERING)
    today.crew.habits = Habits(deaf=1.0)
    again = select(Offer).where(Offer.state == OfferState.PENDING)
    today.run(lambda: db.session.scalar(again) is not None)
    assert "data-recovers" in enter(account, ada).get("/desk/offers").text


def test_a_pass_is_one_s_own_and_the_company_takes_it(account: Flask, ada: Agent) -> None:
    db.session.commit()
    given = enter(account, ada).post("/desk/phone/pass", headers=JSON).get_json()
    ours = Account(*(ACCOUNT[f"twilio_{name}"] for name in ("account_sid", "auth_token", "api_key", "api_secret")))
    holder = passes.read(ours, given["pass"], clock.now().timestamp())
    assert holder is not None
    assert (holder.identity, holder.application) == (f"agent_{ada.id}", ACCOUNT["twilio_app_sid"])
    assert (given["kind"], given["at"]) == ("mesh", ACCOUNT["twilio_api_base"])


def test_without_a_company_there_is_neither_a_pass_nor_a_telephone_on_the_desk(app: Flask) -> None:
    ada = factories.ada()
    db.session.commit()
    desk = browsers.signed_in(app, ada)
    assert desk.post("/desk/phone/pass", headers=JSON).status_code == 409
    assert "data-phone" not in desk.get("/desk/profile").text


def test_the_desk_shows_that_the_company_is_emulated_and_may_connect_to_it(account: Flask, ada: Agent) -> None:
    db.session.commit()
    page = enter(account, ada).get("/desk/profile")
    assert "Emulated carrier" in page.text
    assert "connect-src 'self' ws://127.0.0.1:9;" in page.headers["Content-Security-Policy"]


def test_the_caller_is_handed_to_a_queue_at_once(account: Flask, day: StartDay, ada: Agent, hotline: Queue) -> None:
    parts = factories.queue("Parts")
    call, desk = talking(day, ada), enter(account, ada)
    whom = desk.get(f"/desk/calls/{call.id}/whom").text
    assert "Parts" in whom
    assert "No colleague has a telephone ready." in whom
    assert desk.post(f"/desk/calls/{call.id}/transfer", data={"queue": parts.id}, headers=JSON).status_code == 200
    db.session.refresh(call)
    assert call.state is CallState.TRANSFERRING
    assert "Handing over…" in desk.get("/desk/calls/bar").text


def test_a_colleague_is_asked_first_and_not_wanted_after_all(account: Flask, day: StartDay, ada: Agent) -> None:
    nils = factories.nils()
    today = day(ada, nils, habits=Habits(talk=600))
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: db.session.scalar(select(Call.state)) is CallState.TALKING)
    call = db.session.scalars(select(Call)).one()
    me, colleague = (ada, nils) if call.agent_id == ada.id else (nils, ada)
    desk = enter(account, me)
    with clock.standing_at(today.carrier.now):
        assert colleague.name in desk.get(f"/desk/calls/{call.id}/whom").text
        asked = desk.post(f"/desk/calls/{call.id}/consult", data={"to": colleague.id}, headers=JSON)
        assert asked.status_code == 200, asked.text
        bar = desk.get("/desk/calls/bar").text
        assert "Asking a colleague…" in bar
        assert "Hand over" not in bar  # they are not there yet
        assert desk.post(f"/desk/calls/{call.id}/complete", headers=JSON).status_code == 409
        assert desk.post(f"/desk/calls/{call.id}/merge", headers=JSON).status_code == 409
        assert desk.post(f"/desk/calls/{call.id}/cancel", headers=JSON).status_code == 200
        assert 'data-state="TALKING"' in desk.get("/desk/calls/bar").text
