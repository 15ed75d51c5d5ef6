"""Deadlines in words: what a target is called, how far it is, who set it, and each step through its calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from contact_center import clock, pages
from contact_center.calendars import public_days
from contact_center.calendars.arithmetic import Hours, Why
from contact_center.calendars.models import Calendar
from contact_center.desk import words
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.sla import clocks, explain
from contact_center.sla.clocks import Clock
from contact_center.sla.explain import Line
from contact_center.sla.models import DeadlineState
from contact_center.sla.policies import Step
from contact_center.tickets import alarms, deadlines
from contact_center.tickets.conversation import EventEntry

TONES = {0: "", 75: "warn", 90: "warn", 100: "bad"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A deadline as the page of its ticket shows it."""

    clock: Clock
    stage: int  # that is reached now, while it runs
    warn_at: datetime | None

    @property
    def tone(self) -> str:
        return TONES[self.stage]

    @property
    def word(self) -> str:
        return alarms.target_word(self.clock.target)

    @property
    def state_word(self) -> str:
        """How it stands, for who does not see colours."""
        found = self.clock
        if found.state is DeadlineState.PAUSED:
            left = found.left_seconds or 0
            return _("paused, %(time)s left", time=spent(left / 60)) if left >= 0 else _("paused, late")
        if found.state is DeadlineState.RUNNING:
            used = {75: _("75 % used"), 90: _("90 % used"), 100: _("late")}
            return used.get(self.stage, "")
        return {
            DeadlineState.MET: _("met"), DeadlineState.MISSED: _("missed"),
            DeadlineState.CANCELLED: _("no longer owed"),
        }[found.state]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explained(Shown):
    """The same with its steps."""

    lines: list[Line]
    calendar: str


def shown(found: list[Clock]) -> list[Shown]:
    """The open ones."""
    still_owed = [each for each in found if each.is_open]
    hours = _hours(still_owed)
    return [_shown(each, hours[each.calendar_id]) for each in still_owed]


def explained(found: list[Clock]) -> list[Explained]:
    """All of them with their steps, in the reader's language."""
    hours = _hours(found)
    return [_explained(each, hours[each.calendar_id]) for each in found]


def spent(minutes: float) -> str:
    """A length of working time: hours and minutes, for a working day is not a day."""
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return _("%(min)s min", min=rest)
    return _("%(h)s h %(min)s min", h=hours, min=rest) if rest else _("%(h)s h", h=hours)


def moment(instant: datetime, *, with_date: bool = True) -> str:
    """A weekday with its time: "Fri 20 Nov 16:30"."""
    pattern = ("M月d日 EEE HH:mm" if _is_zh() else "EEE d MMM HH:mm") if with_date else "EEE HH:mm"
    return format_datetime(instant, pattern)


def sum_in_words(found: Clock) -> str:
    """Fri 16:30 + 4 h of working time = Mon 12:30."""
    far = found.due_at - found.started_at > timedelta(days=6)
    span, end = spent(found.minutes), moment(found.due_at, with_date=far)
    start = moment(found.started_at, with_date=far)
    if found.calendar_id is None:
        return _("%(start)s + %(span)s = %(end)s", start=start, span=span, end=end)
    return _("%(start)s + %(span)s of working time = %(end)s", start=start, span=span, end=end)


def line_words(line: Line) -> str:
    """What one step is: when, and why it counts or does not."""
    begins = moment(line.begins)
    if line.ends is None:
        return _("%(start)s: paused, we wait for the customer", start=begins)
    if line.why == explain.PAUSED:
        return _("%(start)s to %(end)s: paused, we waited for the customer", start=begins, end=moment(line.ends))
    if line.why == Why.OPEN:
        if line.days > 1:
            days = ngettext("%(num)d working day", "%(num)d working days", line.days)
            return _("%(start)s to %(end)s, %(days)s", start=begins, end=moment(line.ends), days=days)
        return _("%(start)s to %(end)s", start=begins, end=pages.hour(line.ends))
    if line.why == Why.FREE_DAY:
        names = pages.listed(line.names) if line.names else _("free day")
        return _("closed until %(end)s: %(names)s", end=moment(line.ends), names=names)
    return _("closed until %(end)s: no working day", end=moment(line.ends))


