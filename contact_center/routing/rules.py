"""Placement rules as an administrator keeps them: read out of a form, added, changed, put in order. Verbs never commit.

Called by the settings screen. What can never fit is refused; what a rule above takes away is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import joinedload

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.calendars.models import Calendar, CalendarSlot
from contact_center.customers.models import TIERS
from contact_center.entitlements.kinds import RequestKind
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue, Skill
from contact_center.routing import conditions, placement
from contact_center.routing.conditions import Never
from contact_center.routing.models import PlacementRule
from contact_center.text import tokens
from contact_center.text.lines import one_line
from contact_center.tickets.inbound import CHANNELS
from contact_center.tickets.models import Priority

MOST = 100
MOST_WORDS = 40
_LONGEST_WORD = 60
_COLUMNS = ("name", "is_active", "conditions", "queue_id", "asks", "priority")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says of a rule, checked."""

    name: str
    is_active: bool
    conditions: dict[str, Any]
    queue_id: int | None
    asks: dict[str, int]
    priority: Priority | None

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _COLUMNS}


def listed() -> Sequence[PlacementRule]:
    """All of them in order, with their queues."""
    asked = select(PlacementRule).options(joinedload(PlacementRule.queue))
    return db.session.scalars(asked.order_by(PlacementRule.position, PlacementRule.id)).all()


def read(typed: Mapping[str, Any]) -> Draft:
    """A rule out of a form. Raises Invalid with a sentence for every field that is wrong.

    Lists: channels, places, kinds, languages, tiers, covers; lines: products, words; then hours ("", "inside",
    "outside"), calendar_id, queue_id, priority; asks: skill id → level.
    """
    wrong: dict[str, str] = {}
    name = _tried(wrong, "name", lambda: rows.name(typed.get("name")))
    asked = _conditions(typed, wrong)
    queue_id = _tried(wrong, "queue_id", lambda: _known(Queue, typed.get("queue_id"), _("This queue is gone.")))
    asks = _tried(wrong, "asks", lambda: _asks(typed.get("asks", {})))
    priority = Priority(typed["priority"]) if typed.get("priority") in Priority.__members__ else None
    if not (queue_id or asks or priority) and not wrong:
        wrong["queue_id"] = _("This rule would do nothing: choose a queue, a skill or a priority.")
    if not wrong and (why := conditions.never(asked, _mailboxes(), _calendars())):
        wrong["conditions"] = _("This rule can never fit: %(why)s", why=_reason(why))
    Invalid.raise_for(wrong)
    return Draft(name, bool(typed.get("is_active")), asked, queue_id, asks, priority)


def add(draft: Draft, agent: Agent) -> PlacementRule:
    """A new rule, the last in order. Raises Invalid."""
    if len(listed()) >= MOST:
        sentence = _("There are %(most)d rules already; that is the most.", most=MOST)
        raise Invalid(sentence, {"name": sentence})
    rule = PlacementRule(**draft.columns(), position=rows.last_position(PlacementRule))
    with rows.unique(name=_("This name is taken already.")):
        db.session.add(rule)
    _record(rule, agent, what="added")
    return rule


def change(rule: PlacementRule, draft: Draft, agent: Agent, version: int) -> bool:
    """Change it; False if nothing differed. Raises Stale, Invalid."""
    db.session.refresh(rule, with_for_update=True)
    stale = _("Somebody else has changed this rule in the meantime.")
    changes = rows.change(rule, draft.columns(), version, stale, name=_("This name is taken already."))
    if not changes:
        return False
    _record(rule, agent, changes=changes)
    return True


def activate(rule: PlacementRule, agent: Agent, *, is_active: bool) -> None:
    """Let it count, or not."""
    db.session.refresh(rule, with_for_update=True)
    if rule.is_active != is_active:
        rule.is_active, rule.version = is_active, rule.version + 1
        db.session.flush()
        _record(rule, agent, changes={"is_active": [not is_active, is_active]})


def move(rule: PlacementRule, by: int, agent: Agent) -> None:
    """So many places up (negative) or down: the first rule that fits counts."""
    if rows.move(rule, by):
        db.session.flush()
        _record(rule, agent, what="moved")


def remove(rule: PlacementRule, agent: Agent) -> None:
    """Throw it away; what it has placed stays where it is."""
    _record(rule, agent, what="removed")
    db.session.delete(rule)
    db.session.flush()


def history(rule: PlacementRule, limit: int = 8) -> Sequence[Row[datetime, str | None, dict[str, Any]]]:
    """Who changed it when and how, the newest first: (at, who, data)."""
    asked = select(Event.at, Agent.name.label("who"), Event.data).outerjoin(Agent, Agent.id == Event.agent_id)
    mine = asked.where(Event.name == Name.PLACEMENT_CHANGED, Event.data["rule"].as_integer() == rule.id)
    return db.session.execute(mine.order_by(Event.at.desc(), Event.id.desc()).limit(limit)).all()


