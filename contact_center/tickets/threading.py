"""Which ticket a message belongs to. The whole rule, in one place, with its reason.

A token or a Message-ID of ours joins only if the sender already takes part; so does a Message-ID the customer used
before. A number in the subject, or a stranger with a valid token, opens a linked new ticket. A text, which cites
nothing, joins the ticket of its sender that was touched last. Nothing else joins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from contact_center import clock
from contact_center.statement import Statement
from contact_center.tickets.inbound import InboundMessage, Kind
from contact_center.tickets.models import LinkReason, TicketState


class Rule(StrEnum):
    """Why a message is where it is; the words are shown to agents."""

    TOKEN = "token"  # our reply address, and the sender takes part
    ISSUED = "issued"  # answers a mail of ours, and the sender takes part
    USED = "used"  # answers the customer's own earlier mail
    NUMBER = "number"  # only the number in the subject
    STRANGER = "stranger"  # our token or Message-ID, but nobody we wrote to
    RECENT = "recent"  # a text: the newest open ticket of its sender
    BREAKER = "breaker"  # too many alike from one address: a loop
    NEW = "new"  # nothing connects it


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a message goes: into `ticket_id`, or into a new ticket that may point to an earlier one."""

    rule: Rule
    ticket_id: int | None = None
    message_id: int | None = None  # the message that was answered
    earlier_id: int | None = None
    link: LinkReason | None = None

    def reason(self) -> dict[str, Any]:
        """As stored on the message (`because`)."""
        parts = {"rule": self.rule, "of": self.message_id, "earlier": self.earlier_id, "link": self.link}
        return {key: value for key, value in parts.items() if value is not None}


NEW = Decision(Rule.NEW)
RECENT = timedelta(hours=72)

_CANDIDATES = Statement("""
    SELECT k.rule, k.key, k.message_id, t.id AS ticket_id, t.state, t.resolved_at,
           EXISTS (SELECT FROM participant p
                   WHERE p.ticket_id = t.id AND p.scheme = :scheme AND p.value = :value) AS takes_part
    FROM (
        SELECT 'token' AS rule, 'token:' || token AS key, NULL::bigint AS message_id,
               coalesce((SELECT other_id FROM ticket_link l WHERE l.ticket_id = ticket.id AND l.reason = 'JOINED'), id)
        AS ticket_id
        FROM ticket WHERE token = ANY(:tokens)
        UNION ALL
        SELECT CASE author WHEN 'CUSTOMER' THEN 'used' ELSE 'issued' END, external_id, id, ticket_id
        FROM message WHERE external_id = ANY(:ids)
        UNION ALL
        SELECT 'issued', external_id, message_id, ticket_id FROM outgoing
        WHERE external_id = ANY(:ids) AND message_id IS NULL AND ticket_id IS NOT NULL
        UNION ALL
        SELECT 'number', 'number:' || id, NULL, id FROM ticket WHERE id = :number
    ) k JOIN ticket t ON t.id = k.ticket_id
""")


def find(message: InboundMessage, *, reopen_within: timedelta) -> Decision:
    """Decide where *message* belongs; a settled ticket older than *reopen_within* is followed, not reopened."""
    if message.channel == "sms":
        return _recent(message)
    if not message.thread_keys:
        return NEW
    candidates = _CANDIDATES.rows(_asked(message))
    order = {key: place for place, key in enumerate(message.thread_keys)}
    candidates = sorted(candidates, key=lambda c: order.get(c.key, len(order)))
    # Only a form's: whoever has the private link is let in. A mail's proof says who wrote, not that they take part.
    by_link = message.kind is Kind.FORM and message.authenticated is True
    return decide(candidates, is_authenticated=by_link, reopen_within=reopen_within)


# Whose the number is must be known otherwise than by somebody's form; and a request that anybody could have made in its
# name shows its page to whoever made it: a text does not go there.
_RECENT = Statement("""
    SELECT id, message_id FROM (
        SELECT t.id, t.changed_at FROM participant p JOIN ticket t ON t.id = p.ticket_id
        WHERE p.scheme = :scheme AND p.value = :value AND t.channel <> 'web'
          AND t.state IN ('NEW', 'OPEN', 'WAITING') AND t.changed_at > :since
        UNION ALL
        SELECT t.id, t.changed_at FROM ticket t
        WHERE t.customer_id = (
            SELECT CASE WHEN count(*) = 1 THEN min(customer_id) END FROM contact_point
            WHERE scheme = :scheme AND value = :value AND (source <> 'FORM' OR verified_at IS NOT NULL))
          AND t.state IN ('NEW', 'OPEN', 'WAITING') AND t.changed_at > :since
          AND NOT (t.channel = 'web' AND EXISTS (
              SELECT FROM participant p WHERE p.ticket_id = t.id AND p.scheme = :scheme AND p.value = :value))
    ) theirs
    LEFT JOIN LATERAL (SELECT m.id AS message_id FROM message m WHERE m.ticket_id = theirs.id
                       AND m.author IN ('CUSTOMER', 'AGENT') ORDER BY m.id DESC LIMIT 1) last ON true
    ORDER BY changed_at DESC, id DESC LIMIT 1
""")


def _recent(message: InboundMessage) -> Decision:
    """A text's ticket: the one of its sender that was touched last and is still open."""
    if message.sender is None:
        return NEW
    asked = {"scheme": message.sender.scheme, "value": message.sender.value, "since": clock.now() - RECENT}
    row = _RECENT.one(asked)
    return Decision(Rule.RECENT, row.id, row.message_id) if row else NEW


def decide(candidates: list[Any], *, is_authenticated: bool, reopen_within: timedelta) -> Decision:
    """The rule itself over the candidates, strongest first. Pure."""
    for c in candidates:
        if c.rule != "number" and (c.takes_part or is_authenticated):
            if _is_past(c, reopen_within):
                return Decision(Rule(c.rule), None, c.message_id, c.ticket_id, LinkReason.FOLLOWS)
            return Decision(Rule(c.rule), c.ticket_id, c.message_id)
    if not candidates:
        return NEW
    c = candidates[0]
    rule = Rule.NUMBER if c.rule == "number" else Rule.STRANGER
    return Decision(rule, None, c.message_id, c.ticket_id, LinkReason.POSSIBLY_RELATED)


def _is_past(candidate: Any, reopen_within: timedelta) -> bool:
    if candidate.state == TicketState.CLOSED:
        return True
    return candidate.state == TicketState.RESOLVED and candidate.resolved_at < clock.now() - reopen_within


def _asked(message: InboundMessage) -> dict[str, Any]:
    keys = message.thread_keys
    numbers = [key.removeprefix("number:") for key in keys if key.startswith("number:")]
    number = int(numbers[0]) if numbers and numbers[0].isdecimal() and len(numbers[0]) < 18 else None
    return {
        "scheme": message.sender.scheme if message.sender else None,
        "value": message.sender.value if message.sender else None,
        "tokens": [key.removeprefix("token:") for key in keys if key.startswith("token:")],
        "ids": [key for key in keys if not key.startswith(("token:", "number:"))],
        "number": number,
    }
