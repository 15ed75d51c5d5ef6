"""A queue's page: how it is served."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contact_center.agents.models import Agent
from contact_center.calendars.models import Calendar
from contact_center.extensions import db
from contact_center.queues import settings, skills
from contact_center.queues.models import Queue, WrapUp
from tests import factories

JSON = {"Accept": "application/json"}


def save(browser: FlaskClient, queue: Queue, **changes: Any) -> TestResponse:
    db.session.commit()
    said = factories.served(name=queue.name, team_id="", version=queue.version, **changes)
    return browser.post(f"/admin/queues/{queue.id}", data=said, headers=JSON)


def wrong(answer: TestResponse) -> list[str]:
    assert answer.status_code == 422
    assert answer.json is not None
    return sorted(answer.json["fields"])


def test_every_setting_is_saved_and_shown_again(browser: FlaskClient, root: Agent) -> None:
    ada = factories.ada()
    queue, other = factories.queue("Calls", ada), factories.queue("Mails", ada)
    french = skills.add("French", root)
    calendar = Calendar(name="Hamburg", time_zone="Europe/Berlin")
    db.session.add(calendar)
    db.session.flush()
    answer = save(
        browser, queue, calendar_id=str(calendar.id), head_start_minutes="10", prefer_seconds="20",
        wrap_up="TIMEOUT", wrap_up_seconds="90 s", target_percent="90 %", target_seconds="20", max_size="50",
        **{f"ask_{french.id}": "4"}, ease_after_0="30", ease_to_0="1", ease_after_1="1:30", ease_to_1="anyone",
        over_when_0="wait", over_at_0="10 min", over_to_0="queue", over_queue_0=str(other.id),
        over_when_1="idle_agents", over_at_1="2", over_to_1="callback", over_within_1="2 h",
        over_when_2="expected_wait", over_at_2="1 h", over_to_2="message", over_text_2="Sorry.",
        over_text_zh_2="抱歉。",
    )  # fmt: skip
    assert answer.status_code == 303
    db.session.refresh(queue)
    assert (queue.calendar_id, queue.head_start_minutes, queue.prefer_seconds) == (calendar.id, 10, 20)
    assert (queue.wrap_up, queue.wrap_up_seconds) == (WrapUp.TIMEOUT, 90)
    assert (queue.target_percent, queue.target_seconds, queue.max_size) == (90, 20, 50)
    assert queue.asks == {str(french.id): 4}
    assert queue.easing == [{"after": 30, "lower": 1}, {"after": 90, "anyone": True}]
    assert queue.overflow == [
        {"when": "wait", "at": 600, "to": "queue", "queue_id": other.id},
        {"when": "idle_agents", "at": 2, "to": "callback", "within": 120},
        {"when": "expected_wait", "at": 3600, "to": "message", "text": "Sorry.", "text_zh": "抱歉。"},
    ]
    page = browser.get(f"/admin/queues/{queue.id}").text
    assert "First French 4+; after 30 s French 3+; after 1 min 30 s anyone in the queue." in page
    assert "After waiting for 10 min: on to “Mails”." in page
    assert "No member has French." in page, "Ada has not"
    assert 'value="1 min 30 s"' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"calendar_id": "99"}, "calendar_id"),
        ({"head_start_minutes": "9999"}, "head_start_minutes"),
        ({"prefer_seconds": "soon"}, "prefer_seconds"),
        ({"prefer_seconds": "2 h"}, "prefer_seconds"),
        ({"wrap_up": "SOMETIMES"}, "wrap_up"),
        ({"wrap_up_seconds": "2 s"}, "wrap_up_seconds"),
        ({"target_percent": "0"}, "target_percent"),
        ({"target_seconds": ""}, "target_seconds"),
        ({"max_size": "0"}, "max_size"),
        ({"max_size": "many"}, "max_size"),
        ({"ease_after_0": "60", "ease_to_0": "1", "ease_after_1": "30", "ease_to_1": "2"}, "ease_after_1"),
        ({"over_when_0": "moon", "over_at_0": "1 min", "over_to_0": "callback", "over_within_0": "1 h"}, "over_when_0"),
        ({"over_when_0": "wait", "over_at_0": "", "over_to_0": "callback", "over_within_0": "1 h"}, "over_at_0"),
        ({"over_when_0": "wait", "over_at_0": "60", "over_to_0": "nowhere"}, "over_to_0"),
        ({"over_when_0": "wait", "over_at_0": "60", "over_to_0": "queue", "over_queue_0": "x"}, "over_queue_0"),
        ({"over_when_0": "wait", "over_at_0": "60", "over_to_0": "callback", "over_within_0": "1 s"}, "over_within_0"),
        ({"over_when_0": "wait", "over_at_0": "60", "over_to_0": "message"}, "over_text_0"),
        (
            {"over_when_0": "idle_agents", "over_at_0": "0", "over_to_0": "callback", "over_within_0": "1 h"},
            "over_at_0",
        ),
    ],
)
def test_nonsense_is_explained_beside_its_field_and_nothing_is_saved(
    browser: FlaskClient, changes: dict[str, str], field: str
) -> None:
    queue = factories.queue("Calls")
    assert wrong(save(browser, queue, **changes)) == [field]
    db.session.refresh(queue)
    assert (queue.version, queue.overflow, queue.easing) == (1, [], [])


def test_a_queue_overflows_neither_into_itself_nor_in_a_circle(browser: FlaskClient, root: Agent) -> None:
    one, two, three = (factories.queue(name) for name in ("One", "Two", "Three"))
    step = {"over_when_0": "wait", "over_at_0": "60", "over_to_0": "queue"}
    assert wrong(save(browser, one, **step, over_queue_0=str(one.id))) == ["over_queue_0"]
    assert save(browser, one, **step, over_queue_0=str(two.id)).status_code == 303
    assert save(browser, two, **step, over_queue_0=str(three.id)).status_code == 303
    answer = save(browser, three, **step, over_queue_0=str(one.id))
    assert wrong(answer) == ["over_queue_0"]
    assert answer.json is not None
    assert answer.json["error"] == "That is a circle: Three → One → Two → Three."


def test_a_later_step_has_to_come_later(browser: FlaskClient) -> None:
    queue, other = factories.queue("Calls"), factories.queue("Mails")
    steps = {
        "over_when_0": "wait", "over_at_0": "10 min", "over_to_0": "queue", "over_queue_0": str(other.id),
        "over_when_1": "wait", "over_at_1": "5 min", "over_to_1": "callback", "over_within_1": "1 h",
    }  # fmt: skip
    assert wrong(save(browser, queue, **steps)) == ["over_at_1"]


def test_what_contradicts_the_people_there_are_is_said_and_allowed(browser: FlaskClient, root: Agent) -> None:
    ada = factories.ada()
    queue, empty = factories.queue("Calls"), factories.queue("Empty")
    french = skills.add("French", root)
    skills.set_levels({(ada.id, french.id): 2}, {}, root)
    assert save(browser, queue, max_size="5", **{f"ask_{french.id}": "4"}).status_code == 303
    page = browser.get(f"/admin/queues/{queue.id}").text
    assert "Nobody serves this queue" in page
    assert "No member has French. Without easing steps the work waits for ever." in page
    assert "without an overflow step nothing is done then" in page
    settings.join(queue.id, [ada.id], root)
    step = {"over_when_0": "wait", "over_at_0": "60", "over_to_0": "queue", "over_queue_0": str(empty.id)}
    db.session.refresh(queue)
    save(browser, queue, **step, **{f"ask_{french.id}": "4"}, ease_after_0="30", ease_to_0="anyone")
    page = browser.get(f"/admin/queues/{queue.id}").text
    assert "No member has French 4+ (the best: 2). The work waits for the steps below." in page
    assert "overflows into “Empty”, which nobody serves" in page


def test_what_is_typed_is_said_in_words_before_it_is_saved(browser: FlaskClient, root: Agent) -> None:
    queue = factories.queue("Calls", factories.ada())
    french = skills.add("French", root)
    db.session.commit()
    typed = {
        f"ask_{french.id}": "4",
        "ease_after_0": "30",
        "ease_to_0": "1",
        "ease_after_1": "90",
        "ease_to_1": "anyone",
    }
    said = browser.post(f"/admin/queues/{queue.id}/said/skills", data=typed).text
    assert "First French 4+; after 30 s French 3+; after 1 min 30 s anyone in the queue." in said
    assert "No member has French." in said
    assert (
        "later than the one before"
        in browser.post(f"/admin/queues/{queue.id}/said/skills", data={**typed, "ease_after_1": "20"}).text
    )
    assert "Asks for no skills" in browser.post(f"/admin/queues/{queue.id}/said/skills").text
    typed = {"over_when_0": "wait", "over_at_0": "60", "over_to_0": "callback", "over_within_0": "2 h"}
    said = browser.post(f"/admin/queues/{queue.id}/said/overflow", data=typed).text
    assert "After waiting for 1 min: promise a callback within 2 h." in said


def test_members_have_levels_and_only_ones_own_changes_are_saved(browser: FlaskClient, root: Agent) -> None:
    ada, nils = factories.ada(), factories.nils()
    queue = factories.queue("Calls", ada)
    settings.set_levels(queue.id, {ada.id: 5}, root)
    before = {"member_before": [ada.id], f"level_before_{ada.id}": "3"}  # as it was when the page was opened
    save(browser, queue, member=[ada.id, nils.id], **before, **{f"level_{ada.id}": "3", f"level_{nils.id}": "4"})
    assert settings.levels(queue.id) == {ada.id: 5, nils.id: 4}
    answer = save(
        browser, queue, member=[ada.id, nils.id], member_before=[ada.id, nils.id], **{f"level_{nils.id}": "9"}
    )
    assert answer.status_code == 422


def test_a_form_with_hundreds_of_members_is_taken(browser: FlaskClient) -> None:
    queue = factories.queue("Calls")
    db.session.commit()
    many = {f"level_{n}": "3" for n in range(10**6, 10**6 + 900)}
    data = factories.served(name="Calls", team_id="", version=1, **many)
    answer = browser.post(f"/admin/queues/{queue.id}", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303


def test_a_stale_save_says_the_difference_in_words(browser: FlaskClient, root: Agent) -> None:
    queue = factories.queue("Calls")
    settings.change(queue, root, 1, name="Calls", team_id=None, wrap_up=WrapUp.FORCED, target_seconds=20)
    db.session.commit()
    data = factories.served(name="Calls", team_id="", version=1)
    answer = browser.post(f"/admin/queues/{queue.id}", data=data, headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["difference"] == {"wrap_up": ["None", "Always that long"], "target_seconds": ["1 h", "20 s"]}
