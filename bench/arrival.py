"""From the wire to the open desk: SMTP hands a mail over; how long until a signed-in agent's socket hears of it?

The whole product runs as separate processes. The floor is one Socket.IO event through Valkey to the same client, nothing
else. Values are p95 in milliseconds over BENCH_MAILS mails, one after the other.
"""

from __future__ import annotations

import contextlib
import os
import signal
import smtplib
import sys
import threading
import time
from pathlib import Path

import socketio
from _ground import figure, start_app
from _processes import free_port, start, wait_for

sys.path.insert(0, str(Path(__file__).parents[1]))

from contact_center.agents.models import RoleName
from contact_center.extensions import db
from contact_center.queues.models import QueueMember
from tests import browsers, factories

MAILS = int(os.environ.get("BENCH_MAILS", "60"))


def main() -> None:
    app = start_app(empty=True)
    with app.app_context():
        agent = factories.agent("Ada Brandt", RoleName.AGENT, email=f"ada{time.time_ns()}@norra.example")
        db.session.add(QueueMember(queue_id=1, agent_id=agent.id))
        db.session.commit()
        browser = browsers.signed_in(app, agent)
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = f"{name}={browser.get_cookie(name).value}"
        agent_id = agent.id
        db.session.remove()
    smtp_port, port = free_port(), free_port()
    environment = {**os.environ, "SMTP_PORT": str(smtp_port), "PORT": str(port)}
    running = [start(name, environment) for name in ("web", "mailroom")]
    heard = threading.Event()
    desk = socketio.Client(reconnection=False)
    desk.on("nudge", lambda _data: heard.set())
    try:
        for wanted in (smtp_port, port):
            wait_for(wanted)
        desk.connect(f"http://127.0.0.1:{port}", headers={"Cookie": cookie}, transports=["websocket"])
        emitter = socketio.RedisManager(os.environ["REDIS_URL"], write_only=True)
        floor = [
            _timed(heard, lambda: emitter.emit("nudge", {}, room=f"agent:{agent_id}", namespace="/"))
            for _ in range(MAILS)
        ]
        ours = [_timed(heard, lambda n=n: _send(n, smtp_port)) for n in range(MAILS)]
        figure("arrival → open desk, p95", _p95(ours), "ms", _p95(floor))
        figure("arrival → open desk, median", sorted(ours)[MAILS // 2], "ms", sorted(floor)[MAILS // 2])
    finally:
        desk.disconnect()
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _timed(heard: threading.Event, act: object) -> float:
    heard.clear()
    started = time.perf_counter()
    act()  # type: ignore[operator]
    if not heard.wait(20):
        sys.exit("nothing was heard on the desk for 20 s")
    taken = (time.perf_counter() - started) * 1000
    time.sleep(0.05)  # the other nudges of the same mail
    return taken


def _send(number: int, port: int) -> None:
    sender = f"stranger{number}@mail.example"
    mail = f"From: {sender}\r\nTo: support@desk.example\r\nSubject: {number}\r\n\r\nRequest {number}.\r\n"
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail(sender, ["support@desk.example"], mail.encode())


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


if __name__ == "__main__":
    main()
