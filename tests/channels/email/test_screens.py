"""The administrator's mailbox and quarantine pages."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from imapclient.exceptions import LoginError
from sqlalchemy import select, update

from contact_center import clock
from contact_center.channels import inbox
from contact_center.channels.base import RawMessage
from contact_center.channels.email import explaining, forms, health
from contact_center.channels.email.connecting import Server
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.extensions import db
from contact_center.mailboxes.models import Encryption, Mailbox
from contact_center.text.remarks import remark
from tests import factories
from tests.browsers import signed_in
from tests.channels.email.conftest import eml
from tests.channels.email.imap_server import ImapServer
from tests.channels.email.smtp_server import SmtpServer


@pytest.fixture
def root(app: Flask) -> FlaskClient:
    return signed_in(app, factories.root())


def typed(queue_id: int, **fields: str) -> dict[str, str]:
    return {**forms.form_of(None), "address": "support@norra.example", "queue_id": str(queue_id), **fields}


def test_a_mailbox_is_set_up_and_changed(root: FlaskClient) -> None:
    queue = factories.queue()
    answer = root.post(
        "/admin/mailboxes/new",
        data=typed(queue.id, imap_host="imap.norra.example", imap_password="geheim", imap_login="s"),
    )
    assert (answer.status_code, answer.location) == (303, "/admin/mailboxes")
    mailbox = db.session.scalars(select(Mailbox)).one()
    page = root.get("/admin/mailboxes").text
    assert "support@norra.example" in page
    assert "Not fetched yet" in page
    form = {**forms.form_of(mailbox), "from_name": "Norra Care", "version": str(mailbox.version)}
    assert root.post(f"/admin/mailboxes/{mailbox.id}", data=form).status_code == 303
    db.session.refresh(mailbox)
    assert mailbox.from_name == "Norra Care"
    page = root.get(f"/admin/mailboxes/{mailbox.id}").text
    assert "Norra Care" in page
    assert "geheim" not in page
    assert mailbox.imap_password not in page


def test_a_new_mailbox_begins_with_today(root: FlaskClient) -> None:
    page = root.get("/admin/mailboxes/new").text
    assert f'value="{clock.now().date().isoformat()}"' in page


def test_a_bad_field_is_named(root: FlaskClient) -> None:
    data = typed(factories.queue().id, address="nobody")
    answer = root.post("/admin/mailboxes/new", data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == ["address"]  # type: ignore[index]


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "-1", "²"])
@pytest.mark.parametrize("name", ["queue_id", "imap_port", "smtp_port"])
def test_a_number_that_no_row_and_no_port_can_have_is_named(root: FlaskClient, name: str, number: str) -> None:
    data = {**typed(factories.queue().id), name: number}
    answer = root.post("/admin/mailboxes/new", data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == [name]  # type: ignore[index]
    assert "limit" not in answer.json["fields"][name]  # type: ignore[index]


def test_a_failing_mailbox_says_why_on_the_list(root: FlaskClient) -> None:
    mailbox = factories.mailbox(factories.queue(), imap_host="imap.norra.example")
    server = Server("imap.norra.example", 993, Encryption.TLS)
    with force_locale("en"):
        health.failed(mailbox.id, explaining.sentence(LoginError(), server))
    page = root.get("/admin/mailboxes/lines").text
    assert "Failing" in page
    assert "imap.norra.example refused the user name" in page
    root.post("/preferences", data={"language": "zh_Hans_CN"})
    page = root.get("/admin/mailboxes/lines").text
    assert "imap.norra.example 拒绝了" in page
    assert "refused" not in page


def test_switching_off_and_on(root: FlaskClient) -> None:
    mailbox = factories.mailbox(factories.queue())
    root.post(f"/admin/mailboxes/{mailbox.id}/deactivate")
    db.session.refresh(mailbox)
    assert not mailbox.is_active
    root.post(f"/admin/mailboxes/{mailbox.id}/reactivate")
    db.session.refresh(mailbox)
    assert mailbox.is_active


def test_the_connection_is_tried_as_the_form_says(
    root: FlaskClient, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    imap_server.put(eml(1))
    servers = {
        "imap_host": "127.0.0.1", "imap_port": str(imap_server.port), "imap_encryption": "NONE", "imap_login": "s",
        "imap_password": "secret", "smtp_host": "127.0.0.1", "smtp_port": str(smtp_server.port),
        "smtp_encryption": "NONE",
    }  # fmt: skip
    data = typed(factories.queue().id, **servers)
    page = root.post("/admin/mailboxes/test", data=data).text
    assert "the folder “INBOX” holds 1 mails" in page
    assert "mail can leave" in page
    assert db.session.scalars(select(Mailbox)).all() == []
    page = root.post("/admin/mailboxes/test", data={**data, "imap_folder": "Service"}).text
    assert "There is: INBOX, Sent" in page
    imap_server.faults.refuse_login = True
    assert "app password" in root.post("/admin/mailboxes/test", data=data).text


def test_a_test_does_not_carry_a_stored_password_elsewhere(root: FlaskClient, imap_server: ImapServer) -> None:
    queue = factories.queue()
    data = typed(queue.id, imap_host="imap.norra.example", imap_login="s", imap_password="geheim")
    root.post("/admin/mailboxes/new", data=data)
    mailbox = db.session.scalars(select(Mailbox)).one()
    theirs = {"imap_host": "127.0.0.1", "imap_port": str(imap_server.port), "imap_encryption": "NONE"}
    form = {**forms.form_of(mailbox), **theirs, "mailbox_id": str(mailbox.id)}
    assert "type the password again" in root.post("/admin/mailboxes/test", data=form).text
    assert imap_server.commands == []


class TestQuarantine:
    """What came in, byte for byte."""

    def kept(self, payload: bytes, state: RawState = RawState.QUARANTINED, **values: object) -> int:
        facts = values.pop("facts", {})
        place = factories.mailbox(factories.queue()).id
        raw = RawMessage("email", f"smtp:{hash(payload)}", payload, clock.now(), place, facts)  # type: ignore[arg-type]
        [raw_id] = inbox.keep([raw])
        db.session.execute(update(RawMessageRow).where(RawMessageRow.id == raw_id).values(state=state, **values))
        db.session.commit()
        return raw_id

    def test_it_lists_who_wrote_about_what_and_why_it_could_not_be_read(self, root: FlaskClient) -> None:
        self.kept(eml(1), error=remark("This mail could not be read within %(seconds)d seconds.", seconds=30))
        page = root.get("/admin/mail").text
        assert "Fridge 1" in page
        assert "greta@lindqvist.example" in page
        assert "This mail could not be read within 30 seconds." in page
        root.post("/preferences", data={"language": "zh_Hans_CN"})
        assert "未能在 30 秒内读完这封邮件。" in root.get("/admin/mail").text

    def test_it_shows_rubbish_without_breaking(self, root: FlaskClient) -> None:
        raw_id = self.kept(b"\xff\x00<script>alert(1)</script>\r\nSubject: <script>\r\n\r\nx")
        for url in ("/admin/mail", "/admin/mail?view=all", f"/admin/mail/{raw_id}"):
            answer = root.get(url)
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text

    def test_it_hands_the_bytes_out_as_a_download(self, root: FlaskClient) -> None:
        raw_id = self.kept(eml(1))
        answer = root.get(f"/admin/mail/{raw_id}.eml")
        assert answer.data == eml(1)
        assert answer.headers["Content-Disposition"] == f"attachment; filename=email-{raw_id}.eml"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == "application/octet-stream"

    def test_trying_again_files_it(self, root: FlaskClient) -> None:
        raw_id = self.kept(eml(1))
        answer = root.post(f"/admin/mail/{raw_id}/retry", follow_redirects=True)
        assert re.search(r"It is filed as CC-\d+", answer.text)
        assert db.session.get_one(RawMessageRow, raw_id, populate_existing=True).state is RawState.DONE
        assert re.search(r'href="/desk/tickets/CC-\d+"', root.get("/admin/mail?view=all").text)

    def test_a_mail_still_on_its_server_is_asked_for_again(self, root: FlaskClient) -> None:
        raw_id = self.kept(b"Subject: Large\r\n\r\n", facts={"held_back": "size", "size": 70_000_000})
        page = root.post(f"/admin/mail/{raw_id}/retry", follow_redirects=True).text
        assert "asks the mail server for it again" in page
        assert "70.0 MB" in page
        assert "Download the headers" in page

    def test_pages_follow_each_other(self, root: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("contact_center.channels.email.quarantine.PER_PAGE", 2)
        queue = factories.queue()
        place = factories.mailbox(queue).id
        raws = [RawMessage("email", f"smtp:{n}", eml(n), clock.now(), place) for n in range(5)]
        inbox.keep(raws)
        seen, url = [], "/admin/mail?view=waiting"
        while url:
            page = root.get(url).text
            seen += re.findall(r">Fridge (\d)<", page)
            found = re.search(r'href="([^"]+)"[^>]*rel="next"', page)
            url = found[1].replace("&amp;", "&") if found else ""
        assert seen == ["4", "3", "2", "1", "0"]

    @pytest.mark.parametrize("url", ["/admin/mail/999999", "/admin/mail/999999.eml", "/admin/mail?view=nonsense"])
    def test_what_is_not_there_is_not_found(self, root: FlaskClient, url: str) -> None:
        assert root.get(url).status_code == 404
