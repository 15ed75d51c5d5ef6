"""Files of messages: downloads that a browser never runs, pictures that are pictures, and uploads."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets.inbound import InboundFile
from contact_center.tickets.messages import Attachment, Upload
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
EVIL = b"<html><script>alert(1)</script></html>"


def _attached(queue: Queue, name: str, kind: str, data: bytes) -> Attachment:
    filed = factories.filed(queue, attachments=(InboundFile(name, kind, data),))
    return db.session.scalars(select(Attachment).where(Attachment.message_id == filed.message_id)).one()


@pytest.mark.parametrize(
    ("name", "claimed", "served"),
    [
        ("label.pdf", "application/pdf", "application/pdf"),
        ("notes.txt", "text/plain; charset=gb18030", "text/plain"),
        ("page.html", "text/html", "application/octet-stream"),
        ("picture.svg", "image/svg+xml", "application/octet-stream"),
        ("odd", "nonsense", "application/octet-stream"),
        ("page.xhtml", "application/xhtml+xml", "application/octet-stream"),
    ],
)
def test_a_file_is_always_a_download(desk: FlaskClient, queue: Queue, name: str, claimed: str, served: str) -> None:
    attachment = _attached(queue, name, claimed, EVIL)
    file = desk.get(f"/desk/attachments/{attachment.id}", buffered=True)
    assert file.data == EVIL
    assert file.mimetype == served
    assert file.headers["Content-Disposition"].startswith("attachment; filename=")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_chinese_name_survives(desk: FlaskClient, queue: Queue) -> None:
    attachment = _attached(queue, "铭牌 照片.jpg", "image/jpeg", b"\xff\xd8\xff0")
    disposition = desk.get(f"/desk/attachments/{attachment.id}", buffered=True).headers["Content-Disposition"]
    assert "filename*=UTF-8''%E9%93%AD%E7%89%8C%20%E7%85%A7%E7%89%87.jpg" in disposition


@pytest.mark.parametrize(
    ("data", "is_picture"), [(PNG, True), (EVIL, False), (b"<svg onload=alert(1)>", False), (b"", False)]
)
def test_a_picture_is_what_its_first_bytes_say(desk: FlaskClient, queue: Queue, data: bytes, is_picture: bool) -> None:
    attachment = _attached(queue, "photo.png", "image/png", data)
    answer = desk.get(f"/desk/attachments/{attachment.id}/picture", buffered=True)
    assert (answer.status_code == 200) is is_picture
    if is_picture:
        assert answer.mimetype == "image/png"
        assert answer.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("path", ["", "/picture"])
def test_another_teams_file_is_a_404(enter: Enter, queue: Queue, path: str) -> None:
    attachment = _attached(queue, "photo.png", "image/png", PNG)
    assert enter(factories.nils()).get(f"/desk/attachments/{attachment.id}{path}").status_code == 404


def test_a_file_that_the_disk_has_lost_is_a_404(desk: FlaskClient, queue: Queue, files_dir: object) -> None:
    attachment = _attached(queue, "photo.png", "image/png", PNG + b"lost")
    attachment.file.sha256 = b"\x00" * 32
    db.session.commit()
    assert desk.get(f"/desk/attachments/{attachment.id}").status_code == 404
    assert desk.get(f"/desk/attachments/{attachment.id}/picture").status_code == 404


def test_an_upload_is_kept_under_a_safe_name_for_who_sent_it(desk: FlaskClient, ada: Agent) -> None:
    answer = desk.post(
        "/desk/uploads", data={"file": (io.BytesIO(b"x" * 10), "..\\..\\evil\u202egnp.exe")}, headers=JSON
    )
    row = db.session.scalars(select(Upload)).one()
    assert answer.json == {"id": row.id, "name": "evilgnp.exe", "size": 10}
    assert row.agent_id == ada.id


def test_an_upload_without_a_file_is_refused(desk: FlaskClient) -> None:
    assert desk.post("/desk/uploads", data={}, headers=JSON).status_code == 422
