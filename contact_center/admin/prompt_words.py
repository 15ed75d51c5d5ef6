"""What the fields, comparisons and buttons of prompts are called on their settings screen; filters of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from contact_center import pages
from contact_center.admin.comparing import Words
from contact_center.card.models import Tone
from contact_center.card.prompts import conditions
from contact_center.card.prompts.actions import Act
from contact_center.card.prompts.conditions import Comparison
from contact_center.card.prompts.vocabulary import VALUELESS, Field, Kind, Of, Op
from contact_center.customers import custom
from contact_center.errors import Invalid


def prompt_field(key: str) -> str:
    """A field's name; a firm's own as it is labelled."""
    if key.startswith(custom.PREFIX):
        found = custom.active().get(key.removeprefix(custom.PREFIX))
        return custom.label(found) if found else key
    return _fields().get(key, key)


def prompt_op(op: str) -> str:
    return {
        Op.LE: _("is at most"), Op.GE: _("is at least"), Op.LT: _("is less than"), Op.GT: _("is more than"),
        Op.EQ: _("is exactly"), Op.IN: _("is one of"), Op.NOT_IN: _("is none of"), Op.IS: _("is"),
        Op.CONTAINS: _("contains"), Op.WITHIN: _("is within the next days:"), Op.AGO: _("was at least days ago:"),
        Op.KNOWN: _("is known"), Op.UNKNOWN: _("is not known"),
    }[Op(op)]  # fmt: skip


def prompt_choice(word: str, key: str) -> str:
    """A word that may be chosen for a field."""
    names = {
        "tier": {word: _("Tier %(letter)s", letter=word)},
        "value_colour": {"GREEN": _("Profitable"), "RED": _("Loses money")},
        "status": {"PROSPECT": _("Prospect"), "ACTIVE": _("Active"), "FORMER": _("Former customer")},
        "kind": {"PERSON": _("Person"), "COMPANY": _("Company")},
    }
    return names.get(key, {}).get(word, word)


def prompt_tone(tone: str) -> str:
    return {
        Tone.OFFER: _("Blue: an offer"), Tone.GOOD: _("Green: good news"), Tone.WARN: _("Amber: take care"),
        Tone.BAD: _("Red: a risk"),
    }[Tone(tone)]  # fmt: skip


def prompt_act(act: str) -> str:
    return {
        Act.NONE: _("No button"), Act.MAIL: _("Begin a mail"), Act.TICKET: _("Begin a mail with a canned reply"),
        Act.TASK: _("Add a task"), Act.FIELD: _("Set a field of the customer"), Act.PAGE: _("Open a page"),
    }[Act(act)]  # fmt: skip


def prompt_page(page: str) -> str:
    return {
        "customer": _("The customer"), "orders": _("Orders"), "ratings": _("Ratings"), "complaints": _("Tickets"),
        "devices": _("Devices and contracts"), "money": _("Money"), "notes": _("Notes"),
    }.get(page, page)  # fmt: skip


def settable_word(name: str) -> str:
    """A field of ours that a button may set."""
    return {
        "status": _("Status"), "city": _("City"), "region": _("Region"), "industry": _("Industry"),
        "scale": _("Scale"), "nature": _("Nature"), "language": _("Language"), "about": _("About"),
    }.get(name, name)  # fmt: skip


def condition_word(said: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
    """A whole condition in one line; empty where it does not fit any more."""
    try:
        condition = conditions.heard(said, fields)
    except Invalid:
        return ""
    groups = (_(" or ").join(_comparison(one) for one in group) for group in condition.groups)
    return _(" and ").join(f"({text})" if _(" or ") in text else text for text in groups)


def prompt_story(data: Mapping[str, Any]) -> str:
    """What somebody did to a rule, to be read after their name."""
    what = {"added": _("added it"), "moved": _("moved it in the list")}.get(data.get("what", ""))
    fields = [speak[0] for name, speak in compared().items() if name in data.get("changes", {})]
    return what or _("changed: %(fields)s", fields=pages.listed(fields))


def compared() -> Words:
    """How a stale save shows what differs."""
    return {
        "name": (_("Name"), str),
        "is_active": (_("Shown"), lambda value: _("yes") if value else _("no")),
        "condition": (pgettext("condition", "When"), lambda said: condition_word(said, {}) or _("changed")),
        "sentence": (_("Sentence"), str),
        "sentence_zh": (_("Sentence in Chinese"), str),
        "tone": (_("Looks"), prompt_tone),
        "action": (_("Button"), lambda said: prompt_act(said.get("kind", "NONE"))),
        "quiet_days": (_("Quiet days"), str),
    }


def _comparison(one: Comparison) -> str:
    name = prompt_field(one.field.key)
    if one.of and one.field.of is Of.DAYS:
        name = ngettext("%(name)s in %(num)d day", "%(name)s in %(num)d days", int(one.of), name=name)
    elif one.of:
        name = f"{name} ({one.of})"
    if one.op in VALUELESS:
        return f"{name} {prompt_op(one.op)}"
    sign = {Op.LE: "≤", Op.GE: "≥", Op.LT: "<", Op.GT: ">", Op.EQ: "="}.get(one.op) or prompt_op(one.op)
    return f"{name} {sign} {_value(one)}"


def _value(one: Comparison) -> str:
    if isinstance(one.value, bool):
        return _("yes") if one.value else _("no")
    if isinstance(one.value, tuple):
        return "/".join(prompt_choice(word, one.field.key) for word in one.value)
    return f"{one.value:f}" if one.field.kind is Kind.NUMBER else str(one.value)


def _fields() -> dict[str, str]:
    return {
        "warranty_days": _("Days until a warranty ends"),
        "contract_days": _("Days until a contract ends"),
        "visits_left": _("Visits left of a contract"),
        "arrears": _("Overdue amount"),
        "over_limit": _("Over the credit limit"),
        "arrears_days": _("Days overdue"),
        "late_days": _("Days an order is late"),
        "part_days": _("Days since an awaited part came in"),
        "task_days": _("Days until a task is due"),
        "complaints": _("Complaints"),
        "open_tickets": _("Unresolved tickets"),
        "last_score": _("Last satisfaction score"),
        "score_days": _("Days since the last score"),
        "silent_days": _("Days since the last interaction"),
        "last_order_days": _("Days since the last order"),
        "contribution": _("Contribution"),
        "tier": _("Tier"),
        "value_colour": _("Value"),
        "is_rising": _("Rising star"),
        "status": _("Status"),
        "kind": _("Kind"),
        "has_owner": _("Has an owner"),
        "birthday_days": _("Days until the birthday"),
        "data_days": _("Days since the details were changed"),
        "city": _("City"),
        "region": _("Region"),
        "industry": _("Industry"),
        "nature": _("Nature"),
        "language": _("Language"),
    }


FILTERS: dict[str, Callable[..., Any]] = {
    "prompt_field": prompt_field, "prompt_op": prompt_op, "prompt_choice": prompt_choice, "prompt_tone": prompt_tone,
    "prompt_act": prompt_act, "prompt_page": prompt_page, "settable_word": settable_word,
    "prompt_story": prompt_story,
}  # fmt: skip
