"""What orders, money, assets and contracts are called on screen; templates use these as filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import get_locale, ngettext, pgettext
from flask_babel import gettext as _

from contact_center import pages
from contact_center.entitlements.models import ServiceContract
from contact_center.orders import accounts
from contact_center.orders.models import Invoice, OrderState, SettlementKind, ShipmentState
from contact_center.text import amounts

MINUTES_OF_A_DAY = 1440


def order_word(state: str) -> str:
    return {
        OrderState.PLACED: pgettext("order", "Placed"),
        OrderState.CONFIRMED: pgettext("order", "Confirmed"),
        OrderState.SHIPPED: pgettext("order", "Shipped"),
        OrderState.DELIVERED: pgettext("order", "Delivered"),
        OrderState.CANCELLED: pgettext("order", "Cancelled"),
    }.get(OrderState(state), state)


def order_tone(state: str) -> str:
    return {"SHIPPED": "accent", "DELIVERED": "good", "CANCELLED": ""}.get(state, "")


def shipment_word(state: str) -> str:
    return {
        ShipmentState.PREPARING: _("Being prepared"),
        ShipmentState.IN_TRANSIT: _("On its way"),
        ShipmentState.OUT_FOR_DELIVERY: _("Out for delivery"),
        ShipmentState.DELIVERED: pgettext("order", "Delivered"),
        ShipmentState.FAILED: _("Delivery failed"),
        ShipmentState.RETURNED: _("Returned to sender"),
    }.get(ShipmentState(state), state)


def shipment_tone(state: str) -> str:
    return {"DELIVERED": "good", "FAILED": "bad", "RETURNED": "warn"}.get(state, "accent")


def settlement_word(kind: str) -> str:
    return {
        SettlementKind.RETURN: pgettext("settlement", "Return"),
        SettlementKind.COMPENSATION: pgettext("settlement", "Compensation"),
        SettlementKind.DISCOUNT: pgettext("settlement", "Discount"),
    }.get(SettlementKind(kind), kind)


def invoice_word(invoice: Invoice) -> str:
    if invoice.cancelled_at:
        return pgettext("invoice", "Cancelled")
    if invoice.paid >= invoice.amount:
        return pgettext("invoice", "Paid")
    return pgettext("invoice", "Overdue") if invoice.due_on < accounts.today() else pgettext("invoice", "Open")


def invoice_tone(invoice: Invoice) -> str:
    if invoice.cancelled_at:
        return ""
    if invoice.paid >= invoice.amount:
        return "good"
    return "bad" if invoice.due_on < accounts.today() else ""


def on_date(day: date | None, with_year: bool = False) -> str:
    """A day: without its year in this one, unless it shall be there."""
    if day is None:
        return "–"
    same, zh = day.year == accounts.today().year and not with_year, pages.lang_tag() == "zh-CN"
    pattern = ("M月d日" if same else "y年M月d日") if zh else ("d MMM" if same else "d MMM y")
    return str(format_date(day, pattern, locale=str(get_locale() or "en")))


def money(amount: Decimal | None, currency: str | None) -> str:
    """An amount with its currency, as the reader writes it; a dash for none."""
    if amount is None or not currency:
        return "–"
    return amounts.money(amount, currency)


def many(quantity: Decimal | None) -> str:
    """A quantity without the decimals it does not need."""
    return "–" if quantity is None else str(format_decimal(quantity, locale=str(get_locale() or "en")))


def hours_word(hours: str) -> str:
    return {"24x7": _("round the clock"), "working": _("in working hours")}.get(hours, hours)


def minutes_word(minutes: int | None, hours: str = "24x7") -> str:
    """A promise of so many minutes; a day of working hours is as long as its calendar says, so it is told in hours."""
    if not minutes:
        return "–"
    if minutes % 60:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    if hours == "24x7" and minutes % MINUTES_OF_A_DAY == 0:
        return ngettext("%(num)d day", "%(num)d days", minutes // MINUTES_OF_A_DAY)
    return ngettext("%(num)d hour", "%(num)d hours", minutes // 60)


def visits_word(contract: ServiceContract) -> str:
    """How many visits are left."""
    if contract.visits_included is None:
        return _("visits as needed")
    left = contract.visits_included - contract.visits_used
    return _("%(left)s of %(all)s visits left", left=left, all=contract.visits_included)


def contract_word(contract: ServiceContract) -> str:
    today = accounts.today()
    if contract.cancelled_on and contract.cancelled_on <= today:
        return pgettext("contract", "Cancelled")
    if contract.valid_from > today:
        return _("Begins %(day)s", day=on_date(contract.valid_from))
    return pgettext("contract", "Ended") if contract.valid_until < today else pgettext("contract", "Valid")


def is_running(contract: ServiceContract) -> bool:
    """Whether the contract is valid today."""
    today = accounts.today()
    is_cancelled = contract.cancelled_on is not None and contract.cancelled_on <= today
    return contract.valid_from <= today <= contract.valid_until and not is_cancelled


FILTERS: dict[str, Callable[..., Any]] = {
    "order_word": order_word,
    "order_tone": order_tone,
    "shipment_word": shipment_word,
    "shipment_tone": shipment_tone,
    "settlement_word": settlement_word,
    "invoice_word": invoice_word,
    "invoice_tone": invoice_tone,
    "on_date": on_date,
    "money": money,
    "many": many,
    "hours_word": hours_word,
    "minutes_word": minutes_word,
    "visits_word": visits_word,
    "contract_word": contract_word,
    "is_running": is_running,
}
