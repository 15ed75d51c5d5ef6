"""Sounds of a line, given out: to the telephone company, which fetches them without proving who it is, and to settings.

The address is the authority: nobody can guess it, and what it names never changes, so it may be kept by whoever likes.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_file

from contact_center import access
from contact_center.calls import sounds
from contact_center.files import store

blueprint = Blueprint("phone_sounds", __name__)
KEPT_FOR = 30 * 24 * 3600


@blueprint.get(f"{sounds.FOLDER}/<sound_key>.<any(wav, mp3):ending>")
@access.public
def give(sound_key: str, ending: str) -> Response:
    """The sound, or a part of it; never shown as anything but a sound."""
    sound = sounds.of_key(sound_key)
    if sound is None or not sound.path.endswith(ending):
        abort(404)
    try:
        path = store.path_of(sound.file)
    except FileNotFoundError:
        abort(404)
    response = send_file(
        path, mimetype=sound.content_type, download_name=sound.name, max_age=KEPT_FOR, conditional=True,
        etag=sound.file.sha256.hex(),
    )  # fmt: skip
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}, immutable"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
