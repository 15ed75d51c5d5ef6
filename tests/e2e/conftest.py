"""The whole thing, running: web process, worker and an SMTP server, and browsers in which people are signed in.

The processes work on this worker's database, so a module's tests write for real and share what they wrote; the
database is copied afresh when the module is done. Every test opens tickets of its own.
"""

from __future__ import annotations

import os
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from carrier.account import Account, Hooks
from carrier.server.serving import Serving
from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.calendars.settings import Wanted
from contact_center.calls.lines import CallLine
from contact_center.calls.models import Policy
from contact_center.config import Config
from contact_center.customers.models import CustomerStatus
from contact_center.extensions import db
from contact_center.mailboxes.models import Encryption
from contact_center.queues.models import Queue, WrapUp
from contact_center.tickets import lifecycle
from contact_center.tickets.models import Ticket
from tests import browsers, factories
from tests.channels.email.smtp_server import SmtpServer
from tests.conftest import SECRET
from tests.database import WorkerDatabase
from tests.e2e import telephones
from tests.e2e.programs import Program
from tests.e2e.telephones import Story

PATIENCE = 20_000  # milliseconds; only a failing test waits that long
expect.set_options(timeout=PATIENCE)
WAIT_FOR_WEB = 180.0
TELEPHONE = {
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "2" * 32, "TWILIO_API_KEY": "SK" + "3" * 32,
    "TWILIO_API_SECRET": "4" * 32, "TWILIO_APP_SID": "AP" + "5" * 32,
}  # fmt: skip


@dataclass
class Site:
    """A running installation: where it answers, who works there, and what its mail server got."""

    app: Flask
    url: str
    smtp: SmtpServer
    queue_id: int
    ada_id: int
    lee_id: int
    carrier_port: int  # where an emulated carrier is expected, if the module needs the telephone
    _count: int = field(default=0)

    @property
    def queue(self) -> Queue:
        return db.session.get_one(Queue, self.queue_id)

    @property
    def ada(self) -> Agent:
        return db.session.get_one(Agent, self.ada_id)

    @property
    def lee(self) -> Agent:
        return db.session.get_one(Agent, self.lee_id)

    def log(self) -> str:
        """What the processes have said so far."""
        return (self.app.config["CC"].data_dir / "processes.log").read_text("utf-8", "replace")

    def ticket(self, subject: str, *, owner: Agent | None = None, **fields: object) -> Ticket:
        """A mail that came in, from somebody new each time; with *owner*, taken already."""
        self._count += 1
        sender = fields.pop("sender", f"customer{self._count}@home.example")
        ticket = factories.ticket(self.queue, sender=sender, subject=subject, **fields)
        if owner is not None:
            lifecycle.take(ticket, owner)
        db.session.commit()
        return ticket


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, application: Flask, config: Config, database: WorkerDatabase
) -> Iterator[Site]:
    """Start everything once for a module: without the worker, or with the telephone, if it says so."""
    with SmtpServer() as smtp, application.app_context():
        ada, lee = factories.ada(), factories.lee()
        queue = factories.queue("Service e-mail", ada, lee)
        factories.mailbox(queue, smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_encryption=Encryption.NONE)
        db.session.commit()
        port, carrier_port = _free_port(), _free_port()
        made = Site(application, f"http://127.0.0.1:{port}", smtp, queue.id, ada.id, lee.id, carrier_port)
        commands = [["web"], *([["worker", "--concurrency", "1"]] if _needs(request, "WORKER", True) else [])]
        environment = _environment(config, port)
        if _needs(request, "TELEPHONE", False):
            commands.append(["dispatcher"])
            environment |= TELEPHONE | {"TWILIO_API_BASE": f"http://127.0.0.1:{carrier_port}"}
        running = _start(commands, environment, config.data_dir)
        try:
            _wait_for(f"{made.url}/healthz", running)
            yield made
        finally:
            for program in running:
                program.end()
            for program in running:
                program.wait()
            db.session.remove()
            database.renew()


