"""Hand one mail to its server by SMTP. Called by the adapter; `delivery` has claimed the row and keeps the outcome.

Every failure becomes a DeliveryError whose sentence is fit for the agent. Nothing is retried here: a second try is a
second claim, with the same Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass, field

from contact_center.channels.base import OutboundMessage
from contact_center.channels.email import building, connecting, explaining, lines, refusals
from contact_center.channels.email.connecting import Server
from contact_center.channels.email.refusals import Answer
from contact_center.errors import ContactCenterError, DeliveryError
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.text import addresses, sayings
from contact_center.text.sayings import gettext

_log = logging.getLogger(__name__)

ALTOGETHER = 280.0  # seconds for one mail, whatever its server does; below the time limit of the job
AFTER_DATA = 240.0  # RFC 5321 grants the final answer ten minutes; giving up early makes copies


def send(message: OutboundMessage) -> str:
    """Send *message* by its mailbox's server; returns the Message-ID. Raises DeliveryError."""
    server = _route(message.place)
    recipients = _recipients(message)
    try:
        data = building.build(message)
    except ValueError as error:
        raise DeliveryError(
            gettext("The message cannot be written as a mail: %(why)s.", why=str(error)), permanent=True
        ) from None
    letter = _Letter(message.sender, recipients, data, utf8=building.needs_utf8(message))
    _deliver(letter, server, message.sender.rpartition("@")[2])
    return message.external_id


@dataclass(slots=True)
class _Letter:
    """A mail in its envelope, and what became of each recipient."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    utf8: bool = False
    refused: dict[str, Answer] = field(default_factory=dict)

    @property
    def taken(self) -> tuple[str, ...]:
        return tuple(each for each in self.recipients if each not in self.refused)


def _route(place: int | None) -> Server:
    """The server of the mailbox, else the installation's relay."""
    mailbox = db.session.get(Mailbox, place) if place else None
    try:
        server = connecting.smtp_server(mailbox) if mailbox else None
    except ContactCenterError as error:
        raise DeliveryError(error.sentence) from None
    finally:
        db.session.commit()  # nothing of ours stays open while a slow server lets us wait
    if server:
        return server
    if relay := connecting.relay():
        return relay
    raise DeliveryError(
        gettext("No server to send by: an administrator must set one at the mailbox, or SMTP_RELAY for all."),
        permanent=True,
    )


def _recipients(message: OutboundMessage) -> tuple[str, ...]:
    """The envelope: everybody once, but for those whom an earlier try reached. Raises DeliveryError for no address."""
    found = []
    for raw in (*message.recipients, *message.copies):
        address = addresses.email_normal(raw)
        if address is None:
            raise DeliveryError(gettext("“%(address)s” is not an e-mail address.", address=raw), permanent=True)
        found.append(address)
    return tuple(each for each in dict.fromkeys(found) if each not in message.reached)


def _deliver(letter: _Letter, server: Server, name: str) -> None:
    try:
        line = lines.pool.take(server, name)
    except Exception as error:  # whatever kept us from the server, the mail waits
        _log.warning("no line to %s:%s: %r", server.host, server.port, error)
        raise DeliveryError(explaining.sentence(error, server)) from error
    try:
        with connecting.deadline(line.sock, ALTOGETHER):
            _transact(line, letter, server)
    except DeliveryError:
        lines.close(line)
        raise
    except (OSError, smtplib.SMTPException) as error:
        lines.close(line)
        _log.warning("%s:%s failed while taking a mail: %r", server.host, server.port, error)
        raise DeliveryError(explaining.sentence(error, server)) from error
    lines.pool.give_back(server, name, line)
    if letter.refused:
        raise _refusal(letter)


def _transact(line: smtplib.SMTP, letter: _Letter, server: Server) -> None:
    """MAIL, RCPT, DATA. Refused recipients are noted in the letter; everything else raises."""
    _mail(line, letter, server)
    for recipient in letter.recipients:
        reply = refusals.answer(*line.rcpt(recipient))
        if reply.code == 421:
            raise smtplib.SMTPServerDisconnected("421")
        if reply.code not in (250, 251):
            letter.refused[recipient] = reply
    if not letter.taken:
        line.rset()
        return
    assert line.sock is not None
    usual = line.sock.gettimeout()
    line.sock.settimeout(AFTER_DATA)
    reply = refusals.answer(*_data(line, letter.data))
    if reply.code != 250:
        raise DeliveryError(refusals.about_message(reply, server), permanent=reply.is_permanent)
    line.sock.settimeout(usual)


def _mail(line: smtplib.SMTP, letter: _Letter, server: Server) -> None:
    if letter.utf8 and not line.has_extn("smtputf8"):
        raise DeliveryError(
            gettext("%(host)s cannot send to addresses with characters outside ASCII before the @.", host=server.host),
            permanent=True,
        )
    options = [f"size={len(letter.data)}"] if line.has_extn("size") else []
    options += ["SMTPUTF8"] if letter.utf8 else []
    code, text = line.mail(letter.sender, options)
    if code != 250:
        refused = smtplib.SMTPSenderRefused(code, text, letter.sender)
        sentence, permanent = refusals.about_sender(refused, server)
        raise DeliveryError(sentence, permanent=permanent)


def _data(line: smtplib.SMTP, data: bytes) -> tuple[int, bytes]:
    try:
        return line.data(data)
    except smtplib.SMTPDataError as error:  # DATA itself was refused
        text = error.smtp_error
        return error.smtp_code, text if isinstance(text, bytes) else text.encode()


def _refusal(letter: _Letter) -> DeliveryError:
    """One error for all that were refused. A passing refusal is tried again, then only for those not yet reached."""
    passing = {who: reply for who, reply in letter.refused.items() if not reply.is_permanent}
    told = passing or letter.refused
    sentence = sayings.join(refusals.about_recipient(reply, who) for who, reply in list(told.items())[:5])
    return DeliveryError(sentence, permanent=not passing, reached=letter.taken)
