"""Two customers side by side: what differs, what would stay, and what speaks against making one of them.

Called by `merging` and by the page on which a person chooses. Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from contact_center.customers import custom, fields, records
from contact_center.customers.models import ContactPoint, Customer, CustomerKind, CustomerStatus
from contact_center.errors import Invalid

LEFT, RIGHT, BOTH = "left", "right", "both"
JOINED = ("about", "family", "work", "interests", "personality", "business")  # texts that can stand one below the other
_OF_CONTACT_PERSONS = ("company_id", "position", "role")
_STATUSES = (CustomerStatus.PROSPECT, CustomerStatus.FORMER, CustomerStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the two differ, and whose value stays unless somebody chooses otherwise."""

    name: str
    left: Any
    right: Any
    chosen: str
    may_join: bool = False


def differences(survivor: Customer, gone: Customer) -> list[Difference]:
    """The fields that differ, real conflicts first; what only one of them has is chosen, else the survivor's."""
    found = []
    for name in names(survivor, gone):
        left, right = records.value_of(survivor, name), records.value_of(gone, name)
        if left != right:
            joins = name in JOINED and bool(left) and bool(right)
            stays = survivor.kind is CustomerKind.COMPANY and name in _OF_CONTACT_PERSONS
            usual = LEFT if stays else _usual(name, left, right, joins=joins)
            found.append(Difference(name, left, right, usual, joins))
    return sorted(found, key=lambda one: one.left in (None, "") or one.right in (None, ""))


def names(survivor: Customer, gone: Customer) -> list[str]:
    """Our fields, and the firm's own that one of them has, also of definitions put away."""
    keys = sorted({*survivor.custom, *gone.custom})
    return [*fields.NAMES, *(custom.PREFIX + key for key in keys)]


def values(survivor: Customer, gone: Customer, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The columns of the survivor that change; raises Invalid for a choice that cannot be."""
    values: dict[str, Any] = {}
    own = dict(survivor.custom)
    for one in differences(survivor, gone):
        side = chosen.get(one.name, one.chosen)
        if side not in (LEFT, RIGHT, BOTH) or (side == BOTH and not one.may_join):
            sentence = _("Choose one of the two for every field.")
            raise Invalid(sentence, {one.name: sentence})
        if side == LEFT:
            continue
        value = one.right if side == RIGHT else f"{one.left}\n\n{one.right}"
        if one.name.startswith(custom.PREFIX):
            _put(own, one.name.removeprefix(custom.PREFIX), value)
        else:
            values[one.name] = value
    if own != survivor.custom:
        values["custom"] = own
    return values | _carried(survivor, gone)


def are_verified_apart(left: Customer, right: Customer) -> bool:
    """Whether both are verified people and nothing verified is common to them."""
    ours, theirs = _verified(left), _verified(right)
    return bool(ours) and bool(theirs) and not ours & theirs


def _verified(customer: Customer) -> set[tuple[str, str]]:
    return {_key(point) for point in customer.points if point.verified_at}


def _key(point: ContactPoint) -> tuple[str, str]:
    return point.scheme, point.value


def _usual(name: str, left: Any, right: Any, *, joins: bool) -> str:
    if name == "status":
        return LEFT if _STATUSES.index(left) >= _STATUSES.index(right) else RIGHT
    if joins:
        return BOTH
    return LEFT if left not in (None, "") or right in (None, "") else RIGHT


def _put(own: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        own.pop(key, None)
    else:
        own[key] = value


def _carried(survivor: Customer, gone: Customer) -> dict[str, Any]:
    """Known since the earlier of the two; and never served worse than the better of them was."""
    carried: dict[str, Any] = {"since": min(survivor.since, gone.since)}
    if (gone.tier or "Z") < (survivor.tier or "Z"):
        carried |= {"tier": gone.tier, "tier_since": gone.tier_since, "is_rising": gone.is_rising}
    if survivor.value_colour is None:
        carried["value_colour"] = gone.value_colour
    return {name: value for name, value in carried.items() if getattr(survivor, name) != value}
