"""Where the carrier fetches a file that goes with a text of ours: a link that names one file, and is soon over.

Whoever has the link has the file, as with every carrier: it is signed, and made anew for each try.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.outbox.models import Outgoing

LASTS = 2 * 3600  # seconds; carriers want an hour at least


class Linked(NamedTuple):
    """A file behind a link."""

    path: str
    name: str
    content_type: str


def of(row: Outgoing) -> tuple[str, ...]:
    """A link for each file of a text."""
    base = current_app.config["CC"].public_url
    count = len(row.payload.get("file_ids", ()))
    return tuple(f"{base}/twilio/texts/files/{_serializer().dumps([row.id, place])}" for place in range(count))


def find(token: str) -> Linked | None:
    """The file of a link; None if it is not ours, or over."""
    try:
        outgoing_id, place = _serializer().loads(token, max_age=LASTS)
    except BadData:
        return None
    row = db.session.get(Outgoing, outgoing_id)
    listed = row.payload.get("file_ids", ()) if row is not None else ()
    if place >= len(listed):
        return None
    file_id, name, content_type = listed[place]
    return Linked(str(store.path_of(db.session.get_one(File, file_id))), name, content_type)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="file of a text")
