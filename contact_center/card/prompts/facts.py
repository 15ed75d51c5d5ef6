"""What a card says about the fields of `vocabulary`: the value, the thing it is about, and how a sentence names it.

Works on a `Summary` in memory. `querying` has the same meanings in SQL: a change here needs one there, and the property
test in tests/card/test_prompts.py holds both together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from contact_center.card.owed import Owed
from contact_center.card.parts import AssetSeen, ContractSeen
from contact_center.card.prompts.conditions import Comparison
from contact_center.card.prompts.vocabulary import Kind
from contact_center.customers import custom
from contact_center.orders import accounts
from contact_center.putting import reading

if TYPE_CHECKING:
    from contact_center.card.summary import Summary


def known(card: Summary, one: Comparison) -> Any:
    """What *card* knows of the field of a comparison, None if nothing; of a day, in how many days it is."""
    if one.field.key.startswith(custom.PREFIX):
        return _custom(card.customer.custom.get(one.field.key.removeprefix(custom.PREFIX)), one.field.kind)
    return VALUES[one.field.key](card, one.of)


def about(card: Summary, key: str) -> str:
    """The one thing that a field's value is about, as asset:42; empty for the customer as a whole."""
    named = _ABOUT.get(key)
    thing = named[1](card) if named else None
    return f"{named[0]}:{thing.id}" if named and thing is not None else ""


def ending_asset(card: Summary) -> AssetSeen | None:
    """The device whose warranty ends next."""
    first = card.drawers.assets[0] if card.drawers.assets else None
    is_covered = first and first.is_confirmed and first.days_left is not None and first.days_left >= 0
    return first if is_covered else None


def ending_contract(card: Summary) -> ContractSeen | None:
    """The contract that ends next without another one after it."""
    first = card.drawers.contracts[0] if card.drawers.contracts else None
    return first if first and first.is_valid and not first.is_followed else None


def part_task(card: Summary) -> Owed | None:
    """The task whose part came in last."""
    came = [task for task in card.owed if task.part_days is not None]
    return min(came, key=lambda task: (task.part_days or 0, task.id)) if came else None


def due_task(card: Summary) -> Owed | None:
    """The task that is due first."""
    due = [task for task in card.owed if task.due_days is not None and not task.is_promise]
    return due[0] if due else None


def next_birthday(born: date, today: date) -> date:
    """The birthday on or after *today*; who was born on 29 February has it on the 28th in other years."""
    this_year = _in_year(born, today.year)
    return this_year if this_year >= today else _in_year(born, today.year + 1)


def largest_arrears(card: Summary, of: str = "") -> tuple[Decimal, str] | None:
    """The largest overdue sum of one currency, or that of one."""
    overdue = [
        (each.overdue, currency) for currency, each in card.money.items() if each.overdue > 0 and of in ("", currency)
    ]
    return max(overdue, key=lambda pair: pair[0]) if overdue else None


def _in_year(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return born.replace(year=year, day=28)


def _since(day: date | None) -> int | None:
    return (accounts.today() - day).days if day else None


def _visits_left(card: Summary) -> int | None:
    left = [each.visits_left for each in card.drawers.contracts if each.is_valid and each.visits_left is not None]
    return min(left) if left else None


def _arrears(card: Summary, of: str) -> Decimal | None:
    largest = largest_arrears(card, of)
    return largest[0] if largest else None


def _over_limit(card: Summary) -> bool | None:
    return card.credit.is_exceeded if card.credit and card.credit.limit is not None else None


def _arrears_days(card: Summary) -> int | None:
    oldest = [each.oldest_due for each in card.money.values() if each.oldest_due]
    return _since(min(oldest)) if oldest else None


def _complaints(card: Summary, of: str) -> int:
    back = accounts.today() - timedelta(days=int(of or 90))
    return sum(day >= back for day in card.drawers.complaints)


def _custom(stored: Any, kind: Kind) -> Any:
    """A firm's own value, None where it is of another kind than its field is now."""
    if isinstance(stored, bool):
        return stored if kind is Kind.YES_NO else None
    if isinstance(stored, int | float):
        return Decimal(str(stored)) if kind is Kind.NUMBER else None
    if not isinstance(stored, str) or kind in (Kind.YES_NO, Kind.NUMBER):
        return None
    return (date.fromisoformat(stored) - accounts.today()).days if kind is Kind.DAY else stored or None


def _days(named: Callable[[Summary], Any], attribute: str) -> Callable[[Summary, str], int | None]:
    return lambda card, _of: getattr(named(card), attribute, None)


def _plain(name: str) -> Callable[[Any, str], Any]:
    return lambda card, _of: getattr(card.customer, name) or None


def _zoned(card: Summary) -> date:
    return card.customer.changed_at.astimezone(reading.zone()).date()


VALUES: dict[str, Callable[[Any, str], Any]] = {
    "warranty_days": _days(ending_asset, "days_left"),
    "contract_days": _days(ending_contract, "days_left"),
    "visits_left": lambda card, _of: _visits_left(card),
    "arrears": _arrears,
    "over_limit": lambda card, _of: _over_limit(card),
    "arrears_days": lambda card, _of: _arrears_days(card),
    "late_days": lambda card, _of: _since(card.drawers.late.promised_on) if card.drawers.late else None,
    "part_days": _days(part_task, "part_days"),
    "task_days": _days(due_task, "due_days"),
    "complaints": _complaints,
    "open_tickets": lambda card, _of: card.tickets.visible + card.tickets.hidden,
    "last_score": lambda card, _of: card.drawers.scores[0].score if card.drawers.scores else None,
    "score_days": lambda card, _of: (
        _since(card.drawers.scores[0].at.astimezone(reading.zone()).date()) if card.drawers.scores else None
    ),
    "silent_days": lambda card, _of: _since(card.drawers.last_interaction_on),
    "last_order_days": lambda card, _of: _since(card.drawers.last_order_on),
    "contribution": lambda card, _of: card.drawers.value.contribution if card.drawers.value else None,
    "tier": lambda card, _of: card.customer.tier,
    "value_colour": lambda card, _of: card.customer.value_colour,
    "is_rising": lambda card, _of: card.customer.is_rising,
    "status": lambda card, _of: card.customer.status,
    "kind": lambda card, _of: card.customer.kind,
    "has_owner": lambda card, _of: card.customer.owner_id is not None,
    "birthday_days": lambda card, _of: (
        (next_birthday(card.customer.birthday, accounts.today()) - accounts.today()).days
        if card.customer.birthday
        else None
    ),
    "data_days": lambda card, _of: _since(_zoned(card)),
    **{name: _plain(name) for name in ("city", "region", "industry", "nature", "language")},
}
_ABOUT: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "warranty_days": ("asset", ending_asset),
    "contract_days": ("contract", ending_contract),
    "part_days": ("task", part_task),
    "task_days": ("task", due_task),
    "last_score": ("survey", lambda card: next(iter(card.drawers.scores), None)),
}
KEYS = frozenset(VALUES)
