"""What the desk reads while people work: lists, counts, the search and a ticket's conversation, in a large firm.

BENCH_TICKETS tickets (100,000; the goals are for 1,000,000, which takes a quarter of an hour to fill) with five messages each, read
by an agent of three queues, a supervisor and an administrator. Every row is the slower half of the three: p95, milliseconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta

from _ground import figure
from sqlalchemy import text

from contact_center import clock, create_app
from contact_center.agents.models import Agent
from contact_center.demo.scale import fill
from contact_center.extensions import db
from contact_center.tickets import conversation, frequencies, lists, scope, search
from contact_center.tickets.lists import NOBODY, Filter, Sort
from contact_center.tickets.models import UNSETTLED, Priority, TicketState

TICKETS = int(os.environ.get("BENCH_TICKETS", "100000"))
CALLS = int(os.environ.get("BENCH_CALLS", "40"))
READERS = {"administrator": 1, "supervisor": 3, "agent": 40}
OPEN = Filter(states=UNSETTLED)


def main() -> None:
    app = create_app()
    fill(app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""), TICKETS)
    with app.app_context():
        for name, read in {**_lists(), **_searches(), **_tickets()}.items():
            figure(f"{name}, {TICKETS:,} tickets", max(_p95(read, reader) for reader in READERS.values()), "ms p95")


def _p95(read: Callable[[Agent], object], reader: int) -> float:
    times = []
    for _ in range(CALLS):
        db.session.remove()
        agent = db.session.get_one(Agent, reader)
        started = time.perf_counter()
        read(agent)
        times.append(1000 * (time.perf_counter() - started))
    return sorted(times)[int(len(times) * 0.95)]


def _lists() -> dict[str, Callable[[Agent], object]]:
    month = clock.now() - timedelta(days=30)
    return {
        "list: everything open": lambda a: lists.page(a, OPEN),
        "list: all, second page": lambda a: lists.page(a, after=lists.page(a).next),
        "list: nobody's": lambda a: lists.page(a, Filter(states=UNSETTLED, assignee=NOBODY)),
        "list: waiting longest": lambda a: lists.page(a, OPEN, sort=Sort.WAITING),
        "list: newest": lambda a: lists.page(a, sort=Sort.OPENED),
        "list: resolved": lambda a: lists.page(a, Filter(states=(TicketState.RESOLVED,))),
        "list: urgent": lambda a: lists.page(a, Filter(priority=Priority.URGENT)),
        "list: tag": lambda a: lists.page(a, Filter(tag="recall")),
        "list: words": lambda a: lists.page(a, Filter(text="fridge")),
        "list: a colleague's, this month": lambda a: lists.page(a, Filter(assignee=33, opened_since=month)),
        "left column: counts": lists.counts,
        "left column: my work": lists.work,
    }


def _searches() -> dict[str, Callable[[Agent], object]]:
    frequencies.known()
    middle = db.session.scalar(text("SELECT max(id) / 2 FROM ticket"))
    asked = {
        "rare word": f"sn{middle * 10}", "common word": "fridge", "three common words": "order delivery please",
        "common and rare word": f"fridge sn{middle * 10}", "two Chinese characters": "冰箱", "Chinese phrase": "冰箱订单",
        "reference": f"CC-{middle}", "number": str(middle), "mail address": "customer777@mail.example",
        "unknown word": "qwertyuiop", "word of 1 in 100": _word(0.01), "word of 1 in 1,000": _word(0.001),
    }  # fmt: skip
    return {f"search: {kind}": lambda a, q=q: search.search(a, q) for kind, q in asked.items()}  # type: ignore[misc]


def _word(share: float) -> str:
    shares = frequencies.known().shares
    return min(shares, key=lambda word: abs(shares[word] - share))


def _tickets() -> dict[str, Callable[[Agent], object]]:
    return {"ticket page: ticket and conversation": lambda a: conversation.entries(scope.get(a, _some_ticket(a)))}


def _some_ticket(agent: Agent) -> int:
    return lists.page(agent, limit=1).rows[0].id


if __name__ == "__main__":
    main()
