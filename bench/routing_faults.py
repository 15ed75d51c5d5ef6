"""Everything that goes wrong in the queue at once: is anything offered twice, are waits reset, does anything hang?

Two dispatchers run as processes and are killed with -9 again and again. Agents are threads that accept, accept twice at
once, decline, ignore, or vanish without a word; work flows in all the time. In the middle the database turns everybody
away for BENCH_GONE seconds. After the last arrival everybody comes back, and all must be done within 60 s.
BENCH_SECONDS: how long work flows in.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg
from _ground import figure, start_app
from _processes import kill, start
from flask import Flask
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.errors import ContactCenterError
from contact_center.extensions import db
from contact_center.mailboxes.places import Place
from contact_center.routing import offers
from contact_center.tickets import intake, lifecycle
from tests import factories

SECONDS = float(os.environ.get("BENCH_SECONDS", "90"))
GONE = float(os.environ.get("BENCH_GONE", "120"))
AGENTS, RATE, RING = 24, 6.0, 5
QUEUES = (101, 102)
SETTLED_WITHIN = 60.0
DSN = os.environ["DATABASE_URL"].replace("+psycopg", "")

_CHECKS = {
    "interactions with two offers": "SELECT interaction_id FROM offer WHERE state = 'PENDING' GROUP BY 1 HAVING count(*) > 1",
    "agents with two offers": "SELECT agent_id FROM offer WHERE state = 'PENDING' GROUP BY 1 HAVING count(*) > 1",
    "interactions in two hands": """
        SELECT interaction_id FROM handling WHERE ended_at IS NULL GROUP BY 1 HAVING count(*) > 1""",
    "offered without an offer": """
        SELECT id FROM interaction i WHERE state = 'OFFERED'
        AND NOT EXISTS (SELECT FROM offer o WHERE o.interaction_id = i.id AND o.state = 'PENDING')""",
    "accepted twice": """
        SELECT interaction_id FROM offer WHERE state = 'ACCEPTED' GROUP BY 1, agent_id
        HAVING count(*) > 1 + (SELECT count(*) FROM handling h WHERE h.interaction_id = offer.interaction_id) """,
    "waits reset": "SELECT i.id FROM interaction i JOIN message m ON m.interaction_id = i.id WHERE i.queued_at <> m.at",
    "handled by others than their owner": """
        SELECT i.id FROM interaction i JOIN ticket t ON t.id = i.ticket_id
        WHERE i.state = 'HANDLING' AND i.agent_id IS DISTINCT FROM t.assignee_id""",
}


class Hall:
    """Agents who behave badly, each in a thread."""

    def __init__(self, app: Flask, agent_ids: list[int]) -> None:
        self.app, self.agent_ids = app, agent_ids
        self.is_over, self.is_calm = threading.Event(), threading.Event()
        self.did: Counter[str] = Counter()
        self.threads = [threading.Thread(target=self._work, args=(one,), daemon=True) for one in agent_ids]

    def _work(self, agent_id: int) -> None:
        chance = random.Random(agent_id)
        key = f"desk of {agent_id}"
        with self.app.app_context():
            while not self.is_over.wait(0.05 + chance.random() * 0.1):
                try:
                    self._look(agent_id, key, chance)
                    db.session.commit()
                except ContactCenterError:
                    db.session.rollback()
                    self.did["told that it is gone"] += 1
                except Exception:  # noqa: BLE001 (the database is away)
                    db.session.rollback()
                    self.did["no database"] += 1
                    self.is_over.wait(0.5)
                finally:
                    db.session.remove()

    def _look(self, agent_id: int, key: str, chance: random.Random) -> None:
        agent = db.session.get_one(Agent, agent_id)
        open_desks.opened(key, agent_id)
        presence.seen([agent_id])
        if (standing := presence.current(agent)) is None or standing.state is not PresenceState.AVAILABLE:
            presence.set_presence(agent, PresenceState.AVAILABLE)
        db.session.commit()
        offer = offers.ringing(agent)
        if offer is None:
            return
        mood = 0.0 if self.is_calm.is_set() else chance.random()
        if mood < 0.75:
            self._take(offer.id, agent, twice=0.3 < mood < 0.4)
        elif mood < 0.85:
            offers.decline(offer.id, agent, "not now")
            self.did["declined"] += 1
        elif mood < 0.95:
            self.did["ignored"] += 1
            self.is_over.wait(RING + 2)
        else:
            self.did["vanished"] += 1
            open_desks.closed(key)
            db.session.commit()
            self.is_over.wait(8)

    def _take(self, offer_id: int, agent: Agent, *, twice: bool) -> None:
        if twice:
            other = threading.Thread(target=self._other_tab, args=(offer_id, agent.id))
            other.start()
        ticket = offers.accept(offer_id, agent)
        db.session.commit()
        self.did["accepted"] += 1
        if twice:
            other.join()
        lifecycle.resolve(ticket, agent)

    def _other_tab(self, offer_id: int, agent_id: int) -> None:
        with self.app.app_context(), contextlib.suppress(Exception):
            offers.accept(offer_id, db.session.get_one(Agent, agent_id))
            db.session.commit()
            self.did["accepted in another tab"] += 1


def main() -> None:
    app = start_app(empty=True)
    hall = Hall(app, _people(app))
    environment = dict(os.environ)
    dispatchers = [start("dispatcher", environment) for _one in range(2)]
    for thread in hall.threads:
        thread.start()
    kills, arrived, found = 0, 0, Counter[str]()
    began = time.monotonic()
    gone_at = SECONDS / 2
    while (now := time.monotonic() - began) < SECONDS + (GONE if gone_at == float("inf") else 0):
        arrived += _arrive(app, arrived)
        found.update(_broken())
        if now > gone_at:
            gone_at = float("inf")
            _turn_everybody_away()
        if kills < now / 3:
            victim = kills % 2
            kill(dispatchers[victim])
            dispatchers[victim] = start("dispatcher", environment)
            kills += 1
        time.sleep(1 / RATE)
    hall.is_calm.set()
    calm = time.monotonic()
    while (left := _left()) and time.monotonic() - calm < SETTLED_WITHIN * 3:
        found.update(_broken())
        time.sleep(0.5)
    settled = time.monotonic() - calm
    hall.is_over.set()
    for one in dispatchers:
        kill(one)
    for name, value in {
        "arrived": arrived, "left over": left, "dispatchers killed": kills, **{f"agents {k}": v for k, v in hall.did.items()},
    }.items():  # fmt: skip
        figure(name, value, "")
    for name in _CHECKS:
        figure(name, found[name], "")
    figure("all done after", settled, "s")


def _people(app: Flask) -> list[int]:
    with app.app_context():
        for table in ("offer", "handling", "open_desk", "presence", "queue_member"):
            db.session.execute(text(f"TRUNCATE {table} CASCADE"))
        mark = time.time_ns()
        people = [factories.agent(f"Agent{n} Bench", email=f"a{mark}-{n}@norra.example") for n in range(AGENTS)]
        db.session.execute(text("UPDATE channel_setting SET ring_seconds = :ring"), {"ring": RING})
        for queue_id in QUEUES:
            factories.queue(f"Queue {queue_id}", *people, id=queue_id)
        db.session.commit()
        return [one.id for one in people]


def _arrive(app: Flask, number: int) -> int:
    with app.app_context():
        try:
            message = factories.mail(f"c{number}-{time.time_ns()}@customers.example", text=str(number))
            intake.file(message, Place(QUEUES[number % 2]))
            db.session.commit()
        except Exception:  # noqa: BLE001 (the database is away: the sender tries again later)
            db.session.rollback()
            return 0
        finally:
            db.session.remove()
    return 1


def _broken() -> Counter[str]:
    try:
        with psycopg.connect(DSN, autocommit=True, connect_timeout=2) as bare:
            return Counter({name: len(bare.execute(check).fetchall()) for name, check in _CHECKS.items()})
    except psycopg.Error:
        return Counter()


def _left() -> int:
    try:
        with psycopg.connect(DSN, autocommit=True) as bare:
            row = bare.execute("SELECT count(*) FROM interaction WHERE state NOT IN ('DONE', 'ABANDONED')").fetchone()
            return int(row[0]) if row else 0
    except psycopg.Error:
        return -1


def _turn_everybody_away() -> None:
    """As a server that is down would: nobody gets in, who is in is thrown out."""
    info = psycopg.conninfo.conninfo_to_dict(DSN)
    name = str(info["dbname"])
    info["dbname"] = "postgres"
    with psycopg.connect(**info, autocommit=True) as bare:  # type: ignore[arg-type]
        bare.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        bare.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(GONE)
        bare.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


if __name__ == "__main__":
    main()
