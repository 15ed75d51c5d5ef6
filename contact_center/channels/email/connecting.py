"""Connections to mail servers: encrypted and verified, or none. Fetching, sending and "test connection" use them.

Raises what the libraries raise (see `explaining` for the words); a password leaves this process only after TLS stands,
or on the administrator's explicit wish towards this machine or a private network.
"""

from __future__ import annotations

import imaplib
import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from contact_center.channels.email import secrets
from contact_center.mailboxes.models import Encryption, Mailbox

# The list of a large folder's mails is one line, and imaplib refuses lines above a million bytes.
imaplib._MAXLINE = 32_000_000  # type: ignore[attr-defined]  # noqa: SLF001

PATIENCE = 60.0  # seconds a server may take for one step
CONNECT_PATIENCE = 20.0


class Insecure(Exception):
    """Going on would send a password or a letter in clear text over a foreign network; `reason` is a word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail server listens and how we sign in."""

    host: str
    port: int
    encryption: Encryption
    login: str | None = None
    password: str | None = field(default=None, repr=False)


def imap_server(mailbox: Mailbox) -> Server | None:
    """The server *mailbox* is fetched from, if it is fetched at all."""
    if not mailbox.imap_host:
        return None
    password = secrets.unseal(mailbox.imap_password)
    return Server(mailbox.imap_host, mailbox.imap_port, mailbox.imap_encryption, mailbox.imap_login, password)


def smtp_server(mailbox: Mailbox) -> Server | None:
    """The server the mail of *mailbox* leaves by, if it has one of its own."""
    if not mailbox.smtp_host:
        return None
    password = secrets.unseal(mailbox.smtp_password)
    return Server(mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_encryption, mailbox.smtp_login, password)


def relay() -> Server | None:
    """The installation's relay (SMTP_RELAY), for mailboxes without a sending server of their own."""
    host, _, port = current_app.config["CC"].smtp_relay.rpartition(":")
    return Server(host, int(port), Encryption.NONE) if host else None


class _Client(IMAPClient):
    """IMAPClient on a connection that stands already."""

    def __init__(self, sock: Any, host: str) -> None:
        self._given = sock
        super().__init__(host, ssl=False, timeout=sock.gettimeout())
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 (IMAPClient's name)
        given = self._given

        class OnGiven(imaplib.IMAP4):
            def _create_socket(self, _timeout: float | None = None) -> Any:
                return given

        return OnGiven(self.host)


class _Line(smtplib.SMTP):
    """smtplib's SMTP on a connection that stands already."""

    def __init__(self, sock: Any, server: Server, name: str) -> None:
        self._given = sock
        super().__init__(server.host, server.port, local_hostname=name, timeout=sock.gettimeout())

    def _get_socket(self, *_: Any) -> Any:
        return self._given


@contextmanager
def _reached(server: Server, patience: float) -> Iterator[Any]:
    """A socket to the server, in TLS if that comes first. All of the block has *patience* seconds, however it drips."""
    sock: Any = socket.create_connection((server.host, server.port), min(patience, CONNECT_PATIENCE))
    handle = sock.dup()  # the same connection by another name: it can be cut while TLS takes the socket over
    try:
        with deadline(handle, patience):
            if server.encryption is Encryption.TLS:
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=server.host)
            sock.settimeout(patience)
            yield sock
    except BaseException:
        sock.close()
        raise
    finally:
        handle.close()


def imap(server: Server, patience: float = PATIENCE) -> Any:
    """An IMAPClient: connected, encrypted, signed in."""
    with _reached(server, patience) as sock:
        client = _Client(sock, server.host)
        try:
            _protect_imap(client, server)
            if server.login:
                _sign_in(client, server.login, server.password or "")
        except BaseException:
            hang_up(client)
            raise
    return client


def _protect_imap(client: Any, server: Server) -> None:
    if server.encryption is Encryption.NONE:
        _require_private(client.socket())
    elif server.encryption is Encryption.STARTTLS:
        # Who can skip the sign-in can also skip the encryption: RFC 3501 allows no STARTTLS after PREAUTH.
        if client.welcome.upper().startswith(b"* PREAUTH") or not client.has_capability("STARTTLS"):
            raise Insecure("starttls")
        client.starttls(ssl.create_default_context())


def _sign_in(client: Any, login: str, password: str) -> None:
    """LOGIN where it can say the words; else AUTHENTICATE PLAIN, which can say any."""
    if (login + password).isascii() and (login + password).isprintable():
        client.login('"' + login.replace("\\", "\\\\").replace('"', '\\"') + '"', password)
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(login, password)
    else:
        raise LoginError("the server cannot take these characters")


def hang_up(client: Any) -> None:
    """End an IMAP connection whatever state it is in, without waiting for the server."""
    cut(client.socket())
    with suppress(Exception):
        client.shutdown()


def smtp(server: Server, name: str, patience: float = PATIENCE) -> smtplib.SMTP:
    """An SMTP connection: encrypted, greeted with *name*, signed in."""
    with _reached(server, patience) as sock:
        line = _Line(sock, server, name)
        try:
            if server.encryption is Encryption.NONE:
                _require_private(line.sock)
            elif server.encryption is Encryption.STARTTLS:
                _start_tls(line)
            line.ehlo_or_helo_if_needed()
            if server.login:
                line.login(server.login, server.password or "")
        except BaseException:
            line.close()
            raise
    return line


def _start_tls(line: smtplib.SMTP) -> None:
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("starttls"):
        raise Insecure("starttls")
    line.starttls(context=ssl.create_default_context())


def _require_private(sock: Any) -> None:
    """Clear text goes to this machine and to private networks only, whatever the name resolved to."""
    peer = ipaddress.ip_address(sock.getpeername()[0].partition("%")[0])
    if not (peer.is_loopback or peer.is_private):
        raise Insecure("public")


def cut(sock: Any) -> None:
    """Break a connection from any thread: whoever waits on it wakes up with an error."""
    if sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


@contextmanager
def deadline(sock: Any, seconds: float) -> Iterator[None]:
    """Cut *sock* if the block takes longer: a server that drips one byte a second never trips the socket's timeout."""
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        cut(sock)

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if expired.is_set():
            raise TimeoutError("too slow") from error
        raise
    finally:
        timer.cancel()
