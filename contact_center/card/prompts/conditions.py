"""A condition: groups that must all hold, of comparisons of which one must hold.

Read from a form, kept as JSON. `judge` decides for one card in memory; `querying` says the same in SQL. What is not
known satisfies no comparison but "unknown". Texts are compared as written; "contains" does not mind the case of Latin
letters.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from contact_center.card.prompts import vocabulary
from contact_center.card.prompts.vocabulary import VALUELESS, Field, Kind, Of, Op
from contact_center.errors import Invalid
from contact_center.text import amounts
from contact_center.text.lines import one_line

MOST = 12  # comparisons of one rule
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_LEAST, _LARGEST = Decimal(-1000000000000), Decimal(1000000000000)
Value = Decimal | tuple[str, ...] | bool | str | int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing asked: `of` narrows the field, `value` is of the field's kind."""

    field: Field
    op: Op
    value: Value
    of: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Every group must hold; a group holds when one of its comparisons does."""

    groups: tuple[tuple[Comparison, ...], ...]

    @property
    def comparisons(self) -> Iterable[Comparison]:
        return (one for group in self.groups for one in group)


def judge(condition: Condition, known: Callable[[Comparison], Any]) -> bool:
    """Whether *condition* holds where *known* answers a comparison's field."""
    return all(any(holds(one, known(one)) for one in group) for group in condition.groups)


def holds(one: Comparison, known: Any) -> bool:
    """Whether a comparison is true of a known value; None is not known."""
    if one.op in VALUELESS:
        return (known is None) is (one.op is Op.UNKNOWN)
    return known is not None and _HOLDS[one.op](known, one.value)


_HOLDS: dict[Op, Callable[[Any, Any], bool]] = {
    Op.LE: lambda known, value: known <= value,
    Op.GE: lambda known, value: known >= value,
    Op.LT: lambda known, value: known < value,
    Op.GT: lambda known, value: known > value,
    Op.EQ: lambda known, value: known == value,
    Op.IN: lambda known, value: known in value,
    Op.NOT_IN: lambda known, value: known not in value,
    Op.IS: lambda known, value: known == value,
    Op.CONTAINS: lambda known, value: lower(value) in lower(known),
    Op.WITHIN: lambda known, value: 0 <= known <= value,
    Op.AGO: lambda known, value: -known >= value,
}


def lower(text: str) -> str:
    """Latin letters A to Z small, as `lower(… COLLATE "C")` does."""
    return text.translate(_LOWER)


def kept(condition: Condition) -> dict[str, Any]:
    """As JSON keeps it."""
    return {"all": [{"any": [_kept(one) for one in group]} for group in condition.groups]}


def heard(said: Mapping[str, Any], fields: Mapping[str, Field]) -> Condition:
    """What `kept` wrote; raises Invalid where a field is gone, or a value does not fit any more."""
    rows = [
        {**one, "join": "or" if nth else "and"}
        for group in said.get("all", ())
        for nth, one in enumerate(group.get("any", ()))
    ]
    return read(rows, fields)


def read(rows: Sequence[Mapping[str, Any]], fields: Mapping[str, Field]) -> Condition:
    """A condition from rows of join, field, of, op and value; "or" goes on with the group. Raises Invalid.

    Its fields are named after the part and the number of the row: value_0, op_2.
    """
    groups: list[list[Comparison]] = []
    wrong: dict[str, str] = {}
    for nth, row in enumerate(rows):
        try:
            one = _comparison(row, fields)
        except _Wrong as error:
            wrong[f"{error.part}_{nth}"] = error.sentence
            continue
        if groups and row.get("join") == "or":
            groups[-1].append(one)
        else:
            groups.append([one])
    if len(rows) > MOST:
        wrong.setdefault(f"field_{MOST}", _("At most %(most)d comparisons.", most=MOST))
    if not rows:
        wrong["field_0"] = _("Say when it is to be shown.")
    Invalid.raise_for(wrong)
    return Condition(tuple(map(tuple, groups)))


class _Wrong(Exception):
    def __init__(self, part: str, sentence: str) -> None:
        self.part, self.sentence = part, str(sentence)


def _comparison(row: Mapping[str, Any], fields: Mapping[str, Field]) -> Comparison:
    field = fields.get(str(row.get("field", "")))
    if field is None:
        raise _Wrong("field", _("Choose what is compared."))
    if row.get("op") not in field.ops:
        raise _Wrong("op", _("Choose how it is compared."))
    op, of = Op(row["op"]), _of(field, str(row.get("of") or ""))
    if op in VALUELESS:
        return Comparison(field, op, None, of)
    try:
        return Comparison(field, op, _value(field, row.get("value")), of)
    except ValueError as error:
        raise _Wrong("value", str(error)) from None


def _of(field: Field, typed: str) -> str:
    if field.of is Of.NOTHING or (field.of is Of.CURRENCY and not typed.strip()):
        return ""
    if field.of is Of.CURRENCY:
        try:
            return amounts.currency(typed)
        except ValueError as error:
            raise _Wrong("of", str(error)) from None
    if not re.fullmatch(r"[1-9]\d{0,2}", typed, re.ASCII) or int(typed) > int(vocabulary.WINDOWS[-1]):
        raise _Wrong("of", _("Within how many days? At most %(most)s.", most=vocabulary.WINDOWS[-1]))
    return typed


def _value(field: Field, typed: Any) -> Value:
    if field.kind is Kind.NUMBER:
        return amounts.decimal(str(typed or ""), _LEAST, _LARGEST, places=6)
    if field.kind is Kind.DAY:
        return amounts.whole(str(typed or ""), 0, 36_500)
    if field.kind is Kind.YES_NO:
        if typed not in ("yes", "no"):
            raise ValueError(_("Yes or no?"))
        return bool(typed == "yes")
    if field.kind is Kind.CHOICE:
        return _choices(field, typed)
    text = one_line(typed, 200)
    if not text:
        raise ValueError(_("Write the text to compare with."))
    return text


def _choices(field: Field, typed: Any) -> tuple[str, ...]:
    words = [typed] if isinstance(typed, str) else list(typed or ())
    if not words or any(word not in field.choices for word in words):
        raise ValueError(_("Choose one or more from the list."))
    return tuple(dict.fromkeys(words))


def _kept(one: Comparison) -> dict[str, Any]:
    value: Any = one.value
    if isinstance(value, bool):
        value = "yes" if value else "no"
    elif isinstance(value, tuple):
        value = list(value)
    elif value is not None:
        value = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return {"field": one.field.key, "of": one.of, "op": one.op.value, "value": value}
