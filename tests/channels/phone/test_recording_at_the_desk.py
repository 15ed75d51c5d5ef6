"""The recorder's strip on the desk, its buttons, and the player of what was recorded."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from carrier import faults
from carrier.faults import Rule, When
from contact_center import clock
from contact_center.calls import holding, pausing
from contact_center.calls.models import Consent, Policy
from contact_center.calls.recordings import RecordingState
from contact_center.demo.calling.day import Day
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets.models import Ticket
from tests import browsers, factories
from tests.channels.phone.test_calls import calls
from tests.channels.phone.test_recording import StartDay, a_talk, end, fetch, later, press, rows, there, told

JSON = {"Accept": "application/json"}


def test_the_strip_says_how_it_stands_and_its_buttons_work(account: Flask, day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    today, _caller = a_talk(day, ada)
    desk = browsers.signed_in(account, ada)
    (call,) = calls()
    base = f"/desk/calls/{call.id}/recording"

    def does(act: str, wait: float = 6) -> None:
        with clock.standing_at(today.carrier.now):
            assert desk.post(f"{base}/{act}", headers=JSON).status_code == 200
        if wait:
            later(today, wait)

    assert_bar(today, desk, "Recording", 'data-recorder="running"', "Pause recording", "No recording")
    does("pause", wait=0)
    assert_bar(today, desk, "Pausing…", "Still recording", "data-after")
    later(today, 3)
    assert_bar(today, desk, "PAUSED", "Recording goes on in", "3 more minutes", "Record again")
    does("extend")
    does("resume")
    assert_bar(today, desk, 'data-recorder="running"')
    today.carrier.faults.add(Rule(When("rest", path="/Recordings/RE", event="POST"), faults.Refuse()))
    does("pause")
    assert_bar(today, desk, "The recording still runs. Take no card data.", 'role="alert"', "Try again")
    does("withdraw")
    assert_bar(today, desk, "The recording still runs. Take no card data.", "did not end it")
    today.carrier.faults.rules.clear()
    later(today, 30)
    assert_bar(today, desk, "Not recorded", "what there was is deleted", "The caller agrees")
    does("agree")
    assert calls()[0].consent is Consent.GIVEN
    assert there(today)[-1] == "in-progress"


def test_nobody_else_reaches_the_recorder(account: Flask, day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    a_talk(day, ada, policy=Policy.NEVER, keys="")
    (call,) = calls()
    mine, nils = browsers.signed_in(account, ada), browsers.signed_in(account, factories.nils())
    for act in ("pause", "extend", "resume", "agree", "withdraw"):
        assert nils.post(f"/desk/calls/{call.id}/recording/{act}", headers=JSON).status_code == 404
    assert mine.post(f"/desk/calls/{call.id}/recording/agree", headers=JSON).status_code == 409
    assert "data-recorder" not in mine.get("/desk/calls/bar").text


def test_the_ticket_plays_a_talk_with_its_gaps_and_tells_who_listened(
    account: Flask, day: StartDay, hotline: Queue
) -> None:
    ada = factories.ada()
    today, _caller = a_talk(day, ada)
    press(today, pausing.pause)
    press(today, pausing.resume)
    press(today, holding.hold)
    press(today, holding.take_back)
    end(today)
    fetch(today)
    ticket = db.session.scalars(select(Ticket)).one()
    desk = browsers.signed_in(account, ada)
    page = desk.get(f"/desk/tickets/{ticket.ref}").text
    for part in ("Ada Brandt", "paused by the agent", "on hold", 'class="player-gap"', "0.75×", "agreed to be"):
        assert part in page
    listen = page.split('data-player="')[1].split('"')[0]
    played = desk.get(desk.post(listen).get_json()["url"], buffered=True)
    assert (played.status_code, played.content_type) == (200, "audio/mpeg")
    assert "private" in played.headers["Cache-Control"]
    assert [one["how"] for one in told(Name.RECORDING_PLAYED)] == ["played"]
    assert rows()[0].state is RecordingState.KEPT
    assert browsers.signed_in(account, factories.lee()).post(listen).status_code == 404


def assert_bar(day: Day, desk: object, *parts: str) -> None:
    with clock.standing_at(day.carrier.now):
        bar = desk.get("/desk/calls/bar").text  # type: ignore[attr-defined]
    assert [part for part in parts if part not in bar] == []
