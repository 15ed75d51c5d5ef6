"""What an entry of the timeline that is no interaction says: one line with its icon, its link and its amount."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from contact_center.card.entries import Entry, EntryKind
from contact_center.desk.customers.card_words import amount, near, tier_reason
from contact_center.satisfaction import scales
from contact_center.satisfaction.models import Scale
from contact_center.text import sayings
from contact_center.tickets.models import ref_of
from contact_center.tiers.naming import tier_name

Facts = Mapping[str, Any]


class Happening(NamedTuple):
    """`more` is quieter, `said` is somebody's own words, `sum` stands on the right."""

    icon: str
    text: str
    more: str = ""
    link: str = ""
    sum: str = ""
    tone: str = ""
    said: str = ""
    has_time: bool = True


def happening(entry: Entry) -> Happening:
    """One entry in words."""
    return _TOLD[entry.kind](entry.facts, entry)


def _order(facts: Facts, entry: Entry) -> Happening:
    lines = ngettext("%(num)d line", "%(num)d lines", facts["lines"]) if facts["lines"] > 1 else ""
    more = " · ".join(filter(None, (facts["title"], lines, _("cancelled") if facts["state"] == "CANCELLED" else "")))
    text = _("Order %(number)s", number=facts["number"])
    return Happening("shopping-cart", text, more, _order_link(entry.id), _sum(facts, "total"))


def _shipped(facts: Facts, _entry: Entry) -> Happening:
    text = _("Order %(number)s was shipped", number=facts["order"])
    return Happening("truck", text, _carried(facts), _order_link(facts["order_id"]))


def _delivered(facts: Facts, _entry: Entry) -> Happening:
    text = _("Order %(number)s was delivered", number=facts["order"])
    return Happening("package", text, _carried(facts), _order_link(facts["order_id"]))


def _invoice(facts: Facts, _entry: Entry) -> Happening:
    if facts["is_cancelled"]:
        state = _("cancelled")
    else:
        due = near(date.fromisoformat(facts["due_on"]))
        state = _("due %(day)s", day=due) if facts["is_open"] else _("paid")
    more = " · ".join(filter(None, (facts["title"], state)))
    text = _("Invoice %(number)s", number=facts["number"])
    return Happening("receipt-2", text, more, sum=_sum(facts), has_time=False)


def _payment(facts: Facts, _entry: Entry) -> Happening:
    about = _("for invoice %(number)s", number=facts["invoice"]) if facts["invoice"] else ""
    more = " · ".join(filter(None, (about, facts["method"])))
    return Happening("coin", _("Payment"), more, sum=_sum(facts), tone="good")


def _settlement(facts: Facts, _entry: Entry) -> Happening:
    text = {"RETURN": _("Return"), "COMPENSATION": _("Compensation"), "DISCOUNT": _("Discount given afterwards")}
    about = _("of order %(number)s", number=facts["order"]) if facts["order"] else ""
    icon = "arrow-back-up" if facts["kind"] == "RETURN" else "receipt-refund"
    return Happening(icon, text[facts["kind"]], about, sum=_sum(facts), said=facts["reason"])


def _asset(facts: Facts, _entry: Entry) -> Happening:
    until = _("warranty until %(day)s", day=near(date.fromisoformat(facts["until"]))) if facts["until"] else ""
    unsure = "" if facts["is_confirmed"] else _("not confirmed")
    more = " · ".join(filter(None, (facts["serial"], facts["place"], until, unsure)))
    return Happening("devices", _("Has %(name)s", name=facts["name"]), more, has_time=False)


def _contract(facts: Facts, _entry: Entry) -> Happening:
    until = _("until %(day)s", day=near(date.fromisoformat(facts["until"])))
    text = _("Contract %(name)s begins", name=facts["name"])
    return Happening("file-certificate", text, f"{facts['number']} · {until}", has_time=False)


def _visit(facts: Facts, _entry: Entry) -> Happening:
    ref = ref_of(facts["ticket"])
    return Happening("tool", _("Visit"), f"{ref} {facts['subject']}", f"/desk/tickets/{ref}")


def _visit_used(facts: Facts, _entry: Entry) -> Happening:
    number = (facts["data"] or {}).get("number") or ""
    return Happening("tool", _("A visit of contract %(number)s was used", number=number), facts["agent"] or "")


def _survey(facts: Facts, _entry: Entry) -> Happening:
    ref, score = ref_of(facts["ticket"]), facts["score"]
    more = " · ".join(filter(None, (f"{ref} {facts['subject']}", facts["agent"])))
    scale = Scale(facts["scale"])
    tone = scales.tone(scale, score)
    text = _("Rated %(score)s", score=scales.shown(scale, score))
    return Happening("star", text, more, f"/desk/tickets/{ref}", tone=tone, said=facts["comment"])


def _tier(facts: Facts, _entry: Entry) -> Happening:
    new, old = facts["new"], facts["old"]
    text = _("Tier %(letter)s, %(name)s", letter=new, name=tier_name(new)) if new else _("No tier")
    was = _("was %(tier)s", tier=old) if old and old != new else ""
    more = " · ".join(filter(None, (was, tier_reason(facts["rule"]), facts["agent"])))
    tone = "" if not old or not new or old == new else "good" if new < old else "warn"
    return Happening("trending-up" if tone == "good" else "trending-down" if tone else "flag", text, more, tone=tone,
                     said=sayings.say(facts["reason"]) if facts["reason"] else "")  # fmt: skip


def _merge(facts: Facts, _entry: Entry) -> Happening:
    text = _("The record of %(name)s was merged into this one", name=facts["name"])
    return Happening("arrow-merge", text, facts["agent"] or "")


def _sum(facts: Facts, key: str = "amount") -> str:
    return amount(Decimal(facts[key]), facts["currency"])


def _carried(facts: Facts) -> str:
    return " ".join(filter(None, (facts.get("carrier"), facts.get("number"))))


def _order_link(order_id: int) -> str:
    return f"/desk/orders/{order_id}"


_TOLD: dict[EntryKind, Callable[[Facts, Entry], Happening]] = {
    EntryKind.ORDER: _order,
    EntryKind.SHIPPED: _shipped,
    EntryKind.DELIVERED: _delivered,
    EntryKind.ARRIVED: _delivered,
    EntryKind.INVOICE: _invoice,
    EntryKind.PAYMENT: _payment,
    EntryKind.SETTLEMENT: _settlement,
    EntryKind.ASSET: _asset,
    EntryKind.CONTRACT: _contract,
    EntryKind.VISIT: _visit,
    EntryKind.VISIT_USED: _visit_used,
    EntryKind.SURVEY: _survey,
    EntryKind.TIER: _tier,
    EntryKind.MERGE: _merge,
}
FILTERS: dict[str, Callable[..., Any]] = {"happening": happening}
