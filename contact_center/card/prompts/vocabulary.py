"""What a prompt's condition may ask: the fields of a card, each with its kind, and the comparisons of each kind.

Nothing here asks the database but for the firm's own fields. A rule is data made of these words: no text of a person
ever becomes a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contact_center.customers import custom
from contact_center.customers.models import TIERS, CustomerKind, CustomerStatus, CustomField, FieldKind, ValueColour


class Kind(StrEnum):
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    TEXT = "text"
    DAY = "day"  # of the firm's own fields


class Op(StrEnum):
    LE = "le"
    GE = "ge"
    LT = "lt"
    GT = "gt"
    EQ = "eq"
    IN = "in"
    NOT_IN = "not_in"
    IS = "is"
    CONTAINS = "contains"
    WITHIN = "within"  # a day from today on, so many days ahead at most
    AGO = "ago"  # a day so many days back, or more
    KNOWN = "known"
    UNKNOWN = "unknown"


class Of(StrEnum):
    """What narrows a field: nothing, a currency, or the days that are looked back."""

    NOTHING = ""
    CURRENCY = "currency"
    DAYS = "days"


_ABOUT_ALL = (Op.KNOWN, Op.UNKNOWN)
OPS: Mapping[Kind, tuple[Op, ...]] = {
    Kind.NUMBER: (Op.LE, Op.GE, Op.LT, Op.GT, Op.EQ, *_ABOUT_ALL),
    Kind.CHOICE: (Op.IN, Op.NOT_IN, *_ABOUT_ALL),
    Kind.YES_NO: (Op.IS,),
    Kind.TEXT: (Op.IS, Op.CONTAINS, *_ABOUT_ALL),
    Kind.DAY: (Op.WITHIN, Op.AGO, *_ABOUT_ALL),
}
VALUELESS = frozenset(_ABOUT_ALL)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a rule may ask. `choices` are the words of a CHOICE, `of` what narrows it."""

    key: str
    kind: Kind
    choices: tuple[str, ...] = ()
    of: Of = Of.NOTHING

    @property
    def ops(self) -> tuple[Op, ...]:
        return OPS[self.kind]


def _number(*keys: str, of: Of = Of.NOTHING) -> list[Field]:
    return [Field(key, Kind.NUMBER, of=of) for key in keys]


def _choice(key: str, words: type[StrEnum] | tuple[str, ...]) -> Field:
    return Field(key, Kind.CHOICE, tuple(map(str, words)))


_OURS = {
    field.key: field
    for field in (
        *_number("warranty_days", "contract_days", "visits_left"),
        *_number("arrears", of=Of.CURRENCY),
        Field("over_limit", Kind.YES_NO),
        *_number("arrears_days", "late_days", "part_days", "task_days"),
        *_number("complaints", of=Of.DAYS),
        *_number("open_tickets", "last_score", "score_days", "silent_days", "last_order_days", "contribution"),
        _choice("tier", TIERS),
        _choice("value_colour", ValueColour),
        Field("is_rising", Kind.YES_NO),
        _choice("status", CustomerStatus),
        _choice("kind", CustomerKind),
        Field("has_owner", Kind.YES_NO),
        *_number("birthday_days", "data_days"),
        *(Field(key, Kind.TEXT) for key in ("city", "region", "industry", "nature", "language")),
    )
}
OURS: Mapping[str, Field] = _OURS
WINDOWS = ("30", "90", "180", "365")  # days that may be looked back
_CUSTOM = {
    FieldKind.TEXT: Kind.TEXT,
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.DATE: Kind.DAY,
    FieldKind.YES_NO: Kind.YES_NO,
    FieldKind.CHOICE: Kind.CHOICE,
}


def everything() -> dict[str, Field]:
    """Our fields, and those of the firm that are in use."""
    return {**OURS, **{custom.PREFIX + key: of_custom(field) for key, field in custom.active().items()}}


def of_custom(field: CustomField) -> Field:
    """A firm's own field as rules see it."""
    return Field(custom.PREFIX + field.key, _CUSTOM[field.kind], tuple(field.choices))
