"""The clock of promises: what is nearly due becomes work, what is missed is told."""

from __future__ import annotations

from celery import shared_task

from contact_center.extensions import db
from contact_center.routing import promised_work


@shared_task(name="sweep_promises")
def sweep_promises() -> None:
    """Offer what is due, raise the alarm for what is missed, until nothing is left."""
    while promised_work.sweep():
        db.session.commit()
    db.session.commit()
