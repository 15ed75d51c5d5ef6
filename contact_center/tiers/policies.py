"""What each tier is promised: targets, place in the queue, owner, callback, who hears of a complaint.

`of` is what others ask; the four rows are made by the migration and changed on one screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import amounts
from contact_center.text.addresses import email_normal
from contact_center.tiers.models import TierPolicy, Told

FIELDS = (
    "response_minutes", "resolution_minutes", "bonus_minutes", "needs_owner", "is_sticky", "offers_callback",
    "self_service_first", "complaints_first", "told", "addresses",
)  # fmt: skip
FLAGS = ("needs_owner", "is_sticky", "offers_callback", "self_service_first", "complaints_first")
MAX_ADDRESSES = 20


def of(tier: str | None) -> TierPolicy:
    """The policy of *tier*; whoever has none yet is served as D."""
    return db.session.get_one(TierPolicy, tier if tier in TIERS else "D")


def listed() -> Sequence[TierPolicy]:
    """All four, A first."""
    return db.session.scalars(select(TierPolicy).order_by(TierPolicy.tier)).all()


def change(wanted: Mapping[str, Mapping[str, Any]], versions: Mapping[str, int], actor: Agent) -> bool:
    """Change the policies of several tiers together: tier → fields as `read` made them. Raises Stale, or nothing."""
    rows = {row.tier: row for row in db.session.scalars(select(TierPolicy).with_for_update())}
    changes: dict[str, Any] = {}
    stale: dict[str, tuple[object, object]] = {}
    for tier, fields in wanted.items():
        row = rows[tier]
        differing = {f: [getattr(row, f), value] for f, value in fields.items() if getattr(row, f) != value}
        if differing and row.version != versions.get(tier):
            stale |= {f"{tier}.{f}": (theirs, now) for f, (now, theirs) in differing.items()}
        changes |= {f"{tier}.{f}": change for f, change in differing.items()}
    if stale:
        raise Stale(_("Somebody else has changed these policies in the meantime."), stale)
    for name, (_old, new) in changes.items():
        tier, _dot, field = name.partition(".")
        setattr(rows[tier], field, new)
    for tier in {name[0] for name in changes}:
        rows[tier].version += 1
    db.session.flush()
    if changes:
        log.record(Name.TIER_POLICY_CHANGED, None, actor, changes=changes)
    return bool(changes)


def read(tier: str, form: Mapping[str, str], told: Sequence[str]) -> dict[str, Any]:
    """One tier's fields out of a form whose names end in the tier. Raises Invalid with everything that is wrong."""
    made: dict[str, Any] = {flag: form.get(f"{flag}_{tier}") == "1" for flag in FLAGS}
    wrong: dict[str, str] = {}
    for name, least in (("response_minutes", 1), ("resolution_minutes", 1), ("bonus_minutes", 0)):
        try:
            made[name] = amounts.whole(form.get(f"{name}_{tier}", ""), least, 10_080 if least == 0 else 1_000_000)
        except ValueError as error:
            wrong[f"{name}_{tier}"] = str(error)
    if not wrong and made["resolution_minutes"] < made["response_minutes"]:
        wrong[f"resolution_minutes_{tier}"] = _("The resolution target cannot be shorter than the response target.")
    made["told"] = [word for word in Told if word in told]
    try:
        made["addresses"] = _addresses(form.get(f"addresses_{tier}", ""))
    except ValueError as error:
        wrong[f"addresses_{tier}"] = str(error)
    if not wrong and Told.ADDRESSES in made["told"] and not made["addresses"]:
        wrong[f"addresses_{tier}"] = _("Write the addresses that are told.")
    Invalid.raise_for(wrong)
    return made


def _addresses(typed: str) -> list[str]:
    found: dict[str, None] = {}
    for word in typed.replace(",", " ").replace(";", " ").split():
        normal = email_normal(word)
        if normal is None:
            raise ValueError(_("“%(word)s” is not an e-mail address.", word=word[:80]))
        found[normal] = None
    if len(found) > MAX_ADDRESSES:
        raise ValueError(_("Not more than %(number)s addresses.", number=MAX_ADDRESSES))
    return list(found)
