"""Fields that a firm wants beyond ours: defined on a settings screen, their values kept in `Customer.custom`.

Called by the settings screen, and by `records`, `upserts`, `search` and `lists` for the values. A key never changes and
a deactivated field keeps its values: they come back with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.customers import fields
from contact_center.customers.models import CustomerKind, CustomField, FieldKind
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.lines import one_line

PREFIX = "custom."  # before a key, where ours and theirs stand side by side
MAX_TEXT = 500
MAX_CHOICES = 100
MAX_FIELDS = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
Definitions = Mapping[str, CustomField]


def listed() -> list[CustomField]:
    """All of them, deactivated ones too, in the order of the screen."""
    return list(db.session.scalars(select(CustomField).order_by(CustomField.position, CustomField.id)))


def active(kind: CustomerKind | None = None) -> dict[str, CustomField]:
    """The fields in use by key, those of customers of *kind* only if it is given."""
    return {
        field.key: field
        for field in listed()
        if field.is_active and (kind is None or field.customer_kind in (None, kind))
    }


def define(agent: Agent, *, key: str, kind: str, **told: Any) -> CustomField:
    """A new field; *told* is what `change` takes. Raises Invalid with a sentence for the bad part."""
    if kind not in FieldKind.__members__:
        raise _invalid("kind", _("Choose what the field holds."))
    if len(listed()) >= MAX_FIELDS:
        raise _invalid("key", _("There are %(most)d fields already; that is the most.", most=MAX_FIELDS))
    values = _read(FieldKind(kind), **told)
    position = rows.last_position(CustomField)
    field = CustomField(key=_key(key), kind=FieldKind(kind), position=position, is_active=True, **values)
    with rows.unique(key=_("Another field has this key.")):
        db.session.add(field)
        db.session.flush()
    log.record(Name.CUSTOM_FIELD_CHANGED, field, agent, key=field.key, what="defined", kind=field.kind)
    return field


def change(field: CustomField, agent: Agent, **told: Any) -> bool:
    """Change label, label_zh, choices (one a line), customer_kind or is_searched; returns whether anything differed.

    Key and kind stay: its values are kept by them.
    """
    told = _read(field.kind, **told)
    changes = {name: [getattr(field, name), value] for name, value in told.items() if getattr(field, name) != value}
    for name, (_old, new) in changes.items():
        setattr(field, name, new)
    if changes:
        db.session.flush()
        log.record(Name.CUSTOM_FIELD_CHANGED, field, agent, key=field.key, what="changed", changes=changes)
    return bool(changes)


def activate(field: CustomField, agent: Agent, *, is_active: bool = True) -> None:
    """Use a field, or put it away with its values."""
    if field.is_active != is_active:
        field.is_active = is_active
        db.session.flush()
        what = "reactivated" if is_active else "deactivated"
        log.record(Name.CUSTOM_FIELD_CHANGED, field, agent, key=field.key, what=what)


def move(field: CustomField, by: int, agent: Agent) -> None:
    """One step up or down."""
    if rows.move(field, by):
        log.record(Name.CUSTOM_FIELD_CHANGED, field, agent, key=field.key, what="moved")


def label(field: CustomField) -> str:
    """What a field is called in the reader's language."""
    return (field.label_zh if str(get_locale() or "").startswith("zh") else "") or field.label


def clean(field: CustomField, value: Any) -> Any:
    """The normal form of a value as JSON has it, None for empty; raises ValueError with a sentence."""
    return None if value is None or value == "" else _CLEANERS[field.kind](field, value)


def searched(values: Mapping[str, Any], definitions: Definitions) -> list[str]:
    """The words of those values by which a customer is to be found."""
    return [
        str(values[key])
        for key, field in definitions.items()
        if field.is_searched and values.get(key) not in (None, "", True, False)
    ]


