"""The tasks of voicemail: fetch, file, delete at the provider's."""

from __future__ import annotations

from celery import shared_task

from contact_center.calls import voicemails
from contact_center.channels.phone import voicemail


@shared_task(name="keep_voicemail")
def keep_voicemail(voicemail_id: int) -> None:
    """Take in what a caller has left."""
    voicemail.keep(voicemail_id)


@shared_task(name="sweep_voicemails")
def sweep_voicemails() -> None:
    """Those whose nudge was lost, that were not there yet, or still lie at the provider's."""
    for voicemail_id in voicemails.waiting():
        voicemail.keep(voicemail_id)
    for voicemail_id in voicemails.unremoved():
        voicemail.remove(voicemail_id)
