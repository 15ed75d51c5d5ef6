"""How a mailbox is doing: written by its fetcher, read by the mailbox screen, `mailbox list` and doctor."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import update

from contact_center import clock
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.text import sayings

ALARM_AFTER = timedelta(minutes=10)


class Health(StrEnum):
    OFF = "OFF"  # deactivated
    PASSIVE = "PASSIVE"  # nothing to fetch: mail comes by the SMTP listener or a pipe
    STARTING = "STARTING"  # never fetched yet
    GOOD = "GOOD"
    FAILING = "FAILING"
    ALARM = "ALARM"  # failing, or silent, for longer than a customer should notice


def of(mailbox: Mailbox) -> Health:
    """The one word for how *mailbox* is doing now."""
    if not mailbox.is_active:
        return Health.OFF
    if not mailbox.imap_host:
        return Health.PASSIVE
    if mailbox.failing_since is not None:
        return Health.ALARM if clock.now() - mailbox.failing_since >= ALARM_AFTER else Health.FAILING
    if mailbox.fetched_at is None:
        return Health.STARTING
    return Health.ALARM if is_silent(mailbox) else Health.GOOD


def is_silent(mailbox: Mailbox) -> bool:
    """Whether nobody has looked into it for so long that the mail room cannot be running."""
    return mailbox.fetched_at is not None and clock.now() - mailbox.fetched_at >= ALARM_AFTER


def worked(mailbox_id: int) -> None:
    """Note a look that succeeded; commits."""
    mailbox = db.session.get_one(Mailbox, mailbox_id, populate_existing=True)
    if mailbox.failing_since is not None:
        log.record(Name.MAILBOX_RECOVERED, mailbox, since=mailbox.failing_since.isoformat())
    _note(mailbox_id, fetched_at=clock.now(), failing_since=None, error=None)


def failed(mailbox_id: int, sentence: str) -> None:
    """Note a failure and since when it lasts; commits."""
    mailbox = db.session.get_one(Mailbox, mailbox_id, populate_existing=True)
    error = sayings.keep(sentence)
    if mailbox.failing_since is None or mailbox.error != error:
        log.record(Name.MAILBOX_FAILED, mailbox, error=error)
    _note(mailbox_id, failing_since=mailbox.failing_since or clock.now(), error=error)


def _note(mailbox_id: int, **values: object) -> None:
    # Not through the object: `version` counts what people change, and must not notice.
    db.session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(**values))
    db.session.commit()
