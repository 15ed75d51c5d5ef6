"""The whole product as separate processes, and the socket of one signed-in agent's desk: how long until it hears of a mail?

The floor of every such figure is one Socket.IO event through Valkey to the same desk, nothing else.
"""

from __future__ import annotations

import os
import smtplib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import socketio
from _ground import figure
from _processes import free_port, start, stop, wait_for
from flask import Flask

sys.path.insert(0, str(Path(__file__).parents[1]))

from contact_center.agents import presence
from contact_center.agents.models import PresenceState
from contact_center.extensions import db
from contact_center.queues.models import QueueMember
from tests import browsers, factories

NOTHING_HEARD = 20  # seconds that end the bench
FLOOR = "bench"  # the name of the floor's nudge


@dataclass
class Desk:
    """An open desk, its socket, and the ports of the site and of the mails that come in."""

    agent_id: int
    port: int
    smtp_port: int
    socket: socketio.Client
    heard: threading.Event = field(default_factory=threading.Event)
    heard_at: float = 0.0

    def hear(self) -> None:
        """Something has come."""
        self.heard_at = time.perf_counter()
        self.heard.set()

    def hears_mail(self, number: int) -> float:
        """Milliseconds from handing over a mail of a new sender."""
        sender = f"stranger{number}@mail.example"
        mail = f"From: {sender}\r\nTo: support@desk.example\r\nSubject: {number}\r\n\r\nRequest {number}.\r\n".encode()
        return self._hears(lambda: _send(sender, mail, self.smtp_port))

    def floor(self, count: int) -> list[float]:
        """The same for so many bare events."""
        emitter = socketio.RedisManager(os.environ["REDIS_URL"], write_only=True)
        nudge = {"name": FLOOR}
        return [
            self._hears(lambda: emitter.emit("nudge", nudge, room=f"agent:{self.agent_id}", namespace="/"))
            for _ in range(count)
        ]

    def hears(self, act: Callable[[], Any]) -> float:
        """The instant at which it hears of what *act* brings about, by `perf_counter`."""
        self.heard.clear()
        act()
        if not self.heard.wait(NOTHING_HEARD):
            sys.exit(f"nothing was heard on the desk for {NOTHING_HEARD} s")
        heard_at = self.heard_at
        time.sleep(0.05)  # the other nudges of the same
        return heard_at

    def _hears(self, act: Callable[[], Any]) -> float:
        started = time.perf_counter()
        return (self.hears(act) - started) * 1000


@contextmanager
def opened(app: Flask, programs: Sequence[str], names: Sequence[str] = ()) -> Iterator[Desk]:
    """The desk of an agent who serves the queue and is available, while *programs* run; it hears nudges of these *names*."""
    agent_id, cookie = _signed_in(app)
    desk = Desk(agent_id, free_port(), free_port(), socketio.Client(reconnection=False))
    environment = {**os.environ, "SMTP_PORT": str(desk.smtp_port), "PORT": str(desk.port)}
    running = [start(program, environment) for program in programs]
    desk.socket.on("nudge", lambda data: desk.hear() if not names or data["name"] in (*names, FLOOR) else None)
    try:
        for wanted in (desk.port, *([desk.smtp_port] if "mailroom" in programs else [])):
            wait_for(wanted)
        desk.socket.connect(f"http://127.0.0.1:{desk.port}", headers={"Cookie": cookie}, transports=["websocket"])
        yield desk
    finally:
        desk.socket.disconnect()
        for process in running:
            stop(process)


def tell(name: str, ours: list[float], floor: list[float]) -> None:
    """The rows: p95 and median."""
    for word, at in (("p95", 0.95), ("median", 0.5)):
        taken, least = (sorted(several)[int(len(several) * at)] for several in (ours, floor))
        figure(f"{name}, {word}", taken, "ms", least)


def _signed_in(app: Flask) -> tuple[int, str]:
    """The agent, and the cookie of their browser."""
    with app.app_context():
        agent = factories.agent("Ada Brandt", email=f"ada{time.time_ns()}@norra.example")
        db.session.add(QueueMember(queue_id=1, agent_id=agent.id))
        presence.set_presence(agent, PresenceState.AVAILABLE)
        db.session.commit()
        browser, name = browsers.signed_in(app, agent), app.config["SESSION_COOKIE_NAME"]
        signed_in = agent.id, f"{name}={browser.get_cookie(name).value}"
        db.session.remove()
        return signed_in


def _send(sender: str, mail: bytes, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail(sender, ["support@desk.example"], mail)
