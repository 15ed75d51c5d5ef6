"""The tasks of texts: their files, and receipts that contradict each other."""

from __future__ import annotations

from celery import shared_task

from contact_center.channels.sms import media, receipts
from contact_center.extensions import db


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
