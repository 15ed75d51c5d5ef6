"""The tasks of recordings: fetch, file, delete at the provider's."""

from __future__ import annotations

from celery import shared_task

from contact_center.calls import recordings
from contact_center.channels.phone import keeping, talks, voicemail

FILED_BY = (talks, voicemail)  # each has told `keeping` what it files by being imported


@shared_task(name="keep_recording")
def keep_recording(recording_id: int) -> None:
    """Take in a message or a talk, or delete what nobody wants."""
    keeping.keep(recording_id)
    keeping.remove(recording_id)


@shared_task(name="sweep_recordings")
def sweep_recordings() -> None:
    """Those whose nudge was lost, that were not there yet, or still lie at the provider's."""
    for recording_id in recordings.waiting():
        keeping.keep(recording_id)
    for recording_id in recordings.unremoved():
        keeping.remove(recording_id)
