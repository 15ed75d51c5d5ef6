"""Mail in: the whole way from raw bytes to a filed ticket, against bare parsing and four inserts.

Ours does everything: raw row kept and committed, parsed, quotes cut, rules, identity, joining, ticket, interaction, message,
search tokens, attachments on disk, events, acknowledgement queued, committed. The floor parses, sanitises, writes three rows
and commits. The same mails, the same server, one after the other in one run.

With BENCH_TICKETS=N it measures once more with N tickets stored, five messages each; there the floor is our own rate into
the empty database.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "floors"))

import _peers
from _ground import compare, figure, start_app
from corpus import corpus
from floor_email import whole, whole_parallel

from contact_center.channels import inbox
from contact_center.channels.base import RawMessage
from contact_center.demo.scale import fill
from contact_center.extensions import db
from contact_center.mailboxes import places

MAILS = int(os.environ.get("BENCH_MAILS", "2000"))
BATCH = 50  # as the mail room keeps them: one commit for what one FETCH brought


def main() -> None:
    raws = [raw for _, raw in corpus(MAILS)]
    stored = int(os.environ.get("BENCH_TICKETS", "0"))
    floor, ours = compare(lambda: whole(raws), lambda: ingest(raws))
    peers = _peers.mail_in(raws)
    figure("mail in, one process", ours, "/s", floor, peers.pop("django-helpdesk", None))
    for name, rate in peers.items():
        figure(f"mail in, one process, beside {name}", ours, "/s", floor, rate)
    floor, ours = compare(lambda: whole_parallel(raws, 2), lambda: ingest_parallel(raws, 2), runs=2)
    figure("mail in, two processes", ours, "/s", floor)
    if stored:
        empty, full = compare(lambda: ingest(raws), lambda: ingest_on_top(raws, stored), runs=1)
        figure(f"mail in, with {stored:,} tickets stored", full, "/s", empty)


def ingest(raws: list[bytes]) -> float:
    """Mails per second into an empty database."""
    app = start_app(empty=True)
    with app.app_context():
        started = time.perf_counter()
        take_in(raws, "m")
        elapsed = time.perf_counter() - started
        db.session.remove()
    return len(raws) / elapsed


def ingest_on_top(raws: list[bytes], stored: int) -> float:
    """Mails per second into a database that holds *stored* tickets."""
    with start_app(empty=True).app_context():
        db.session.execute(db.text("TRUNCATE queue, mailbox, agent, team CASCADE"))
        db.session.commit()
        fill(os.environ["DATABASE_URL"].replace("+psycopg", ""), stored)
        places.forget()
        take_in(raws[:100], "warm")
        started = time.perf_counter()
        take_in(raws[100:], "m")
        return (len(raws) - 100) / (time.perf_counter() - started)


def ingest_parallel(raws: list[bytes], processes: int) -> float:
    start_app(empty=True)
    started = time.perf_counter()
    workers = [multiprocessing.Process(target=_worker, args=(raws[k::processes], f"p{k}")) for k in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return len(raws) / (time.perf_counter() - started)


def _worker(raws: list[bytes], name: str) -> None:
    with start_app().app_context():
        take_in(raws, name)


def take_in(raws: list[bytes], name: str) -> None:
    from contact_center import clock

    for start in range(0, len(raws), BATCH):
        received = [
            RawMessage("email", f"{name}:{start + i}", raw, clock.now(), 1, {})
            for i, raw in enumerate(raws[start : start + BATCH])
        ]
        for raw_id, raw in zip(inbox.keep(received), received, strict=True):
            inbox.process(raw_id, raw)


if __name__ == "__main__":
    main()
