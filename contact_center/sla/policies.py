"""Service level policies as an administrator sets them up: for whom, how fast, and what happens when it is missed.

Called by the admin door; `listed` also by whoever sets deadlines. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.calendars import typed as calendars
from contact_center.customers.models import TIERS
from contact_center.entitlements.kinds import RequestKind
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.sla.models import SlaPolicy, Target
from contact_center.sla.targets import Policy
from contact_center.text import amounts


class Step(StrEnum):
    """What happens when a target is missed."""

    NOTIFY_ASSIGNEE = "NOTIFY_ASSIGNEE"
    NOTIFY_SUPERVISORS = "NOTIFY_SUPERVISORS"
    PAGE_SUPERVISOR = "PAGE_SUPERVISOR"  # by letter
    RAISE_PRIORITY = "RAISE_PRIORITY"
    REASSIGN = "REASSIGN"  # back to the queue


WITHOUT_POLICY = (Step.NOTIFY_ASSIGNEE, Step.NOTIFY_SUPERVISORS)
MINUTES = {
    Target.FIRST_RESPONSE: "first_response_minutes", Target.NEXT_RESPONSE: "next_response_minutes",
    Target.RESOLUTION: "resolution_minutes",
}  # fmt: skip
LISTS = ("tiers", "kinds", "channels", "on_breach")
FIELDS = (*MINUTES.values(), *LISTS, "name", "with_contract", "calendar_id", "pauses")
MOST_MINUTES = 1_000_000
_TAKEN = lazy_gettext("There is a policy with this name already.")


def listed() -> Sequence[SlaPolicy]:
    """All policies in their order, as they stand now, though some were looked at before."""
    asked = select(SlaPolicy).order_by(SlaPolicy.position, SlaPolicy.id)
    return db.session.scalars(asked.execution_options(populate_existing=True)).all()


def values() -> tuple[Policy, ...]:
    """The active ones in their order, as values."""
    return tuple(value_of(row) for row in listed() if row.is_active)


def value_of(row: SlaPolicy) -> Policy:
    """A policy as what `targets` decides by."""
    minutes = {target: number for target, field in MINUTES.items() if (number := getattr(row, field)) is not None}
    return Policy(
        row.id, row.name, tuple(row.tiers), tuple(row.kinds), tuple(row.channels), row.with_contract, row.calendar_id,
        minutes, row.pauses, tuple(row.on_breach),
    )  # fmt: skip


def create(wanted: Mapping[str, Any], actor: Agent) -> SlaPolicy:
    """Add a policy at the end of the list; *wanted* as `read` made it. Raises Invalid."""
    policy = SlaPolicy(**wanted, position=rows.last_position(SlaPolicy))
    with rows.unique(name=_TAKEN):
        db.session.add(policy)
    _record(policy, actor, changes={field: [None, value] for field, value in wanted.items() if value})
    return policy


def change(policy: SlaPolicy, actor: Agent, version: int, wanted: Mapping[str, Any]) -> bool:
    """Change a policy; returns whether anything did. Raises Stale with the difference, or Invalid."""
    db.session.refresh(policy, with_for_update={"of": SlaPolicy})
    stale = _("Somebody else has changed this policy in the meantime.")
    changes = rows.change(policy, wanted, version, stale, name=_TAKEN)
    if not changes:
        return False
    _record(policy, actor, changes=changes)
    return True


def move(policy: SlaPolicy, by: int, actor: Agent) -> None:
    """Let it be looked at earlier (-1) or later (+1): the first one that fits counts."""
    if rows.move(policy, by):
        policy.version += 1
        _record(policy, actor, moved=by)


def activate(policy: SlaPolicy, actor: Agent, *, is_active: bool) -> None:
    """Let it count, or not; tickets that are open are looked at anew."""
    if policy.is_active == is_active:
        return
    policy.is_active, policy.version = is_active, policy.version + 1
    _record(policy, actor, changes={"is_active": [not is_active, is_active]})


def remove(policy: SlaPolicy, actor: Agent) -> None:
    """Take a policy away; the deadlines it has set keep its name in their reasons."""
    db.session.delete(policy)
    db.session.flush()
    _record(policy, actor, removed=True)


def read(form: Mapping[str, str], chosen: Mapping[str, Sequence[str]], channels: Collection[str]) -> dict[str, Any]:
    """A policy's fields out of a form; *chosen* has its lists. Raises Invalid with everything that is wrong."""
    wrong: dict[str, str] = {}
    made: dict[str, Any] = {}
    try:
        made["name"] = rows.name(form.get("name", ""))
    except Invalid as error:
        wrong |= error.fields
    for field in MINUTES.values():
        made[field] = _minutes(field, form.get(field, "").strip(), wrong)
    known = {"tiers": TIERS, "kinds": tuple(RequestKind), "channels": tuple(channels), "on_breach": tuple(Step)}
    for field, words in known.items():
        made[field] = [str(word) for word in words if word in chosen.get(field, ())]
    made["with_contract"] = {"yes": True, "no": False}.get(form.get("with_contract", ""))
    made["calendar_id"] = _calendar(form.get("calendar_id", ""), wrong)
    made["pauses"] = form.get("pauses") == "1"
    _check_order(made, wrong)
    Invalid.raise_for(wrong)
    return made


def _minutes(field: str, typed: str, wrong: dict[str, str]) -> int | None:
    if not typed:
        return None
    try:
        return amounts.whole(typed, 1, MOST_MINUTES)
    except ValueError as error:
        wrong[field] = str(error)
        return None


def _check_order(made: Mapping[str, Any], wrong: dict[str, str]) -> None:
    if wrong:
        return
    if not any(made[field] for field in MINUTES.values()):
        wrong["first_response_minutes"] = _("Set at least one target.")
    elif (made["first_response_minutes"] or 0) > (made["resolution_minutes"] or MOST_MINUTES):
        wrong["resolution_minutes"] = _("The resolution target cannot be shorter than the response target.")


def _calendar(typed: str, wrong: dict[str, str]) -> int | None:
    try:
        return calendars.chosen(typed)
    except ValueError as error:
        wrong["calendar_id"] = str(error)
        return None


def _record(policy: SlaPolicy, actor: Agent, **data: Any) -> None:
    log.record(Name.SLA_POLICY_CHANGED, policy, actor, policy=policy.name, **data)
