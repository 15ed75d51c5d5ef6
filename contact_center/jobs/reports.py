"""The clock of the roll-ups: follow what changes, and build what is not built yet."""

from __future__ import annotations

import time

from celery import shared_task

from contact_center.extensions import db
from contact_center.reports import sweeping

FOR = 20.0  # seconds after which a burst is left to the next turn


@shared_task(name="sweep_reports")
def sweep_reports() -> None:
    """Keep the sums true."""
    end = time.monotonic() + FOR
    if not sweeping.is_built() and not sweeping.build(FOR, db.session.commit):
        return
    while sweeping.sweep() and time.monotonic() < end:
        db.session.commit()
    db.session.commit()
