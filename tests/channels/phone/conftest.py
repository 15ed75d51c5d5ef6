"""A telephone company in the test's process, and an application that has an account with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from contact_center.agents.models import Agent
from contact_center.calls import lines
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues.models import Queue, QueueMember
from tests import factories

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NUMBER = "+4930901820"
ACCOUNT = {
    "twilio_account_sid": "AC" + "1" * 32, "twilio_auth_token": "2" * 32, "twilio_api_key": "SK" + "3" * 32,
    "twilio_api_secret": "4" * 32, "twilio_app_sid": "AP" + "5" * 32,
    "public_url": "https://desk.example", "twilio_api_base": "http://127.0.0.1:9",
}  # fmt: skip
StartDay = Callable[..., Day]


@pytest.fixture
def account(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with an account at the carrier."""
    monkeypatch.setitem(app.config, "CC", replace(app.config["CC"], **ACCOUNT))
    return app


@pytest.fixture
def hotline(account: Flask) -> Iterator[Queue]:
    """A queue behind a number of ours."""
    queue = factories.queue("Hotline")
    factories.number(queue, NUMBER)
    db.session.commit()
    places.forget()
    lines.forget()
    yield queue
    places.forget()
    lines.forget()


@pytest.fixture
def day(account: Flask, hotline: Queue) -> Iterator[StartDay]:
    """Begin a day with these agents in the hotline's queue; from then on the test's own clock is the carrier's."""
    at_work = ExitStack()

    def start(*agents: Agent, habits: Habits | None = None, seed: int = 1, **options: Any) -> Day:
        for agent in agents:
            db.session.add(QueueMember(queue_id=hotline.id, agent_id=agent.id))
        db.session.commit()
        today = Day(account, MONDAY, [agent.id for agent in agents], habits, seed=seed, **options)
        at_work.enter_context(today.company.at_work())
        return today

    with at_work:
        yield start
