"""Fifty walls at once, while calls come in: what of a core it takes, and how old a figure is when it is on the screen.

Real processes, real sockets: ten different views, five viewers each, over a day of BENCH_CONTACTS contacts and a hundred
agents. Counted is what the web processes, their backends in PostgreSQL and Valkey use beyond what they use with nobody
looking, while the same traffic goes on. The floor is the same bytes pushed to the same sockets, and nothing computed.
BENCH_SECONDS is how long each is watched.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import redis
import socketio
from _ground import figure, start_app
from _processes import free_port, start, stop, wait_for
from flask import Flask
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from contact_center.extensions import db
from tests import browsers, factories

SECONDS = float(os.environ.get("BENCH_SECONDS", "40"))
CONTACTS = int(os.environ.get("BENCH_CONTACTS", "10000"))
VIEWERS, QUEUES, AGENTS, PER_SECOND = 50, 10, 100, 5
VIEWS = ["", "cphone", "cemail", "tA", "tB", *(f"q{100 + number}" for number in range(1, 6))]
NAME = "bench web"  # of its connections
PROBED_EVERY = 1.7  # seconds: at another moment of the second each time

_PEOPLE = """
    INSERT INTO queue (id, name, target_seconds) SELECT 100 + i, 'Queue ' || i, 20 FROM generate_series(1, :queues) i;
    INSERT INTO agent (email, name, fs_uniquifier)
        SELECT 'bench' || i || '@norra.example', 'Agent ' || i, 'bench' || i FROM generate_series(1, :agents) i
        ON CONFLICT DO NOTHING;
    INSERT INTO queue_member (queue_id, agent_id)
        SELECT q.id, a.id FROM queue q, agent a WHERE (a.id + q.id) % 3 = 0 ON CONFLICT DO NOTHING;
    INSERT INTO presence (agent_id, state, started_at) SELECT id, 'AVAILABLE', now() FROM agent ON CONFLICT DO NOTHING;
    INSERT INTO open_desk (key, agent_id, seen_at) SELECT 'bench' || id, id, now() + interval '1 day' FROM agent
        ON CONFLICT DO NOTHING;
    INSERT INTO customer (name, tier, since, changed_at, search)
        SELECT 'Customer ' || i, substr('ABCDDDDD', 1 + i % 8, 1), now(), now(), '' FROM generate_series(1, 2000) i;
"""
# A day of contacts: most answered in time, some late, some given up, thirty waiting; and what agents had in hand.
_DAY = """
    WITH t AS (
        INSERT INTO ticket (subject, queue_id, channel, token, portal_token, opened_at, changed_at)
        SELECT 'Contact ' || i, 101 + i % :queues, 'phone', 'b' || i, 'p' || i, now(), now()
        FROM generate_series(1, :contacts) i RETURNING id, queue_id
    ), c AS (SELECT array_agg(id) AS ids FROM customer WHERE name LIKE 'Customer %'),
    a AS (SELECT array_agg(id) AS ids FROM agent WHERE email LIKE 'bench%'),
    made AS (
        INSERT INTO interaction (ticket_id, queue_id, customer_id, agent_id, channel, kind, direction, state, queued_at,
                                 accepted_at, answered_at, ended_at)
        SELECT t.id, t.queue_id, c.ids[1 + t.id % 2000], CASE WHEN f.waits OR f.gone THEN NULL ELSE a.ids[1 + t.id % 100] END,
               (ARRAY['phone', 'phone', 'email', 'web'])[1 + t.id % 4], 'CALL', 'IN',
               CASE WHEN f.waits THEN 'WAITING' WHEN f.gone THEN 'ABANDONED' ELSE 'DONE' END, f.came,
               CASE WHEN NOT f.waits AND NOT f.gone THEN f.came + f.wait END,
               CASE WHEN NOT f.waits AND NOT f.gone THEN f.came + f.wait END,
               CASE WHEN NOT f.waits THEN f.came + f.wait + interval '3 minutes' END
        FROM t, c, a, LATERAL (
            SELECT t.id % 333 = 0 AS waits, t.id % 20 = 0 AS gone, make_interval(secs => t.id % 30) AS wait,
                   greatest(:day, now() - make_interval(secs => t.id % 28000)) AS came
        ) f
        RETURNING id, agent_id, accepted_at, ended_at
    )
    INSERT INTO handling (interaction_id, agent_id, started_at, ended_at)
    SELECT id, agent_id, accepted_at, ended_at FROM made WHERE agent_id IS NOT NULL