@pytest.fixture(scope="module")
def serving(site: Site) -> Iterator[Serving]:
    """The carrier of which the site is a customer."""
    account = Account(*(TELEPHONE[f"TWILIO_{name}"] for name in ("ACCOUNT_SID", "AUTH_TOKEN", "API_KEY", "API_SECRET")))
    serving = Serving(account, port=site.carrier_port, timings=telephones.QUICK)
    exchange = serving.carrier.exchange
    exchange.beliefs = replace(exchange.beliefs, recording_url_at_once=True)  # no clock runs here that tries again
    told, texts = f"{site.url}/twilio/events/leg", f"{site.url}/twilio/texts/in"
    calls = f"{site.url}/twilio/calls"
    exchange.every_number = Hooks(voice_url=f"{calls}/in", status_callback=told, sms_url=texts)
    serving.carrier.application(TELEPHONE["TWILIO_APP_SID"], voice_url=f"{calls}/client", status_callback=told)
    serving.start()
    yield serving
    serving.stop()


@pytest.fixture(scope="module")
def hotline(site: Site) -> Queue:
    """A number with a menu in two languages, whoever answers it, and customers who have orders."""
    always = Wanted("Day and night", "Europe/Berlin", None, None, frozenset((day, 0, 24 * 60) for day in range(7)))
    calendar = calendars.create(always, site.lee)
    chen = factories.agent("陈悦", email="chenyue@norra.example", language="zh_Hans_CN")
    factories.agent("赵敏", email="zhaomin@norra.example", language="zh_Hans_CN")  # who is asked, as Lee is
    queue = factories.queue("Service hotline", site.ada, chen, calendar_id=calendar.id, wrap_up=WrapUp.OPTIONAL)
    number = factories.number(queue, telephones.NUMBER)
    offered = {"takes_voicemail": True, "calls_back": True, "asks_rating": True, "records": Policy.ANNOUNCE}
    greetings = {"en": "Welcome to Norra Care.", "zh_Hans_CN": "欢迎致电诺岚家电。"}
    said = {"languages": ["zh_Hans_CN"], "greetings": greetings, "choices": telephones.CHOICES}
    db.session.add(CallLine(number_id=number.id, **said, **offered))
    for story in (telephones.ENGLISH, telephones.CHINESE):
        _customers(story)
    db.session.commit()
    return queue


def _customers(story: Story) -> None:
    """Somebody who has ordered, two of one household, and somebody who leaves a message."""
    told = {"language": story.language, "status": CustomerStatus.ACTIVE}
    has_ordered = factories.customer(story.name, phone=story.caller, tier="A", postcode=story.post_code[:-1], **told)
    factories.order(has_ordered, story.order)
    for name, tier in zip(story.household, "AD", strict=True):
        factories.customer(name, phone=story.landline, tier=tier, **told)
    factories.customer(story.other_name, phone=story.other, **told)


@dataclass
class Desks:
    """Browsers in which agents are signed in, and what went wrong in their scripts."""

    site: Site
    chromium: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def enter(self, agent: Agent) -> BrowserContext:
        context = self.chromium.new_context(
            viewport={"width": 1440, "height": 900}, base_url=self.site.url, reduced_motion="reduce"
        )
        self.contexts.append(context)
        cookie = browsers.signed_in(self.site.app, agent).get_cookie("cc")
        assert cookie is not None
        context.add_cookies([{"name": "cc", "value": cookie.value, "url": self.site.url}])
        return context

    def page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        db.session.rollback()


@pytest.fixture
def open_desk(site: Site, chromium: Browser) -> Iterator[Callable[[Agent], Page]]:
    """Opens a browser in which somebody is signed in; a script that fails fails the test."""
    desks = Desks(site, chromium)
    yield lambda agent: desks.page(desks.enter(agent))
    desks.close()
    assert desks.problems == []


@pytest.fixture
def desk(site: Site, open_desk: Callable[[Agent], Page]) -> Page:
    """Ada's browser."""
    return open_desk(site.ada)


def _environment(config: Config, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": config.database_url,
        "BROKER_URL": config.broker_url,
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(config.data_dir),
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "WEB_THREADS": "32",
    }


def _needs(request: pytest.FixtureRequest, what: str, otherwise: bool) -> bool:
    return bool(getattr(request.module, f"NEEDS_{what}", otherwise))


def _start(commands: list[list[str]], environment: dict[str, str], folder: Path) -> list[Program]:
    log = folder / "processes.log"
    log.write_bytes(b"")
    return [Program(command, environment, log) for command in commands]


def _wait_for(url: str, running: list[Program]) -> None:
    give_up = time.monotonic() + WAIT_FOR_WEB
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            assert all(program.is_running() for program in running), "a process has ended; see processes.log"
            assert time.monotonic() < give_up, "the web process does not answer"
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