def source_word(told: dict[str, Any]) -> str:
    """Who set a target."""
    name = told.get("name") or "–"
    by = {
        "policy": lambda: _("policy “%(name)s”", name=name),
        "contract": lambda: _("contract “%(name)s”", name=name),
        "tier": lambda: _("tier %(name)s", name=name),
    }
    return by[told["by"]]() if told.get("by") in by else name


def change_words(change: dict[str, Any]) -> str:
    """Old → new: who set it, how much, until when."""
    was, now = change["was"], change["now"]
    parts = [f"{source_word(was)} → {source_word(now)}"] if source_word(was) != source_word(now) else []
    differing = [
        (name, word)
        for name, word in (("tier", _("tier")), ("kind", _("kind")))
        if was.get(name) != now.get(name) and was.get(name) and now.get(name)
    ]
    for name, word in differing:
        old, new = (words.request_word(each[name]) if name == "kind" else each[name] for each in (was, now))
        text = f"{word} {old} → {new}"
        parts += [] if text in parts else [text]
    if was["minutes"] != now["minutes"]:
        parts.append(f"{spent(was['minutes'])} → {spent(now['minutes'])}")
    due = [moment(datetime.fromisoformat(each["due"])) for each in (was, now)]
    parts.append(_("due %(old)s → %(new)s", old=due[0], new=due[1]) if due[0] != due[1] else _("due as before"))
    return " · ".join(parts)


def retargeted(entry: EventEntry) -> Markup:
    """The line of the conversation when deadlines were set anew."""
    targets = entry.data.get("targets") or []
    told = [Markup("<b>%s</b>: %s") % (alarms.target_word(each["target"]), change_words(each)) for each in targets]
    return Markup("%s %s") % (_("Deadlines set anew."), Markup("; ").join(told))


def missed(entry: EventEntry) -> Markup:
    target, done = alarms.target_word(entry.data["target"]), entry.data.get("done") or []
    names = pages.listed(entry.data.get("people") or []) or _("nobody")
    said = _("%(target)s is late; told: %(names)s", target=target, names=names)
    acts = pages.listed(step_words()[Step(step)] for step in done)
    return Markup("<b>%s</b> %s") % (said, acts)


def step_words() -> dict[Step, str]:
    """What can happen when a target is missed."""
    return {
        Step.NOTIFY_ASSIGNEE: _("Notice to its agent"),
        Step.NOTIFY_SUPERVISORS: _("Notice to the supervisors"),
        Step.PAGE_SUPERVISOR: _("Letter to the supervisors"),
        Step.RAISE_PRIORITY: _("Priority one higher"),
        Step.REASSIGN: _("Back to its queue"),
    }


SENTENCES: dict[Name, Callable[[EventEntry], Markup]] = {
    Name.DEADLINE_RETARGETED: retargeted,
    Name.DEADLINE_MISSED: missed,
}
ICONS = {
    Name.DEADLINE_RETARGETED: "clock",
    Name.DEADLINE_MISSED: "clock-exclamation",
}
FILTERS: dict[str, Callable[..., Any]] = {
    "spent": spent, "moment": moment, "line_words": line_words, "set_by": source_word,
    "change_words": change_words, "sum_in_words": sum_in_words, "target_word": alarms.target_word,
}  # fmt: skip


def _hours(found: list[Clock]) -> dict[int | None, Hours]:
    """The hours of their calendars, each asked for once."""
    return {calendar_id: deadlines.hours_of(calendar_id) for calendar_id in {each.calendar_id for each in found}}


def _shown(found: Clock, hours: Hours) -> Shown:
    if found.state is not DeadlineState.RUNNING:
        return Shown(found, 0, None)
    return Shown(found, _stage(found, hours), clocks.moment(found, hours, 0.75))


def _explained(found: Clock, hours: Hours) -> Explained:
    row = db.session.get(Calendar, found.calendar_id) if found.calendar_id else None
    lines = explain.lines(found, hours, public_days.reader_language())
    base = _shown(found, hours)
    return Explained(found, base.stage, base.warn_at, lines, row.name if row else "")


def _stage(found: Clock, hours: Hours) -> int:
    """How far it is now, told of or not."""
    now = clock.now()
    return max((stage for stage in clocks.STAGES if clocks.moment(found, hours, stage / 100) <= now), default=0)


def _is_zh() -> bool:
    return pages.lang_tag() == "zh-CN"
