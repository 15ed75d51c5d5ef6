"""File a message: find its customer, find or open its ticket, write what was said. All that arrives is filed here.

Called by `channels.inbox` inside its transaction, with the sender's lock held. A hot path: one statement opens a ticket
with everything under it, one continues one.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contact_center.customers import identity
from contact_center.customers.models import PointSource
from contact_center.entitlements import checks
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.files import store
from contact_center.mailboxes.places import Place
from contact_center.statement import Statement
from contact_center.text import tokens
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets import deadlines, threading
from contact_center.tickets.inbound import Automatic, InboundMessage, Kind
from contact_center.tickets.models import RequestKind, ref_of

MAX_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class Filed:
    """The outcome of filing one message."""

    ticket_id: int
    interaction_id: int | None
    message_id: int
    customer_id: int | None
    queue_id: int
    assignee_id: int | None
    decision: threading.Decision
    is_new: bool
    is_reopened: bool = False
    is_new_customer: bool = False
    token: str = ""
    id: int = 0
    __tablename__ = "filed"


def file(
    message: InboundMessage,
    place: Place,
    *,
    raw_id: int | None = None,
    reopen_within: timedelta = timedelta(days=14),
    decision: threading.Decision | None = None,
) -> Filed:
    """Store *message* in the ticket it belongs to, opening one if needed. *decision* overrides the joining rule."""
    decision = decision or threading.find(message, reopen_within=reopen_within)
    filed = _continue(message, decision, raw_id) if decision.ticket_id else None
    if filed is None:
        filed = _open(message, place, decision, raw_id)
    _attach(filed.message_id, message)
    _tell(filed, message)
    return filed


_MESSAGE_COLUMNS = """
    customer_id, raw_id, author, channel, kind, external_id, content_hash, automatic, authenticated, sender,
    sender_name, reply_to, recipients, copies, subject, text, full_text, html, has_html, language, because, fields,
    notes, at, search"""
_MESSAGE_VALUES = """
    :raw_id, 'CUSTOMER', :channel, :kind, :external_id, :content_hash, :automatic, CAST(:authenticated AS boolean),
    CAST(:sender AS text), CAST(:sender_name AS text), CAST(:reply_to AS text), CAST(:recipients AS text[]),
    CAST(:copies AS text[]), :subject, :text, :full_text, :html, :has_html, CAST(:language AS text),
    CAST(:because AS jsonb), CAST(:fields AS jsonb), CAST(:notes AS text[]), :at, CAST(:search AS tsvector)"""

_OPEN = Statement(f"""
    WITH t AS (
        INSERT INTO ticket (subject, customer_id, candidate_ids, queue_id, kind, channel, place_id, number_id,
                            language, order_number, token, portal_token, opened_at, changed_at, last_inbound_at,
                            waiting_since, due_at, search)
        VALUES (:title, CAST(:customer_id AS bigint), CAST(:candidates AS bigint[]), :queue_id,
                CAST(:request_kind AS text), :channel, CAST(:place_id AS bigint), CAST(:number_id AS bigint),
                CAST(:ticket_language AS text), CAST(:order_number AS text), :token, :portal_token, :at, :at, :at, :at,
                CAST(:due_at AS timestamptz), CAST(:title_search AS tsvector))
        RETURNING id
    ), p AS (
        INSERT INTO participant (ticket_id, scheme, value)
        SELECT t.id, CAST(:scheme AS text), CAST(:value AS text) FROM t WHERE CAST(:value AS text) IS NOT NULL
    ), l AS (
        INSERT INTO ticket_link (ticket_id, other_id, reason, because, at)
        SELECT t.id, CAST(:earlier_id AS bigint), :link, :rule, :at FROM t WHERE CAST(:earlier_id AS bigint) IS NOT NULL
    ), i AS (
        INSERT INTO interaction (ticket_id, customer_id, queue_id, channel, kind, direction, state, queued_at)
        SELECT t.id, CAST(:customer_id AS bigint), :queue_id, :channel, :kind, 'IN', 'WAITING', :at FROM t
        RETURNING id
    ), d AS ({deadlines.BEGUN}
    )
    INSERT INTO message (ticket_id, interaction_id, {_MESSAGE_COLUMNS})
    SELECT t.id, i.id, CAST(:customer_id AS bigint), {_MESSAGE_VALUES} FROM t, i
    RETURNING ticket_id, interaction_id, id AS message_id
