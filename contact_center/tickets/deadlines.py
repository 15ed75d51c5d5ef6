"""The deadlines of tickets: gather what decides about them, let `sla.clocks` work it out, store what has changed.

Called by every verb of this room that changes what is owed, after it has changed the ticket; twice is as good as once.
Opening and continuing a ticket are on the way of each mail: one statement reads, one writes. Verbs never commit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contact_center import clock
from contact_center.calendars import settings as calendars
from contact_center.calendars.arithmetic import ROUND_THE_CLOCK, Hours
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.sla import clocks, policies
from contact_center.sla.clocks import Clock, Standing, World
from contact_center.sla.models import Deadline, DeadlineState, Target
from contact_center.sla.targets import Asked, Contract, Policy, promises
from contact_center.statement import Statement
from contact_center.tickets.models import Ticket

_KEPT_SETTINGS = 8
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Opening:
    """What a ticket that is about to be opened will owe."""

    due_at: datetime | None
    clocks: tuple[Clock, ...] = ()

    @property
    def rows(self) -> str:
        """What `BEGUN` stores."""
        return _json([_row(each) for each in self.clocks])


@dataclass(frozen=True, slots=True)
class _Settings:
    """Policies and calendars as they were at one stamp."""

    policies: tuple[Policy, ...]
    versions: dict[int, int]  # of calendars
    default_id: int

    def hours(self, calendar_id: int | None) -> Hours:
        """Round the clock for None, and for a calendar that is no more."""
        version = self.versions.get(calendar_id or 0)
        return (
            ROUND_THE_CLOCK if calendar_id is None or version is None else calendars.known_hours(calendar_id, version)
        )


@dataclass(frozen=True, slots=True)
class _About:
    """A ticket, for an event."""

    id: int
    customer_id: int | None
    queue_id: int
    assignee_id: int | None
    __tablename__: str = "ticket"


_known: dict[str, _Settings] = {}

# All settings that set deadlines, in one word: another word, and what is open is looked at anew.
_STAMP = """(
    SELECT md5(coalesce(string_agg(each.s, ' ' ORDER BY each.s), '')) FROM (
        SELECT 'p' || id || '.' || version || '.' || position AS s FROM sla_policy
        UNION ALL SELECT 'c' || id || '.' || version || is_default FROM calendar
        UNION ALL SELECT 't' || tier || '.' || version FROM tier_policy) each)"""
_DECIDING = f"""
    coalesce(c.tier, 'D') AS tier, p.response_minutes, p.resolution_minutes, q.calendar_id,
    CASE WHEN s.id IS NOT NULL
         THEN json_build_array(s.id, s.name, s.hours, s.response_minutes, s.resolution_minutes) END AS contract,
    {_STAMP} AS stamp"""
_BEFORE = Statement(f"""
    SELECT CAST(:kind AS text) AS kind, :channel AS channel, {_DECIDING}
    FROM queue q LEFT JOIN customer c ON c.id = CAST(:customer_id AS bigint)
    LEFT JOIN tier_policy p ON p.tier = coalesce(c.tier, 'D')
    LEFT JOIN service_contract s ON s.id = CAST(:contract_id AS bigint)
    WHERE q.id = :queue_id
""")  # noqa: S608 (constants only)
_AFTER = Statement(f"""
    SELECT t.id, t.customer_id, t.queue_id, t.assignee_id, t.state, t.kind, t.channel, t.opened_at, t.waiting_since,
           t.last_outbound_at, t.last_inbound_at, t.resolved_at, t.due_at, {_DECIDING},
           (SELECT json_agg(to_jsonb(d)) FROM deadline d
            WHERE d.ticket_id = t.id AND d.state IN ('RUNNING', 'PAUSED')) AS open,
           ARRAY(SELECT DISTINCT d.target FROM deadline d WHERE d.ticket_id = t.id AND d.ended_at IS NOT NULL) AS had
    FROM ticket t JOIN queue q ON q.id = t.queue_id LEFT JOIN customer c ON c.id = t.customer_id
    LEFT JOIN tier_policy p ON p.tier = coalesce(c.tier, 'D')
    LEFT JOIN entitlement_check e ON e.ticket_id = t.id LEFT JOIN service_contract s ON s.id = e.contract_id
    WHERE t.id = ANY(CAST(:ids AS bigint[])) ORDER BY t.id FOR NO KEY UPDATE OF t
