"""A tier set by hand: with a reason, until a day, and then gone by itself.

Called by the supervisors' screens and the clock. Runs see the standing override and keep the tier beneath it current.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import TIERS, Customer
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import lines
from contact_center.tiers.models import Rule, TierChange, TierOverride

LONGEST = timedelta(days=3 * 366)
MAX_REASON = 300


def standing(customer_id: int) -> TierOverride | None:
    """The override in force."""
    asked = select(TierOverride).where(TierOverride.customer_id == customer_id, TierOverride.lifted_at.is_(None))
    return db.session.scalars(asked).one_or_none()


def listed(limit: int = 200) -> Sequence[TierOverride]:
    """All in force, the next to end first."""
    asked = select(TierOverride).where(TierOverride.lifted_at.is_(None))
    return db.session.scalars(asked.order_by(TierOverride.until, TierOverride.id).limit(limit)).all()


def set(customer: Customer, tier: str, reason: str, until: datetime, actor: Agent) -> TierOverride:  # noqa: A001
    """Give *customer* a tier until an instant; an override in force is replaced. Raises Invalid."""
    said = _checked(customer, tier, reason, until)
    db.session.refresh(customer, with_for_update=True)
    former = standing(customer.id)
    if former is not None:
        former.lifted_at = clock.now()
        db.session.flush()
    earned = former.earned if former else customer.tier or "D"
    made = TierOverride(
        customer_id=customer.id, tier=tier, earned=earned, reason=said, until=until, agent_id=actor.id, at=clock.now()
    )
    db.session.add(made)
    _give(customer, tier, Rule.OVERRIDE, actor, said)
    log.record(Name.TIER_OVERRIDDEN, customer, actor, tier=tier, until=until.isoformat(), reason=said)
    return made


def lift(override: TierOverride, actor: Agent | None = None) -> bool:
    """End an override: the customer has the earned tier again. False if it had ended before."""
    customer = db.session.get_one(Customer, override.customer_id, with_for_update=True)
    ended = update(TierOverride).where(TierOverride.id == override.id, TierOverride.lifted_at.is_(None))
    if not db.session.execute(ended.values(lifted_at=clock.now())).rowcount:  # type: ignore[attr-defined]
        return False
    db.session.refresh(override)
    _give(customer, override.earned, Rule.OVERRIDE_ENDED, actor, "")
    log.record(Name.TIER_OVERRIDE_LIFTED, customer, actor, tier=override.earned)
    return True


def lift_due(limit: int = 100) -> int:
    """End those whose day has come; returns how many."""
    due = select(TierOverride).where(TierOverride.lifted_at.is_(None), TierOverride.until <= clock.now())
    found = db.session.scalars(due.order_by(TierOverride.until).limit(limit).with_for_update(skip_locked=True)).all()
    return sum(lift(override) for override in found)


def _checked(customer: Customer, tier: str, reason: str, until: datetime) -> str:
    """The reason as it is kept; raises Invalid with everything that is wrong."""
    wrong = {}
    if customer.company_id is not None:
        wrong["tier"] = _("A contact person has the tier of the company. Set it there.")
    elif tier not in TIERS:
        wrong["tier"] = _("Choose a tier.")
    try:
        said = lines.one_line(reason, MAX_REASON)
    except ValueError as error:
        said, wrong["reason"] = "", str(error)
    if not said:
        wrong.setdefault("reason", _("Please say why: whoever looks at the customer will see it."))
    if not clock.now() < until <= clock.now() + LONGEST:
        wrong["until"] = _("Choose a day in the future, within three years.")
    Invalid.raise_for(wrong)
    return said


def _give(customer: Customer, tier: str, rule: Rule, actor: Agent | None, reason: str) -> None:
    now, old = clock.now(), customer.tier
    customer.tier = tier
    if old != tier:
        customer.tier_since = now
    persons = update(Customer).where(Customer.company_id == customer.id)
    db.session.execute(persons.values(tier=tier, tier_since=customer.tier_since))
    change = TierChange(customer_id=customer.id, old=old, new=tier, rule=rule, at=now, reason=reason)
    change.agent_id = actor.id if actor else None
    db.session.add(change)
    db.session.flush()
