"""Where what arrives is put: the first active rule that fits gives queue, skills and priority, and leaves its reasons.

Called by `channels.inbox` for each filed message, in its transaction. A hot path: without rules it costs nothing,
with rules a statement or two. Rules are kept in memory for two seconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from contact_center import rows
from contact_center.calendars import settings as calendars
from contact_center.calendars.arithmetic import Hours
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.places import Place
from contact_center.queues import easing
from contact_center.queues.models import Queue, Skill
from contact_center.routing import conditions, served_as
from contact_center.routing.conditions import Facts, Said
from contact_center.routing.models import PlacementRule
from contact_center.statement import Statement
from contact_center.tickets import deadlines
from contact_center.tickets.inbound import InboundMessage
from contact_center.tickets.intake import Filed

_FRESH_FOR = 2.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the way in needs it. `queue_id` None: the queue stays as it is."""

    id: int
    name: str
    conditions: Mapping[str, Any]
    queue_id: int | None
    queue: str
    is_open: bool  # its queue is active
    asks: Mapping[str, int]
    priority: str | None

    @property
    def asked(self) -> str:
        return easing.write(self.asks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule that fits, with what it saw; none: what came in stays in the queue of its mailbox or form."""

    rule: Rule | None
    because: dict[str, Any]
    skipped: tuple[Rule, ...] = ()  # they would have fitted, and their queue is deactivated


@dataclass(frozen=True, slots=True)
class _Placed:
    """What the event speaks of."""

    ticket_id: int
    customer_id: int | None
    queue_id: int
    id: int
    __tablename__ = "interaction"


@dataclass(slots=True)
class _Known:
    read_at: float = -10.0
    rules: tuple[Rule, ...] = ()
    queues: dict[int, str] = field(default_factory=dict)
    skills: dict[int, str] = field(default_factory=dict)
    hours: dict[int, Hours] = field(default_factory=dict)


_known = _Known()


def place(filed: Filed, message: InboundMessage, by: Place) -> Filed:
    """Put a filed message where the rules say; returns it with the queue it is in now.

    What goes on in a ticket that is there already keeps the ticket's queue and priority, and asks for the same skills.
    """
    ordered = rules()
    if not ordered or filed.interaction_id is None:
        return filed
    if not filed.is_new:
        _INHERIT.run({"ticket": filed.ticket_id, "interaction": filed.interaction_id})
        return filed
    verdict = decide(ordered, _facts(ordered, filed, message, by))
    return _put(filed, verdict)


def decide(ordered: Iterable[Rule], facts: Facts) -> Verdict:
    """The first rule that fits. One whose queue is deactivated is passed over, and named."""
    skipped: list[Rule] = []
    for rule in ordered:
        because = conditions.fits(rule.conditions, facts)
        if because is None:
            continue
        if rule.is_open:
            return Verdict(rule, because, tuple(skipped))
        skipped.append(rule)
    return Verdict(None, {}, tuple(skipped))


def rules() -> tuple[Rule, ...]:
    """The active rules in order."""
    if time.monotonic() - _known.read_at > _FRESH_FOR:
        _known.rules, _known.hours = read(), {}
        if _known.rules:
            _known.queues, _known.skills = rows.called(Queue), rows.called(Skill)
        _known.read_at = time.monotonic()
    return _known.rules


def forget() -> None:
    """Read again at the next call; for whoever has just changed a rule, a skill or a queue."""
    _known.read_at, _known.hours = -10.0, {}


def read() -> tuple[Rule, ...]:
    """The active rules in order, from the database; they ask for no skill that is gone."""
    asked = (
        select(PlacementRule, Queue.name, Queue.is_active)
        .outerjoin(Queue, Queue.id == PlacementRule.queue_id)
        .where(PlacementRule.is_active)
        .order_by(PlacementRule.position, PlacementRule.id)
    )
    found = [as_rule(row, queue, is_active) for row, queue, is_active in db.session.execute(asked)]
    skills = rows.called(Skill) if any(rule.asks for rule in found) else {}
    return tuple(replace(rule, asks=_known_of(rule.asks, skills)) for rule in found)


def _known_of(asks: Mapping[str, int], skills: Mapping[int, str]) -> dict[str, int]:
    return {skill: level for skill, level in asks.items() if int(skill) in skills}


def as_rule(row: PlacementRule, queue: str | None, is_active: bool | None) -> Rule:
    """A row as the way in needs it."""
    is_open = row.queue_id is None or bool(is_active)
    return Rule(row.id, row.name, row.conditions, row.queue_id, queue or "", is_open, row.asks, row.priority)


def needs(ordered: Iterable[Rule], *names: str) -> bool:
    """Whether any rule asks for one of these conditions, so that it must be looked up."""
    return any(name in rule.conditions for rule in ordered for name in names)


def open_hours(ordered: Sequence[Rule], at: datetime) -> dict[int, bool]:
    """Whether the calendars that the rules ask for are open then; one that is gone is left out."""
    asked = {rule.conditions["hours"]["calendar"] or 0 for rule in ordered if "hours" in rule.conditions}
    return {calendar_id: hours.is_open(at) for calendar_id in asked if (hours := _hours(calendar_id))}


def _hours(calendar_id: int) -> Hours | None:
    if calendar_id not in _known.hours:
        try:
            _known.hours[calendar_id] = calendars.hours(calendar_id or None)
        except NoResultFound:
            return None
    return _known.hours[calendar_id]


def trace(verdict: Verdict, queue: str) -> dict[str, Any]:
    """What is remembered of a verdict; names, since rules, queues and skills come and go. *queue*: where it was."""
    rule = verdict.rule
    told: dict[str, Any] = {"rule": rule.id if rule else None, "name": rule.name if rule else ""}
    told |= {"because": verdict.because, "queue": (rule.queue if rule else "") or queue}
    if rule and rule.asks:
        told["asked"] = rule.asked
        told["asks"] = [[_known.skills.get(int(skill), "?"), level] for skill, level in rule.asks.items()]
    if rule and rule.priority:
        told["priority"] = rule.priority
    if verdict.skipped:
        told["skipped"] = [[rule.name, rule.queue] for rule in verdict.skipped]
    return told


# The device that the check found, and what was ordered under the number that the request names.
_LOOK = Statement(f"""
    SELECT {served_as.TIER} AS tier, coalesce(e.cover, 'NONE') AS cover,
           concat_ws(E'\\n', a.name, a.model,
                     (SELECT string_agg(concat_ws(E'\\n', l.title, p.name, p.model), E'\\n')
                      FROM "order" o JOIN order_line l ON l.order_id = o.id LEFT JOIN product p ON p.id = l.product_id
                      WHERE o.external_id = CAST(:order_number AS text)
                      AND o.customer_id IN (c.id, c.company_id))) AS named
    FROM ticket t
    LEFT JOIN customer c ON c.id = CAST(:customer AS bigint)
    LEFT JOIN entitlement_check e ON e.ticket_id = t.id
    LEFT JOIN asset a ON a.id = e.asset_id
    WHERE t.id = :ticket
""")  # noqa: S608 (a constant)

_PUT = Statement("""
    WITH t AS (
        UPDATE ticket SET queue_id = :queue, priority = coalesce(CAST(:priority AS text), priority)
        WHERE id = :ticket AND (queue_id <> :queue OR CAST(:priority AS text) IS NOT NULL)
    )
    UPDATE interaction SET queue_id = :queue, asked = :asked, placed_by = CAST(:placed_by AS jsonb)
    WHERE id = :interaction
""")

_INHERIT = Statement("""
    UPDATE interaction i SET asked = former.asked, placed_by = former.placed_by
    FROM (SELECT asked, placed_by FROM interaction
          WHERE ticket_id = :ticket AND id < :interaction AND placed_by <> '{}' ORDER BY id DESC LIMIT 1) former
    WHERE i.id = :interaction AND i.placed_by = '{}'
""")


def _facts(ordered: Sequence[Rule], filed: Filed, message: InboundMessage, by: Place) -> Facts:
    mailbox = places.mailboxes().get(by.place_id or 0) if message.channel == "email" else None
    facts = Facts(
        message.channel,
        mailbox.id if mailbox else None,
        mailbox.address if mailbox else "",
        message.fields.get("kind") or None,
        message.language or by.language,
        Said(said(message.subject, message.fields, message.text)),
        open_hours=open_hours(ordered, message.received_at),
    )
    if not needs(ordered, "tiers", "covers", "products"):
        return facts
    number = message.fields.get("order_number") or None
    row = _LOOK.one({"ticket": filed.ticket_id, "customer": filed.customer_id, "order_number": number})
    return replace(facts, tier=row.tier, cover=row.cover, named=Said(row.named))


def said(subject: str, fields: Mapping[str, Any], text: str) -> str:
    """All of a message in which words are looked for."""
    return "\n".join((subject, *map(str, fields.values()), text))


def _put(filed: Filed, verdict: Verdict) -> Filed:
    rule = verdict.rule
    queue_id = (rule.queue_id if rule else None) or filed.queue_id
    told = trace(verdict, _known.queues.get(filed.queue_id, ""))
    _PUT.run({
        "ticket": filed.ticket_id, "interaction": filed.interaction_id, "queue": queue_id,
        "priority": rule.priority if rule else None, "asked": rule.asked if rule else "",
        "placed_by": json.dumps(told, ensure_ascii=False),
    })  # fmt: skip
    placed = _Placed(filed.ticket_id, filed.customer_id, queue_id, filed.interaction_id or 0)
    log.record_all([(Name.INTERACTION_PLACED, placed, told)])
    if queue_id != filed.queue_id:  # which may have other hours
        deadlines.follow_all([filed.ticket_id])
    return replace(filed, queue_id=queue_id)
