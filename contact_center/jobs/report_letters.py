"""The clock of the reports that come by mail."""

from __future__ import annotations

import logging

from celery import shared_task

from contact_center.extensions import db
from contact_center.reports import exporting, letters

_log = logging.getLogger(__name__)


@shared_task(name="send_reports")
def send_reports() -> None:
    """Write the letters that are due, each in a transaction of its own; forget old files."""
    for schedule_id in letters.due():
        try:
            letters.send(schedule_id)
            db.session.commit()
        except Exception:  # noqa: BLE001 (one report that cannot be made must not keep the others)
            db.session.rollback()
            _log.exception("the report of schedule %s broke and will be tried again", schedule_id)
    while letters.sweep():
        db.session.commit()
    exporting.forget()
    db.session.commit()
