"""Setting up mailboxes: what is refused and why, and where a stored password may go."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from contact_center.channels.email import connecting, forms, secrets, settings
from contact_center.errors import Invalid, Stale, Unreadable
from contact_center.events.models import Event
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Encryption, Mailbox
from contact_center.queues.models import Queue
from tests import factories


@pytest.fixture
def queue(app: Flask) -> Queue:
    return factories.queue()


def typed(queue: Queue, **fields: str) -> dict[str, str]:
    """A form as somebody would fill it in."""
    return {
        **forms.form_of(None), "address": "Support@Norra.example", "queue_id": str(queue.id),
        "imap_host": "imap.norra.example", "imap_login": "support", "imap_password": "geheim",
        "imap_since": "2026-01-31",
        "smtp_host": "smtp.norra.example", "smtp_login": "support", "smtp_password": "secret", **fields,
    }  # fmt: skip


def test_a_mailbox_keeps_what_was_typed_and_no_password_in_clear(queue: Queue) -> None:
    mailbox = settings.create(typed(queue), factories.root())
    assert mailbox.address == "support@norra.example"
    assert mailbox.imap_since == date(2026, 1, 31)
    assert "geheim" not in f"{mailbox.imap_password}"
    server = connecting.imap_server(mailbox)
    assert server is not None
    assert (server.password, server.encryption) == ("geheim", Encryption.TLS)
    assert "geheim" not in repr(server)
    assert places.own_addresses() == {"support@norra.example"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "no address"), ("queue_id", ""), ("queue_id", "99999999"), ("language", "xx"), ("imap_host", "a b"),
        ("imap_host", "evil\r\nhost"), ("imap_port", "0"), ("imap_port", "99999"), ("imap_port", "x"),
        ("imap_encryption", "SSLv2"), ("imap_login", "a\r\nb"), ("imap_password", "a\nb"), ("imap_since", "yesterday"),
        ("from_name", "x" * 200),
    ],
)  # fmt: skip
def test_it_names_the_field_that_cannot_be_used(queue: Queue, field: str, value: str) -> None:
    with pytest.raises(Invalid) as raised:
        settings.create(typed(queue, **{field: value}), None)
    assert list(raised.value.fields) == [field]


def test_an_address_belongs_to_one_mailbox(queue: Queue) -> None:
    settings.create(typed(queue), None)
    with pytest.raises(Invalid) as raised:
        settings.create(typed(queue), None)
    assert list(raised.value.fields) == ["address"]


def test_a_change_says_what_was_and_what_is_but_no_password(queue: Queue, session: scoped_session[Session]) -> None:
    mailbox = settings.create(typed(queue), None)
    form = {**forms.form_of(mailbox), "from_name": "Norra Care", "imap_password": "new one"}
    assert settings.change(mailbox, form, factories.root(), mailbox.version)
    event = session.scalars(select(Event).where(Event.name == "mailbox.changed").order_by(Event.id.desc())).first()
    assert event is not None
    assert event.data["changes"] == {"from_name": ["", "Norra Care"], "imap_password": ["…", "…"]}
    assert secrets.unseal(mailbox.imap_password) == "new one"
    assert secrets.unseal(mailbox.smtp_password) == "secret"


def test_saving_what_is_there_changes_nothing(queue: Queue) -> None:
    mailbox = settings.create(typed(queue), None)
    version = mailbox.version
    assert not settings.change(mailbox, forms.form_of(mailbox), None, version)
    assert mailbox.version == version


def test_two_administrators_do_not_overwrite_each_other(queue: Queue) -> None:
    mailbox = settings.create(typed(queue), None)
    version, form = mailbox.version, forms.form_of(mailbox)
    settings.change(mailbox, {**form, "from_name": "First"}, None, version)
    with pytest.raises(Stale) as raised:
        settings.change(mailbox, {**form, "from_name": "Second"}, None, version)
    assert raised.value.difference == {"from_name": ("Second", "First")}


@pytest.mark.parametrize(
    "change", [{"imap_host": "imap.evil.example"}, {"imap_login": "other"}, {"imap_encryption": "NONE"}]
)
def test_a_stored_password_does_not_follow_to_another_server(queue: Queue, change: dict[str, str]) -> None:
    mailbox = settings.create(typed(queue), None)
    form = {**forms.form_of(mailbox), **change}
    with pytest.raises(Invalid) as raised:
        settings.change(mailbox, form, None, mailbox.version)
    assert list(raised.value.fields) == ["imap_password"]
    with pytest.raises(Invalid):
        settings.draft(mailbox, form)
    assert settings.change(mailbox, {**form, "imap_password": "typed again"}, None, mailbox.version)


def test_another_folder_is_read_from_its_beginning(queue: Queue) -> None:
    mailbox = settings.create(typed(queue), None)
    mailbox.uid_validity, mailbox.last_uid = 7, 700
    settings.change(mailbox, {**forms.form_of(mailbox), "imap_folder": "Service"}, None, mailbox.version)
    assert (mailbox.uid_validity, mailbox.last_uid) == (None, 0)


def test_a_server_without_a_user_name_needs_no_password(queue: Queue) -> None:
    mailbox = settings.create(typed(queue), None)
    settings.change(mailbox, {**forms.form_of(mailbox), "smtp_login": ""}, None, mailbox.version)
    assert mailbox.smtp_password is None


def test_a_draft_is_no_row(queue: Queue, session: scoped_session[Session]) -> None:
    mailbox = settings.create(typed(queue), None)
    draft = settings.draft(mailbox, {**forms.form_of(mailbox), "from_name": "Tried"})
    session.flush()
    assert secrets.unseal(draft.imap_password) == "geheim"
    assert session.scalars(select(Mailbox.from_name)).all() == [""]


def test_switching_off_and_on(queue: Queue) -> None:
    mailbox = settings.create(typed(queue), None)
    settings.deactivate(mailbox, None)
    assert (mailbox.is_active, places.own_addresses()) == (False, frozenset())
    settings.reactivate(mailbox, None)
    assert mailbox.is_active


class TestSecrets:
    """Sealing passwords."""

    def test_what_is_sealed_can_be_unsealed(self, app: Flask) -> None:
        sealed = secrets.seal("пароль 密码")
        assert "пароль" not in sealed
        assert secrets.unseal(sealed) == "пароль 密码"
        assert secrets.unseal(None) is None

    def test_it_never_seals_the_same_twice(self, app: Flask) -> None:
        assert secrets.seal("x") != secrets.seal("x")

    def test_another_installation_cannot_read_it(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        sealed = secrets.seal("x")
        monkeypatch.setattr(secrets, "_secret", lambda: "another secret, just as long as ours")
        with pytest.raises(Unreadable, match="SECRET_KEY has changed"):
            secrets.unseal(sealed)