"""
_TICKET = """
    INSERT INTO ticket (subject, queue_id, channel, token, portal_token, opened_at, changed_at)
    VALUES ('Traffic', 101, 'sms', :token, :token, now(), now()) RETURNING id
"""
_WAITS = """
    INSERT INTO interaction (ticket_id, queue_id, channel, kind, direction, state, queued_at)
    VALUES (:ticket, 101, 'sms', 'TEXT', 'IN', 'WAITING', now())
"""
_ANSWERED = """
    UPDATE interaction SET state = 'DONE', answered_at = now(), accepted_at = now(), ended_at = now(),
           agent_id = (SELECT min(id) FROM agent)
    WHERE id IN (SELECT id FROM interaction WHERE state = 'WAITING' AND channel = 'sms' ORDER BY id LIMIT 3)
"""


def main() -> None:
    app = start_app(empty=True)
    cookie = _stage(app)
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "WEB_PROCESSES": "2", "PGAPPNAME": NAME}
    web = start("web", environment)
    try:
        wait_for(port)
        address = f"http://127.0.0.1:{port}"
        with _traffic(app):
            time.sleep(5)
            alone = _watched(web.pid, app)
            with _walls(address, cookie) as walls:
                time.sleep(5)
                ours = _watched(web.pid, app)
                ages = [_age(app, walls) for _probe in range(20)]
                pushed = walls.last
            with _walls(address, cookie, silent=True) as walls:
                floor = _pushed(web.pid, app, walls, pushed)
    finally:
        stop(web)
    figure(
        f"wallboard, {VIEWERS} viewers, 10 views: processor beyond the traffic's",
        ours - alone,
        "% of a core",
        floor - alone,
    )
    figure("wallboard, from the commit to the screen, p95", sorted(ages)[int(len(ages) * 0.95) - 1], "ms")
    figure("wallboard, from the commit to the screen, median", sorted(ages)[len(ages) // 2], "ms")


def _stage(app: Flask) -> str:
    """The floor, and the cookie of an administrator, who sees all of it."""
    with app.app_context():
        root = factories.agent(
            "Root Admin", factories.RoleName.ADMINISTRATOR, email=f"root{time.time_ns()}@norra.example"
        )
        day = db.session.scalar(text("SELECT date_trunc('day', now() AT TIME ZONE :zone) AT TIME ZONE :zone"),
                                {"zone": app.config["CC"].time_zone})  # fmt: skip
        for statement in _PEOPLE.split(";\n"):
            if statement.strip():
                db.session.execute(text(statement), {"queues": QUEUES, "agents": AGENTS})
        db.session.execute(text(_DAY), {"queues": QUEUES, "contacts": CONTACTS, "day": day})
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = browsers.signed_in(app, root).get_cookie(name)
        db.session.remove()
    assert cookie is not None
    return f"{name}={cookie.value}"


class _Walls:
    """Sockets that hear pictures; `n` is what the first of them shows waiting."""

    def __init__(self) -> None:
        self.n = -1
        self.last: dict[str, Any] = {}
        self.clients: list[socketio.Client] = []
        self.changed = threading.Condition()

    def hear(self, picture: dict[str, Any]) -> None:
        with self.changed:
            self.n, self.last = picture["waiting"]["n"], picture
            self.changed.notify_all()


@contextmanager
def _walls(address: str, cookie: str, *, silent: bool = False) -> Iterator[_Walls]:
    """Fifty of them; the *silent* connect and watch nothing."""
    walls = _Walls()
    for place in range(VIEWERS):
        client = socketio.Client(reconnection=False)
        if place == 0:
            client.on("wall", walls.hear)
        client.connect(address, headers={"Cookie": cookie}, transports=["websocket"], auth={"wall": ""})
        if not silent:
            client.call("wall.watch", {"views": [VIEWS[place % len(VIEWS)]]})
        walls.clients.append(client)
    try:
        yield walls
    finally:
        for client in walls.clients:
            client.disconnect()


@contextmanager
def _traffic(app: Flask) -> Iterator[None]:
    """Calls come in and are answered, all the while."""
    ended = threading.Event()

    def go_on() -> None:
        with app.app_context():
            number = 0
            while not ended.wait(1 / PER_SECOND):
                number += 1
                _arrive(f"traffic{number}")
                db.session.execute(text(_ANSWERED))
                db.session.commit()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _arrive(token: str) -> None:
    ticket = db.session.scalar(text(_TICKET), {"token": token})
    db.session.execute(text(_WAITS), {"ticket": ticket})
    db.session.commit()


def _age(app: Flask, walls: _Walls) -> float:
    """Milliseconds from the commit of a hundred new ones until the wall shows them."""
    with app.app_context(), walls.changed:
        before = walls.n
        for _one in range(100):
            ticket = db.session.scalar(text(_TICKET), {"token": f"probe{time.time_ns()}"})
            db.session.execute(text(_WAITS.replace("'sms'", "'web'")), {"ticket": ticket})
        db.session.commit()
        begun = time.perf_counter()
        if not walls.changed.wait_for(lambda: walls.n > before + 50, timeout=20):
            sys.exit("the wall does not follow")
        taken = (time.perf_counter() - begun) * 1000
        db.session.execute(text("UPDATE interaction SET state = 'DONE', ended_at = now() "
                                "WHERE channel = 'web' AND state = 'WAITING' AND queue_id = 101"))  # fmt: skip
        db.session.commit()
        walls.changed.wait_for(lambda: walls.n < before + 50, timeout=20)
        time.sleep(PROBED_EVERY % 1)
        return taken


class _Meter:
    """Seconds of processor of the web processes, their backends and Valkey; who ends in between is not forgotten."""

    def __init__(self, pid: int, app: Flask) -> None:
        self._web, self._app = psutil.Process(pid), app
        self._seconds: dict[int, float] = {}
        self._valkey = redis.Redis.from_url(os.environ["REDIS_URL"])
        self._begun, self._before = time.monotonic(), self._look()

    def percent(self) -> float:
        """Of a core, since it was made."""
        return 100 * (self._look() - self._before) / (time.monotonic() - self._begun)

    def _look(self) -> float:
        with self._app.app_context():
            asked = text("SELECT pid FROM pg_stat_activity WHERE application_name = :name")
            backends = [row.pid for row in db.session.execute(asked, {"name": NAME})]
            db.session.rollback()
        for process in [self._web, *self._web.children(recursive=True), *map(_process, backends)]:
            with contextlib.suppress(psutil.NoSuchProcess, AttributeError):
                times = process.cpu_times()
                self._seconds[process.pid] = times.user + times.system
        told = self._valkey.info("cpu")
        return float(sum(self._seconds.values()) + told["used_cpu_user"] + told["used_cpu_sys"])


def _process(pid: int) -> psutil.Process | None:
    return psutil.Process(pid) if psutil.pid_exists(pid) else None


def _watched(pid: int, app: Flask) -> float:
    """Percent of a core while nothing else is done here."""
    meter = _Meter(pid, app)
    for _second in range(int(SECONDS)):
        time.sleep(1)
        percent = meter.percent()
    return percent


def _pushed(pid: int, app: Flask, walls: _Walls, picture: dict[str, Any]) -> float:
    """The same while somebody pushes such a picture a second to each socket, as ten rooms of five would get it."""
    emitter = socketio.RedisManager(os.environ["REDIS_URL"], write_only=True)
    sids = [client.get_sid() for client in walls.clients]
    meter = _Meter(pid, app)
    for _second in range(int(SECONDS)):
        for sid in sids:
            emitter.emit("wall", picture, room=sid, namespace="/")
        time.sleep(1)
        percent = meter.percent()
    return percent


if __name__ == "__main__":
    main()
