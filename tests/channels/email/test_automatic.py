"""Machines are told from people, and no machine is ever thanked for its mail."""

from __future__ import annotations

import pytest

from contact_center.tickets.inbound import Automatic
from tests.channels.email.mails import plain, read, read_bytes

NONE, REPLY, LIST = Automatic.NONE, Automatic.REPLY, Automatic.LIST


@pytest.mark.parametrize(
    ("name", "automatic"),
    [
        ("exchange-out-of-office-german", REPLY),
        ("gmail-vacation", REPLY),
        ("qq-auto-reply", REPLY),
        ("calendar-accepted", REPLY),
        ("read-receipt", REPLY),
        ("newsletter", LIST),
        ("digest", LIST),
    ],
)
def test_it_knows_machines_and_does_not_acknowledge_them(name: str, automatic: Automatic) -> None:
    message = read(name)
    assert (message.automatic, message.may_acknowledge) == (automatic, False)


@pytest.mark.parametrize(
    "name", ["gmail-reply", "calendar-invitation", "customer-tells-of-a-bounce", "forwarded-as-attachment"]
)
def test_it_knows_people_and_lets_them_be_acknowledged(name: str) -> None:
    message = read(name)
    assert (message.automatic, message.may_acknowledge) == (NONE, True)


def test_it_reads_a_person_behind_exchange_who_only_wants_no_answer_from_machines() -> None:
    message = read("person-behind-exchange")
    assert (message.automatic, message.may_acknowledge) == (NONE, False)


def test_it_reads_a_web_form_as_a_person_who_is_answered_elsewhere() -> None:
    message = read("web-form-for-a-customer")
    assert (message.automatic, message.may_acknowledge) == (NONE, False)


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        ("Auto-Submitted: auto-generated", REPLY),
        ("Auto-Submitted: Auto-Replied (vacation)", REPLY),
        ("Auto-Submitted: auto-notified; owner-email=x", REPLY),
        ("Auto-Submitted: no", NONE),
        ("Precedence: auto_reply", REPLY),
        ("Precedence: auto-reply", REPLY),
        ("Precedence: BULK", LIST),
        ("Precedence: junk", LIST),
        ("Precedence: list", LIST),
        ("Precedence: normal", NONE),
        ("X-Autoreply: yes", REPLY),
        ("X-Autorespond: vacation", REPLY),
        ("X-Mail-Autoreply: yes", REPLY),
        ("X-Autoreply-From: x@y.example", REPLY),
        ("List-Id: <news.example>", LIST),
        ("List-Unsubscribe: <mailto:x@y.example>", LIST),
        ("Delivered-To: Autoresponder", REPLY),
        ("X-Priority: 1", NONE),
    ],
)
def test_it_reads_the_headers_machines_put_in(header: str, automatic: Automatic) -> None:
    message = read_bytes(plain("Hello", headers=f"{header}\n"))
    assert message.automatic is automatic
    assert message.may_acknowledge is (automatic is NONE)


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office",
        "Out of Office: Re: your mail",
        "Out of the office Re: your mail",
        "Automatic reply: Fridge",
        "Auto-Reply: Fridge",
        "Autoreply",
        "[Auto-Reply] Fridge",
        "Vacation reply",
        "On vacation",
        "Abwesenheitsnotiz: Re: Fridge",
        "Automatische Antwort: Fridge",
        "Abwesend",
        "Réponse automatique : Fridge",
        "Absence du bureau",
        "Respuesta automática: Fridge",
        "Fuera de la oficina",
        "Resposta automática: Fridge",
        "Risposta automatica: Fridge",
        "Fuori ufficio",
        "Automatisch antwoord: Fridge",
        "Afwezigheidsbericht",
        "Autosvar: Fridge",
        "Automaattinen vastaus: Fridge",
        "Autoodpowiedź: Fridge",
        "Автоответ: Fridge",
        "Автоматический ответ: Fridge",
        "自动回复: 冰箱",
        "自动回复：冰箱",
        "自動回覆: 冰箱",
        "自动答复: 冰箱",
        "Re: 自动回复",
        "【自動返信】お問い合わせ",
        "不在のお知らせ",
        "자동 회신: 냉장고",
        "부재중",
    ],
)
def test_it_knows_absence_in_many_languages(subject: str) -> None:
    assert read_bytes(plain("Away.", headers=f"Subject: {subject}\n")).automatic is REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office chair, the leg is broken",
        "Automatic washing machine leaks",
        "Auto: Kühlbox geht nicht",
        "Vacation address for my delivery",
        "Urlaub nächste Woche, bitte später liefern",
        "自动洗衣机漏水",
        "Reply needed",
        "Away game tickets",
        "Absence of light in the oven",
        "",
    ],
)
def test_it_takes_no_customer_for_a_machine_because_of_a_word(subject: str) -> None:
    message = read_bytes(plain("Help.", headers=f"Subject: {subject}\n"))
    assert (message.automatic, message.may_acknowledge) == (NONE, True)


@pytest.mark.parametrize(
    "local", ["noreply", "no-reply", "No_Reply", "donotreply", "do-not-reply", "nicht-antworten-noreply", "bounces"]
)
def test_it_never_answers_an_address_that_wants_no_answer(local: str) -> None:
    raw = plain("Your parcel is on its way.").replace(b"bo@basic", local.encode() + b"@basic")
    assert read_bytes(raw).may_acknowledge is False


def test_it_never_answers_the_null_sender() -> None:
    assert read_bytes(plain("Hi", headers="Return-Path: <>\n")).may_acknowledge is False
    assert read_bytes(plain("Hi"), envelope_from="").may_acknowledge is False
    assert read_bytes(plain("Hi"), envelope_from="bo@basic.example").may_acknowledge is True


def test_it_never_answers_nobody() -> None:
    message = read_bytes(b"Subject: hello\n\nwho am I?")
    assert message.sender is None
    assert message.may_acknowledge is False


@pytest.mark.parametrize("method", ["REPLY", "reply"])
def test_it_knows_an_answer_to_an_invitation_from_the_calendar(method: str) -> None:
    calendar = f"Content-Type: text/calendar; method={method}\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"
    assert read_bytes(f"From: bo@basic.example\n{calendar}".encode()).automatic is REPLY
