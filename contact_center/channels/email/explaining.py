"""What went wrong with a mail server, in plain words for an administrator. Pure; never repeats what the server said.

Used by "test connection", the mail room (a mailbox's `error`) and sending.
"""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Callable

from imapclient.exceptions import CapabilityError, LoginError

from contact_center.channels.email.connecting import Insecure, Server
from contact_center.errors import ContactCenterError
from contact_center.text.sayings import gettext

Words = Callable[[Exception, Server], str]


class NoSuchFolder(Exception):
    """The IMAP folder is not there; `folders` are."""

    def __init__(self, folder: str, folders: list[str]) -> None:
        super().__init__(folder)
        self.folder = folder
        self.folders = folders


def sentence(error: Exception, server: Server) -> str:
    """One or two sentences: what happened and what to do about it."""
    for kinds, words in _WORDS:
        if isinstance(error, kinds):
            return words(error, server)
    return gettext("%(host)s did something unexpected (%(what)s).", host=server.host, what=type(error).__name__)


def is_refused_login(error: Exception) -> bool:
    """Whether it was the name or password: trying again soon would only lock the account."""
    return isinstance(error, LoginError | smtplib.SMTPAuthenticationError)


def _own(error: Exception, _server: Server) -> str:
    return error.sentence if isinstance(error, ContactCenterError) else str(error)


def _folder(error: Exception, server: Server) -> str:
    assert isinstance(error, NoSuchFolder)
    return gettext(
        "There is no folder “%(folder)s” on %(host)s. There is: %(folders)s.",
        folder=error.folder, host=server.host, folders=", ".join(error.folders[:30]) or "–",
    )  # fmt: skip


def _insecure(error: Exception, server: Server) -> str:
    if isinstance(error, Insecure) and error.reason == "public":
        return gettext(
            "Without encryption only servers on this machine or in a private network are used; %(host)s is neither. "
            "Choose TLS or STARTTLS.",
            host=server.host,
        )
    return gettext(
        "%(host)s does not offer STARTTLS on port %(port)d, so nothing was sent. Choose TLS and its port (993 for "
        "IMAP, 465 for SMTP); if STARTTLS worked before, somebody may be tampering with the connection.",
        host=server.host, port=server.port,
    )  # fmt: skip


def _login(_error: Exception, server: Server) -> str:
    return gettext(
        "%(host)s refused the user name or password. Many providers want an app password here instead of the one "
        "people type, and have to be told to allow IMAP and SMTP.",
        host=server.host,
    )


def _no_sign_in(_error: Exception, server: Server) -> str:
    return gettext(
        "%(host)s offers no sign-in on port %(port)d. Leave the user name empty, or choose the port and encryption the "
        "provider names.",
        host=server.host,
        port=server.port,
    )


def _certificate(error: Exception, server: Server) -> str:
    code = getattr(error, "verify_code", 0)
    if code in (62, 64):
        return gettext(
            "The certificate of %(host)s is made out to another name. Use the name the provider gives.",
            host=server.host,
        )
    if code in (9, 10):
        return gettext(
            "The certificate of %(host)s has expired, or is not valid yet. Its owner must renew it.", host=server.host
        )
    if code in (18, 19, 20, 21):
        return gettext(
            "The certificate of %(host)s is not signed by an authority this machine trusts (self-signed?). Let "
            "SSL_CERT_FILE name a file with your own authority's certificate.",
            host=server.host,
        )
    return gettext("The certificate of %(host)s could not be verified.", host=server.host)


def _tls(error: Exception, server: Server) -> str:
    reason = (getattr(error, "reason", "") or "").upper()
    if "PROTOCOL_VERSION" in reason or "UNSUPPORTED_PROTOCOL" in reason:
        return gettext("%(host)s only offers outdated encryption (older than TLS 1.2).", host=server.host)
    if "WRONG_VERSION" in reason or "UNKNOWN_PROTOCOL" in reason or "RECORD" in reason:
        return gettext(
            "%(host)s does not speak TLS on port %(port)d. Choose STARTTLS, or another port.",
            host=server.host,
            port=server.port,
        )
    return gettext("No encrypted connection to %(host)s came about.", host=server.host)


def _unknown_name(_error: Exception, server: Server) -> str:
    return gettext("There is no server named %(host)s. Check the spelling.", host=server.host)


def _refused(_error: Exception, server: Server) -> str:
    return gettext("%(host)s refuses connections on port %(port)d. Check the port.", host=server.host, port=server.port)


def _silent(_error: Exception, server: Server) -> str:
    return gettext(
        "%(host)s did not answer in time on port %(port)d. The port may be wrong, or a firewall in between.",
        host=server.host, port=server.port,
    )  # fmt: skip


def _closed(error: Exception, server: Server) -> str:
    if "timed out" in str(error):
        return _silent(error, server)
    return gettext("%(host)s closed the connection unexpectedly.", host=server.host)


def _busy(_error: Exception, server: Server) -> str:
    return gettext("%(host)s is not taking mail from us at the moment.", host=server.host)


def _refusing(_error: Exception, server: Server) -> str:
    return gettext("%(host)s refused a command, or does not answer like a mail server.", host=server.host)


def _unreachable(_error: Exception, server: Server) -> str:
    return gettext("%(host)s cannot be reached from here.", host=server.host)


# The first that fits: special kinds stand before those they derive from.
_WORDS: tuple[tuple[tuple[type[Exception], ...], Words], ...] = (
    ((ContactCenterError,), _own),
    ((NoSuchFolder,), _folder),
    ((Insecure,), _insecure),
    ((smtplib.SMTPNotSupportedError, CapabilityError), _no_sign_in),
    ((LoginError, smtplib.SMTPAuthenticationError), _login),
    ((ssl.SSLCertVerificationError,), _certificate),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), _closed),
    ((socket.gaierror, UnicodeError), _unknown_name),
    ((ConnectionRefusedError,), _refused),
    ((TimeoutError,), _silent),
    ((ConnectionError, imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected), _closed),
    ((smtplib.SMTPConnectError, smtplib.SMTPHeloError), _busy),
    ((imaplib.IMAP4.error, smtplib.SMTPException), _refusing),
    ((ssl.SSLError,), _tls),
    ((OSError,), _unreachable),
)
