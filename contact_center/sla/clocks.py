"""The clocks of a ticket: what starts, pauses, moves and ends its deadlines, and when one must be told of. Pure.

A ticket's own columns say what is owed (who waits since when, what was answered, where it stands), so `follow` can be
called after whatever happened to it, and twice. `tickets.deadlines` reads and stores; nothing here touches a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from contact_center.calendars.arithmetic import Hours, NeverOpen
from contact_center.sla.models import DeadlineState, Target
from contact_center.sla.targets import RESPONSES, Promise

STAGES = (75, 90, 100)
RUNNING, PAUSED = DeadlineState.RUNNING, DeadlineState.PAUSED
MOST_CHANGES = 20  # that a deadline remembers
HoursOf = Callable[[int | None], Hours]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands, as its row says."""

    state: str
    opened_at: datetime
    waiting_since: datetime | None
    answered_at: datetime | None  # the last word of ours to the customer
    written_at: datetime | None  # the last of theirs
    resolved_at: datetime | None

    @property
    def is_settled(self) -> bool:
        return self.state in ("RESOLVED", "CLOSED")

    @property
    def is_awaited(self) -> bool:
        return self.waiting_since is not None and not self.is_settled


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline as a value; `id` None: not stored yet."""

    target: Target
    state: DeadlineState
    minutes: int
    started_at: datetime
    due_at: datetime
    calendar_id: int | None = None
    pauses: bool = False
    because: dict[str, Any] = field(default_factory=dict)
    next_at: datetime | None = None
    stage: int = 0
    paused_at: datetime | None = None
    left_seconds: int | None = None
    ended_at: datetime | None = None
    stamp: str = ""
    id: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (RUNNING, PAUSED)

    @property
    def rests(self) -> list[tuple[datetime, datetime]]:
        """The pauses that are over."""
        return [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in self.because.get("rests", ())]


@dataclass(frozen=True, slots=True)
class World:
    """What clocks are set by: the promises, the hours of calendars, and the stamp of all that was read for it."""

    promises: Mapping[Target, Promise]
    hours: HoursOf
    stamp: str


def follow(
    ticket: Standing, clocks: Iterable[Clock], had: Iterable[Target], world: World, now: datetime
) -> list[Clock]:
    """The clocks that are other than before, now that the ticket stands as it does. *had*: targets that have ended."""
    before = {clock.target: clock for clock in clocks if clock.is_open}
    after = {target: retarget(clock, world, now) for target, clock in before.items()}
    after |= _responses(ticket, after, world, now)
    after |= _resolution(ticket, after, frozenset(had), world, now)
    return [clock for target, clock in after.items() if clock != before.get(target)]


def begin(target: Target, start: datetime, world: World) -> Clock:
    """A new deadline that runs since *start*."""
    promise = world.promises[target]
    made = Clock(
        target, RUNNING, promise.minutes, start, start, promise.calendar_id, promise.pauses, dict(promise.source),
        stamp=world.stamp,
    )  # fmt: skip
    return _set(made, world.hours)


def retarget(clock: Clock, world: World, now: datetime) -> Clock:
    """The same deadline by what is promised now; what has changed is written into its reasons, old → new."""
    if clock.stamp == world.stamp:
        return clock
    promise = world.promises[clock.target]
    kept: dict[str, Any] = {name: clock.because[name] for name in ("rests", "changes") if name in clock.because}
    moved = replace(
        clock, minutes=promise.minutes, calendar_id=promise.calendar_id, pauses=promise.pauses,
        because={**promise.source, **kept}, stamp=world.stamp,
    )  # fmt: skip
    if clock.state is PAUSED and not promise.pauses:
        moved = _resumed(moved, now)
    moved = _set(moved, world.hours)
    if clock.state is PAUSED and moved.state is PAUSED:
        moved = _paused(moved, moved.paused_at or now, world.hours)
    moved = replace(moved, stage=min(clock.stage, _reached(moved, world.hours, now)))
    return _with_change(_set(moved, world.hours), clock, now)


def crossed(clock: Clock, hours: HoursOf, now: datetime) -> Clock:
    """The deadline after the stage that it has reached by *now* was told of."""
    return _set(replace(clock, stage=max(clock.stage, _reached(clock, hours, now))), hours)


def postponed(clock: Clock, hours: HoursOf, now: datetime) -> datetime | None:
    """When its hours begin, if they are over: nobody is told of anything in the night. What never closes never waits.

    The minute after the hours still belongs to them, or what is due with their end would be told the next morning.
    """
    found = hours(clock.calendar_id)
    if found.is_open(now) or found.is_open(now - timedelta(minutes=1)):
        return None
    try:
        return found.next_open(now)
    except NeverOpen:
        return None


def _responses(ticket: Standing, clocks: Mapping[Target, Clock], world: World, now: datetime) -> dict[Target, Clock]:
    """An answer is owed while the customer waits for one: the first, or the next."""
    found = {}
    for target in RESPONSES:
        clock = clocks.get(target)
        if clock is not None and (ended := _answered(ticket, clock, now)) is not None:
            found[target] = ended
        elif clock is not None and ticket.waiting_since is not None and ticket.waiting_since < clock.started_at:
            found[target] = _set(replace(clock, started_at=ticket.waiting_since), world.hours)  # somebody waits longer
    is_owed = any(target in clocks and found.get(target, clocks[target]).is_open for target in RESPONSES)
    if ticket.is_awaited and ticket.waiting_since is not None and not is_owed:
        target = Target.FIRST_RESPONSE if ticket.answered_at is None else Target.NEXT_RESPONSE
        if target not in found:  # it begins at the next look
            found[target] = begin(target, ticket.waiting_since, world)
    return found


def _answered(ticket: Standing, clock: Clock, now: datetime) -> Clock | None:
    """The deadline of an answer that was given, or that nobody waits for any more; None: it is owed still."""
    at = ticket.answered_at
    if at is not None and (at > clock.started_at or (at == clock.started_at and not ticket.is_awaited)):
        return _ended(clock, at)
    if ticket.is_awaited:
        return None
    return _ended(clock, now) if now > clock.due_at else _ended(clock, now, DeadlineState.CANCELLED)


def _resolution(
    ticket: Standing, clocks: Mapping[Target, Clock], had: frozenset[Target], world: World, now: datetime
) -> dict[Target, Clock]:
    """Solving it is owed from when the customer wrote until it is solved, but for the time that we wait for them."""
    clock = clocks.get(Target.RESOLUTION)
    if ticket.is_settled:
        return {Target.RESOLUTION: _ended(clock, ticket.resolved_at or now)} if clock else {}
    if clock is None:
        if ticket.written_at is None or ticket.state == "WAITING":
            return {}
        return {Target.RESOLUTION: begin(Target.RESOLUTION, _asked_at(ticket, had, now), world)}
    if ticket.state == "WAITING":
        if clock.state is RUNNING and clock.pauses:
            return {Target.RESOLUTION: _paused(clock, now, world.hours)}
    elif clock.state is PAUSED:
        return {Target.RESOLUTION: _set(_resumed(clock, now), world.hours)}
    return {}


def _asked_at(ticket: Standing, had: frozenset[Target], now: datetime) -> datetime:
    """Since when it is to be solved: what was solved before, or began with us, counts from its latest beginning."""
    if Target.RESOLUTION not in had and ticket.answered_at is None:
        return ticket.waiting_since or ticket.opened_at
    return ticket.waiting_since or now


def _ended(clock: Clock, at: datetime, state: DeadlineState | None = None) -> Clock:
    """Over at *at*: met or missed, unless it is said what became of it. A pause that was on protects it."""
    if state is None:
        is_late = (clock.left_seconds or 0) < 0 if clock.state is PAUSED else at > clock.due_at
        state = DeadlineState.MISSED if is_late else DeadlineState.MET
    return replace(clock, state=state, ended_at=at, next_at=None, paused_at=None, left_seconds=None)


def _paused(clock: Clock, at: datetime, hours: HoursOf) -> Clock:
    found, at = hours(clock.calendar_id), max(at, clock.started_at)
    left = found.worked(at, clock.due_at)
    return replace(clock, state=PAUSED, paused_at=at, left_seconds=round(left.total_seconds()), next_at=None)


def _resumed(clock: Clock, now: datetime) -> Clock:
    """Running again; the pause is written into its reasons, and the due time comes of them."""
    rests = list(clock.because.get("rests", ()))
    if clock.paused_at is not None and now > clock.paused_at:
        rests.append([clock.paused_at.isoformat(), now.isoformat()])
    because = {**clock.because, "rests": rests} if rests else clock.because
    return replace(clock, state=RUNNING, because=because, paused_at=None, left_seconds=None)


def moment(clock: Clock, hours: Hours, share: float = 1.0) -> datetime:
    """The instant at which that share of the minutes is used up, pauses left out."""
    here, left = clock.started_at, timedelta(minutes=clock.minutes) * share
    try:
        for rests_at, goes_on_at in clock.rests:
            spent = hours.worked(here, rests_at)
            if spent >= left:
                break
            left, here = left - spent, goes_on_at
        return hours.after(here, left)
    except NeverOpen:  # the calendar became hopeless behind our back: then it is as if it never closed
        return here + left


def _set(clock: Clock, hours: HoursOf) -> Clock:
    """With its due time and the next instant at which it must be told of."""
    found = hours(clock.calendar_id)
    due_at = moment(clock, found)
    coming = next((stage for stage in STAGES if stage > clock.stage), None)
    if clock.state is not RUNNING or coming is None:
        return replace(clock, due_at=due_at, next_at=None)
    return replace(clock, due_at=due_at, next_at=due_at if coming == 100 else moment(clock, found, coming / 100))


def _reached(clock: Clock, hours: HoursOf, now: datetime) -> int:
    """The stage that is reached at *now*."""
    found, at = hours(clock.calendar_id), clock.paused_at if clock.state is PAUSED else None
    until = at or now
    return max((stage for stage in STAGES if moment(clock, found, stage / 100) <= until), default=0)


def _with_change(moved: Clock, before: Clock, now: datetime) -> Clock:
    """Remember what it was, unless nothing that anybody sees has changed."""
    seen = ("minutes", "due_at", "calendar_id")
    if all(getattr(moved, name) == getattr(before, name) for name in seen) and _who(moved) == _who(before):
        return moved
    change = {"at": now.isoformat(), "was": _told(before), "now": _told(moved)}
    changes = [*before.because.get("changes", ()), change][-MOST_CHANGES:]
    return replace(moved, because={**moved.because, "changes": changes})


def _who(clock: Clock) -> tuple[Any, ...]:
    return clock.because.get("by"), clock.because.get("name")


def _told(clock: Clock) -> dict[str, Any]:
    source = {name: clock.because.get(name) for name in ("by", "name", "tier", "kind")}
    return {**source, "minutes": clock.minutes, "due": clock.due_at.isoformat()}
