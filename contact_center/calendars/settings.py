"""Calendars as an administrator sets them up: zone, hours of the week, a country's holidays, days of the firm's own.

Called by the admin door and whoever counts in a calendar's hours. Verbs never commit. One calendar is the default: it
comes into being when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from contact_center import clock, rows
from contact_center.agents.models import Agent
from contact_center.calendars.arithmetic import Hours, NeverOpen
from contact_center.calendars.models import Calendar, CalendarDay, CalendarSlot
from contact_center.errors import IllegalMove, Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement
from contact_center.text.lines import one_line

MOST_DAYS = 400
WORKDAYS, FIRST_HOURS = range(5), (9 * 60, 18 * 60)
_TAKEN = lazy_gettext("There is a calendar with this name already.")
_VERSION = Statement("SELECT id, version FROM calendar WHERE id = :id OR (CAST(:id AS bigint) IS NULL AND is_default)")
_made: dict[tuple[int, int], Hours] = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a calendar is to say, as `calendars.typed` read it."""

    name: str
    time_zone: str
    country: str | None
    subdivision: str | None
    slots: frozenset[tuple[int, int, int]]  # weekday, begins, ends


def listed() -> list[Calendar]:
    """All calendars, the default one first."""
    return list(db.session.scalars(select(Calendar).order_by(Calendar.is_default.desc(), func.lower(Calendar.name))))


def versions() -> dict[int, int]:
    """The version of each calendar, by id."""
    return dict(db.session.execute(select(Calendar.id, Calendar.version)).all())


def default() -> Calendar:
    """The calendar that counts where none is named; on a new installation it is made now."""
    asked = select(Calendar).where(Calendar.is_default)
    return db.session.scalar(asked) or _first() or db.session.scalars(asked).one()


def has_default() -> bool:
    """Whether there is one already."""
    return db.session.scalar(select(Calendar.id).where(Calendar.is_default)) is not None


def hours(calendar_id: int | None) -> Hours:
    """The hours of a calendar; None: of the default one."""
    row = _VERSION.one({"id": calendar_id})
    if row is not None and (row.id, row.version) in _made:
        return _made[row.id, row.version]
    calendar = default() if calendar_id is None else db.session.get_one(Calendar, calendar_id)
    if row is not None and calendar.version != row.version:  # looked at earlier, before somebody changed it
        db.session.refresh(calendar)
    return hours_of(calendar)


def hours_of(calendar: Calendar) -> Hours:
    """The hours of a calendar as a value, made once for each of its versions."""
    key = (calendar.id, calendar.version)
    if key not in _made:
        _made[key] = _hours(calendar)
    return _made[key]


def known_hours(calendar_id: int, version: int) -> Hours:
    """The hours of that version, without asking the database if they are known."""
    return _made.get((calendar_id, version)) or hours(calendar_id)


def forget() -> None:
    """Forget all hours: the database is another one."""
    _made.clear()


def create(wanted: Wanted, actor: Agent) -> Calendar:
    """Add a calendar. Raises Invalid, also where there would never be a working minute."""
    calendar = Calendar(
        name=wanted.name, time_zone=wanted.time_zone, country=wanted.country, subdivision=wanted.subdivision
    )
    calendar.slots = _slots(wanted.slots)
    with rows.unique(name=_TAKEN):
        db.session.add(calendar)
    _check(calendar)
    _record(calendar, actor, changes={"name": [None, calendar.name]})
    return calendar


def change(calendar: Calendar, actor: Agent, version: int, wanted: Wanted) -> bool:
    """Change a calendar; returns whether anything did. Raises Stale with the difference, or Invalid."""
    db.session.refresh(calendar, with_for_update={"of": Calendar})
    old, new = _said(calendar), {field: getattr(wanted, field) for field in Wanted.__slots__}
    changes = {field: [old[field], new[field]] for field in new if old[field] != new[field]}
    if not changes:
        return False
    if calendar.version != version:
        difference: dict[str, tuple[object, object]] = {
            field: (theirs, now) for field, (now, theirs) in changes.items()
        }
        raise Stale(_("Somebody else has changed this calendar in the meantime."), difference)
    with rows.unique(name=_TAKEN):
        for field in ("name", "time_zone", "country", "subdivision"):
            setattr(calendar, field, new[field])
        calendar.version += 1
    _put_slots(calendar, wanted.slots)
    _check(calendar)
    changes["slots"] = [in_words(old["slots"]), in_words(new["slots"])]
    _record(calendar, actor, changes={field: pair for field, pair in changes.items() if pair[0] != pair[1]})
    return True


def set_day(calendar: Calendar, actor: Agent, day: date, name: str, works_as: int | None) -> None:
    """Let *day* be free, or be worked as another weekday is. Raises Invalid."""
    name = one_line(name[:400], 400)[:80]
    if sum(each.day != day for each in calendar.days) >= MOST_DAYS:
        raise Invalid(_("Not more than %(number)s days.", number=MOST_DAYS))
    new = insert(CalendarDay).values(calendar_id=calendar.id, day=day, name=name, works_as=works_as)
    new = new.on_conflict_do_update(index_elements=["calendar_id", "day"], set_={"name": name, "works_as": works_as})
    db.session.execute(new)
    _touch(calendar)
    _check(calendar)
    _record(calendar, actor, day=day.isoformat(), works_as=works_as, named=name)


def drop_day(calendar: Calendar, actor: Agent, day: date) -> None:
    """Let *day* be like others of its weekday."""
    gone = delete(CalendarDay).where(CalendarDay.calendar_id == calendar.id, CalendarDay.day == day)
    if db.session.scalar(gone.returning(CalendarDay.day)) is None:
        return
    _touch(calendar)
    _check(calendar)
    _record(calendar, actor, day=day.isoformat(), dropped=True)


