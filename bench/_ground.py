"""What the benches share: the application on the bench's own database, figures in pairs with their floor, one line a row."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable

from flask import Flask
from sqlalchemy import insert, text

from contact_center import create_app
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue

RUNS = int(os.environ.get("BENCH_RUNS", "3"))
_GROWING = (
    "raw_message, message, attachment, interaction, ticket, customer, contact_point, event, outgoing, file, participant"
)


def start_app(*, empty: bool = False) -> Flask:
    """The application with one queue and one mailbox; *empty* clears whatever earlier runs wrote."""
    app = create_app()
    with app.app_context():
        if empty:
            db.session.execute(text(f"TRUNCATE {_GROWING}, queue, mailbox CASCADE"))
            db.session.execute(insert(Queue).values(id=1, name="Bench", takes_web_requests=True))
            db.session.execute(insert(Mailbox).values(id=1, address="support@desk.example", queue_id=1))
            db.session.commit()
            db.session.execute(text("CHECKPOINT"))
            db.session.commit()
        places.forget()
        db.session.remove()
        db.engine.dispose()
    return app


def compare(floor: Callable[[], float], ours: Callable[[], float], runs: int = RUNS) -> tuple[float, float]:
    """Medians of both, measured in turn so that a busy minute hits them alike."""
    pairs = [(floor(), ours()) for _ in range(runs)]
    return statistics.median(f for f, _ in pairs), statistics.median(o for _, o in pairs)


def figure(name: str, value: float, unit: str, floor: float | None = None, peer: float | None = None) -> None:
    """Print one row; a ratio is always ours to the other's: more is better for rates, less for times."""
    row: dict[str, object] = {"name": name, "value": round(value, 3), "unit": unit}
    if floor:
        row |= {"floor": round(floor, 3), "ratio": round(value / floor, 3)}
    if peer:
        row |= {"peer": round(peer, 3), "peer_ratio": round(value / peer, 3)}
    print(json.dumps(row), flush=True)
