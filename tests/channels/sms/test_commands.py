"""STOP, START, HELP, ORDER, STATUS and a lone digit: done at once, by the rules that hold everywhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contact_center import clock
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.channels.sms import commands
from contact_center.customers import blocked, consents, text_stops
from contact_center.customers.models import Consent
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.mailboxes import texting
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.mailboxes.texting import TextSettings
from contact_center.outbox import post, quiet
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.outbox.post import Letter
from contact_center.queues.models import Queue
from contact_center.satisfaction import settings as rating
from contact_center.satisfaction import surveys
from contact_center.satisfaction.models import AskedBy, Scale, Survey, SurveyState
from contact_center.selfservice.models import Deflection, DeflectionKind
from contact_center.tickets import replies
from contact_center.tickets.models import Ticket, TicketState
from tests import factories
from tests.channels.sms import carrier as twilio
from tests.channels.sms.carrier import SAM


def answers() -> list[str]:
    return list(db.session.scalars(select(Outgoing.text).order_by(Outgoing.id)))


def tickets() -> list[Ticket]:
    return list(db.session.scalars(select(Ticket).order_by(Ticket.id)))


def letter(purpose: Purpose, **fields: Any) -> Letter:
    return Letter(purpose, SAM, "", "Hello", channel="sms", **fields)


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop. ", "STOPP", "ＳＴＯＰ", "退订", "Unsubscribe", "abmelden"])
def test_stop_ends_every_text_and_is_answered_by_nobody(client: FlaskClient, number: PhoneNumber, word: str) -> None:
    greta = factories.customer("Greta", phone=SAM)
    db.session.commit()
    twilio.text(client, word)
    assert text_stops.since(SAM) is not None
    assert (answers(), tickets()) == ([], [])
    for purpose in Purpose:
        assert post.queue(letter(purpose)) is None
    reasons = db.session.scalars(select(Event.data["reason"].as_string()).where(Event.name == "outgoing.suppressed"))
    assert set(reasons) == {"stopped"}
    ledger = {row.purpose: row for row in db.session.scalars(select(Consent).where(Consent.customer_id == greta.id))}
    assert {purpose: row.is_granted for purpose, row in ledger.items()} == dict.fromkeys(consents.Purpose, False)
    assert "SM1" in ledger["surveys"].evidence
    assert db.session.scalars(select(RawMessageRow.state)).one() is RawState.IGNORED


@pytest.mark.parametrize("words", ["please stop by tomorrow", "STOP calling me", "stopping", "Don't stop", "s top"])
def test_a_sentence_with_the_word_in_it_is_a_message(client: FlaskClient, number: PhoneNumber, words: str) -> None:
    twilio.text(client, words)
    assert text_stops.since(SAM) is None
    assert len(tickets()) == 1


def test_start_lifts_it_and_says_nothing_about_advertising(client: FlaskClient, number: PhoneNumber) -> None:
    greta = factories.customer("Greta", phone=SAM)
    db.session.commit()
    twilio.text(client, "STOP", "SM1")
    twilio.text(client, "START", "SM2")
    assert text_stops.since(SAM) is None
    now = {purpose: row.is_granted for (_channel, purpose), row in consents.current(greta.id).items()}
    assert now == {"surveys": True, "notices": True, "marketing": False}
    twilio.text(client, "Start", "SM3")  # nothing to lift: somebody wants to begin something
    assert len(tickets()) == 1


def test_the_carrier_s_own_word_for_it_counts_whatever_was_written(client: FlaskClient, number: PhoneNumber) -> None:
    twilio.text(client, "Basta", OptOutType="STOP")
    assert text_stops.since(SAM) is not None
    twilio.text(client, "Aiuto", "SM2", OptOutType="HELP")
    assert (answers(), tickets()) == ([], [])


def test_whoever_stopped_may_still_write(client: FlaskClient, number: PhoneNumber) -> None:
    twilio.text(client, "STOP", "SM1")
    twilio.text(client, "My kettle leaks", "SM2")
    assert len(tickets()) == 1


def test_help_is_left_to_the_carrier_where_it_answers_by_itself(
    client: FlaskClient, number: PhoneNumber, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    twilio.text(client, "Help", "SM1")
    assert (answers(), tickets()) == ([], [])
    twilio.text(client, "help", "SM2", sender=f"whatsapp:{SAM}")
    monkeypatch.setitem(app.config, "CC", replace(app.config["CC"], twilio_answers_help=0))
    twilio.text(client, "INFO", "SM3")
    assert len(answers()) == 2


def test_help_is_answered_in_the_writer_s_language(client: FlaskClient, number: PhoneNumber) -> None:
    twilio.text(client, "Hilfe", "SM1")
    twilio.text(client, "帮助", "SM2")
    english, chinese = answers()
    assert "STOP ends all texts" in english
    assert chinese != english
    assert tickets() == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("ORDER 10023", "10023"), ("order: K7-20482-QX", "K7-20482-QX"), ("订单10023", "10023"), ("查订单 10023", "10023"),
     ("Bestellung #10023", "10023"), ("ORDER", ""), ("ORDER a new fridge", None), ("in order 5", None),
     ("orders 10023", None), ("I would order 1", None)],
)  # fmt: skip
def test_an_order_s_number_is_found_behind_the_word(number: PhoneNumber, text: str, found: str | None) -> None:
    assert commands.order_number(text) == found


def test_order_is_answered_by_the_portal_s_rules_and_counted(client: FlaskClient, number: PhoneNumber) -> None:
    greta = factories.customer("Greta")
    factories.order(greta, "10023", phone=SAM)
    db.session.commit()
    twilio.text(client, "Order 10023")
    [answer] = answers()
    assert answer.startswith("Order 10023: on its way, expected on ")
    deflection = db.session.scalars(select(Deflection)).one()
    assert (deflection.kind, deflection.customer_id, deflection.subject) == (
        DeflectionKind.TEXT_ORDER, greta.id, "10023"
    )  # fmt: skip
    assert tickets() == []


def test_somebody_else_s_order_is_as_unknown_as_none_and_guessing_is_counted(
    client: FlaskClient, number: PhoneNumber
) -> None:
    factories.order(factories.customer("Greta"), "10023", phone="+4917000000000")
    db.session.commit()
    for place in range(7):
        twilio.text(client, f"ORDER {10023 + place}", f"SM{place}")
    said = answers()
    assert said[0] == "No order 10023 has your telephone number on it. Look at the number again."
    assert said[1] == said[0].replace("10023", "10024")
    assert "asked too often" in said[-1]


def test_status_tells_how_far_the_newest_requests_are(client: FlaskClient, number: PhoneNumber, queue: Queue) -> None:
    factories.customer("Greta", "greta@lindqvist.example", phone=SAM)
    ticket = factories.ticket(queue)
    db.session.commit()
    twilio.text(client, "status")
    [answer] = answers()
    assert answer == f"{ticket.ref} “Fridge not cooling”: we have it, and somebody will look at it soon"
    assert db.session.scalars(select(Deflection.kind)).one() is DeflectionKind.TEXT_STATUS


def test_status_of_nobody_says_so(client: FlaskClient, number: PhoneNumber) -> None:
    twilio.text(client, "STATUS")
    assert answers() == ["We know of no request from this number. Write to us what it is about."]


def asked_survey(client: FlaskClient, queue: Queue) -> Ticket:
    """A ticket by text that was answered, resolved, and asked about."""
    twilio.text(client, "My kettle leaks", "SM1")
    [ticket] = tickets()
    ada = db.session.scalars(select(factories.Agent)).one()
    replies.reply(ticket, ada, "It is replaced.", then=TicketState.RESOLVED)
    past = clock.now() - timedelta(hours=2)
    db.session.execute(update(Ticket).values(resolved_at=past))
    db.session.commit()
    surveys.open_due()
    db.session.commit()
    return ticket


def test_who_came_by_text_is_asked_by_text_and_answers_with_a_digit(
    client: FlaskClient, number: PhoneNumber, queue: Queue
) -> None:
    ticket = asked_survey(client, queue)
    survey = db.session.scalars(select(Survey)).one()
    assert (survey.asked_by, survey.channel) == (AskedBy.TEXT, "sms")
    assert f"({ticket.ref})" in answers()[-1]
    twilio.text(client, "２", "SM2")
    db.session.expire_all()
    assert (survey.state, survey.score) == (SurveyState.ANSWERED, 2)
    assert survey.task_id is not None
    twilio.text(client, "5", "SM3")
    db.session.expire_all()
    assert (survey.score, len(tickets())) == (5, 1)


@pytest.mark.parametrize("text", ["6", "0", "12", "5 stars", "three"])
def test_what_is_no_lone_digit_is_a_message(client: FlaskClient, number: PhoneNumber, queue: Queue, text: str) -> None:
    asked_survey(client, queue)
    twilio.text(client, text, "SM2")
    assert db.session.scalars(select(Survey.state)).one() is SurveyState.ASKED
    assert len(tickets()) == 2


@pytest.mark.parametrize(("text", "score"), [("0", 0), ("１０", 10), ("7", 7), ("11", None), ("010", None)])
def test_a_question_from_0_to_10_takes_numbers_of_two_digits(
    client: FlaskClient, number: PhoneNumber, queue: Queue, text: str, score: int | None
) -> None:
    factories.customer("Greta", phone=SAM)
    rating.current().nps_channels = ["sms"]
    asked_survey(client, queue)
    assert "0 (not at all) to 10" in answers()[-1]
    twilio.text(client, text, "SM2")
    assert db.session.execute(select(Survey.scale, Survey.score)).one() == (Scale.NPS, score)
    assert len(tickets()) == (1 if score is not None else 2)


def test_a_digit_out_of_the_blue_is_a_message(client: FlaskClient, number: PhoneNumber) -> None:
    twilio.text(client, "4")
    assert len(tickets()) == 1


def test_what_can_wait_waits_for_the_recipient_s_morning(app: Any, number: PhoneNumber) -> None:
    now = clock.now().astimezone(factories.ZONE)
    around = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": (now + timedelta(hours=1)).time()}
    db.session.execute(update(TextSettings).values(**around))
    db.session.commit()
    texting.forget()
    for purpose in (Purpose.REPLY, Purpose.ACCOUNT, Purpose.ACKNOWLEDGEMENT, Purpose.ANSWER, Purpose.SURVEY):
        assert post.queue(letter(purpose)) is not None
    waits = {row.purpose: row.due_at - row.queued_at for row in db.session.scalars(select(Outgoing))}
    assert waits[Purpose.SURVEY] > timedelta(minutes=58)
    assert {wait for purpose, wait in waits.items() if purpose is not Purpose.SURVEY} == {timedelta(0)}


def test_the_night_is_that_of_the_recipient_s_country(app: Any, number: PhoneNumber) -> None:
    assert str(quiet.zone_of("+81312345678", None)) == "Asia/Tokyo"
    assert str(quiet.zone_of("+493012345678", None)) == "Europe/Berlin"
    moved = factories.customer("Mover", time_zone="Asia/Shanghai")
    assert str(quiet.zone_of("+493012345678", moved.id)) == "Asia/Shanghai"


def test_a_notice_about_a_ticket_by_text_is_a_text(client: FlaskClient, number: PhoneNumber) -> None:
    from contact_center.routing import delay_letters

    twilio.text(client, "My kettle leaks")
    [ticket] = tickets()
    assert delay_letters.of_waiting(ticket, "", "") == SAM
    [row] = db.session.scalars(select(Outgoing)).all()
    assert (row.channel, row.purpose, row.recipient) == ("sms", Purpose.DELAY, SAM)
    assert f"[{ticket.ref}]" in row.text


def test_texts_of_a_blocked_number_are_kept_aside_but_stop_is_heard(client: FlaskClient, number: PhoneNumber) -> None:
    one = blocked.block(SAM, "Insults everybody", 0, "DE", factories.lee())
    db.session.commit()
    twilio.text(client, "ORDER 10023")
    twilio.text(client, "Hello?", "SM2")
    db.session.refresh(one)
    assert (tickets(), answers(), one.met) == ([], [], 2)
    assert set(db.session.scalars(select(RawMessageRow.state))) == {RawState.IGNORED}
    twilio.text(client, "STOP", "SM3")
    assert text_stops.since(SAM) is not None
