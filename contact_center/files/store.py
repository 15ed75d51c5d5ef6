"""Put bytes away and get them back. Content-addressed, written once, never executable, outside every web root.

A blob is on disk, flushed, before its row exists; what a crash in between leaves there `sweep` deletes.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from contact_center import clock
from contact_center.extensions import db
from contact_center.files.models import File
from contact_center.statement import Statement

FOLDERS = 256
LEFT_ALONE = timedelta(days=1)  # a put that is under way
_STEP = 1024 * 1024


# The row of a blob that is there; until the transaction ends nobody can discard it.
_HOLD = Statement("SELECT id FROM file WHERE sha256 = :digest FOR KEY SHARE")
_ADD = Statement("""
    INSERT INTO file (sha256, size, stored_at) VALUES (:digest, :size, :now) ON CONFLICT DO NOTHING RETURNING id
""")


def put(data: bytes) -> int:
    """Store *data* and return the id of its row; the same bytes give the same id."""
    return _store(hashlib.sha256(data).digest(), len(data), io.BytesIO(data))


def put_stream(stream: IO[bytes]) -> int:
    """The same for what is too large to be held: *stream* is read twice, from its beginning."""
    digest, size = hashlib.sha256(), 0
    stream.seek(0)
    while step := stream.read(_STEP):
        digest.update(step)
        size += len(step)
    return _store(digest.digest(), size, stream)


def _store(digest: bytes, size: int, stream: IO[bytes]) -> int:
    path, stored = _path(digest), None
    while stored is None:
        stored = _HOLD.one({"digest": digest})
        if not path.exists():
            _write(path, stream)
        if stored is None:  # None again: somebody has put the same bytes this very moment
            stored = _ADD.one({"digest": digest, "size": size, "now": clock.now()})
    if not path.exists():  # swept between the look and the row
        _write(path, stream)
    return int(stored.id)


def discard(file_id: int) -> None:
    """Forget a blob and delete its bytes; if anything still refers to it nothing happens. The caller commits."""
    try:
        with db.session.begin_nested():
            digest = db.session.scalar(delete(File).where(File.id == file_id).returning(File.sha256))
    except IntegrityError:  # the foreign keys know who refers to it
        return
    if digest is not None:
        # Before the commit: whoever puts the same bytes now waits for it at `_HOLD`, and then writes them anew.
        _path(digest).unlink(missing_ok=True)


def sweep(share: int, shares: int) -> int:
    """Delete what was written more than a day ago and no row knows, in one of so many *shares* of the folders.

    A put that was rolled back or killed leaves such bytes. Returns how many there were; the caller commits.
    """
    root: Path = current_app.config["CC"].files_dir
    gone = 0
    for first in range(share, FOLDERS, shares):
        old = set(_written_before(root / f"{first:02x}", clock.now() - LEFT_ALONE))
        known = set(db.session.scalars(select(File.sha256).where(File.sha256.in_(old))))
        gone += sum(map(_drop, old - known))
    return gone


def _written_before(folder: Path, limit: datetime) -> Iterator[bytes]:
    """The digests of what lies in *folder* since then; what was never finished is deleted at once."""
    for path in folder.glob("*"):
        if path.stat().st_mtime >= limit.timestamp():
            continue
        try:
            yield bytes.fromhex(folder.name + path.name)
        except ValueError:
            path.unlink(missing_ok=True)


def _drop(digest: bytes) -> bool:
    """Write the row that a put would write, for a moment: who puts the same bytes waits, and then finds them gone."""
    with db.session.begin_nested() as claim:
        new = insert(File).values(sha256=digest, size=0, stored_at=clock.now())
        is_ours = db.session.scalar(new.on_conflict_do_nothing().returning(File.id)) is not None
        if is_ours:
            _path(digest).unlink(missing_ok=True)
        claim.rollback()
    return is_ours


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


def _write(path: Path, stream: IO[bytes]) -> None:
    stream.seek(0)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(stream, out, _STEP)
            out.flush()
            os.fsync(out.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
