"""What a prompt says: a sentence with words in braces, which a card fills in. In the reader's language.

A word that the card has nothing for becomes a dash. Called by `showing`; `rules` asks which words there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from flask_babel import get_locale, ngettext

from contact_center.card.prompts import facts
from contact_center.customers import custom
from contact_center.orders import accounts
from contact_center.text import amounts

if TYPE_CHECKING:
    from contact_center.card.summary import Summary

_WORD = re.compile(r"\{\s*([a-z_]+(?:\.[a-z0-9_]+)?)\s*\}")
NOTHING = "–"


def fill(sentence: str, card: Summary, of: str = "") -> str:
    """*sentence* with what *card* knows; *of* is what narrows the rule's condition: a currency, or a number of days."""
    return _WORD.sub(lambda found: _said(found[1], card, of), sentence)


def unknown(sentence: str, known: set[str]) -> list[str]:
    """The words in braces that are none of *known* and none of ours."""
    return [word for word in dict.fromkeys(_WORD.findall(sentence)) if word not in WORDS and word not in known]


def in_reader(text: str, text_zh: str) -> str:
    """The one of two texts that the reader reads."""
    return text_zh if text_zh and str(get_locale() or "").startswith("zh") else text


def _said(word: str, card: Summary, of: str) -> str:
    if word.startswith(custom.PREFIX):
        value = card.customer.custom.get(word.removeprefix(custom.PREFIX))
        return NOTHING if value in (None, "") else str(value)
    speak = WORDS.get(word)
    said = speak(card, of) if speak else None
    return NOTHING if said in (None, "") else str(said)


def _days(key: str) -> Callable[[Any, str], str | None]:
    """So many days, without a sign."""

    def say(card: Summary, of: str) -> str | None:
        value = facts.VALUES[key](card, of)
        return None if value is None else ngettext("%(num)d day", "%(num)d days", abs(int(value)))

    return say


def _number(key: str) -> Callable[[Any, str], str | None]:
    def say(card: Summary, of: str) -> str | None:
        value = facts.VALUES[key](card, of)
        return None if value is None else str(value)

    return say


def _of(named: Callable[[Any], Any], attribute: str) -> Callable[[Any, str], Any]:
    return lambda card, _of: getattr(named(card), attribute, None)


def _day(day: date | datetime | None) -> str | None:
    zh = str(get_locale() or "").startswith("zh")
    pattern = (
        ("M月d日" if zh else "d MMM")
        if day and day.year == accounts.today().year
        else ("y年M月d日" if zh else "d MMM y")
    )
    return str(format_date(day, pattern, locale=str(get_locale() or "en"))) if day else None


def _money(pair: tuple[Decimal, str] | None) -> str | None:
    return amounts.money(*pair) if pair else None


def _contribution(card: Summary, _of: str) -> str | None:
    value = card.drawers.value
    return _money((value.contribution, value.currency)) if value else None


def _credit(card: Summary, part: str) -> str | None:
    line = card.credit
    return _money((getattr(line, part), line.currency)) if line and line.limit is not None and line.currency else None


def _birthday(card: Summary, _of: str) -> str | None:
    born = card.customer.birthday
    return _day(facts.next_birthday(born, accounts.today())) if born else None


WORDS: dict[str, Callable[[Any, str], Any]] = {
    "name": lambda card, _of: card.customer.name,
    "company": lambda card, _of: card.company.name if card.company else None,
    "tier": lambda card, _of: card.customer.tier,
    "asset": _of(facts.ending_asset, "name"),
    "serial": _of(facts.ending_asset, "serial"),
    "warranty_days": _days("warranty_days"),
    "warranty_until": lambda card, _of: _day(getattr(facts.ending_asset(card), "warranty_until", None)),
    "contract": _of(facts.ending_contract, "name"),
    "contract_days": _days("contract_days"),
    "contract_until": lambda card, _of: _day(getattr(facts.ending_contract(card), "valid_until", None)),
    "visits_left": _number("visits_left"),
    "arrears": lambda card, of: _money(facts.largest_arrears(card, of if of.isalpha() else "")),
    "arrears_days": _days("arrears_days"),
    "credit_limit": lambda card, _of: _credit(card, "limit"),
    "credit_used": lambda card, _of: _credit(card, "used"),
    "late_order": lambda card, _of: card.drawers.late.number if card.drawers.late else None,
    "late_days": _days("late_days"),
    "part_days": _days("part_days"),
    "task": lambda card, _of: getattr(facts.part_task(card) or facts.due_task(card), "title", None),
    "complaints": lambda card, of: facts.VALUES["complaints"](card, of if of.isdecimal() else ""),
    "open_tickets": _number("open_tickets"),
    "last_score": _number("last_score"),
    "silent_days": _days("silent_days"),
    "last_order_days": _days("last_order_days"),
    "contribution": _contribution,
    "birthday": _birthday,
    "birthday_days": _days("birthday_days"),
    "data_days": _days("data_days"),
}
