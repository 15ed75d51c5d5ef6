"""A real SMTP server (aiosmtpd) that keeps what it gets, answers as told, and can break off at the worst moment."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from contact_center.channels.email.listener import Listener


@dataclass
class Got:
    sender: str
    recipients: list[str]
    data: bytes
    over_tls: bool

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.data, policy=email.policy.default)


class SmtpServer:
    """`with SmtpServer() as server: server.port`. Answers are per recipient, or for MAIL and DATA."""

    def __init__(self, context: ssl.SSLContext | None = None, *, implicit: bool = False, login: bool = False) -> None:
        self.got: list[Got] = []
        self.recipient_answers: dict[str, str] = {}
        self.mail_answer = ""
        self.data_answer = ""
        self.drops = ""  # "before": breaks off after DATA; "after": keeps the mail, but its 250 never arrives
        self.hold: threading.Event | None = None
        self.password = "secret"
        self.logins = 0
        self.connections = 0
        self._transports = []
        options = {"tls_context": context, "require_starttls": True} if context and not implicit else {}
        if login:
            options |= {"authenticator": self._check, "auth_require_tls": bool(context) and not implicit}
        options: dict[str, Any] = {"tls_context": context, "require_starttls": True} if context and not implicit else {}
        if login:
            options |= {"authenticator": self._check, "auth_require_tls": bool(context) and not implicit}
        self._listener = Listener(self, "127.0.0.1", 0, tls=context if implicit else None, **options)

    def without_utf8(self) -> SmtpServer:
        self._listener._options["enable_SMTPUTF8"] = False
        return self

    def __enter__(self) -> Self:
        self._listener._loop.set_exception_handler(lambda *_: None)  # connections that break here are meant to
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.call(lambda: [transport.abort() for transport in self._transports])
        self._listener.stop()

    def hang_up(self) -> None:
        """Close every connection from our side."""
        self._listener.call(lambda: [transport.close() for transport in self._transports])

    @property
    def port(self) -> int:
        return self._listener.port

    def _check(self, server, session, envelope, mechanism, data) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins += 1
        return AuthResult(success=data.password.decode() == self.password, handled=False)

    async def handle_EHLO(  # noqa: N802
        self, server, session, envelope, hostname, responses
    ):
        self.connections += 1
        self._transports.append(server.transport)
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server, session, envelope, address, options
    ):
        if self.mail_answer:
            return self.mail_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server, session, envelope, address, options
    ):
        if answer := self.recipient_answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session, envelope: Envelope
    ):
        if self.hold:
            await asyncio.get_running_loop().run_in_executor(None, self.hold.wait, 10)
        if self.drops == "before":
            server.transport.abort()
            return "250 never heard"
        if self.data_answer:
            return self.data_answer
        self.got.append(
            Got(
                envelope.mail_from,
                envelope.rcpt_tos,
                envelope.content,
                server.transport.get_extra_info("ssl_object") is not None,
            )
        )
        if self.drops == "after":
            server.transport.abort()
        return "250 OK"
