"""The SMTP listener: takes mail for our mailboxes from an MTA beside us, or from the demo's visitors. No relay.

Run by the mail room. DATA is answered 250 only after the mail is committed, 451 while the database is away.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from contact_center.channels.base import RawMessage
from contact_center.channels.email.adapter import EmailChannel, Parcel
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.text import addresses

MOST_RECIPIENTS = 100
_THREADS = 4  # commits at a time; each holds one mail in memory

Handover = Callable[[Sequence[RawMessage]], None]
_log = logging.getLogger(__name__)


def mailbox_for(address: str) -> int | None:
    """The id of our mailbox that *address* belongs to, with or without a plus-tag."""
    normal = addresses.email_normal(address)
    if normal is None:
        return None
    ids = {mailbox.address: mailbox.id for mailbox in places.mailboxes().values()}
    local, _, domain = normal.rpartition("@")
    return ids.get(normal) or ids.get(f"{local.partition('+')[0]}@{domain}")


class Door:
    """aiosmtpd's handler: who may be written to, and what happens with the mail."""

    def __init__(self, app: Flask, hand_over: Handover) -> None:
        self._app = app
        self._hand_over = hand_over
        self._threads = ThreadPoolExecutor(_THREADS, "smtp")

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            found = await self._in_thread(mailbox_for, address)
        except SQLAlchemyError as error:
            return _later(error)
        if found is None:
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        try:
            await self._in_thread(self._keep, session, envelope)
        except (SQLAlchemyError, OSError) as error:
            return _later(error)
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        return _later(error)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        def run() -> Any:
            with self._app.app_context():
                return function(*arguments)

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    def _keep(self, session: Session, envelope: Envelope) -> None:
        """One raw message for each of our mailboxes that was written to, committed together."""
        by_mailbox: dict[int, list[str]] = {}
        for recipient in envelope.rcpt_tos:
            if (mailbox_id := mailbox_for(recipient)) is not None:
                by_mailbox.setdefault(mailbox_id, []).append(recipient)
        payload = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from or ""
        facts = {"peer": str(session.peer[0] if session.peer else ""), "envelope_from": sender}
        parcels = [Parcel("smtp", mailbox, payload, {**facts, "envelope_to": to}) for mailbox, to in by_mailbox.items()]
        if not parcels:  # the mailbox was deactivated between RCPT and DATA
            raise OSError("no mailbox takes it any more")
        db.session.rollback()
        self._hand_over([raw for parcel in parcels for raw in EmailChannel().receive(parcel)])


def _later(error: Exception) -> str:
    _log.warning("a mail could not be kept: %r", error)
    return "451 4.3.0 We cannot store mail at the moment, please try again later"