""")  # noqa: S608 (constants only)
_COLUMNS = [field.name for field in fields(Clock) if field.name != "id"]
_TYPES = {
    "target": "text", "state": "text", "minutes": "bigint", "calendar_id": "bigint", "pauses": "boolean",
    "because": "jsonb", "stage": "bigint", "left_seconds": "bigint", "stamp": "text",
}  # fmt: skip
_LISTED = ", ".join(_COLUMNS)
_TYPED = ", ".join(f"{name} {_TYPES.get(name, 'timestamptz')}" for name in _COLUMNS)
_STORE = Statement(f"""
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r (id bigint, ticket_id bigint, {_TYPED})
    ), changed AS (
        UPDATE deadline d SET {", ".join(f"{name} = g.{name}" for name in _COLUMNS)} FROM given g
        WHERE d.id = g.id AND d.state IN ('RUNNING', 'PAUSED')
    ), begun AS (
        INSERT INTO deadline (ticket_id, {_LISTED}) SELECT ticket_id, {_LISTED} FROM given WHERE id IS NULL
        ON CONFLICT DO NOTHING
    )
    UPDATE ticket SET due_at = x.due_at
    FROM jsonb_to_recordset(CAST(:dues AS jsonb)) AS x (id bigint, due_at timestamptz) WHERE ticket.id = x.id
""")  # noqa: S608 (constants only)
# The way of a new mail: part of the one statement that opens a ticket `t`.
BEGUN = f"""
        INSERT INTO deadline (ticket_id, {_LISTED}) SELECT t.id, {_LISTED}
        FROM t, jsonb_to_recordset(CAST(:deadlines AS jsonb)) AS r ({_TYPED})"""  # noqa: S608 (constants only)
_STALE = Statement(f"""
    WITH stamp AS MATERIALIZED (SELECT {_STAMP} AS s),
         standard AS MATERIALIZED (SELECT id FROM calendar WHERE is_default)
    SELECT DISTINCT d.ticket_id FROM deadline d JOIN ticket t ON t.id = d.ticket_id JOIN queue q ON q.id = t.queue_id
    LEFT JOIN customer c ON c.id = t.customer_id, stamp
    WHERE d.state IN ('RUNNING', 'PAUSED') AND NOT starts_with(d.stamp, stamp.s || '|' || coalesce(c.tier, 'D') || '|'
          || coalesce(q.calendar_id, (SELECT id FROM standard), 0) || '|')
    ORDER BY d.ticket_id LIMIT :limit
""")  # noqa: S608 (constants only)


def opening(
    customer_id: int | None, queue_id: int, kind: str | None, channel: str, contract_id: int | None, at: datetime
) -> Opening:
    """What a customer's first words will set going, asked before the ticket is there: its row is written once."""
    asked = {"customer_id": customer_id, "queue_id": queue_id, "kind": kind, "channel": channel}
    row = _BEFORE.one({**asked, "contract_id": contract_id})
    if row is None:
        return Opening(None)
    standing = Standing("NEW", at, at, None, at, None)
    begun = tuple(clocks.follow(standing, (), (), _world(row), clock.now()))
    return Opening(_due(begun), begun)


def follow(ticket: Ticket, actor: Any = None) -> None:
    """Let the deadlines follow what has happened to *ticket*, which shows its new due time afterwards."""
    db.session.flush()
    follow_all([ticket.id], actor)
    db.session.expire(ticket, ["due_at"])


def follow_all(ticket_ids: Sequence[int], actor: Any = None) -> None:
    """The same for several, by their ids; what has been moved is an event with old → new."""
    stored: list[tuple[int, Clock]] = []
    dues: dict[int, datetime | None] = {}
    happened = []
    for row in _AFTER.rows({"ids": list(ticket_ids)}):
        before = {each.id: each for each in map(_clock, row.open or ())}
        after = clocks.follow(_standing(row), before.values(), map(Target, row.had), _world(row), clock.now())
        stored += [(row.id, each) for each in after]
        newest = {each.target: each for each in (*before.values(), *after)}
        due_at = _due(newest.values())
        dues |= {row.id: due_at} if due_at != row.due_at else {}
        if moved := _moved(after, before):
            happened.append((Name.DEADLINE_RETARGETED, _about(row), {"targets": moved}))
    if stored or dues:
        _store(stored, dues)
    log.record_all(happened, actor)


def cancel(ticket: Ticket) -> None:
    """Nothing is owed here any more: all that was said has gone to another ticket."""
    now, row = clock.now(), _AFTER.one({"ids": [ticket.id]})
    over = {"state": DeadlineState.CANCELLED, "ended_at": now, "next_at": None, "paused_at": None, "left_seconds": None}
    gone = [(ticket.id, _clock({**each, **over})) for each in row.open or ()]
    _store(gone, {ticket.id: None})
    db.session.expire(ticket, ["due_at"])


