"""What the wider archive is called on screen: values, consents, a firm's own fields, and what goes over in a merge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer, CustomField, FieldKind
from contact_center.extensions import db


def colour_word(colour: str | None) -> str:
    return {"GREEN": _("Green: profitable"), "RED": _("Red: loses money")}.get(colour or "", colour or "")


def consent_word(purpose: str) -> str:
    return {"marketing": _("Marketing"), "surveys": _("Surveys"), "notices": _("Notices")}.get(purpose, purpose)


def way_word(channel: str) -> str:
    """A channel as consents and documents call it."""
    return {
        "email": _("E-mail"), "sms": _("Text message"), "phone": _("Call"), "post": _("Letter"),
    }.get(channel, channel)  # fmt: skip


def custom_word(value: Any, field: CustomField) -> str:
    """The value of a firm's own field in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.kind is FieldKind.DATE:
        return format_date(date.fromisoformat(value), "medium")
    return format_decimal(value) if field.kind is FieldKind.NUMBER else str(value)


def named(field: str, row_id: int) -> str:
    """The name of the row that a field refers to."""
    kind: Any = Agent if field == "owner_id" else Customer
    row = db.session.get(kind, row_id)
    return row.name if row else ""


def moved(counts: dict[str, int]) -> list[str]:
    """What goes over in a merge, in words; what has no word of its own is counted together."""
    speak: dict[str, Callable[[int], str]] = {
        "ticket": lambda n: ngettext("%(num)d ticket", "%(num)d tickets", n),
        "interaction": lambda n: ngettext("%(num)d interaction", "%(num)d interactions", n),
        "message": lambda n: ngettext("%(num)d message", "%(num)d messages", n),
        "order": lambda n: ngettext("%(num)d order", "%(num)d orders", n),
        "invoice": lambda n: ngettext("%(num)d invoice", "%(num)d invoices", n),
        "payment": lambda n: ngettext("%(num)d payment", "%(num)d payments", n),
        "asset": lambda n: ngettext("%(num)d device", "%(num)d devices", n),
        "service_contract": lambda n: ngettext("%(num)d contract", "%(num)d contracts", n),
        "contact_point": lambda n: ngettext("%(num)d contact point", "%(num)d contact points", n),
        "customer": lambda n: ngettext("%(num)d contact person", "%(num)d contact persons", n),
        "customer_note": lambda n: ngettext("%(num)d note", "%(num)d notes", n),
        "customer_document": lambda n: ngettext("%(num)d document", "%(num)d documents", n),
        "consent": lambda n: ngettext("%(num)d consent", "%(num)d consents", n),
    }
    known = [speak[table](counts[table]) for table in speak if counts.get(table)]
    rest = sum(number for table, number in counts.items() if table not in speak)
    return [*known, *([ngettext("%(num)d other entry", "%(num)d other entries", rest)] if rest else [])]