def _read(
    kind: FieldKind,
    *,
    label: str,
    label_zh: str = "",
    choices: str = "",
    customer_kind: str = "",
    is_searched: bool = False,
) -> dict[str, Any]:
    if customer_kind and customer_kind not in CustomerKind.__members__:
        raise _invalid("customer_kind", _("A customer is a person or a company."))
    return {
        "label": _line("label", label) or _missing("label"),
        "label_zh": _line("label_zh", label_zh),
        "choices": _choices(kind, choices),
        "customer_kind": CustomerKind(customer_kind) if customer_kind else None,
        "is_searched": is_searched,
    }


def _line(name: str, value: str) -> str:
    try:
        return one_line(value, 60)
    except ValueError as error:
        raise _invalid(name, str(error)) from None


def _missing(name: str) -> str:
    raise _invalid(name, _("What is the field called?"))


def _key(typed: str) -> str:
    key = typed.strip().lower()
    if not _KEY.fullmatch(key):
        raise _invalid("key", _("A key begins with a letter and has letters a–z, digits and _, at most 40."))
    return key


def _choices(kind: FieldKind, typed: str) -> list[str]:
    if kind is not FieldKind.CHOICE:
        return []
    try:
        found = list(dict.fromkeys(filter(None, (one_line(line, 100) for line in typed.splitlines()))))
    except ValueError as error:
        raise _invalid("choices", str(error)) from None
    if not 1 <= len(found) <= MAX_CHOICES:
        raise _invalid("choices", _("Write 1 to %(most)d choices, one a line.", most=MAX_CHOICES))
    return found


def _text(_field: CustomField, value: Any) -> str | None:
    return one_line(value, MAX_TEXT) or None


def _number(_field: CustomField, value: Any) -> int | float | None:
    typed = str(value).strip().replace("\u2212", "-")
    try:
        number = math.nan if isinstance(value, bool) else float(typed) if typed else None
    except ValueError:
        number = math.nan
    if number is None:
        return None
    if not math.isfinite(number) or abs(number) >= 10**15:
        raise ValueError(_("“%(typed)s” is not a number.", typed=typed[:40]))
    return int(number) if number == int(number) else number


def _date(_field: CustomField, value: Any) -> str | None:
    found = fields.day(value)
    return found.isoformat() if found else None


def _yes_no(_field: CustomField, value: Any) -> bool | None:
    typed = str(value).strip().casefold()
    if typed in _YES or typed in _NO:
        return typed in _YES
    raise ValueError(_("Write yes or no."))


def _choice(field: CustomField, value: Any) -> str:
    typed = one_line(value, 200)
    for choice in field.choices:
        if choice.casefold() == typed.casefold():
            return choice
    raise ValueError(_("“%(typed)s” is none of the choices.", typed=typed[:60]))


def _invalid(name: str, sentence: Any) -> Invalid:
    return Invalid(str(sentence), {name: str(sentence)})


_YES = frozenset({"true", "yes", "y", "1", "on", "是", "有"})
_NO = frozenset({"false", "no", "n", "0", "off", "否", "无"})
_CLEANERS: dict[FieldKind, Callable[[CustomField, Any], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.YES_NO: _yes_no,
    FieldKind.CHOICE: _choice,
}


def split(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is ours, and what is theirs without its prefix."""
    theirs = {name.removeprefix(PREFIX): value for name, value in given.items() if name.startswith(PREFIX)}
    return {name: value for name, value in given.items() if not name.startswith(PREFIX)}, theirs


def clean_all(given: Mapping[str, Any], definitions: Definitions) -> dict[str, Any]:
    """The normal forms by prefixed name; raises Invalid with one sentence per bad or unknown field."""
    cleaned: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, value in given.items():
        try:
            cleaned[PREFIX + key] = clean(_known(key, definitions), value)
        except ValueError as error:
            wrong[PREFIX + key] = str(error)
    Invalid.raise_for(wrong)
    return cleaned


def _known(key: str, definitions: Definitions) -> CustomField:
    if key not in definitions:
        raise ValueError(_("There is no field “%(key)s”.", key=key[:60]))
    return definitions[key]


def keys(fields_: Iterable[CustomField]) -> list[str]:
    """Their names beside ours."""
    return [PREFIX + field.key for field in fields_]
