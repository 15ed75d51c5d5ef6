"""The tasks: each claims, calls a verb, and leaves. Idempotent by claim, so twice is as good as once."""

from __future__ import annotations

import time
from datetime import timedelta

from celery import shared_task
from flask import current_app

from contact_center import clock, once
from contact_center.agents import presence
from contact_center.channels import delivery, inbox
from contact_center.channels.web import uploads as web_uploads
from contact_center.extensions import db
from contact_center.tickets import lifecycle, uploads

SWEEP_FOR = 60.0  # seconds after which a sweep leaves the rest to the next one


@shared_task(name="deliver")
def deliver(outgoing_id: int) -> None:
    """Send one outgoing row, if it is still to be sent."""
    delivery.deliver(outgoing_id)


@shared_task(name="sweep_outbox")
def sweep_outbox() -> None:
    """Send what a burst, a lost nudge, a failed try or a crash has left, until nothing is due any more."""
    end = time.monotonic() + SWEEP_FOR
    while (due := delivery.due()) and time.monotonic() < end:
        for outgoing_id in due:
            delivery.deliver(outgoing_id)


@shared_task(name="sweep_inbox")
def sweep_inbox() -> None:
    """Think about what was kept and not filed."""
    inbox.sweep()


@shared_task(name="sweep_presence")
def sweep_presence() -> None:
    """Set offline whose desk has been closed for a while."""
    presence.sweep()
    db.session.commit()


@shared_task(name="close_due")
def close_due() -> None:
    """Close what has been resolved for long enough."""
    before = clock.now() - timedelta(days=current_app.config["CC"].close_days)
    while lifecycle.close_due(before):
        db.session.commit()
    db.session.commit()


@shared_task(name="clear_up")
def clear_up() -> None:
    """Forget uploads that nobody has sent, and which forms were sent."""
    once.sweep()
    needed = web_uploads.needed()
    db.session.commit()
    while uploads.sweep(needed):
        db.session.commit()
    db.session.commit()
