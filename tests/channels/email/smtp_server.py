"""A real SMTP server (aiosmtpd) that keeps what it gets, answers as told, and can break off at the worst moment."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword


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
        self._loop = asyncio.new_event_loop()
        self._controller = Controller(
            self,
            "127.0.0.1",
            0,
            loop=self._loop,
            ssl_context=context if implicit else None,
            enable_SMTPUTF8=True,
            **options,
        )
        self._utf8 = True

    def without_utf8(self) -> SmtpServer:
        self._controller.SMTP_kwargs["enable_SMTPUTF8"] = False
        return self

    def __enter__(self) -> Self:
        # Controller.start would connect to port 0 to see whether it listens: start the server by hand.
        ready = threading.Event()

        async def listen() -> None:
            self._loop.set_exception_handler(lambda *_: None)  # connections that break here are meant to
            self._server = await self._loop.create_server(
                self._controller._factory_invoker, "127.0.0.1", 0, ssl=self._controller.ssl_context
            )
            ready.set()

        self._loop.create_task(listen())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        assert ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        for transport in self._transports:
            transport.abort()
        tasks = [task for task in asyncio.all_tasks(self._loop) if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def hang_up(self) -> None:
        """Close every connection from our side."""
        done = threading.Event()

        def close() -> None:
            for transport in self._transports:
                transport.close()
            self._loop.call_soon(done.set)

        self._loop.call_soon_threadsafe(close)
        assert done.wait(5)

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

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
            await self._loop.run_in_executor(None, self.hold.wait, 10)
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
