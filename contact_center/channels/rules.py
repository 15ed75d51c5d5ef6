"""Small decisions about what arrives, in order: the first rule that has an opinion wins, else it is filed.

Each rule is a function `(message, known) -> Verdict | None`; what they need to know is read once, by `look`. The order
is this tuple, not a setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from contact_center import clock
from contact_center.channels.sms import commands
from contact_center.customers import blocked as blocking
from contact_center.customers.models import ContactPoint
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.statement import Statement
from contact_center.text.addresses import Scheme
from contact_center.tickets import threading
from contact_center.tickets.inbound import Automatic, InboundMessage, Kind

ALIKE_LIMIT = 3  # this many tickets with one subject from one address within the hour are a loop
ADDRESS_LIMIT = 60  # messages an hour from one address, whatever they say
_PERIOD = timedelta(hours=1)
_PREFIXES = re.compile(r"^(?:\s*(?:re|aw|antw|sv|vs|fw|fwd|wg|tr|回复|答复|转发)\s*[:：])+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule decides. `ignore` keeps the raw message and files nothing; `decision` says which ticket takes it."""

    why: str
    ignore: bool = False
    decision: threading.Decision | None = None
    quiet: bool = False  # no acknowledgement


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows say about a message that has just arrived.

    `first_id`: the stored message it repeats. `is_ours`: we sent this Message-ID. `recent`: (ticket id, subject) of
    what the same address wrote within the hour, newest first. `is_blocked`: we take nothing from its sender.
    """

    first_id: int | None
    is_ours: bool
    recent: list[tuple[int, str]]
    is_blocked: bool = False


Rule = Callable[[InboundMessage, Known], Verdict | None]

# The raw row is safe already: after a crash of the database's machine a mail is simply thought about again, so this
# commit does not wait for the disk (whoever acts on it later does: the log is written in order). A form's number is on
# a screen by then, so there it waits. No statement of this transaction gains by being planned again.
# What it says of other messages may be a moment old, for the lock is waited for inside it: a repeat that is being filed
# meanwhile meets the constraint, and `inbox` looks again.
_LOOK = Statement(f"""
    SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0)),
           set_config('synchronous_commit', :durability, true) AS commit,
           set_config('plan_cache_mode', 'force_generic_plan', true) AS plan,
           (SELECT id FROM message WHERE external_id = :external_id AND content_hash = :content_hash) AS first_id,
           EXISTS (SELECT FROM outgoing WHERE external_id = :external_id) AS is_ours,
           EXISTS (SELECT FROM blocked_address WHERE scheme = :scheme AND value = CAST(:sender AS text)
                   AND (until IS NULL OR until > CAST(:now AS timestamptz))) AS is_blocked,
           (SELECT json_agg(json_build_array(ticket_id, subject)) FROM (
               SELECT ticket_id, subject FROM message
               WHERE sender = CAST(:sender AS text) AND author = 'CUSTOMER' AND at > :since
               ORDER BY at DESC LIMIT {ADDRESS_LIMIT}) newest) AS recent
    FROM (SELECT FROM raw_message WHERE id = :raw_id AND state = 'NEW' FOR UPDATE SKIP LOCKED) mine
""")  # noqa: S608 (a constant)


def look(raw_id: int, message: InboundMessage) -> Known | None:
    """Claim a NEW raw row and its sender until the transaction ends, and read what the rules need.

    None: somebody else has the row, or it is done. The sender's lock makes two first messages of one stranger one
    customer.
    """
    sender = message.sender.value if message.sender else None
    asked = {
        "raw_id": raw_id,
        "durability": "on" if message.kind is Kind.FORM else "off",
        "lock": sender or f"raw:{raw_id}",
        "external_id": message.external_id,
        "content_hash": message.content_hash,
        "sender": sender,
        "scheme": message.sender.scheme if message.sender else "",
        "now": clock.now(),
        "since": clock.now() - _PERIOD,
    }
    row = _LOOK.one(asked)
    if row is None:
        return None
    recent = [(ticket_id, subject) for ticket_id, subject in row.recent or ()]
    return Known(row.first_id, row.is_ours, recent, row.is_blocked)


def blocked(message: InboundMessage, known: Known) -> Verdict | None:
    """We take nothing from them; but who wants no more texts is heard, whoever they are."""
    if not known.is_blocked or message.sender is None or commands.is_stop(message):
        return None
    blocking.meet(message.sender.scheme, message.sender.value)
    return Verdict("from a blocked address", ignore=True)


def own_words(message: InboundMessage, known: Known) -> Verdict | None:
    """A mail we sent came back to us: its Message-ID is one of ours."""
    if message.channel == "email" and known.is_ours:
        return Verdict("our own message came back", ignore=True)
    return None


def command(message: InboundMessage, _known: Known) -> Verdict | None:
    """A text that is no conversation: STOP, an order's number, a digit for a question. It is done, not filed."""
    done = commands.act(message) if message.channel == "sms" else None
    return Verdict(done, ignore=True) if done else None


