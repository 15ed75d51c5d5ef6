"""Pages at size: desk list, ticket page, left column and search with a full database, as the desk asks for them.

BENCH_TICKETS (100,000 unless said; five messages each) chooses the size. Ours is the whole request through the application,
rendered; the floor is one bare statement that fetches the same rows. Values are p95 in milliseconds, one reader, warm.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import _peers
import psycopg
from _ground import figure, start_app

from contact_center.demo.scale import fill

sys.path.insert(0, str(Path(__file__).parents[1]))

from contact_center.agents.models import Agent
from contact_center.extensions import db
from tests import browsers

TICKETS = int(os.environ.get("BENCH_TICKETS", "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "60"))
PEER_ROUNDS = 15  # of seconds each
READER = 12  # an agent with three queues
LIST = """
    SELECT t.id, t.subject, t.state, c.name FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id
    WHERE t.queue_id = ANY(ARRAY(SELECT queue_id FROM queue_member WHERE agent_id = %s))
    AND t.state IN ('NEW', 'OPEN', 'WAITING') ORDER BY t.changed_at DESC, t.id DESC LIMIT 50"""
MESSAGES = "SELECT * FROM message WHERE ticket_id = %s ORDER BY id"
FOUND = "SELECT id, ticket_id FROM message WHERE search @@ %s::tsquery ORDER BY id DESC LIMIT 20"


def main() -> None:
    dsn = os.environ["DATABASE_URL"].replace("+psycopg", "")
    app = start_app()
    fill(dsn, TICKETS)
    with app.app_context():
        browser = browsers.signed_in(app, db.session.get_one(Agent, READER))
        mine = db.session.scalar(db.text(_A_TICKET), {"agent": READER})
        db.session.remove()

    def page(path: str) -> Callable[[], None]:
        def ask() -> None:
            assert browser.get(path).status_code == 200, path

        return ask

    peers = _peers.pages(TICKETS, PEER_ROUNDS)
    with psycopg.connect(dsn, autocommit=True) as bare:

        def pair(name: str, ours: Callable[[], None], floor: Callable[[], None]) -> None:
            _pair(name, ours, floor, peers)

        def statement(text: str, *values: object) -> Callable[[], None]:
            return lambda: bare.execute(text, values, prepare=True).fetchall() and None

        pair("desk list", page("/desk/tickets"), statement(LIST, READER))
        pair("ticket page", page(f"/desk/tickets/CC-{mine}"), statement(MESSAGES, mine))
        pair("search, common word", page("/desk/search?q=fridge"), statement(FOUND, "'fridg'"))
        pair(
            "search, three words",
            page("/desk/search?q=fridge+order+warranty"),
            statement(FOUND, "'fridg' & 'order' & 'warranti'"),
        )
        pair("search, two Chinese characters", page("/desk/search?q=冰箱"), statement(FOUND, "'冰箱'"))
        pair("search, a number", page(f"/desk/search?q=CC-{mine}"), statement(MESSAGES, mine))
        pair("search, rare word", page(f"/desk/search?q=sn{mine}0"), statement(FOUND, f"'sn{mine}0'"))


_A_TICKET = """
    SELECT id FROM ticket WHERE queue_id IN (SELECT queue_id FROM queue_member WHERE agent_id = :agent)
    AND state IN ('NEW', 'OPEN', 'WAITING') ORDER BY id DESC LIMIT 1"""


def _pair(name: str, ours: Callable[[], None], floor: Callable[[], None], peers: dict[str, float]) -> None:
    for warm in (ours, floor, ours):
        warm()
    figure(f"{name} at {TICKETS:,} tickets, p95", _p95(ours), "ms", _p95(floor), peers.get(name))


def _p95(ask: Callable[[], None]) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[int(ROUNDS * 0.95)]


if __name__ == "__main__":
    main()
