"""Which kinds of request ask for a fee or a deposit when nothing covers them, and from whom.

Called by the settings screen and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.customers.models import TIERS
from contact_center.entitlements.kinds import RequestKind
from contact_center.entitlements.models import EntitlementPolicy
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.putting import reading
from contact_center.putting.reading import Reader

NEEDS = ("PAID", "DEPOSIT")
_READERS: dict[str, Reader] = {
    "kind": reading.choice(RequestKind),
    "tiers": lambda value: [tier for tier in TIERS if tier in (value or ())],
    "needs": reading.one_of(*NEEDS),
    "fee": reading.maybe(reading.money),
    "currency": reading.maybe(reading.currency),
    "sentence": reading.texts(500),
    "is_active": reading.flag,
}


def listed() -> list[EntitlementPolicy]:
    """All of them, in the order in which they are tried: the first that fits holds."""
    return list(
        db.session.scalars(select(EntitlementPolicy).order_by(EntitlementPolicy.position, EntitlementPolicy.id))
    )


def add(agent: Agent | None, **given: Any) -> EntitlementPolicy:
    """Make one more, tried last. Raises Invalid."""
    values = _checked({"kind": "", "needs": "", **given})
    policy = EntitlementPolicy(**values, position=rows.last_position(EntitlementPolicy))
    db.session.add(policy)
    db.session.flush()
    _tell(policy, agent, "added")
    return policy


def change(policy: EntitlementPolicy, agent: Agent | None, **given: Any) -> bool:
    """Change it for tickets that open from now on; False if nothing differed. Raises Invalid."""
    values = _checked({"fee": policy.fee, "currency": policy.currency, **given})
    changes = {name: value for name, value in values.items() if getattr(policy, name) != value}
    for name, value in changes.items():
        setattr(policy, name, value)
    if changes:
        db.session.flush()
        _tell(policy, agent, "changed")
    return bool(changes)


def remove(policy: EntitlementPolicy, agent: Agent | None) -> None:
    """Take it away; what tickets were asked for stays with them."""
    _tell(policy, agent, "removed")
    db.session.delete(policy)
    db.session.flush()


def move(policy: EntitlementPolicy, by: int) -> bool:
    """Try it earlier (-1) or later (+1)."""
    return rows.move(policy, by)


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    values, wrong = {}, {}
    for name, value in given.items():
        try:
            values[name] = _READERS[name](value)
        except ValueError as error:
            wrong[name] = str(error)
    if values.get("fee") is not None and not values.get("currency") and "currency" not in wrong:
        wrong["currency"] = _("In which currency is the fee?")
    Invalid.raise_for(wrong)
    if values.get("fee") is None and "fee" in values:
        values["currency"] = None
    return values


def _tell(policy: EntitlementPolicy, agent: Agent | None, what: str) -> None:
    facts = {"kind": policy.kind, "tiers": policy.tiers, "needs": policy.needs, "fee": str(policy.fee or "")}
    log.record(Name.ENTITLEMENT_POLICY_CHANGED, policy, agent, what=what, **facts)
