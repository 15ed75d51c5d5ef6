"""A mailbox as words in a form, and back: the screen and `contact-center mailbox set` share this.

`form_of` gives what a form shows, `read` checks what was typed. Passwords are never shown; an empty one stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext

from contact_center import rows
from contact_center.channels.email import authentication
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.models import Encryption, Mailbox
from contact_center.queues.models import Queue
from contact_center.text import addresses, lines

PASSWORDS = ("imap_password", "smtp_password")
FLAGS = ("acknowledges", "marks_seen")
DEFAULTS = {
    "acknowledges": "1", "marks_seen": "1", "language": "en", "imap_port": "993", "imap_encryption": "TLS",
    "imap_folder": "INBOX", "smtp_port": "587", "smtp_encryption": "STARTTLS",
}  # fmt: skip
_HOST = re.compile(r"(?=.{1,253}\Z)\[?[A-Za-z0-9](?:[A-Za-z0-9._:-]*[A-Za-z0-9])?\]?")
_AUTHSERV_ID = re.compile(r"(?=.*[a-z0-9]{3})(?=(?:.*[a-z0-9]){5})[a-z0-9*][a-z0-9*._-]{1,252}")

Reader = Callable[[str], Any]


def form_of(mailbox: Mailbox | None) -> dict[str, str]:
    """The mailbox as a filled-in form; an empty form's defaults for None."""
    if mailbox is None:
        return {**dict.fromkeys(READERS, ""), **DEFAULTS}
    return {name: _shown(getattr(mailbox, name)) for name in READERS}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


@dataclass(slots=True)
class _Typed:
    """What was typed, read field by field; sentences for what could not be read."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def read(self, name: str, typed: str, reader: Reader) -> None:
        try:
            self.values[name] = reader(typed)
        except ValueError as error:
            self.problems[name] = str(error)


def read(form: Mapping[str, str]) -> dict[str, Any]:
    """Columns and their values, and typed passwords under their names. Raises Invalid with a sentence per field."""
    typed = _Typed()
    for name, reader in READERS.items():
        typed.read(name, form.get(name, ""), reader)
    for name in PASSWORDS:
        if form.get(name):
            typed.read(name, form[name], _password)
    if typed.problems:
        raise Invalid(gettext("Please look at the marked fields."), typed.problems)
    return typed.values


def _address(typed: str) -> str:
    found = addresses.email_normal(typed)
    if found is None:
        raise ValueError(gettext("Type an e-mail address, such as support@example.com."))
    return found


def _line(longest: int) -> Reader:
    return lambda typed: lines.one_line(typed, longest)


def _signature(typed: str) -> str:
    return lines.several_lines(typed, 5000)


def _language(typed: str) -> str:
    if typed not in LANGUAGES:
        raise ValueError(gettext("Choose one of the languages."))
    return typed


def _queue(typed: str) -> int:
    queue_id = rows.number(typed)
    if queue_id is None or db.session.get(Queue, queue_id) is None:
        raise ValueError(gettext("Choose the queue that its mail waits in."))
    return queue_id


def _host(typed: str) -> str | None:
    host = typed.strip().rstrip(".").lower()
    if not host:
        return None
    if not _HOST.fullmatch(host):
        raise ValueError(gettext("Type a server's name, such as imap.example.com."))
    return host.strip("[]")


def _port(typed: str) -> int:
    port = rows.number(typed) or 0
    if not 1 <= port <= 65535:
        raise ValueError(gettext("Type a port between 1 and 65535."))
    return port


def _encryption(typed: str) -> Encryption:
    try:
        return Encryption(typed)
    except ValueError:
        raise ValueError(gettext("Choose one of the encryptions.")) from None


def _login(typed: str) -> str | None:
    if not typed.isprintable() or len(typed) > 254:
        raise ValueError(gettext("A user name has no line breaks and at most 254 characters."))
    return typed.strip() or None


def _password(typed: str) -> str:
    if any(ord(each) < 32 or ord(each) == 127 for each in typed) or len(typed) > 1000:
        raise ValueError(gettext("A password has no line breaks and at most 1000 characters."))
    return typed


def _folder(typed: str) -> str:
    return lines.one_line(typed, 200) or "INBOX"


def _authserv_id(typed: str) -> str | None:
    """Names with commas between; a star needs enough beside it to mean one provider's servers."""
    names = authentication.names(typed)
    if any(not _AUTHSERV_ID.fullmatch(name) and name != authentication.NAMELESS for name in names):
        raise ValueError(gettext("Type the name as it stands in the header, such as mx.example.com."))
    return ", ".join(names)[:500] or None


def _since(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise ValueError(gettext("Type a day as 2026-01-31.")) from None


READERS: dict[str, Reader] = {
    "address": _address,
    "from_name": _line(100),
    "signature": _signature,
    "language": _language,
    "queue_id": _queue,
    "acknowledges": bool,
    "imap_host": _host,
    "imap_port": _port,
    "imap_encryption": _encryption,
    "imap_login": _login,
    "imap_folder": _folder,
    "imap_since": _since,
    "marks_seen": bool,
    "authserv_id": _authserv_id,
    "smtp_host": _host,
    "smtp_port": _port,
    "smtp_encryption": _encryption,
    "smtp_login": _login,
}
