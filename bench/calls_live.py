"""Calls in real time: the product's processes and the emulated carrier, over HTTP on the same cores, hundreds at once.

BENCH_LIVE calls (100) are talked and BENCH_WAITING (200) wait, while BENCH_PER_SECOND (5) come in each second and as many
leave, for BENCH_SECONDS (60). Callers choose from the menu; agents are scripts that accept, talk, end and wrap up.
Answers are timed where the carrier asks, whatever it asks or tells. Meanwhile another number is called, whose agent is
free and has an open desk: how long from the carrier's question that puts the call in line until it rings there? See
`_desk` for the floor of that.
"""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from urllib.parse import urlsplit

import _desk
from _ground import figure, start_app
from flask import Flask
from sqlalchemy import delete, update

sys.path.insert(0, str(Path(__file__).parents[1]))

from carrier import Account, http, scripts
from carrier.legs import Leg
from carrier.overrides import Overrides
from carrier.server.serving import Serving
from carrier.webhooks import Webhook, WebhookAnswer
from contact_center.calendars.models import Calendar, CalendarSlot
from contact_center.calls.lines import CallLine
from contact_center.channels.phone.twilio.addresses import EVENTS, STEPS
from contact_center.demo.calling import stage
from contact_center.demo.calling.crew import Crew, Habits
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues.models import Queue
from contact_center.statement import Statement
from tests import factories