""")  # noqa: S608 (constants only)

# What wakes a ticket: a person's word. An automatic one is kept, but neither reopens nor waits for an answer.
_CONTINUE = Statement(f"""
    WITH before AS (
        SELECT id, state FROM ticket WHERE id = :ticket_id AND state <> 'CLOSED' FOR UPDATE
    ), t AS (
        UPDATE ticket SET
            state = CASE WHEN :wakes AND before.state IN ('WAITING', 'RESOLVED')
                         THEN CASE WHEN assignee_id IS NULL THEN 'NEW' ELSE 'OPEN' END ELSE before.state END,
            resolved_at = CASE WHEN :wakes THEN NULL ELSE resolved_at END,
            reopened = reopened + (:wakes AND before.state = 'RESOLVED')::int,
            changed_at = :at, last_inbound_at = CASE WHEN :wakes THEN :at ELSE last_inbound_at END,
            waiting_since = CASE WHEN :wakes THEN coalesce(waiting_since, :at) ELSE waiting_since END
        FROM before WHERE ticket.id = before.id
        RETURNING ticket.id, customer_id, queue_id, assignee_id, :wakes AND before.state = 'RESOLVED' AS is_reopened
    ), i AS (
        INSERT INTO interaction (ticket_id, customer_id, queue_id, agent_id, channel, kind, direction, state, queued_at,
                                 accepted_at)
        SELECT id, customer_id, queue_id, assignee_id, :channel, :kind, 'IN',
               CASE WHEN assignee_id IS NULL THEN 'WAITING' ELSE 'HANDLING' END, :at,
               CASE WHEN assignee_id IS NULL THEN NULL ELSE :at END
        FROM t WHERE :wakes
        ON CONFLICT (ticket_id, channel)
            WHERE direction = 'IN' AND state IN ('WAITING', 'OFFERED', 'HANDLING') DO NOTHING
        RETURNING id, agent_id
    ), h AS (
        INSERT INTO handling (interaction_id, agent_id, started_at)
        SELECT id, agent_id, :at FROM i WHERE agent_id IS NOT NULL
    ), m AS (
        INSERT INTO message (ticket_id, interaction_id, {_MESSAGE_COLUMNS})
        SELECT t.id,
               coalesce((SELECT id FROM i),
                        (SELECT o.id FROM interaction o
                         WHERE o.ticket_id = t.id AND o.channel = :channel AND o.direction = 'IN'
                         AND o.state IN ('WAITING', 'OFFERED', 'HANDLING'))),
               t.customer_id, {_MESSAGE_VALUES} FROM t
        RETURNING id, ticket_id, interaction_id
    )
    SELECT m.ticket_id, m.interaction_id, m.id AS message_id, t.customer_id, t.queue_id, t.assignee_id, t.is_reopened
    FROM m, t
""")  # noqa: S608 (constants only)

_ATTACH = Statement("""
    INSERT INTO attachment (message_id, file_id, name, content_type, size, content_id, is_inline)
    SELECT :message_id, file_id, name, content_type, size, content_id, is_inline
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS part (
        file_id bigint, name text, content_type text, size bigint, content_id text, is_inline boolean)