def shadowed(ordered: Sequence[PlacementRule]) -> dict[int, PlacementRule]:
    """Which active rules are never reached, by id, and the rule above that takes all they would fit."""
    found: dict[int, PlacementRule] = {}
    above: list[PlacementRule] = []
    for rule in ordered:
        if not rule.is_active:
            continue
        by = next((other for other in above if conditions.shadows(other.conditions, rule.conditions)), None)
        if by is not None:
            found[rule.id] = by
        if rule.queue is None or rule.queue.is_active:  # else it is passed over, and takes nothing away
            above.append(rule)
    return found


def never(listed: Sequence[PlacementRule]) -> dict[int, str]:
    """Which active rules nothing can ever fit, by id, and why in a sentence."""
    ground = _mailboxes(), _calendars()
    found = {rule.id: conditions.never(rule.conditions, *ground) for rule in listed if rule.is_active}
    return {rule_id: _reason(why) for rule_id, why in found.items() if why}


def _reason(why: Never) -> str:
    return {
        Never.PLACE_OF_CHANNEL: _("a mailbox is reached by e-mail, which is not among the channels."),
        Never.PLACE_GONE: _("its mailboxes are deactivated."),
        Never.KIND_OF_MAIL: _("an e-mail does not say of what kind it is; only requests on the web do."),
        Never.NEVER_CLOSED: _("this calendar has no hours and so is never closed."),
        Never.CALENDAR_GONE: _("its calendar is gone."),
    }[why]


def _mailboxes() -> set[int]:
    return set(db.session.scalars(select(Mailbox.id).where(Mailbox.is_active)))


def _calendars() -> dict[int, bool]:
    """Whether each calendar never closes, having no hours; 0 is the default one."""
    without = ~select(CalendarSlot.calendar_id).where(CalendarSlot.calendar_id == Calendar.id).exists()
    found = db.session.execute(select(Calendar.id, Calendar.is_default, without.label("open"))).all()
    return {row.id: row.open for row in found} | {0: any(row.open for row in found if row.is_default)}


def _conditions(typed: Mapping[str, Any], wrong: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, allowed in _CHOICES.items():
        made[name] = [word for word in allowed if word in typed.get(name, ())]
    made["places"] = _tried(wrong, "places", lambda: _places(typed.get("places", ())))
    made["languages"] = sorted({code for code in map(_code, typed.get("languages", ())) if code})
    for name in ("products", "words"):
        made[name] = _tried(wrong, name, lambda name=name: _lines(typed.get(name, "")))
    made["hours"] = _tried(wrong, "calendar_id", lambda: _hours(typed))
    return {name: made[name] for name in conditions.NAMES if made.get(name)}


_CHOICES: dict[str, tuple[str, ...]] = {
    "channels": CHANNELS,
    "kinds": tuple(RequestKind),
    "tiers": TIERS,
    "covers": conditions.COVERS,
}


def _tried(wrong: dict[str, str], name: str, made: Any) -> Any:
    try:
        return made()
    except (Invalid, ValueError) as error:
        wrong[name] = str(getattr(error, "sentence", error))
        return None


def _code(typed: str) -> str:
    code = conditions.language_of(typed) or ""
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 else ""


def _places(ids: Sequence[int]) -> list[int]:
    return sorted(db.session.scalars(select(Mailbox.id).where(Mailbox.id.in_(ids)))) if ids else []


def _lines(typed: str) -> list[str]:
    """Words or phrases, one a line or between commas, each once."""
    parts = typed.replace("，", "\n").replace("、", "\n").replace(",", "\n").splitlines()
    found = list(dict.fromkeys(word for part in parts if (word := one_line(part, _LONGEST_WORD))))
    if len(found) > MOST_WORDS:
        raise ValueError(_("%(most)d at most.", most=MOST_WORDS))
    if nothing := [word for word in found if not tokens.runs(word)]:
        raise ValueError(_("“%(text)s” holds no word that could be looked for.", text=nothing[0]))
    return found


def _hours(typed: Mapping[str, Any]) -> dict[str, Any] | None:
    when = typed.get("hours", "")
    if when not in ("inside", "outside"):
        return None
    return {
        "calendar": _known(Calendar, typed.get("calendar_id"), _("This calendar is gone.")),
        "inside": when == "inside",
    }


def _known(kind: Any, row_id: int | None, sentence: str) -> int | None:
    if row_id and db.session.get(kind, row_id) is None:
        raise ValueError(sentence)
    return row_id or None


def _asks(levels: Mapping[int, int]) -> dict[str, int]:
    wanted = {skill_id: level for skill_id, level in levels.items() if 1 <= level <= 5}
    known = set(db.session.scalars(select(Skill.id).where(Skill.id.in_(wanted)))) if wanted else set()
    return {str(skill_id): wanted[skill_id] for skill_id in sorted(known)}


def _record(rule: PlacementRule, agent: Agent, **data: Any) -> None:
    placement.forget()
    log.record(Name.PLACEMENT_CHANGED, None, agent, rule=rule.id, placement=rule.name, **data)
