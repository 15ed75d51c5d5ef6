"""An authority to trust, an IMAP server, and mails to put into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contact_center.channels.email import secrets
from tests.channels.email.certificates import Authority
from tests.channels.email.imap_server import ImapServer


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The authority, and this process trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    return authority


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


def sealed(password: str) -> str:
    return secrets.seal(password)


def eml(number: int, *, sender: str = "greta@lindqvist.example", body: str = "It is 11 degrees in there.") -> bytes:
    """A mail as a customer would send it; *number* makes it unique."""
    return (
        f"From: Greta Lindqvist <{sender}>\r\nTo: support@norra.example\r\nSubject: Fridge {number}\r\n"
        f"Message-ID: <{number}@mail.example>\r\nDate: Sun, 22 Nov 2026 09:00:00 +0100\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body} ({number})\r\n"
    ).encode()
