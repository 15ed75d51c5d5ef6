"""What a browser carries for us and cannot forge: the token of a form, and references to files it has sent already.

Signed, not secret. A form's token makes a double click one request, tells how long the form was open, and shows that
the form came from us; it needs no cookie, so a request is not lost to a browser that keeps none.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from contact_center import clock
from contact_center.channels.web.submissions import Form, StoredFile

FILES_LAST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Token:
    """One showing of a form."""

    nonce: str
    shown_at: datetime


def issue(form: Form, of: str = "") -> str:
    """A token for a form that is about to be shown; *of* binds it to one ticket's page."""
    return _serializer(f"form:{form}:{of}").dumps([secrets.token_urlsafe(12), int(clock.now().timestamp())])


def read(sealed: str, form: Form, of: str = "") -> Token | None:
    """The token as we issued it, or None."""
    try:
        nonce, shown_at = _serializer(f"form:{form}:{of}").loads(sealed)
    except BadData:
        return None
    return Token(nonce, datetime.fromtimestamp(shown_at, UTC))


def seal_file(file: StoredFile) -> str:
    """A reference to a stored file that the form can carry until it is sent."""
    return _serializer("file").dumps([asdict(file), int(clock.now().timestamp())])


def open_file(sealed: str) -> StoredFile | None:
    """The file of a reference, or None if it is not ours or too old."""
    try:
        file, stored_at = _serializer("file").loads(sealed)
    except BadData:
        return None
    if datetime.fromtimestamp(stored_at, UTC) < clock.now() - FILES_LAST:
        return None
    return StoredFile(**file)


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["CC"].secret_key, salt=f"web {purpose}")
