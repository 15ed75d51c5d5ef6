"""The tasks of texts: filing them, their files, and receipts that contradict each other or never come."""

from __future__ import annotations

import time

from celery import shared_task

from contact_center.channels import inbox
from contact_center.channels.sms import media, receipts
from contact_center.extensions import db

FILE_FOR = 60.0  # seconds after which the rest is left to the next one


@shared_task(name="file_texts")
def file_texts(_raw_id: int = 0) -> None:
    """File what the carrier has brought, this text and those before it, until there is no more."""
    end = time.monotonic() + FILE_FOR
    while (filed := inbox.take_up("sms")) and time.monotonic() < end:
        media.nudge(filed)
        db.session.commit()


@shared_task(name="fetch_text_media")
def fetch_text_media(raw_id: int) -> None:
    """Fetch the files of a text."""
    media.fetch(raw_id)


@shared_task(name="sweep_texts")
def sweep_texts() -> None:
    """Fetch files whose nudge was lost or that were not there yet; ask the carrier where two receipts contradict."""
    for raw_id in media.waiting():
        media.fetch(raw_id)
    for outgoing_id in receipts.disputed():
        receipts.settle(outgoing_id)
    db.session.commit()


@shared_task(name="ask_for_receipts")
def ask_for_receipts() -> None:
    """Ask the carrier about texts of which nothing was heard for a day; it is tried again in an hour if it is away."""
    for outgoing_id in receipts.unreceipted():
        if not receipts.ask(outgoing_id):
            break
    db.session.commit()
