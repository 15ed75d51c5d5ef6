"""From the wire to the ring: SMTP hands a mail over; how long until it rings at an available agent's desk?

The whole product runs as separate processes; the agent takes what rings and settles it before the next mail. The floor
is one Socket.IO event through Valkey to the same desk, nothing else. BENCH_MAILS mails, one after the other.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import socketio
from _ground import figure, start_app
from _processes import free_port, start, stop, wait_for
from arrival import _p95, _send, _timed

sys.path.insert(0, str(Path(__file__).parents[1]))

from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.queues.models import QueueMember
from contact_center.routing import offers
from contact_center.tickets import lifecycle
from tests import browsers, factories

MAILS = int(os.environ.get("BENCH_MAILS", "60"))


def main() -> None:
    app = start_app(empty=True)
    with app.app_context():
        agent = factories.agent("Ada Brandt", email=f"ada{time.time_ns()}@norra.example")
        db.session.add(QueueMember(queue_id=1, agent_id=agent.id))
        presence.set_presence(agent, PresenceState.AVAILABLE)
        db.session.commit()
        browser = browsers.signed_in(app, agent)
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = f"{name}={browser.get_cookie(name).value}"
        agent_id = agent.id
        db.session.remove()
    smtp_port, port = free_port(), free_port()
    environment = {**os.environ, "SMTP_PORT": str(smtp_port), "PORT": str(port)}
    running = [start(program, environment) for program in ("web", "mailroom", "dispatcher")]
    rings = threading.Event()
    desk = socketio.Client(reconnection=False)
    desk.on("nudge", lambda data: rings.set() if data.get("name") in ("offer.made", "bench") else None)
    try:
        for wanted in (smtp_port, port):
            wait_for(wanted)
        desk.connect(f"http://127.0.0.1:{port}", headers={"Cookie": cookie}, transports=["websocket"])
        emitter = socketio.RedisManager(os.environ["REDIS_URL"], write_only=True)
        time.sleep(3)  # until the dispatcher listens
        floor = [
            _timed(rings, lambda: emitter.emit("nudge", {"name": "bench"}, room=f"agent:{agent_id}", namespace="/"))
            for _ in range(MAILS)
        ]
        ours = []
        for number in range(MAILS):
            ours.append(_timed(rings, lambda n=number: _send(n, smtp_port)))
            with app.app_context():
                _settle(agent_id)
        figure("mail → ring at the desk, p95", _p95(ours), "ms", _p95(floor))
        figure("mail → ring at the desk, median", sorted(ours)[MAILS // 2], "ms", sorted(floor)[MAILS // 2])
    finally:
        desk.disconnect()
        for process in running:
            stop(process)


def _settle(agent_id: int) -> None:
    agent = db.session.get_one(Agent, agent_id)
    offer = offers.ringing(agent)
    if offer is None:
        sys.exit("what rang is gone")
    lifecycle.resolve(offers.accept(offer.id, agent), agent)
    db.session.commit()
    db.session.remove()


if __name__ == "__main__":
    main()
