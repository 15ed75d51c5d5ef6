"""How a card says what it knows: where an order is, how a warranty stands, why a tier; filters of templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from contact_center import pages
from contact_center.card.parts import AssetSeen, ContractSeen, Cover, Score, TierWhy, Word
from contact_center.card.prompts.actions import Act
from contact_center.card.prompts.showing import Prompt
from contact_center.card.summary import Summary
from contact_center.customers.models import Customer
from contact_center.orders import accounts
from contact_center.orders.history import OrderSeen, ShipmentSeen
from contact_center.orders.models import OrderState, ShipmentState
from contact_center.text import amounts, sayings
from contact_center.text.languages import locale_of
from contact_center.tiers.models import Rule
from contact_center.tiers.naming import tier_name

MONTHS_NEAR = 330  # days from which on a month says enough


class Told(NamedTuple):
    """A few words, their tone (good, warn, bad) and an icon."""

    text: str
    tone: str = ""
    icon: str = ""


def tier_reason(rule: str) -> str:
    """The reason of a change, short."""
    return {
        Rule.FIRST: _("Ranked for the first time"),
        Rule.RANK: _("Crossed the line"),
        Rule.TWO_RUNS: _("Over the line in two runs in a row"),
        Rule.PUNCTUAL: _("Pays on time"),
        Rule.ORDERS: _("Orders often"),
        Rule.NOTHING: _("Bought nothing in the period"),
        Rule.OVERRIDE: _("Set by hand"),
        Rule.OVERRIDE_ENDED: _("The tier set by hand ended"),
        Rule.UNDONE: _("The run was taken back"),
    }.get(Rule(rule), "")


def tier_facts(why: TierWhy) -> list[tuple[str, str]]:
    """What stands in the hover of a tier: label and value."""
    rows = []
    if why.value is not None and why.currency:
        rows.append((_("Counted in the period"), amount(why.value, why.currency)))
    if why.before:
        rows.append((_("In the one before"), amount(why.before, why.currency or "")))
    if why.place and why.of:
        rows.append((_("Place of %(number)s", number=_number(why.of)), _number(why.place)))
    rows.append((_("Reason"), sayings.say(why.reason) or tier_reason(why.rule)))
    if why.by:
        rows.append((_("By"), why.by))
    if why.until:
        rows.append((_("Holds until"), near(why.until.date())))
    return rows


def value_facts(card: Summary) -> list[tuple[str, str]]:
    """What stands in the hover of the value: the account of it."""
    why = card.drawers.value
    if why is None:
        return []
    rows = (
        (_("Sales"), why.sales), (_("Goods"), -why.goods), (_("Compensation"), -why.compensation),
        (_("Cost of service"), -why.service), (_("Left over"), why.contribution),
    )  # fmt: skip
    return [(label, amount(value, why.currency)) for label, value in rows if value]


def value_tone(customer: Customer) -> str:
    return {"GREEN": "good", "RED": "bad"}.get(str(customer.value_colour or ""), "unknown")


def amount(value: Decimal, currency: str) -> str:
    """An amount as short as it is true: no decimals where there are none."""
    is_whole = value == value.to_integral_value()
    return amounts.whole_money(value, currency) if is_whole else amounts.money(value, currency)


def near(day: date | datetime) -> str:
    """A day as one says it today: with its month, or only the month and year when it is far."""
    day = day.astimezone(pages.zone()).date() if isinstance(day, datetime) else day
    zh, today = pages.lang_tag() == "zh-CN", accounts.today()
    if abs((day - today).days) > MONTHS_NEAR:
        pattern = "y年M月" if zh else "MMM y"
    elif day.year == today.year:
        pattern = "M月d日" if zh else "d MMM"
    else:
        pattern = "y年M月d日" if zh else "d MMM y"
    return str(format_date(day, pattern, locale=str(get_locale() or "en")))


def order_told(order: OrderSeen) -> Told:
    """Where an order is."""
    if order.state is OrderState.CANCELLED:
        return Told(_("Cancelled"), "", "circle-x")
    moving = [each for each in order.shipments if each.state is not ShipmentState.DELIVERED]
    if order.state is OrderState.DELIVERED or (order.shipments and not moving):
        at = order.delivered_at or max((s.delivered_at for s in order.shipments if s.delivered_at), default=None)
        return Told(_("Delivered %(day)s", day=near(at)) if at else _("Delivered"), "", "circle-check")
    return _shipment_told(moving[0]) if moving else _waiting_told(order)


def order_title(order: OrderSeen) -> str:
    """The first line, and how many more there are."""
    first = order.lines[0].title if order.lines else ""
    return f"{first} +{order.line_count - 1}" if order.line_count > 1 else first


def warranty_told(asset: AssetSeen) -> Told:
    """How a warranty stands, in two or three words."""
    until = near(asset.warranty_until) if asset.warranty_until else ""
    return {
        Cover.UNCONFIRMED: Told(_("not confirmed"), "warn"),
        Cover.COVERED: Told(_("until %(day)s", day=until)),
        Cover.ENDING: Told(_("ends %(day)s", day=until), "warn"),
        Cover.ENDED: Told(_("ended %(day)s", day=until)),
        Cover.NONE: Told(""),
    }[asset.cover]


def contract_told(contract: ContractSeen) -> str:
    """What is left of a contract: visits, and how long."""
    left = contract.visits_left
    visits = ngettext("%(num)d visit left", "%(num)d visits left", left) if left is not None else ""
    day = near(contract.valid_until if contract.is_valid else contract.valid_from)
    ends = _("until %(day)s", day=day) if contract.is_valid else _("from %(day)s", day=day)
    return " · ".join(filter(None, (visits, ends)))


def refused_words(words: Sequence[Word]) -> list[str]:
    """What they have said no to."""
    return [consent_word(word.purpose, word.channel) for word in words if not word.is_granted]


def consent_word(purpose: str, channel: str) -> str:
    """A refusal: what for, and over which channel."""
    what = {
        "marketing": _("No marketing"), "surveys": _("No surveys"), "notices": _("No notices"),
    }.get(purpose, purpose)  # fmt: skip
    over = {
        "email": _("by e-mail"), "sms": _("by text message"), "phone": _("by phone"), "post": _("by post"),
    }.get(channel, channel)  # fmt: skip
    return _("%(what)s %(over)s", what=what, over=over)


def spark(scores: Sequence[Score], width: int = 76, height: int = 16) -> str:
    """The points of a small line through scores, the oldest on the left."""
    values = [score.score for score in reversed(scores)]
    step = width / max(1, len(values) - 1)
    points = ((round(nth * step, 1), round(height - (value - 1) * height / 4, 1)) for nth, value in enumerate(values))
    return " ".join(f"{x},{y}" for x, y in points)


def score_tone(score: int) -> str:
    return "bad" if score <= 2 else "good" if score >= 4 else "warn"


def prompt_icon(prompt: Prompt) -> str:
    """By what the rule asks first, else by its tone."""
    by_tone = {"GOOD": "circle-check", "WARN": "exclamation-circle", "BAD": "alert-triangle"}
    return _ICONS.get(prompt.field) or by_tone.get(prompt.tone.value, "bulb")


def prompt_link(prompt: Prompt, card: Summary) -> str:
    """Where the button of a prompt leads; empty where it does something instead."""
    action, customer = prompt.action, card.customer
    if action.kind in (Act.MAIL, Act.TICKET):
        zh = locale_of(customer.language).startswith("zh")
        told: dict[str, Any] = {"customer": customer.id}
        if subject := (action.subject_zh if zh else "") or action.subject:
            told["subject"] = subject
        if action.canned:
            told["canned"] = action.canned
        return url_for("tickets.starting.ask", **told)
    return page_link(customer, action.page) if action.kind is Act.PAGE else ""


def page_link(customer: Customer, page: str) -> str:
    """A page of the customer by the name that a rule's action gives it."""
    told: dict[str, Any] = _PAGES.get(page, {})
    return url_for("customers.record.page", customer_id=customer.id, **told)