def duplicate(calendar: Calendar, actor: Agent) -> Calendar:
    """The same calendar once more, under a name of its own."""
    taken = set(db.session.scalars(select(Calendar.name)))
    names = (_("%(name)s (copy %(number)s)", name=calendar.name[:60], number=n) for n in range(1, len(taken) + 2))
    copy = Calendar(
        name=next(name for name in names if name not in taken), time_zone=calendar.time_zone,
        country=calendar.country, subdivision=calendar.subdivision,
    )  # fmt: skip
    copy.slots = _slots({(slot.weekday, slot.begins, slot.ends) for slot in calendar.slots})
    copy.days = [CalendarDay(day=each.day, name=each.name, works_as=each.works_as) for each in calendar.days]
    with rows.unique(name=_TAKEN):
        db.session.add(copy)
    _record(copy, actor, changes={"name": [None, copy.name]}, of=calendar.name)
    return copy


def make_default(calendar: Calendar, actor: Agent) -> None:
    """Let this one count where none is named."""
    if calendar.is_default:
        return
    before = update(Calendar).where(Calendar.is_default).values(is_default=False, version=Calendar.version + 1)
    old = db.session.scalar(before.returning(Calendar.name))
    db.session.flush()
    calendar.is_default, calendar.version = True, calendar.version + 1
    db.session.flush()
    _record(calendar, actor, default_instead_of=old)


def remove(calendar: Calendar, actor: Agent) -> None:
    """Take a calendar away. Raises IllegalMove for the default one, and for what a queue or a promise counts by."""
    if calendar.is_default:
        raise IllegalMove(_("“%(name)s” is the default calendar. Choose another one first.", name=calendar.name))
    name = calendar.name
    try:
        with db.session.begin_nested():
            db.session.execute(delete(Calendar).where(Calendar.id == calendar.id))
    except IntegrityError:
        raise IllegalMove(_("“%(name)s” is in use: queues, policies or tickets count by it.", name=name)) from None
    _record(calendar, actor, removed=True)
    db.session.expunge(calendar)


def in_words(slots: Collection[tuple[int, int, int]]) -> dict[str, str]:
    """Slots by weekday, for an event."""
    found: dict[str, list[str]] = {}
    for weekday, begins, ends in sorted(slots):
        found.setdefault(str(weekday), []).append(f"{begins // 60}:{begins % 60:02}–{ends // 60}:{ends % 60:02}")
    return {weekday: ", ".join(each) for weekday, each in found.items()}


def _first() -> Calendar | None:
    """Make the default calendar of a new installation; None if somebody else has just made it."""
    config = current_app.config["CC"]
    with force_locale(config.default_language):
        name = _("Working hours")
    new = insert(Calendar).values(name=name, time_zone=config.time_zone, is_default=True).on_conflict_do_nothing()
    calendar_id = db.session.scalar(new.returning(Calendar.id))
    if calendar_id is None:
        return None
    begins, ends = FIRST_HOURS
    slots = [{"calendar_id": calendar_id, "weekday": day, "begins": begins, "ends": ends} for day in WORKDAYS]
    db.session.execute(insert(CalendarSlot), slots)
    return db.session.get_one(Calendar, calendar_id)


def _hours(calendar: Calendar) -> Hours:
    week: list[list[tuple[int, int]]] = [[] for _weekday in range(7)]
    for slot in calendar.slots:
        week[slot.weekday].append((slot.begins, slot.ends))
    own = tuple((each.day, each.works_as, each.name) for each in calendar.days)
    slots = tuple(tuple(sorted(each)) for each in week)
    return Hours(calendar.time_zone, slots, own, calendar.country, calendar.subdivision)


def _check(calendar: Calendar) -> None:
    """Whatever is saved has a working minute ahead, from now on and behind every day of its own."""
    found = _hours(calendar)
    zone = ZoneInfo(calendar.time_zone)
    starts = [clock.now(), *(datetime.combine(each.day, time(), zone) + timedelta(days=1) for each in calendar.days)]
    try:
        for start in starts:
            found.next_open(start)
    except NeverOpen:
        sentence = _("There would be no working minute for more than a year.")
        raise Invalid(sentence, {"slots": sentence}) from None


def _said(calendar: Calendar) -> dict[str, Any]:
    slots = frozenset((slot.weekday, slot.begins, slot.ends) for slot in calendar.slots)
    named = {field: getattr(calendar, field) for field in ("name", "time_zone", "country", "subdivision")}
    return {**named, "slots": slots}


def _slots(wanted: Collection[tuple[int, int, int]]) -> list[CalendarSlot]:
    return [CalendarSlot(weekday=weekday, begins=begins, ends=ends) for weekday, begins, ends in sorted(wanted)]


def _put_slots(calendar: Calendar, wanted: Collection[tuple[int, int, int]]) -> None:
    db.session.execute(delete(CalendarSlot).where(CalendarSlot.calendar_id == calendar.id))
    db.session.expire(calendar, ["slots"])
    for slot in _slots(wanted):
        slot.calendar_id = calendar.id
        db.session.add(slot)
    db.session.flush()
    db.session.expire(calendar, ["slots"])


def _touch(calendar: Calendar) -> None:
    calendar.version = Calendar.version + 1
    db.session.flush()
    db.session.refresh(calendar)


def _record(calendar: Calendar, actor: Agent, **data: Any) -> None:
    log.record(Name.CALENDAR_CHANGED, calendar, actor, calendar=calendar.name, **data)
