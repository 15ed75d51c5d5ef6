"""What a number lets its callers hear: recorded prompts, music of its own, help while it is closed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from carrier import scripts
from carrier.legs import Leg
from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.calendars.models import Calendar
from contact_center.calendars.settings import Wanted
from contact_center.calls import lines, sounds
from contact_center.calls.models import Outcome
from contact_center.calls.sounds import CallSound
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.files import store
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from tests import browsers, factories
from tests.channels.phone.conftest import NUMBER
from tests.channels.phone.test_selfhelp import CHOICES, GRETA, call, greta, line
from tests.files.test_sounds import FRAME, wav

StartDay = Callable[..., Day]
TO_AGENTS = {"key": "9", "does": "queue", "words": {"en": "our service"}}


def root() -> Agent:
    return db.session.scalar(select(Agent).where(Agent.name == "Root Admin")) or factories.root()


def number() -> PhoneNumber:
    return db.session.scalars(select(PhoneNumber)).one()


def upload(prompt: str, data: bytes, language: str = "en", name: str = "sound.wav") -> CallSound:
    row = sounds.add(number(), prompt, language, name, data, root())
    db.session.commit()
    lines.forget()
    return row


def close(queue: Queue) -> None:
    """Let it work on Sundays only."""
    sundays = Wanted("Sundays", "UTC", None, None, frozenset({(6, 0, 60)}))
    queue.calendar_id = calendars.create(sundays, root()).id
    db.session.commit()


def played(leg: Leg) -> list[str]:
    return [one.what.rpartition("/")[2] for one in leg.heard if one.kind == "play"]


def test_a_recorded_greeting_is_played_in_its_language_and_words_are_spoken_in_the_other(
    day: StartDay, hotline: Queue
) -> None:
    line(languages=["zh_Hans_CN"], greetings={"en": "Good day.", "zh_Hans_CN": "您好。"})
    kept = upload("greeting", wav(4))
    today = day()
    english, _row = call(today, {"中文服务请按 2": "1", "our hours press 3": "3"})
    chinese, _row = call(today, {"中文服务请按 2": "2", "营业时间请按 3": "3"})

    assert kept.path.rpartition("/")[2] in played(english)
    assert "Good day." not in english.heard_text()
    assert ("您好。" in chinese.heard_text(), played(chinese)) == (True, [])
    assert not today.carrier.silences()


def test_whoever_waits_hears_the_lines_own_music_piece_after_piece_and_never_silence(
    day: StartDay, hotline: Queue
) -> None:
    line(choices=[], prompts={"waiting": {"en": "Thank you for waiting."}})
    first, second = upload("music", wav(40), name="one.wav"), upload("music", FRAME * 1000, name="two.mp3")
    today = day()
    leg = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    end = today.carrier.now.timestamp() + 260
    today.run(lambda: today.carrier.now.timestamp() >= end)

    pieces = [one.path.rpartition("/")[2] for one in (second, first)]
    assert played(leg)[:4] == pieces * 2
    assert leg.heard_text().count("Thank you for waiting.") == 1
    assert round(max(one.seconds for one in leg.heard if one.kind == "play")) == 72  # the whole of it, not a guess
    assert not today.carrier.silences()


def test_a_recording_that_the_disk_has_lost_gives_way_to_the_words(day: StartDay, hotline: Queue) -> None:
    line(greetings={"en": "Good day."})
    store.path_of(upload("greeting", wav(4)).file).unlink()
    lines.forget()
    leg, _row = call(day(), {"our hours press 3": "3"})

    assert "Good day." in leg.heard_text()


def test_while_we_are_closed_callers_help_themselves_and_an_agents_key_leads_to_a_message(
    day: StartDay, hotline: Queue
) -> None:
    factories.order(greta(), "K7-20482-QX")
    line(choices=[*CHOICES, TO_AGENTS], helps_when_closed=True, takes_voicemail=True)
    close(hotline)
    today = day()
    helped, row = call(today, {"your order press 1": "1", "of your order number": "720482#", "post code": "21142#"})
    told, other = call(today, {"our service press 9": "9"})

    assert ("closed" in helped.heard_text(), "on its way" in helped.heard_text()) == (True, True)
    assert "press 0" in helped.heard_text()
    assert "an agent" not in helped.heard_text().lower()
    assert (row.outcome, other.outcome) == (Outcome.CONTAINED, Outcome.VOICEMAIL)
    assert "after the tone" in told.heard_text()


def test_where_no_message_is_taken_a_closed_menu_offers_only_what_needs_nobody(day: StartDay, hotline: Queue) -> None:
    line(choices=[*CHOICES, TO_AGENTS], helps_when_closed=True)
    close(hotline)
    leg, row = call(day(), {"our hours press 3": "3", "anything else": "0"})

    assert "our service" not in leg.heard_text()
    assert ("closed" in leg.heard_text(), row.outcome, row.ticket_id) == (True, Outcome.CONTAINED, None)


def test_on_a_holiday_the_words_for_holidays_are_said(day: StartDay, hotline: Queue) -> None:
    line(closed={"en": "We are closed."}, prompts={"holiday": {"en": "Today is a holiday."}})
    close(hotline)
    today = day()
    ordinary, _row = call(today, {})
    calendar = db.session.get_one(Calendar, hotline.calendar_id)
    calendars.set_day(calendar, root(), today.carrier.now.date(), "Founders' day", None)
    db.session.commit()
    lines.forget()  # two seconds later
    holiday, _row = call(today, {})

    assert ("We are closed." in ordinary.heard_text(), "holiday" in ordinary.heard_text()) == (True, False)
    assert "Today is a holiday." in holiday.heard_text()


def test_a_sound_is_given_to_whoever_knows_its_address_as_a_sound_and_in_parts(account: Flask, hotline: Queue) -> None:
    path = upload("greeting", wav(4), name="hello<script>.wav").path
    visitor = browsers.visitor(account)
    whole = visitor.get(path, buffered=True)
    part = visitor.get(path, headers={"Range": "bytes=0-99"}, buffered=True)

    assert (whole.status_code, whole.content_type, len(whole.data)) == (200, "audio/wav", len(wav(4)))
    assert "immutable" in whole.headers["Cache-Control"]
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert (part.status_code, len(part.data)) == (206, 100)
    assert visitor.get(path.replace(".wav", ".mp3")).status_code == 404
    assert visitor.get("/sounds/made-up.wav").status_code == 404
