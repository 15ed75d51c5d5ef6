"""What may be done to a mailbox: open it, change it, switch it off and on. Events tell who did; nothing here commits.

Called by the mailbox screen, the command line and the demo. The mail room hears of every change by NOTIFY.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from flask_babel import gettext, lazy_gettext
from sqlalchemy import select, text

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.channels.email import forms, secrets
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox

MAILROOM = "mailroom"  # of NOTIFY: a mailbox was changed (empty), or shall be compared as a whole (its id)
_TAKEN = lazy_gettext("There is a mailbox with this address already.")
_ACCOUNT = ("host", "port", "encryption", "login")
_FOLDER = ("imap_host", "imap_login", "imap_folder", "imap_since")


def find(address: str) -> Mailbox | None:
    """The mailbox with that address, active or not."""
    return db.session.scalar(select(Mailbox).where(Mailbox.address == address.strip().lower()))


def listed() -> list[Mailbox]:
    """All mailboxes: active ones first, then by address."""
    return list(db.session.scalars(select(Mailbox).order_by(Mailbox.is_active.desc(), Mailbox.address)))


def create(form: Mapping[str, str], actor: Agent | None) -> Mailbox:
    """Open a mailbox from a filled-in form; raises Invalid."""
    values = _sealed(forms.read(form))
    mailbox = Mailbox(**values)
    with rows.unique(address=_TAKEN):
        db.session.add(mailbox)
        db.session.flush()
    log.record(Name.MAILBOX_CHANGED, mailbox, actor, mailbox_id=mailbox.id, address=mailbox.address, created=True)
    _tell()
    return mailbox


def change(mailbox: Mailbox, form: Mapping[str, str], actor: Agent | None, version: int) -> bool:
    """Change it to what the form says; returns whether anything did. Raises Stale with the difference, or Invalid."""
    values = forms.read(form)
    db.session.refresh(mailbox, with_for_update=True)
    _require_fresh(mailbox, values, version)
    require_password_again(mailbox, values)
    changes = _changes(mailbox, values)
    if not changes:
        return False
    with rows.unique(address=_TAKEN):
        _apply(mailbox, _sealed(values), changes)
    log.record(Name.MAILBOX_CHANGED, mailbox, actor, mailbox_id=mailbox.id, address=mailbox.address, changes=changes)
    _tell()
    return True


def draft(mailbox: Mailbox | None, form: Mapping[str, str]) -> Mailbox:
    """What *mailbox* would be with that form, for a test of the connection: no row. Raises Invalid."""
    values = forms.read(form)
    if mailbox is not None:
        require_password_again(mailbox, values)
    stored = _sealed(values)
    for name in forms.PASSWORDS:
        if mailbox is not None and name not in stored:
            stored[name] = getattr(mailbox, name)
    return Mailbox(**stored)


def deactivate(mailbox: Mailbox, actor: Agent | None) -> None:
    """Fetch and take in no more mail for it. Its tickets stay, and are answered by another mailbox."""
    _switch(mailbox, actor, is_active=False)


def reactivate(mailbox: Mailbox, actor: Agent | None) -> None:
    """Use it again; what came in meanwhile is fetched."""
    _switch(mailbox, actor, is_active=True)


def compare_again(mailbox_id: int) -> None:
    """Have the mail room look for what it holds back or has missed, once this is committed."""
    db.session.execute(text("SELECT pg_notify(:of, :id)"), {"of": MAILROOM, "id": str(mailbox_id)})


def require_password_again(mailbox: Mailbox, values: Mapping[str, Any]) -> None:
    """A stored password goes only where it was meant to go. Raises Invalid if it has to be typed anew."""
    problems = {
        f"{kind}_password": gettext("The server or user name has changed: type the password again.")
        for kind in ("imap", "smtp")
        if getattr(mailbox, f"{kind}_password")
        and values[f"{kind}_host"] and values[f"{kind}_login"]
        and f"{kind}_password" not in values
        and any(values[f"{kind}_{part}"] != getattr(mailbox, f"{kind}_{part}") for part in _ACCOUNT)
    }  # fmt: skip
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _switch(mailbox: Mailbox, actor: Agent | None, *, is_active: bool) -> None:
    db.session.refresh(mailbox, with_for_update=True)
    if mailbox.is_active == is_active:
        return
    mailbox.is_active, mailbox.error, mailbox.failing_since = is_active, None, None
    mailbox.version += 1
    changes = {"is_active": [not is_active, is_active]}
    log.record(Name.MAILBOX_CHANGED, mailbox, actor, mailbox_id=mailbox.id, address=mailbox.address, changes=changes)
    _tell()


def _require_fresh(mailbox: Mailbox, values: Mapping[str, Any], version: int) -> None:
    if mailbox.version == version:
        return
    shown = {name: (values[name], getattr(mailbox, name)) for name in forms.READERS}
    difference = {name: pair for name, pair in shown.items() if pair[0] != pair[1]}
    raise Stale(gettext("Somebody else has changed this mailbox in the meantime."), difference)


def _changes(mailbox: Mailbox, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Old and new of every field that differs; of passwords only that they did."""
    changes = {
        name: [_plain(getattr(mailbox, name)), _plain(values[name])]
        for name in forms.READERS
        if getattr(mailbox, name) != values[name]
    }
    return changes | {name: ["…", "…"] for name in forms.PASSWORDS if name in values}


def _apply(mailbox: Mailbox, values: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(mailbox, name, value)
    if any(name in changes for name in _FOLDER):  # other mail behind the same numbers
        mailbox.uid_validity, mailbox.last_uid, mailbox.fetched_at = None, 0, None
    if any(name.startswith("imap_") for name in changes):
        mailbox.error, mailbox.failing_since = None, None
    mailbox.version += 1
    db.session.flush()


def _sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored: typed passwords sealed, those of a server without a sign-in gone."""
    stored = dict(values)
    for kind in ("imap", "smtp"):
        if password := stored.pop(f"{kind}_password", None):
            stored[f"{kind}_password"] = secrets.seal(password)
        if not stored[f"{kind}_host"] or not stored[f"{kind}_login"]:
            stored[f"{kind}_password"] = None
    return stored


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _tell() -> None:
    places.forget()
    db.session.execute(text("SELECT pg_notify(:of, '')"), {"of": MAILROOM})