LIVE = int(os.environ.get("BENCH_LIVE", "100"))
WAITING = int(os.environ.get("BENCH_WAITING", "200"))
PER_SECOND = float(os.environ.get("BENCH_PER_SECOND", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
FILLING = 10.0  # calls a second, until as many talk and wait as are to
PATIENCE = 300.0  # seconds for that
AGENTS = LIVE + LIVE // 7  # some of them are ringing, connecting or wrapping up
HABITS = Habits(reaction=1.0, talk=40.0, wrap_up=2.0)
RING = "+4930901820"  # the number whose agent is free
WITHHELD = "anonymous"  # who calls it: nobody can call them back, which would ring as well
KEY = "2"
_RINGS = Statement("SELECT count(*) AS n FROM offer WHERE agent_id = :agent AND state = 'PENDING'")


class Company:
    """The emulated carrier, and what it was answered."""

    def __init__(self) -> None:
        self.account = Account("AC" + secrets.token_hex(16), *(secrets.token_hex(16) for _ in range(3)))
        self.app_sid = "AP" + secrets.token_hex(16)
        self.serving = Serving(self.account, deliver=self._deliver)
        self.carrier = self.serving.carrier
        self.asked_at: dict[tuple[str, str], float] = {}  # by path and caller
        self.answers: list[tuple[float, float, Webhook, int]] = []  # when it was asked, how long, what, the status

    def settings(self) -> dict[str, str]:
        keys = self.account
        return {
            "TWILIO_ACCOUNT_SID": keys.sid, "TWILIO_AUTH_TOKEN": keys.token, "TWILIO_API_KEY": keys.api_key,
            "TWILIO_API_SECRET": keys.api_secret, "TWILIO_APP_SID": self.app_sid, "TWILIO_API_BASE": self.serving.url,
        }  # fmt: skip

    @contextmanager
    def open(self, site: str) -> Iterator[None]:
        told = f"{site}{EVENTS}/leg"
        for number in (stage.NUMBER, RING):
            self.carrier.number(number, voice_url=f"{site}{STEPS}/in", status_callback=told)
        self.carrier.application(self.app_sid, voice_url=f"{site}{STEPS}/client", status_callback=told)
        self.serving.start()
        try:
            yield
        finally:
            self.serving.stop()

    def call(self, caller: str, number: str) -> Leg:
        with self.serving.lock:
            return self.carrier.place_call(caller, number, scripts.caller(answers={f"press {KEY}": KEY}))

    def talking(self) -> int:
        with self.serving.lock:
            return sum(len(room.members) > 1 for room in self.carrier.exchange.open_rooms.values())

    def waiting(self) -> list[Leg]:
        with self.serving.lock:
            members = [member.leg for queue in self.carrier.queues.values() for member in queue.members.values()]
        return [leg for leg in members if leg.to == stage.NUMBER]

    def _deliver(self, webhook: Webhook, limits: Overrides) -> WebhookAnswer:
        begun, status = time.perf_counter(), 0
        self.asked_at[urlsplit(webhook.url).path, webhook["From"]] = begun
        try:
            answer = http.deliver(webhook, limits)
            status = answer.status
            return answer
        finally:
            self.answers.append((begun, time.perf_counter() - begun, webhook, status))


class Traffic:
    """Callers who come and leave, and agents who answer them, in a thread of its own."""

    def __init__(self, app: Flask, company: Company, agents: list[int]) -> None:
        self._app, self._company, self._chances = app, company, Random(1)
        self._pool, self._ended = ThreadPoolExecutor(8), Event()
        self._crew = Crew(company.carrier, company.app_sid, agents, HABITS, Random(1), self._ask)
        self._thread = Thread(target=self._go_on)
        self.seen: list[tuple[int, int]] = []  # how many talk and wait, whenever somebody calls

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Until the block ends; it begins when as many talk and wait as are to."""
        self._asked(self._crew.come)
        self._thread.start()
        try:
            self._wait()
            yield
        finally:
            self._ended.set()
            self._thread.join()
            self._pool.shutdown(cancel_futures=True)

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        talking = waiting = 0
        while talking < LIVE * 0.95 or not WAITING <= waiting <= WAITING * 1.05:
            if time.monotonic() > end:
                sys.exit(f"after {PATIENCE:.0f} s {talking} talk and {waiting} wait")
            time.sleep(0.5)
            talking, waiting = self.seen[-1] if self.seen else (0, 0)

    def _go_on(self) -> None:
        pause = 1 / FILLING
        while not self._ended.wait(pause):
            waiting = self._company.waiting()
            self.seen.append((self._company.talking(), len(waiting)))
            if len(waiting) > WAITING:
                pause = 1 / PER_SECOND
                for leg in self._chances.sample(waiting, min(2, len(waiting) - WAITING)):
                    leg.hang_up()
            self._company.call(f"+4915{self._chances.randrange(10**8):08d}", stage.NUMBER)
            with self._app.app_context():
                self._crew.look()
                db.session.rollback()

    def _ask(self, what: Callable[[], object]) -> None:
        """As a desk would, beside everything else."""
        if not self._ended.is_set():
            self._pool.submit(self._asked, what)

    def _asked(self, what: Callable[[], object]) -> None:
        try:
            with self._app.app_context():
                what()
                db.session.commit()
        except Exception:  # noqa: BLE001 (it is shown, and the others go on)
            traceback.print_exc()


def main() -> None:
    company = Company()
    os.environ |= company.settings()
    app = start_app(empty=True)
    agents = _set_up(app)
    with _desk.opened(app, ("web", "dispatcher", "worker"), ["offer.made"]) as desk:
        desk.socket.call("phone.open", {"take": True})
        time.sleep(3)  # until the dispatcher listens
        floor, traffic = desk.floor(60), Traffic(app, company, agents)
        with company.open(f"http://127.0.0.1:{desk.port}"), traffic.going_on():
            company.answers.clear()
            traffic.seen.clear()
            rings = list(_rings(app, company, desk))
            answers, seen = company.answers.copy(), traffic.seen.copy()
    _tell(answers, seen)
    _desk.tell("call in line → ring at the desk", rings, floor)


def _set_up(app: Flask) -> list[int]:
    """Two numbers that are never closed, one of them with a menu and many agents."""
    with app.app_context():
        db.session.add(Queue(id=2, name=stage.QUEUE))
        db.session.flush()
        _begins, agents = stage.set_up(AGENTS)
        db.session.execute(delete(CalendarSlot))
        db.session.execute(update(Calendar).values(version=Calendar.version + 1))
        factories.number(db.session.get_one(Queue, 1), RING)
        menu = [{"key": KEY, "does": "queue", "words": {"en": "help with an order"}}]
        number = next(one.id for one in places.numbers().values() if one.address == stage.NUMBER)
        db.session.add(CallLine(number_id=number, choices=menu, calls_back=True, asks_rating=True))
        db.session.commit()
        db.session.remove()
        return agents


def _rings(app: Flask, company: Company, desk: _desk.Desk) -> Iterator[float]:
    """Milliseconds, call by call: the caller hangs up when it rings, and the next one calls."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        legs: list[Leg] = []
        heard_at = desk.hears(lambda legs=legs: legs.append(company.call(WITHHELD, RING)))
        yield (heard_at - company.asked_at[f"{STEPS}/queue", WITHHELD]) * 1000
        legs[0].hang_up()
        with app.app_context():
            while _RINGS.one({"agent": desk.agent_id}).n:
                db.session.rollback()
                time.sleep(0.05)
            db.session.rollback()


def _tell(answers: list[tuple[float, float, Webhook, int]], seen: list[tuple[int, int]]) -> None:
    taken: dict[str, list[float]] = defaultdict(list)
    for _begun, took, webhook, status in answers:
        taken[urlsplit(webhook.url).path].append(took * 1000)
        if not 200 <= status < 300:
            print(f"  {webhook.url}: {status or 'no answer'}")
    for path, several in sorted(taken.items(), key=lambda item: -_at(item[1], 0.99)):
        print(f"  {path:<28}{len(several):>6} × p99 {_at(several, 0.99):>7.1f} ms, median {_at(several, 0.5):>6.1f} ms")
    every = [took for several in taken.values() for took in several]
    figure("calls talked at once", statistics.mean(talking for talking, _waiting in seen), "calls")
    figure("calls waiting at once", statistics.mean(waiting for _talking, waiting in seen), "calls")
    figure("webhooks of the carrier", len(every) / SECONDS, "/s")
    figure("webhook answered, p99", _at(every, 0.99), "ms")
    figure("webhook answered, median", _at(every, 0.5), "ms")


def _at(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


if __name__ == "__main__":
    main()
