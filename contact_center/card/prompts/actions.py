"""What the button of a prompt does: begin a mail, add a task, set a field, open a page. Read from a form, kept as JSON.

Only `read` makes one; what a rule keeps is data. `carry_out` does those that write, a door links to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.card.prompts import sentences
from contact_center.customers import custom, fields, records
from contact_center.customers.models import Customer
from contact_center.errors import IllegalMove, Invalid
from contact_center.putting import reading
from contact_center.text import amounts
from contact_center.text.lines import one_line
from contact_center.tickets import tasks
from contact_center.tickets.models import Ticket

MAX_LABEL = 24
MAX_TITLE = 120
DUE_AT = time(17)  # of the day a task is due


class Act(StrEnum):
    NONE = "NONE"
    MAIL = "MAIL"  # begin a mail to the customer
    TICKET = "TICKET"  # the same with a subject and a canned reply
    TASK = "TASK"  # add a task to the ticket at hand
    FIELD = "FIELD"  # set a field of the customer
    PAGE = "PAGE"  # open a page of ours


WRITES = frozenset({Act.TASK, Act.FIELD})
PAGES = ("customer", "orders", "ratings", "complaints", "devices", "money", "notes")


@dataclass(frozen=True, slots=True)
class Action:
    """`label` is on the button; the rest depends on `kind`."""

    kind: Act = Act.NONE
    label: str = ""
    label_zh: str = ""
    subject: str = ""
    subject_zh: str = ""
    canned: str = ""  # the name of a canned reply
    title: str = ""
    title_zh: str = ""
    days: int = 1
    field: str = ""
    value: str = ""
    page: str = ""

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it: what differs from nothing."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    @property
    def button(self) -> str:
        """What is on the button, in the reader's language."""
        return sentences.in_reader(self.label, self.label_zh)


def heard(said: Mapping[str, Any]) -> Action:
    """What `kept` wrote."""
    known = {name: value for name, value in said.items() if name in Action.__dataclass_fields__}
    return Action(**{**known, "kind": Act(known.get("kind", Act.NONE))})


def read(form: Mapping[str, str], canned_names: set[str]) -> Action:
    """An action out of a form whose fields begin with `action_`. Raises Invalid with a sentence per field."""
    typed = {name.removeprefix("action_"): value for name, value in form.items() if name.startswith("action_")}
    if typed.get("kind") not in Act.__members__:
        raise Invalid(_("Choose what the button does."), {"action_kind": _("Choose what the button does.")})
    kind = Act(typed["kind"])
    made: dict[str, Any] = {"kind": kind}
    wrong: dict[str, str] = {}
    for name in (*(("label", "label_zh") if kind is not Act.NONE else ()), *_PARTS[kind]):
        try:
            made[name] = _READERS[name](typed.get(name, ""))
        except ValueError as error:
            wrong[f"action_{name}"] = str(error)
    if made.get("canned") and made["canned"] not in canned_names:
        wrong["action_canned"] = _("There is no canned reply of this name any more.")
    if kind is Act.FIELD and not wrong:
        wrong |= _field_wrong(made["field"], made["value"])
    Invalid.raise_for(wrong)
    return Action(**made)


def carry_out(action: Action, customer: Customer, agent: Agent, ticket: Ticket | None) -> None:
    """Do what writes. Raises IllegalMove where a task has no ticket to stand under, Invalid."""
    if action.kind is Act.TASK:
        if ticket is None:
            raise IllegalMove(_("Open a ticket of this customer first: a task stands under one."))
        title = sentences.in_reader(action.title, action.title_zh)
        tasks.add(ticket, agent, title, owner=agent, due_at=_due(action.days))
    elif action.kind is Act.FIELD:
        wanted: dict[str, Any] = {action.field: action.value}
        records.change(customer, agent, customer.version, **wanted)


def _due(days: int) -> datetime:
    zone = reading.zone()
    return datetime.combine(clock.now().astimezone(zone).date() + timedelta(days=days), DUE_AT, zone)


def _field_wrong(name: str, value: str) -> dict[str, str]:
    """What the room of customers says of such a value."""
    try:
        if name.startswith(custom.PREFIX):
            custom.clean_all({name.removeprefix(custom.PREFIX): value}, custom.active())
        elif name in SETTABLE:
            fields.clean({name: value})
        else:
            return {"action_field": _("Choose a field that a button may set.")}
    except Invalid as refused:
        return {"action_value": refused.sentence}
    return {}


SETTABLE = ("status", "city", "region", "industry", "scale", "nature", "language", "about")


def _line(longest: int, needed: Callable[[], str] | None = None) -> Callable[[str], str]:
    def reader(typed: str) -> str:
        text = one_line(typed, longest)
        if not text and needed:
            raise ValueError(needed())
        return text

    return reader


def _page(typed: str) -> str:
    if typed not in PAGES:
        raise ValueError(_("Choose a page."))
    return typed


_PARTS: dict[Act, tuple[str, ...]] = {
    Act.NONE: (),
    Act.MAIL: (),
    Act.TICKET: ("subject", "subject_zh", "canned"),
    Act.TASK: ("title", "title_zh", "days"),
    Act.FIELD: ("field", "value"),
    Act.PAGE: ("page",),
}
_READERS: dict[str, Callable[[str], Any]] = {
    "label": _line(MAX_LABEL, lambda: _("What is on the button?")),
    "label_zh": _line(MAX_LABEL),
    "subject": _line(MAX_TITLE),
    "subject_zh": _line(MAX_TITLE),
    "canned": _line(80),
    "title": _line(MAX_TITLE, lambda: _("Please write what is to be done.")),
    "title_zh": _line(MAX_TITLE),
    "days": lambda typed: amounts.whole(typed, 0, 365),
    "field": _line(60),
    "value": _line(500),
    "page": _page,
}
