"""What tiers and value are called on the supervisors' screens, and how numbers are written; filters of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_compact_currency, format_decimal, format_percent
from flask_babel import get_locale, pgettext
from flask_babel import gettext as _

from contact_center.text import amounts
from contact_center.tiers.models import Rule
from contact_center.tiers.naming import tier_name
from contact_center.tiers.settings import Counted, Measure, Potential, Settings

_MANIFOLD = 10  # from here on percents say less than "so many times"


def measure_word(measure: str) -> str:
    return {
        Measure.REVENUE: _("Revenue, net of returns"),
        Measure.PROFIT: _("Gross profit"),
        Measure.PAYMENTS: _("Payments received"),
    }.get(Measure(measure), measure)


def counted_word(counted: str) -> str:
    return {
        Counted.CUSTOMERS: _("Customers, without prospects"),
        Counted.BUYERS: _("Buyers in the period"),
        Counted.EVERYBODY: _("Everybody, including prospects"),
    }.get(Counted(counted), counted)


def potential_word(potential: str) -> str:
    return {
        Potential.GROWTH: _("Strongest growth"),
        Potential.ORDERS: _("Most orders"),
        Potential.RECENT: _("Most recent order"),
    }.get(Potential(potential), potential)


def state_word(state: str) -> str:
    return {
        "PENDING": _("Being calculated"),
        "PREVIEW": _("Preview"),
        "APPLIED": _("Applied"),
        "DISCARDED": _("Discarded"),
        "UNDONE": _("Undone"),
    }.get(state, state)


def origin_word(origin: str) -> str:
    return {"SCREEN": _("By hand"), "SCHEDULE": _("On schedule"), "COMMAND": _("Command line")}.get(origin, origin)


def rule_word(rule: str) -> str:
    """The reason of a change, short, as the history tells it."""
    return {
        Rule.FIRST: _("Ranked for the first time"),
        Rule.RANK: _("Crossed the line"),
        Rule.TWO_RUNS: _("Over the line in two runs in a row"),
        Rule.PUNCTUAL: _("Pays on time"),
        Rule.ORDERS: _("Orders often"),
        Rule.NOTHING: _("Bought nothing in the period"),
        Rule.HELD: _("Held: less than the margin over the line"),
        Rule.ARREARS: _("Held back: overdue"),
        Rule.OVERRIDE: _("Set by hand"),
        Rule.OVERRIDE_ENDED: _("The manual tier ended"),
        Rule.RISING: _("Rising star"),
        Rule.UNDONE: _("The run was undone"),
    }.get(Rule(rule), rule)


def why(move: Any, figures: Mapping[str, Any], settings: Settings) -> str:
    """One move, or why there is none, in a sentence of its own figures."""
    if move.place is None:
        return str(_("Bought nothing in %(months)d months", months=settings.months))
    said = [_("Place %(place)s of %(of)s", place=number(move.place), of=number(figures["buyers"]))]
    if move.rule in (Rule.FIRST, Rule.RANK) and move.new < "D" and (move.old or "D") > move.new:
        top = share(settings.cumulated["ABC".index(move.new)] / 100, 0)
        said.append(_("in the top %(share)s", share=top))
    elif move.rule == Rule.RANK:
        said.append(_("below the line of %(tier)s", tier=move.old))
    special = {
        Rule.TWO_RUNS: _("over the line in two runs in a row"),
        Rule.PUNCTUAL: _("one tier up for paying on time"),
        Rule.ORDERS: _("one tier up for ordering often"),
        Rule.HELD: _("by rank %(tier)s, less than the margin over the line", tier=move.earned),
        Rule.ARREARS: _(
            "by rank %(tier)s, but overdue for more than %(days)s days", tier=move.earned, days=settings.arrears_days
        ),
        Rule.OVERRIDE: _("by rank %(tier)s, set manually", tier=move.earned),
    }.get(move.rule)
    if special:
        said.append(special)
    grown = change(move.value / move.before - 1) if move.before > 0 else None
    if grown:
        said.append(_("%(change)s against the period before", change=grown))
    elif move.rule in (Rule.FIRST, Rule.RANK) and move.value > 0:
        said.append(_("bought nothing in the period before"))
    return ("；" if _locale().startswith("zh") else "; ").join(map(str, said))


def number(value: Any) -> str:
    """A count or a quantity."""
    return str(format_decimal(value, locale=_locale())) if value is not None else "–"


def whole_money(amount: Any, currency: str | None) -> str:
    """An amount without its cents."""
    if amount is None or not currency:
        return "–" if amount is None else number(round(Decimal(amount)))
    return amounts.whole_money(Decimal(amount), currency)


def short_money(amount: Any, currency: str | None) -> str:
    """A large amount for a heading, in three digits: ¥48.6M."""
    exact = Decimal(amount)
    if not currency:
        return number(round(exact))
    shown = round(exact, 2 - max(exact.adjusted(), 2)) if exact else exact
    return amounts.signed(format_compact_currency(shown, currency, locale=_locale(), fraction_digits=2))


def share(value: Any, digits: int = 1) -> str:
    """0.224 as 22.4 %."""
    pattern = "#,##0." + "0" * digits + "%" if digits else "#,##0%"
    return str(format_percent(value, pattern, locale=_locale())) if value is not None else "–"


def change(value: Any) -> str:
    """0.2 as +20 %, 9 as ×10; nothing for nothing."""
    if value is None or abs(value) < Decimal("0.005"):
        return ""
    if value >= _MANIFOLD - 1:
        return f"×{number(round(value + 1))}"
    return f"{'+' if value > 0 else amounts.MINUS}{share(abs(value), 0)}"


def month(day: date) -> str:
    """The month of a day."""
    return str(format_date(day, "y年M月" if _locale().startswith("zh") else "MMMM y", locale=_locale()))


def in_week(day: date) -> str:
    """The first day of a week, short."""
    return str(format_date(day, "M月d日" if _locale().startswith("zh") else "d MMM", locale=_locale()))


def question_word(name: str) -> str:
    return {
        "gold": _("Gold customers"),
        "costly": _("Customers that cost money"),
        "wanted": _("Wanted this year"),
        "complaining": _("Big, and complained more than once"),
        "buying_less": _("Last year's biggest who buy less"),
        "one_line": _("One thing from us, much elsewhere"),
    }.get(name, name)


def question_lead(name: str) -> str:
    """What a list holds, in a sentence."""
    return {
        "gold": _("Tier A, and not one of them loses us money. Highest contribution first."),
        "costly": _("Their purchases do not pay for goods, concessions and service. Highest loss first."),
        "wanted": _("Marked by you, rising stars, and companies that ask and have not bought yet."),
        "complaining": _("Tier A and B with two complaints or more in twelve months."),
        "buying_less": _("As big last year as A and B are now, and at least a tenth less in the last twelve months."),
        "one_line": _(
            "They buy one product line here; similar customers buy several, or other makes stand in their house."
        ),
    }.get(name, "")


def by_word(by: str) -> str:
    return {
        "nature": _("Nature"),
        "industry": _("Industry"),
        "region": _("Region"),
        "scale": _("Scale"),
        "kind": _("Kind"),
        "tier": _("Tier"),
        "colour": _("Colour"),
        "line": _("Product line"),
        "product": _("Product"),
        "channel": _("Channel"),
        "queue": _("Queue"),
        "agent": _("Agent"),
        "score": _("Score"),
    }.get(by, by)


def group_word(name: str | None, by: str) -> str:
    """A group of customers: its own word, or that nobody has said."""
    if not name:
        return str(_("Not known"))
    if by == "kind":
        return str({"PERSON": pgettext("customers", "People"), "COMPANY": _("Companies")}.get(name, name))
    if by == "tier":
        return f"{name} · {tier_name(name)}"
    return colour_word(name) if by == "colour" else name


def colour_word(colour: str | None) -> str:
    return {"GREEN": _("Green: profitable"), "RED": _("Red: loses money")}.get(colour or "", "")


def code_words() -> dict[str, str]:
    """Our words for what lists hold as codes."""
    return {
        "MARKED": _("Marked"),
        "RISING": _("Rising star"),
        "ASKING": _("Asks, has not bought"),
        "ORDERS": _("Orders dropped"),
        "PAYMENTS": _("Pays late"),
        "PEOPLE": _("Contacts left"),
    }


def column_word(key: str) -> str:
    """The heading of a list's column."""
    return _order_columns().get(key) or {
        "name": _("Customer"),
        "number": _("Number"),
        "tier": _("Tier"),
        "colour": _("Value"),
        "owner": _("Owner"),
        "sales": _("Sales"),
        "share": _("Share of sales"),
        "change": _("Against the year before"),
        "contribution": _("Contribution"),
        "goods": _("Cost of goods"),
        "given": _("Returns and concessions"),
        "minutes": _("Minutes"),
        "service": _("Cost of service"),
        "why": _("Why"),
        "reason": _("Reason"),
        "complaints": _("Complaints"),
        "open": _("Unresolved"),
        "last": pgettext("when", "Last"),
        "before": _("The year before"),
        "missing": _("Shortfall"),
        "line": _("Product line"),
        "peers": _("Lines peers buy"),
        "foreign": _("Devices from others"),
        "what": _("What"),
        "is": _("Now"),
        "usual": _("Usual"),
        "detail": pgettext("contact persons", "Who"),
        "product": _("Product"),
        "quantity": _("Quantity"),
        "margin": _("Margin"),
        "rate": _("Margin, %"),
        "costless": _("Lines without a cost"),
    }.get(key, key)


def _order_columns() -> dict[str, str]:
    return {
        "order": _("Order"),
        "placed": _("Placed"),
        "region": _("Region"),
        "amount": _("Amount"),
        "currency": _("Currency"),
    }


def _locale() -> str:
    return str(get_locale() or "en")


FILTERS: dict[str, Callable[..., Any]] = {
    "measure_word": measure_word, "counted_word": counted_word,
    "potential_word": potential_word, "run_state_word": state_word, "origin_word": origin_word, "rule_word": rule_word,
    "counted_number": number, "whole_money": whole_money, "short_money": short_money, "share": share, "change": change,
    "question_word": question_word, "question_lead": question_lead, "by_word": by_word, "group_word": group_word,
    "column_word": column_word,
    "month": month, "in_week": in_week,
}  # fmt: skip
