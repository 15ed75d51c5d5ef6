"""Settings of one number's calls: what was typed is what callers hear."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.calls import lines
from contact_center.calls.lines import CallLine, Does
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from tests import factories


@pytest.fixture
def number(app: object) -> PhoneNumber:
    row = factories.number(factories.queue("Hotline"))
    db.session.commit()
    return row


def save(client: FlaskClient, number: PhoneNumber, **fields: str) -> int:
    return client.post(f"/admin/phone-numbers/{number.id}/calls", data=fields).status_code


def test_what_is_typed_is_what_callers_hear_and_may_choose(
    number: PhoneNumber, enter: Callable[[Agent], FlaskClient]
) -> None:
    client = enter(factories.root())
    typed = {
        "version": "0", "speaks_zh_Hans_CN": "1", "greetings_en": "Good day.", "greetings_zh_Hans_CN": "您好。",
        "does_1": "order", "words_1_en": "your order", "words_1_zh_Hans_CN": "查询订单", "asks_rating": "1",
    }  # fmt: skip
    assert save(client, number, **typed) == 303

    lines.forget()
    line = lines.of(number.id)
    assert line is not None
    assert (line.languages, line.greeting("zh_Hans_CN"), line.asks_rating) == (("en", "zh_Hans_CN"), "您好。", True)
    assert [(one.key, one.does) for one in line.choices] == [("1", Does.ORDER)]
    assert "Good day." in client.get(f"/admin/phone-numbers/{number.id}/calls").get_data(as_text=True)


@pytest.mark.parametrize(
    "typed",
    [
        {"does_1": "order"},  # nobody would know what the key is for
        {"does_1": "voicemail", "words_1_en": "a message"},  # but no message is taken
        {"does_1": "dance", "words_1_en": "a dance"},
    ],
)
def test_a_menu_that_callers_could_not_use_is_refused(
    number: PhoneNumber, enter: Callable[[Agent], FlaskClient], typed: dict[str, str]
) -> None:
    assert save(enter(factories.root()), number, version="0", **typed) == 422
    assert db.session.get(CallLine, number.id) is None
