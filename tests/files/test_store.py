"""Blobs: stored once, and gone when nobody refers to them, whatever happens at the same moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from contact_center import clock
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.tickets import uploads
from contact_center.tickets.messages import Upload

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def on_disk(folder: Path, data: bytes) -> bool:
    name = hashlib.sha256(data).hexdigest()
    return (folder / name[:2] / name[2:]).exists()


def file_of(data: bytes) -> File | None:
    return db.session.scalar(select(File).where(File.sha256 == hashlib.sha256(data).digest()))


def test_the_same_bytes_are_stored_once(app: Flask) -> None:
    assert store.put(b"the same") == store.put(b"the same")


def test_what_the_disk_has_lost_is_written_again(app: Flask, files_dir: Path) -> None:
    file = db.session.get_one(File, store.put(b"lost and found"))
    store.path_of(file).unlink()
    assert store.put(b"lost and found") == file.id
    assert store.read(file) == b"lost and found"


def test_what_nobody_refers_to_is_discarded_with_its_bytes(app: Flask, files_dir: Path) -> None:
    store.discard(store.put(b"unwanted"))
    assert file_of(b"unwanted") is None
    assert not on_disk(files_dir, b"unwanted")


def test_what_somebody_refers_to_stays(app: Flask, files_dir: Path) -> None:
    upload = uploads.add(None, "a.txt", "text/plain", b"wanted")
    store.discard(upload.file_id)
    assert file_of(b"wanted")
    assert on_disk(files_dir, b"wanted")


@pytest.mark.committing
def test_what_was_rolled_back_is_swept_after_a_day_and_nothing_else(app: Flask, files_dir: Path) -> None:
    uploads.add(None, "a.txt", "text/plain", b"kept")
    db.session.commit()
    store.put(b"rolled back")
    db.session.rollback()
    name = hashlib.sha256(b"rolled back").hexdigest()
    half = files_dir / name[:2] / "tmp1234"
    half.write_bytes(b"rolled b")
    assert store.sweep(0, 1) == 0
    with clock.standing_at(clock.now() + timedelta(days=2)):
        assert store.sweep(0, 1)
    assert not on_disk(files_dir, b"rolled back")
    assert not half.exists()
    assert on_disk(files_dir, b"kept")
    assert file_of(b"rolled back") is None


def meanwhile(app: Flask, other: Callable[[], object], then: Callable[[], object] = lambda: None) -> None:
    """Do *other* on a connection of its own until it waits for this one, *then* commit here and let it finish."""

    def run() -> None:
        with app.app_context():
            other()
            db.session.commit()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        try:
            with app.app_context():
                while not (waits := db.session.scalar(_WAITING)) and not running.done():
                    db.session.rollback()
            assert waits
            then()
        finally:
            db.session.commit()
        running.result(30)
    db.session.expire_all()


@pytest.mark.committing
def test_what_is_put_while_it_is_discarded_is_there_afterwards(app: Flask, files_dir: Path) -> None:
    file_id = store.put(b"back again")
    db.session.commit()
    store.discard(file_id)
    meanwhile(app, lambda: uploads.add(None, "a.txt", "text/plain", b"back again"))
    assert file_of(b"back again")
    assert on_disk(files_dir, b"back again")


@pytest.mark.committing
def test_what_is_discarded_while_it_is_put_is_there_afterwards(app: Flask, files_dir: Path) -> None:
    file_id = store.put(b"still wanted")
    db.session.commit()
    uploads.add(None, "a.txt", "text/plain", b"still wanted")
    meanwhile(app, lambda: store.discard(file_id))
    assert db.session.scalars(select(Upload.file_id)).all() == [file_id]
    assert on_disk(files_dir, b"still wanted")


@pytest.mark.committing
def test_what_is_put_while_it_is_swept_is_there_afterwards(app: Flask, files_dir: Path) -> None:
    data = b"in between"
    store.put(data)
    db.session.rollback()
    claim = db.session.begin_nested()  # as a sweep does
    db.session.add(File(sha256=hashlib.sha256(data).digest(), size=0, stored_at=clock.now()))
    db.session.flush()

    def sweep() -> None:
        name = hashlib.sha256(data).hexdigest()
        (files_dir / name[:2] / name[2:]).unlink()
        claim.rollback()

    meanwhile(app, lambda: uploads.add(None, "a.txt", "text/plain", data), sweep)
    assert file_of(data)
    assert on_disk(files_dir, data)
