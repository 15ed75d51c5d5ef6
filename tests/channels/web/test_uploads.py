"""Files: what is kept, what is refused, and why."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select
from werkzeug.datastructures import FileStorage

from contact_center import clock
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.channels.web import kinds, seals, uploads
from contact_center.channels.web.submissions import StoredFile
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.jobs import tasks as clocks
from contact_center.tickets.messages import Attachment, Upload
from tests.channels.web.visits import Visitor, messages, newest, value_of

pytestmark = pytest.mark.usefixtures("app")
MOST = 1000


def upload(name: str, data: bytes = b"hello") -> FileStorage:
    return FileStorage(io.BytesIO(data), filename=name, name="files")


def take(*files: FileStorage, kept: tuple[StoredFile, ...] = ()) -> uploads.Taken:
    return uploads.take(files, kept, most_bytes=MOST)


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "hello")
    return out.getvalue()


def test_it_stores_a_file_byte_for_byte(app: Flask) -> None:
    [file] = take(upload("label.jpg", b"\xff\xd8\xff photo")).files
    assert (file.name, file.content_type, file.size) == ("label.jpg", "image/jpeg", 9)
    row = db.session.scalars(select(File).where(File.sha256 == bytes.fromhex(file.digest))).one()
    assert store.read(row) == b"\xff\xd8\xff photo"


@pytest.mark.parametrize(
    "name",
    [
        "setup.exe",
        "SETUP.EXE",
        "photo.jpg.exe",
        "photo.exe.",
        "photo.exe ",
        "photo.ex\u200be",
        "\u202egpj.exe",
        "C:\\temp\\run.bat",
        "../../evil.js",
        "a.Ps1",
        "x.lnk",
        "y.hta",
        "z.iso",
    ],
)
def test_it_refuses_a_program_by_its_name_however_it_is_dressed(name: str) -> None:
    taken = take(upload(name))
    assert taken.files == ()
    assert "is a program" in taken.problems[0]


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01\x01\x00",
        b"#!/bin/sh\nrm -rf /",
        b"\xca\xfe\xba\xbe\x00\x00",
        b"\x00asm\x01",
    ],
)
def test_it_refuses_a_program_by_its_first_bytes(data: bytes) -> None:
    assert "is a program" in take(upload("holiday.jpg", data)).problems[0]


def test_it_takes_a_letter_that_happens_to_begin_like_a_program() -> None:
    assert take(upload("letter.txt", b"MZ is how my name begins.")).problems == ()


@pytest.mark.parametrize(
    ("name", "data", "content_type"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n rest", "image/png"),
        ("a.txt", b"\x89PNG\r\n\x1a\n rest", "image/png"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic", "image/heic"),
        ("a.mov", b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.zip", zipped("x"), "application/zip"),
        ("a.docx", zipped("word/document.xml"), kinds._ZIPPED["docx"]),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/octet-stream"),
        ("a.csv", "名字;值".encode(), "text/csv"),
        ("a.jpg", b"<html><script>alert(1)</script>", "text/html"),
        ("a.jpg", b"<?xml version='1.0'?><svg onload=alert(1)>", "image/svg+xml"),
        ("a.bin1", b"\x01\x00\x02", "application/octet-stream"),
        ("a", b"\xff\xfe\xfa", "application/octet-stream"),
    ],
)
def test_it_goes_by_the_first_bytes_not_by_the_name(name: str, data: bytes, content_type: str) -> None:
    [file] = take(upload(name, data)).files
    assert file.content_type == content_type


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/xml", "text/javascript", "x", ""])
def test_what_a_browser_could_run_is_handed_out_as_bytes(content_type: str) -> None:
    assert kinds.served(content_type) == "application/octet-stream"


def test_what_is_harmless_is_handed_out_under_its_name() -> None:
    assert kinds.served("image/jpeg") == "image/jpeg"
    assert kinds.served("application/pdf") == "application/pdf"


def test_it_refuses_an_empty_file_by_name() -> None:
    assert take(upload("nothing.txt", b"")).problems == ("“nothing.txt” is empty.",)


def test_it_takes_five_files_and_names_the_sixth() -> None:
    taken = take(*(upload(f"{n}.txt", str(n).encode()) for n in range(6)))
    assert [file.name for file in taken.files] == ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt"]
    assert taken.problems == ("“5.txt” was left out: five files at most.",)


def test_it_counts_all_files_together_and_leaves_out_what_does_not_fit() -> None:
    kept = take(upload("first.txt", b"a" * 600)).files
    taken = take(upload("large.txt", b"b" * 401), upload("small.txt", b"c" * 400), kept=kept)
    assert [file.name for file in taken.files] == ["first.txt", "small.txt"]
    assert "“large.txt” was left out" in taken.problems[0]


def test_it_keeps_the_good_files_when_one_is_bad() -> None:
    taken = take(upload("a.txt"), upload("b.exe"), upload("c.txt", b"other"))
    assert [file.name for file in taken.files] == ["a.txt", "c.txt"]


def test_the_same_file_twice_is_one() -> None:
    assert len(take(upload("a.txt"), upload("a.txt")).files) == 1


def test_a_reference_to_a_stored_file_survives_the_browser() -> None:
    file = StoredFile(hashlib.sha256(b"x").hexdigest(), "ä 名.txt", "text/plain", 1)
    assert seals.open_file(seals.seal_file(file)) == file


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "\x00", "ü" * 100])
def test_a_forged_reference_opens_nothing(forged: str) -> None:
    assert seals.open_file(forged) is None


def test_the_token_of_a_form_is_no_reference_to_a_file(app: Flask) -> None:
    from contact_center.channels.web.submissions import Form

    assert seals.open_file(seals.issue(Form.REQUEST)) is None


def left_after(hours: int) -> list[str]:
    """The names of the files that still wait when so many hours have gone by, in the store too."""
    with clock.standing_at(clock.now() + timedelta(hours=hours)):
        clocks.clear_up.run()
    db.session.expire_all()
    rows = db.session.scalars(select(Upload).order_by(Upload.id)).all()
    assert all(store.read(db.session.get_one(File, row.file_id)) for row in rows)
    return [row.name for row in rows]


def test_a_file_that_was_never_sent_waits_as_long_as_its_reference(visit: Visitor) -> None:
    assert visit.ask(("label.txt", b"my label"), name="").status_code == 422
    assert left_after(hours=24) == ["label.txt"]
    assert left_after(hours=26) == []


def test_a_file_that_is_shown_again_waits_anew(visit: Visitor) -> None:
    page = visit.ask(("label.txt", b"my label"), name="").text
    kept = value_of("kept", page)
    with clock.standing_at(clock.now() + timedelta(hours=20)):
        assert 'name="kept"' in visit.ask(name="", kept=kept).text
    assert left_after(hours=40) == ["label.txt"]


def test_a_sent_file_stays_with_its_ticket(visit: Visitor) -> None:
    visit.ask(("label.txt", b"my label"))
    assert left_after(hours=26) == []
    [attachment] = messages(newest())[0].attachments
    assert store.read(attachment.file) == b"my label"


def test_a_file_of_a_request_that_is_not_filed_yet_stays(visit: Visitor) -> None:
    visit.ask(("label.txt", b"my label"))
    row = db.session.scalars(select(RawMessageRow)).one()
    db.session.execute(delete(Attachment))
    row.state = RawState.QUARANTINED
    db.session.commit()
    assert left_after(hours=26) == ["label.txt"]
