"""Settings of one number's calls: whether they are recorded."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.calls import lines
from contact_center.calls.models import Policy
from contact_center.extensions import db
from contact_center.mailboxes import places
from tests import factories


def test_calls_are_recorded_as_the_number_says(app: object, enter: Callable[[Agent], FlaskClient]) -> None:
    number = factories.number(factories.queue("Hotline"))
    db.session.commit()
    places.forget()
    client = enter(factories.root())
    url = f"/admin/phone-numbers/{number.id}/calls/recording"
    assert 'value="NEVER" checked' in client.get(url).text
    assert client.post(url, data={"records": "ASK"}).status_code == 200
    assert client.post(url, data={"records": "SOMETIMES"}, headers={"Accept": "application/json"}).status_code == 422

    lines.forget()
    line = lines.of(number.id)
    assert line is not None
    assert line.records is Policy.ASK
    assert 'value="ASK" checked' in client.get(url).text
    assert client.get(f"/admin/phone-numbers/{number.id}/calls").status_code == 200