def bounce(message: InboundMessage, _known: Known) -> Verdict | None:
    """A report about something we sent: it belongs to that message, and the address gets a flag."""
    if message.automatic is not Automatic.BOUNCE:
        return None
    sent = _sent(message.about)
    if sent is None:
        return Verdict("a report about something we did not send", ignore=True)
    _flag(sent, message)
    if sent.ticket_id is None:
        return Verdict("a report about a mail that has no ticket", ignore=True)
    decision = threading.Decision(threading.Rule.ISSUED, sent.ticket_id, sent.message_id)
    return Verdict("bounce", decision=decision, quiet=True)


def breaker(message: InboundMessage, known: Known) -> Verdict | None:
    """The same from one address over and over: a loop. It is kept in the newest such ticket and not acknowledged.

    Forms are counted at their own door: anybody can type anybody's address, and must not get into that person's ticket.
    Nobody calls in a loop: who calls four times is desperate.
    """
    if len(known.recent) < ALIKE_LIMIT or message.kind in (Kind.FORM, Kind.CALL, Kind.VOICEMAIL):
        return None
    stem = stem_of(message.subject)
    alike = [ticket_id for ticket_id, subject in known.recent if stem_of(subject) == stem]
    if len(set(alike)) >= ALIKE_LIMIT or len(known.recent) >= ADDRESS_LIMIT:
        newest = alike[0] if alike else known.recent[0][0]
        return Verdict("breaker", decision=threading.Decision(threading.Rule.BREAKER, newest), quiet=True)
    return None


def from_ourselves(message: InboundMessage, _known: Known) -> Verdict | None:
    """One of our own addresses writes to another: filed, never acknowledged."""
    if message.sender and message.sender.value in places.own_addresses() | places.own_numbers():
        return Verdict("from one of our own addresses", quiet=True)
    return None


RULES: tuple[Rule, ...] = (blocked, command, own_words, bounce, breaker, from_ourselves)


def first(message: InboundMessage, known: Known) -> Verdict | None:
    """The verdict of the first rule that has one."""
    return next((verdict for rule in RULES if (verdict := rule(message, known))), None)


def stem_of(subject: str) -> str:
    """A subject without what changes from copy to copy: reply prefixes, numbers, brackets."""
    bare = _PREFIXES.sub("", subject[:300])
    return re.sub(r"[\d\W_]+", "", bare).casefold()


@dataclass(frozen=True, slots=True)
class _Sent:
    id: int
    recipient: str
    ticket_id: int | None
    message_id: int | None
    customer_id: int | None
    __tablename__ = "outgoing"


def _sent(external_id: str | None) -> _Sent | None:
    if not external_id:
        return None
    asked = select(Outgoing.id, Outgoing.recipient, Outgoing.ticket_id, Outgoing.message_id, Outgoing.customer_id)
    row = db.session.execute(asked.where(Outgoing.external_id == external_id)).one_or_none()
    return _Sent(*row) if row else None


def _flag(sent: _Sent, message: InboundMessage) -> None:
    """Only a permanent failure flags the address; and only the address we wrote to, whatever the report claims."""
    if message.fields.get("bounce_permanent") != "1":
        return
    now, reason = clock.now(), message.fields.get("bounce_reason", "")[:500]
    failed = update(Outgoing).where(
        Outgoing.id == sent.id, Outgoing.state.in_((OutgoingState.SENT, OutgoingState.SENDING, OutgoingState.DELIVERED))
    )
    db.session.execute(failed.values(state=OutgoingState.UNDELIVERED, error=reason))
    points = update(ContactPoint).where(ContactPoint.scheme == Scheme.EMAIL, ContactPoint.value == sent.recipient)
    flagged = db.session.execute(
        points.values(bounced_at=now, bounce_reason=reason).returning(ContactPoint.id, ContactPoint.customer_id)
    ).all()
    log.record(Name.MESSAGE_BOUNCED, sent, recipient=sent.recipient, reason=reason, points=[row.id for row in flagged])
