"""The weekly windows for visits, and the days on which nobody goes out: a settings screen's verbs. Verbs never commit.

A window that is taken away stays for the visits that are booked in it. Less capacity takes no visit away.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.selfservice.models import Visit, VisitClosure, VisitState, VisitWindow
from contact_center.text.lines import one_line

MOST = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """A window, and how many visits are booked in it from today on."""

    window: VisitWindow
    booked: int


def listed() -> list[Listed]:
    """The windows by region, weekday and hour."""
    coming = select(Visit.window_id, func.count().label("many")).where(Visit.state == VisitState.BOOKED)
    coming = coming.where(Visit.on >= accounts.today()).group_by(Visit.window_id)
    booked = {row.window_id: row.many for row in db.session.execute(coming)}
    order = (VisitWindow.region, VisitWindow.weekday, VisitWindow.begins)
    active = db.session.scalars(select(VisitWindow).where(VisitWindow.is_active).order_by(*order))
    return [Listed(window, booked.get(window.id, 0)) for window in active]


def add(agent: Agent, *, region: str, weekdays: Collection[int], begins: str, ends: str, capacity: str) -> VisitWindow:
    """Open a window on each of *weekdays*; returns the last. Raises Invalid."""
    wrong: dict[str, str] = {}
    hours = _hour("begins", begins, wrong), _hour("ends", ends, wrong)
    fits = _capacity(capacity, wrong)
    where = _region(region, wrong)
    days = sorted({day for day in weekdays if 0 <= day <= 6})
    if not days:
        wrong["weekday"] = str(_("Choose at least one day."))
    if not wrong and hours[1] <= hours[0]:
        wrong["ends"] = str(_("It ends before it begins."))
    Invalid.raise_for(wrong)
    made = [VisitWindow(region=where, weekday=day, begins=hours[0], ends=hours[1], capacity=fits) for day in days]
    with rows.unique(begins=_("There is a window in this region that begins at the same time.")):
        db.session.add_all(made)
        db.session.flush()
    for window in made:
        _tell(window, agent, "added")
    return made[-1]


def change(window: VisitWindow, agent: Agent, capacity: str) -> bool:
    """Let more or fewer fit in; False if it is the same. Raises Invalid."""
    wrong: dict[str, str] = {}
    fits = _capacity(capacity, wrong)
    if wrong:
        raise Invalid(wrong["capacity"], wrong)
    if fits == window.capacity:
        return False
    window.capacity = fits
    _tell(window, agent, "changed")
    return True


def remove(window: VisitWindow, agent: Agent) -> None:
    """Offer it no more; what is booked in it stays booked."""
    window.is_active = False
    _tell(window, agent, "removed")


def closures() -> list[VisitClosure]:
    """The days from today on on which nobody goes out."""
    asked = select(VisitClosure).where(VisitClosure.on >= accounts.today())
    return list(db.session.scalars(asked.order_by(VisitClosure.on).limit(MOST)))


def close(agent: Agent, typed: str, why: str) -> date:
    """Nobody goes out on that day. Raises Invalid."""
    try:
        on = date.fromisoformat(typed)
    except ValueError:
        sentence = _("Choose a day.")
        raise Invalid(sentence, {"on": sentence}) from None
    new = insert(VisitClosure).values(on=on, why=one_line(why[:400], 400)[:80])
    db.session.execute(new.on_conflict_do_nothing())
    log.record(Name.VISIT_WINDOW_CHANGED, None, agent, what="closed", on=on.isoformat())
    return on


def open_again(agent: Agent, on: date) -> None:
    """It is a day like others."""
    db.session.execute(delete(VisitClosure).where(VisitClosure.on == on))
    log.record(Name.VISIT_WINDOW_CHANGED, None, agent, what="opened", on=on.isoformat())


def _hour(field: str, typed: str, wrong: dict[str, str]) -> time:
    try:
        return time.fromisoformat(typed.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        wrong[field] = str(_("A time looks like 09:00."))
        return time()


def _capacity(typed: str, wrong: dict[str, str]) -> int:
    number = rows.number(typed.strip())
    if number is None or not 1 <= number <= 1000:
        wrong["capacity"] = str(_("A number from 1 to 1000."))
        return 1
    return number


def _region(typed: str, wrong: dict[str, str]) -> str:
    try:
        return one_line(typed, 80)
    except ValueError as error:
        wrong["region"] = str(error)
        return ""


def _tell(window: VisitWindow, agent: Agent, what: str) -> None:
    hours = f"{window.begins:%H:%M}–{window.ends:%H:%M}"
    facts = {"region": window.region, "weekday": window.weekday, "hours": hours, "capacity": window.capacity}
    log.record(Name.VISIT_WINDOW_CHANGED, window, agent, what=what, **facts)
