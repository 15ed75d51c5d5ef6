"""Settings of one number's calls: what was typed and uploaded is what callers hear."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import lines, sounds
from contact_center.calls.lines import CallLine, Does, Line
from contact_center.calls.sounds import CallSound
from contact_center.calls.trials import CallTrial
from contact_center.calls.wording import Prompt
from contact_center.extensions import db
from contact_center.files.models import File
from contact_center.mailboxes import places
from contact_center.mailboxes.numbers import PhoneNumber
from tests import factories
from tests.files.test_sounds import FRAME, wav

ORDER = {"key": "1", "does": "order", "words_en": "your order"}


@pytest.fixture
def number(app: object) -> PhoneNumber:
    row = factories.number(factories.queue("Hotline"))
    db.session.commit()
    return row


@pytest.fixture
def root(number: PhoneNumber, enter: Callable[[Agent], FlaskClient]) -> FlaskClient:
    return enter(factories.root())


def post(client: FlaskClient, number: PhoneNumber, path: str = "", **fields: Any) -> Any:
    url = path if path.startswith("/admin") else f"/admin/phone-numbers/{number.id}/calls{path}"
    return client.post(url, data=fields, headers={"Accept": "application/json"})


def upload(client: FlaskClient, number: PhoneNumber, data: bytes, prompt: str = "greeting", name: str = "a.wav") -> Any:
    language = "" if prompt == "music" else "en"
    return post(client, number, "/sound", prompt=prompt, language=language, sound=(io.BytesIO(data), name))


def line(number: PhoneNumber) -> Line:
    lines.forget()
    found = lines.of(number.id)
    assert found is not None
    return found


def keys(number: PhoneNumber) -> str:
    return "".join(one.key for one in line(number).choices)


def test_what_is_typed_is_what_callers_hear(number: PhoneNumber, root: FlaskClient) -> None:
    typed = {
        "version": "0", "speaks_zh_Hans_CN": "1", "greeting_en": "Good day.", "greeting_zh_Hans_CN": "您好。",
        "waiting_en": "Please hold.", "asks_rating": "1", "helps_when_closed": "1",
    }  # fmt: skip
    assert post(root, number, **typed).status_code == 303

    now = line(number)
    assert (now.languages, now.asks_rating, now.helps_when_closed) == (("en", "zh_Hans_CN"), True, True)
    assert (now.said(Prompt.GREETING, "zh_Hans_CN"), now.said(Prompt.WAITING, "en")) == ("您好。", "Please hold.")
    assert now.said(Prompt.GOODBYE, "en") == "Thank you for calling. Good-bye."
    page = root.get(f"/admin/phone-numbers/{number.id}/calls").text
    assert ("Good day." in page, "Thank you for calling. Good-bye." in page) == (True, True)


def test_a_choice_that_is_moved_does_not_disturb_whoever_types_in_the_form(
    number: PhoneNumber, root: FlaskClient
) -> None:
    post(root, number, "/choice", **ORDER)
    assert post(root, number, version="0", greeting_en="Hello.").status_code == 303
    post(root, number, "/choice", key="2", does="hours", words_en="our hours")
    assert post(root, number, version="2", greeting_en="Good day.").status_code == 303
    assert post(root, number, version="2", greeting_en="Good evening.").status_code == 409
    assert (line(number).said(Prompt.GREETING, "en"), keys(number)) == ("Good day.", "12")


def test_words_of_a_language_that_is_not_shown_are_kept(number: PhoneNumber, root: FlaskClient) -> None:
    post(root, number, version="0", speaks_zh_Hans_CN="1", greeting_en="Good day.", greeting_zh_Hans_CN="您好。")
    post(root, number, version="2", greeting_en="Hello.")

    row = db.session.get_one(CallLine, number.id)
    assert (row.languages, row.greetings) == ([], {"en": "Hello.", "zh_Hans_CN": "您好。"})


def test_choices_are_added_changed_put_in_order_taken_out_and_brought_back(
    number: PhoneNumber, root: FlaskClient
) -> None:
    for key, does in (("1", "order"), ("2", "ticket"), ("3", "queue")):
        assert post(root, number, "/choice", key=key, does=does, words_en=f"number {key}").status_code == 200
    post(root, number, "/choice/3/move", to="up")
    assert keys(number) == "132"
    post(root, number, "/choice/2/move", to="0")
    assert keys(number) == "213"
    post(root, number, "/choice", was="1", key="9", does="hours", words_en="our hours")
    changed = line(number).choices[1]
    assert (changed.key, changed.does, changed.words["en"]) == ("9", Does.HOURS, "our hours")

    gone = post(root, number, "/choice/9/remove").get_json()
    assert keys(number) == "23"
    assert post(root, number, gone["toast"]["undo"]).status_code == 200
    assert keys(number) == "293"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"key": "1", "does": "order"}, "words_en"),  # nobody would know what the key is for
        ({"key": "1", "does": "voicemail", "words_en": "a message"}, "does"),  # but no message is taken
        ({"key": "1", "does": "dance", "words_en": "a dance"}, "does"),
        ({"key": "0", "does": "order", "words_en": "your order"}, "key"),  # 0 is an agent
        ({"key": "2", "does": "order", "words_en": "your order"}, "key"),  # is taken
    ],
)
def test_a_choice_that_callers_could_not_use_is_refused_at_its_field(
    number: PhoneNumber, root: FlaskClient, typed: dict[str, str], field: str
) -> None:
    post(root, number, "/choice", key="2", does="hours", words_en="our hours")
    refused = post(root, number, "/choice", **typed)

    assert (refused.status_code, list(refused.get_json()["fields"])) == (422, [field])
    assert keys(number) == "2"


def test_messages_are_taken_as_long_as_a_choice_leads_to_them(number: PhoneNumber, root: FlaskClient) -> None:
    post(root, number, version="0", takes_voicemail="1")
    post(root, number, "/choice", key="1", does="voicemail", words_en="a message")
    version = str(db.session.get_one(CallLine, number.id).version)

    assert post(root, number, version=version).status_code == 422
    assert line(number).takes_voicemail


def test_a_recording_is_heard_replaced_taken_away_and_brought_back(number: PhoneNumber, root: FlaskClient) -> None:
    upload(root, number, wav(2), name="../first.wav")
    first = line(number).sounds["greeting", "en"]
    replaced = upload(root, number, FRAME * 50, name="second.mp3").get_json()
    second = line(number).sounds["greeting", "en"]
    assert (first.name, second.name, first.path != second.path) == ("first.wav", "second.mp3", True)

    post(root, number, replaced["toast"]["undo"])
    assert line(number).sounds["greeting", "en"] == first
    row = db.session.scalars(select(CallSound).where(CallSound.removed_at.is_(None))).one()
    gone = post(root, number, f"/sound/{row.id}/remove").get_json()
    assert line(number).sounds == {}
    post(root, number, gone["toast"]["undo"])
    assert line(number).sounds["greeting", "en"] == first


@pytest.mark.parametrize(
    ("data", "prompt", "sentence"),
    [
        (b"", "greeting", "Choose a file."),
        (b"%PDF-1.4" + bytes(900), "greeting", "neither WAV nor MP3, whatever its name says"),
        (wav(0.1), "greeting", "too short"),
        (FRAME * 3000, "greeting", "too long: 3 minutes"),
        (wav(2), "music", "too short: 5 seconds"),
        (wav(20, quiet=(8, 13)), "music", "At 0:08 it is silent for 5 seconds"),
        (wav(2), "weather", "Choose what the recording is for."),
    ],
)
def test_what_callers_could_not_hear_is_refused_with_what_to_do(
    number: PhoneNumber, root: FlaskClient, data: bytes, prompt: str, sentence: str
) -> None:
    refused = upload(root, number, data, prompt)

    assert (refused.status_code, list(refused.get_json()["fields"])) == (422, ["sound"])
    assert sentence in refused.get_json()["error"]
    assert db.session.scalars(select(CallSound)).all() == []


def test_music_is_a_list_of_pieces(number: PhoneNumber, root: FlaskClient) -> None:
    for piece in range(sounds.MOST_PIECES):
        assert upload(root, number, wav(5 + piece), "music", f"{piece}.wav").status_code == 200
    assert upload(root, number, wav(20), "music").status_code == 422
    assert [one.name for one in line(number).music] == [f"{piece}.wav" for piece in range(sounds.MOST_PIECES)]


def test_what_was_taken_away_is_forgotten_after_a_week_with_its_bytes(number: PhoneNumber, root: FlaskClient) -> None:
    upload(root, number, wav(2))
    row = db.session.scalars(select(CallSound)).one()
    post(root, number, f"/sound/{row.id}/remove")
    sounds.sweep()
    assert db.session.scalars(select(CallSound)).one()

    row.removed_at = clock.now() - sounds.KEPT_FOR * 2
    db.session.flush()
    sounds.sweep()
    assert (db.session.scalars(select(CallSound)).all(), db.session.scalars(select(File)).all()) == ([], [])


def test_a_sound_of_another_number_is_not_this_pages(number: PhoneNumber, root: FlaskClient) -> None:
    upload(root, number, wav(2))
    row = db.session.scalars(select(CallSound)).one()
    other = factories.number(factories.queue("Elsewhere"), "+4930555555")
    db.session.commit()

    assert post(root, other, f"/sound/{row.id}/remove").status_code == 404


def test_the_page_shows_what_callers_go_through(number: PhoneNumber, root: FlaskClient) -> None:
    post(root, number, "/choice", **ORDER)
    queue = db.session.get_one(factories.Queue, number.queue_id)
    queue.overflow, queue.max_size = [{"when": "wait", "at": 300, "to": "callback", "within": 60}], 7
    db.session.commit()
    shown = root.get(f"/admin/phone-numbers/{number.id}/calls/flow").text

    for words in ("Where is my order", "After waiting for 5 min: promise a callback", "At most 7 wait", "no message"):
        assert words in shown


def test_a_test_call_is_expected_once_for_each_person_and_its_page_is_theirs(
    number: PhoneNumber, root: FlaskClient, enter: Callable[[Agent], FlaskClient]
) -> None:
    first = post(root, number, "/trial", language="en", hours="closed").get_json()["trial"]
    second = post(root, number, "/trial").get_json()["trial"]
    trial = db.session.scalars(select(CallTrial)).one()

    assert (trial.nonce, first != second) == (second, True)
    trial.heard = [{"step": "in", "said": [{"kind": "say", "text": "Good day.", "language": "en"}]}]
    db.session.commit()
    assert "Good day." in root.get(f"/admin/phone-numbers/{number.id}/calls/trial").text
    post(root, number, "/trial/end")
    assert db.session.scalars(select(CallTrial)).one().ended_at is not None
    number.takes_calls = False
    db.session.commit()
    places.forget()
    assert post(root, number, "/trial").status_code == 409
