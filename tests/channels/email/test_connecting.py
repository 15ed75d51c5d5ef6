"""Reaching an IMAP server: encrypted and proven, or not at all; and what an administrator is told."""

from __future__ import annotations

import socket
import ssl
import warnings
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from contact_center.channels.email import connecting, explaining
from contact_center.channels.email.connecting import Server
from contact_center.mailboxes.models import Encryption
from tests.channels.email.certificates import Authority
from tests.channels.email.imap_server import ImapServer


def server_at(server: ImapServer, encryption: Encryption, host: str = "localhost") -> Server:
    return Server(host, server.port, encryption, "support", "secret")


def told(server: Server, patience: float = 5.0) -> str:
    """What the administrator reads when connecting fails."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 (any of a dozen libraries')
        connecting.hang_up(connecting.imap(server, patience))
    return explaining.sentence(raised.value, server)


@pytest.mark.parametrize("implicit", [True, False])
def test_it_signs_in_over_tls(app: Flask, trusted: Authority, implicit: bool) -> None:
    with ImapServer(trusted.context(), implicit=implicit) as server:
        encryption = Encryption.TLS if implicit else Encryption.STARTTLS
        client = connecting.imap(server_at(server, encryption))
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] == server.validity
        connecting.hang_up(client)
        assert not any(b"secret" in line for line in server.in_clear)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"expired": True}, "has expired"),
        ({"host": "other.example"}, "made out to another name"),
        ({"signed": False}, "not signed by an authority"),
    ],
)
@pytest.mark.parametrize("implicit", [True, False])
def test_no_password_leaves_for_a_server_that_cannot_prove_its_name(
    app: Flask, trusted: Authority, bad: dict[str, Any], words: str, implicit: bool
) -> None:
    with ImapServer(trusted.context(**bad), implicit=implicit) as server:
        assert words in told(server_at(server, Encryption.TLS if implicit else Encryption.STARTTLS))
        assert not any(command.startswith("LOGIN") for command in server.commands)


@pytest.mark.parametrize("trick", ["stripped", "preauth"])
def test_a_stripped_starttls_gets_no_password(app: Flask, trusted: Authority, trick: str) -> None:
    with ImapServer(trusted.context()) as server:
        server.faults.no_starttls = trick == "stripped"
        server.faults.greeting = b"* PREAUTH welcome back\r\n" if trick == "preauth" else b"* OK ready\r\n"
        assert "does not offer STARTTLS" in told(server_at(server, Encryption.STARTTLS))
        assert not any(b"LOGIN" in line or b"secret" in line for line in server.in_clear)


def test_outdated_tls_is_refused(app: Flask, trusted: Authority) -> None:
    context = trusted.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    with ImapServer(context, implicit=True) as server:
        assert "outdated encryption" in told(server_at(server, Encryption.TLS))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"refuse_login": True}, "refused the user name or password"),
        ({"greeting": b"HTTP/1.1 400 Bad Request\r\n"}, "closed the connection"),
        ({"greeting": b"* BYE too many connections\r\n"}, "refused a command"),
        ({"greeting": b""}, "did not answer in time"),
        ({"drips_greeting": True}, "did not answer in time"),
    ],
)
def test_it_explains_what_went_wrong(app: Flask, imap_server: ImapServer, fault: dict[str, Any], words: str) -> None:
    for name, value in fault.items():
        setattr(imap_server.faults, name, value)
    assert words in told(server_at(imap_server, Encryption.NONE), patience=0.2)


def test_it_explains_a_port_that_speaks_no_tls(app: Flask, imap_server: ImapServer) -> None:
    assert "does not speak TLS on port" in told(server_at(imap_server, Encryption.TLS))


def test_it_explains_a_closed_port_and_an_unknown_name(app: Flask) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = Server("127.0.0.1", taken.getsockname()[1], Encryption.NONE)
        assert "refuses connections on port" in told(nowhere)
    assert "There is no server named" in told(replace(nowhere, host="no.such.host.invalid"))
    assert "There is no server named" in told(replace(nowhere, host="a" * 70 + ".example"))


@pytest.mark.parametrize("password", ['quo"ted', "back\\slash", "two words", ""])
def test_it_says_any_password_that_login_can_carry(app: Flask, imap_server: ImapServer, password: str) -> None:
    login = Server("127.0.0.1", imap_server.port, Encryption.NONE, 'DOMAIN\\user "x"', password)
    connecting.hang_up(connecting.imap(login))
    escaped = password.replace("\\", "\\\\").replace('"', '\\"')
    assert f'LOGIN "DOMAIN\\\\user \\"x\\"" "{escaped}"' in imap_server.commands


def test_a_password_with_a_line_break_reaches_no_command_line(app: Flask, imap_server: ImapServer) -> None:
    hostile = Server("127.0.0.1", imap_server.port, Encryption.NONE, "support", "x\r\nA1 DELETE INBOX")
    assert "refused the user name or password" in told(hostile)
    assert not any("DELETE" in command for command in imap_server.commands)