""")


def _open(message: InboundMessage, place: Place, decision: threading.Decision, raw_id: int | None) -> Filed:
    who = _identify(message)
    title, kind = subject_of(message), _request_kind(message)
    checked = None
    if who.customer_id and not who.is_new:  # a stranger owns nothing yet
        checked = checks.look(who.customer_id, kind, message.received_at, said=_said(message))
    opening = deadlines.opening(
        who.customer_id, place.queue_id, kind, message.channel, checked.contract_id if checked else None,
        message.received_at,
    )  # fmt: skip
    values = _message_values(message, decision, raw_id) | {
        "title": title,
        "customer_id": who.customer_id,
        "candidates": list(who.candidate_ids),
        "queue_id": place.queue_id,
        "place_id": place.place_id,
        "number_id": place.number_id,
        "request_kind": kind,
        "due_at": opening.due_at,
        "deadlines": opening.rows,
        "ticket_language": message.language or place.language,
        "order_number": message.fields.get("order_number") or None,
        "token": new_token(),
        "portal_token": new_token(),
        "title_search": tokens.vector(title, message.fields.get("order_number", ""), message.sender_name),
        "scheme": message.sender.scheme if message.sender else None,
        "value": message.sender.value if message.sender else None,
        "earlier_id": decision.earlier_id,
        "link": decision.link or "",
        "rule": decision.rule,
    }
    row = _OPEN.one(values)
    checks.keep(row.ticket_id, checked)
    return Filed(
        row.ticket_id, row.interaction_id, row.message_id, who.customer_id, place.queue_id, None,
        decision, is_new=True, is_new_customer=who.is_new, token=values["token"],
    )  # fmt: skip


def _continue(message: InboundMessage, decision: threading.Decision, raw_id: int | None) -> Filed | None:
    """None: the ticket was closed in the meantime, a new one is needed."""
    values = _message_values(message, decision, raw_id)
    values |= {"ticket_id": decision.ticket_id, "wakes": message.automatic is Automatic.NONE}
    row = _CONTINUE.one(values)
    if row is None:
        return None
    if values["wakes"]:
        deadlines.follow_all([row.ticket_id])
    return Filed(
        row.ticket_id, row.interaction_id, row.message_id, row.customer_id, row.queue_id, row.assignee_id,
        decision, is_new=False, is_reopened=row.is_reopened,
    )  # fmt: skip


def _identify(message: InboundMessage) -> identity.Identified:
    if message.customer_id is not None:
        return identity.Identified(message.customer_id, message.candidate_ids)
    phone = message.fields.get("phone")
    also = (Address(Scheme.PHONE, phone),) if phone and message.sender and message.sender.value != phone else ()
    more = {"source": PointSource.FORM} if message.kind is Kind.FORM else {}
    opens, name = message.opens_prospect, message.sender_name
    return identity.identify(message.sender, name, language=message.language, also=also, opens=opens, **more)


def _message_values(message: InboundMessage, decision: threading.Decision, raw_id: int | None) -> dict[str, Any]:
    sender = message.sender.value if message.sender else None
    return {
        "raw_id": raw_id,
        "channel": message.channel,
        "kind": message.kind,
        "external_id": message.external_id,
        "content_hash": message.content_hash,
        "automatic": message.automatic,
        "authenticated": message.authenticated,
        "sender": sender,
        "sender_name": message.sender_name,
        "reply_to": message.fields.get("reply_to") or None,
        "recipients": list(message.recipients),
        "copies": list(message.copies),
        "subject": message.subject,
        "text": message.text,
        "full_text": message.full_text if message.full_text != message.text else "",
        "html": message.html,
        "has_html": bool(message.html),
        "language": message.language,
        "because": json.dumps(decision.reason()),
        "fields": json.dumps(dict(message.fields), ensure_ascii=False),
        "notes": list(message.notes),
        "at": message.received_at,
        "search": tokens.vector(message.subject, message.text, message.sender_name, sender or ""),
    }


def _attach(message_id: int, message: InboundMessage) -> None:
    if not message.attachments:
        return
    rows = [
        {
            "file_id": store.put(part.data),
            "name": part.name,
            "content_type": part.content_type,
            "size": len(part.data),
            "content_id": part.content_id,
            "is_inline": part.inline,
        }
        for part in message.attachments
    ]
    _ATTACH.run({"message_id": message_id, "rows": json.dumps(rows, ensure_ascii=False)})


def _tell(filed: Filed, message: InboundMessage) -> None:
    happened: list[tuple[Name, Any, dict[str, Any]]] = []
    if filed.is_new_customer:
        happened.append((Name.CUSTOMER_OPENED, filed, {"channel": message.channel}))
    if filed.is_new:
        happened.append((Name.TICKET_OPENED, filed, {"channel": message.channel, "rule": filed.decision.rule}))
    if filed.decision.link:
        earlier = ref_of(filed.decision.earlier_id or 0)
        happened.append((Name.TICKET_LINKED, filed, {"other": earlier, "reason": filed.decision.link}))
    if filed.is_reopened:
        happened.append((Name.TICKET_REOPENED, filed, {}))
    received = {"message": filed.message_id, "channel": message.channel, "automatic": message.automatic}
    happened.append((Name.MESSAGE_RECEIVED, filed, received))
    log.record_all(happened)


def subject_of(message: InboundMessage) -> str:
    """A ticket's title: the subject, or the first line of what was said."""
    title = message.subject.strip() or next((line.strip() for line in message.text.splitlines() if line.strip()), "")
    return title[:MAX_SUBJECT]


def _request_kind(message: InboundMessage) -> str | None:
    kind = message.fields.get("kind")
    return kind if kind in RequestKind.__members__ else None


def _said(message: InboundMessage) -> str:
    """All that may name the thing that a message is about."""
    return "\n".join((message.subject, *map(str, message.fields.values()), message.text))


def new_token() -> str:
    """120 bits in [a-z2-7], so that it survives being lower-cased on its way through mail servers."""
    return base64.b32encode(secrets.token_bytes(15)).decode().lower()
