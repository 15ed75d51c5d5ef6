"""Put bytes away and get them back. Content-addressed, written once, never executable, outside every web root.

A blob is on disk, flushed, before its row exists; a crash in between leaves an unreferenced file and nothing worse.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.extensions import db
from contact_center.files.models import File


def put(data: bytes) -> int:
    """Store *data* and return the id of its row; the same bytes give the same id."""
    digest = hashlib.sha256(data).digest()
    path = _path(digest)
    if not path.exists():
        _write(path, data)
    row = insert(File).values(sha256=digest, size=len(data), stored_at=clock.now())
    stored = db.session.scalar(row.on_conflict_do_nothing().returning(File.id))
    if stored is None:
        stored = db.session.scalar(select(File.id).where(File.sha256 == digest))
    assert stored is not None
    return stored


def path_of(file: File) -> Path:
    """Where the blob lies; raises FileNotFoundError if the disk has lost it."""
    path = _path(file.sha256)
    if not path.exists():
        raise FileNotFoundError(path)
    return path


def read(file: File) -> bytes:
    """The blob's bytes."""
    return path_of(file).read_bytes()


def _path(digest: bytes) -> Path:
    name = digest.hex()
    folder: Path = current_app.config["CC"].files_dir
    return folder / name[:2] / name[2:]


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