def _shipment_told(shipment: ShipmentSeen) -> Told:
    if shipment.state is ShipmentState.FAILED:
        return Told(_("Delivery failed"), "bad", "truck")
    if shipment.state is ShipmentState.RETURNED:
        return Told(_("Came back to us"), "warn", "arrow-back-up")
    if shipment.state is ShipmentState.OUT_FOR_DELIVERY:
        return Told(_("Arrives today"), "good", "truck-delivery")
    if shipment.expected_on is None:
        words = _("In transit") if shipment.state is ShipmentState.IN_TRANSIT else _("Being packed")
        return Told(words, "", "truck" if shipment.state is ShipmentState.IN_TRANSIT else "package")
    return _expected_told(shipment.expected_on, shipment.state is ShipmentState.IN_TRANSIT)


def _expected_told(day: date, is_moving: bool) -> Told:
    days, icon = (day - accounts.today()).days, "truck" if is_moving else "package"
    if days < 0:
        return Told(ngettext("%(num)d day late", "%(num)d days late", -days), "bad", icon)
    if days == 0:
        return Told(_("Arrives today"), "good", icon)
    if days == 1:
        return Told(_("Arrives tomorrow"), "good", icon)
    return Told(_("Arrives %(day)s", day=near(day)), "", icon)


def _waiting_told(order: OrderSeen) -> Told:
    if order.promised_on is None:
        return Told(_("Placed %(day)s", day=near(order.placed_at)), "", "package")
    late = (accounts.today() - order.promised_on).days
    if late > 0:
        return Told(ngettext("%(num)d day late", "%(num)d days late", late), "bad", "package")
    return Told(_("Promised %(day)s", day=near(order.promised_on)), "", "package")


def _number(value: int) -> str:
    return str(format_decimal(value, locale=str(get_locale() or "en")))


_PAGES: dict[str, dict[str, str]] = {
    **{show: {"show": show} for show in ("orders", "ratings", "devices", "money")},
    "complaints": {"tab": "tickets"},
    "notes": {"tab": "notes"},
}
_ICONS = {
    "warranty_days": "shield-half", "contract_days": "file-certificate", "visits_left": "file-certificate",
    "over_limit": "scale",
    "arrears": "receipt-2", "arrears_days": "receipt-2", "late_days": "truck", "part_days": "package",
    "task_days": "checkbox", "complaints": "alert-triangle", "last_score": "mood-sad", "is_rising": "trending-up",
    "birthday_days": "heart", "data_days": "id", "silent_days": "clock-exclamation",
}  # fmt: skip
FILTERS: dict[str, Callable[..., Any]] = {
    "tier_name": tier_name, "tier_facts": tier_facts, "value_facts": value_facts, "value_tone": value_tone,
    "short_amount": amount, "near": near, "order_told": order_told, "order_title": order_title,
    "warranty_told": warranty_told, "contract_told": contract_told, "refused_words": refused_words, "spark": spark,
    "score_tone": score_tone, "prompt_icon": prompt_icon, "prompt_link": prompt_link,
}  # fmt: skip