def retarget_stale(limit: int = 200) -> int:
    """Look anew at tickets whose tier, queue or settings are others now; returns how many. Call and commit until 0."""
    ids = [row.ticket_id for row in _STALE.rows({"limit": limit})]
    if ids:
        follow_all(ids)
    return len(ids)


def of(ticket: Ticket) -> list[Clock]:
    """What *ticket* owes and has owed, the open ones first, what is due next on top."""
    asked = select(Deadline).where(Deadline.ticket_id == ticket.id).order_by(Deadline.ended_at.desc(), Deadline.due_at)
    found = [value_of(row) for row in db.session.scalars(asked.limit(_SHOWN))]
    return sorted(found, key=lambda each: (not each.is_open, each.state is DeadlineState.PAUSED))


def value_of(row: Deadline) -> Clock:
    """A stored deadline as a value."""
    return Clock(**{name: getattr(row, name) for name in (*_COLUMNS, "id")})


def hours_of(calendar_id: int | None) -> Hours:
    """The hours that a deadline counts in."""
    return ROUND_THE_CLOCK if calendar_id is None else calendars.hours(calendar_id)


def forget() -> None:
    """Forget all settings: the database is another one."""
    _known.clear()
    calendars.forget()


def _world(row: Any) -> World:
    """What the clocks of such a ticket are set by. The stamp begins as `_STALE` reads it."""
    found = _settings(row.stamp)
    contract = Contract(*row.contract) if row.contract else None
    calendar_id = row.calendar_id or found.default_id
    asked = Asked(
        row.tier, row.kind, row.channel, contract, row.response_minutes, row.resolution_minutes, calendar_id,
    )  # fmt: skip
    stamp = "|".join(map(str, (row.stamp, row.tier, calendar_id, row.kind, row.channel, row.contract)))
    return World(promises(found.policies, asked), found.hours, stamp)


def _settings(stamp: str) -> _Settings:
    if stamp in _known:
        return _known[stamp]
    is_new, standard = not calendars.has_default(), calendars.default()
    found = _Settings(policies.values(), calendars.versions(), standard.id)
    if is_new:  # the stamp was read before it came into being, and it may yet be rolled back
        return found
    if len(_known) >= _KEPT_SETTINGS:
        _known.clear()
    return _known.setdefault(stamp, found)


def _standing(row: Any) -> Standing:
    return Standing(
        row.state, row.opened_at, row.waiting_since, row.last_outbound_at, row.last_inbound_at, row.resolved_at
    )


def _clock(each: dict[str, Any]) -> Clock:
    """A deadline out of JSON."""
    made = {name: each[name] for name in (*_COLUMNS, "id")}
    for name, value in made.items():
        if isinstance(value, str) and name.endswith("_at"):
            made[name] = datetime.fromisoformat(value)
    return Clock(**{**made, "target": Target(each["target"]), "state": DeadlineState(each["state"])})


def _store(stored: Sequence[tuple[int, Clock]], dues: dict[int, datetime | None]) -> None:
    """Write them, and the tickets' due times. What ends comes before what begins: one of a target is open."""
    late = {(ticket_id, each.target) for ticket_id, each in stored if each.id is not None and not each.is_open}
    first = [one for one in stored if one[1].id is not None or (one[0], one[1].target) not in late]
    second = [one for one in stored if one not in first]
    for part in (first, second) if second else (first,):
        rows = [_row(each) | {"id": each.id, "ticket_id": ticket_id} for ticket_id, each in part]
        given = [{"id": ticket_id, "due_at": due_at} for ticket_id, due_at in dues.items()]
        _STORE.run({"rows": _json(rows), "dues": _json(given)})


def _row(each: Clock) -> dict[str, Any]:
    return {name: getattr(each, name) for name in _COLUMNS}


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str, ensure_ascii=False)


def _due(found: Any) -> datetime | None:
    """When something is due next."""
    return min((each.due_at for each in found if each.state is DeadlineState.RUNNING), default=None)


def _moved(after: Sequence[Clock], before: dict[int | None, Clock]) -> list[dict[str, Any]]:
    """What a change of tier, contract, kind, queue or settings did to the deadlines that were open."""
    found = []
    for each in after:
        was = before.get(each.id)
        latest = (each.because.get("changes") or [None])[-1]
        if was is not None and latest is not None and latest != (was.because.get("changes") or [None])[-1]:
            found.append({"target": each.target, "was": latest["was"], "now": latest["now"]})
    return found


def _about(row: Any) -> _About:
    return _About(row.id, row.customer_id, row.queue_id, row.assignee_id)
