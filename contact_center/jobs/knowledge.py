"""The clock of what we know: articles are published and expire when their time has come."""

from __future__ import annotations

from celery import shared_task

from contact_center.extensions import db
from contact_center.kb import sweeping


@shared_task(name="sweep_knowledge")
def sweep_knowledge() -> None:
    """Publish what is due and take away what has expired."""
    for due in (sweeping.publish_due, sweeping.expire_due):
        while due():
            db.session.commit()
    db.session.commit()
