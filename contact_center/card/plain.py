"""The card as JSON: plain names, amounts as text, instants and days in ISO 8601. What the API and a ringing call show.

Called through `Summary.as_json`. A field that is not known is null, a list that is empty is [].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from contact_center.card.entries import InteractionEntry
from contact_center.card.parts import ContractSeen
from contact_center.customers.models import ContactPoint, Customer
from contact_center.tickets.models import ref_of

if TYPE_CHECKING:
    from contact_center.card.owed import Owed
    from contact_center.card.prompts.showing import Prompt
    from contact_center.card.summary import Summary

_OF_CUSTOMER = (
    "id", "external_id", "name", "kind", "status", "position", "role", "language", "time_zone", "street", "postcode",
    "city", "country", "region", "nature", "industry", "scale", "birthday", "about", "since", "changed_at",
)  # fmt: skip


def card(summary: Summary) -> dict[str, Any]:
    """The whole card."""
    drawers = summary.drawers
    return {
        "customer": {name: plain(getattr(summary.customer, name)) for name in _OF_CUSTOMER}
        | {"custom": dict(summary.customer.custom), "company": _named(summary.company), "owner": _named(summary.owner)},
        "tier": {
            "letter": summary.customer.tier, "since": plain(summary.customer.tier_since),
            "is_rising": summary.customer.is_rising, "why": plain(drawers.tier),
        },
        "value": {"colour": plain(summary.customer.value_colour), "why": plain(drawers.value)},
        "contact_points": [_point(point) for point in summary.points],
        "people": plain(summary.people),
        "tickets": {
            "open": [plain(row) | {"ref": row.ref} for row in summary.tickets.rows],
            "visible": summary.tickets.visible, "hidden": summary.tickets.hidden,
        },
        "tasks": [plain(task) | {"ref": task.ref} for task in summary.owed if not task.is_promise],
        "promises": [_promise(promise) for promise in summary.owed if promise.is_promise],
        "orders": {"newest": plain(summary.orders), "count": drawers.order_count, "late": plain(drawers.late)},
        "assets": {
            "rows": [plain(asset) | {"cover": asset.cover.value} for asset in drawers.assets],
            "count": drawers.asset_count,
        },
        "contracts": [_contract(contract) for contract in drawers.contracts],
        "money": {currency: plain(standing) for currency, standing in summary.money.items()},
        "credit": plain(summary.credit),
        "settlements": {"newest": plain(drawers.settlement), "count": drawers.settlement_count},
        "satisfaction": {"scores": plain(drawers.scores), "count": drawers.score_count},
        "interactions": {
            "newest": [_interaction(entry) for entry in summary.interactions],
            "count": drawers.interaction_count, "last_on": plain(drawers.last_interaction_on),
        },
        "complaints": plain(drawers.complaints),
        "notes": plain(drawers.notes),
        "consents": plain(drawers.words),
        "prompts": [_prompt(prompt) for prompt in summary.prompts],
    }  # fmt: skip


def plain(value: Any) -> Any:
    """*value* as JSON has it; dataclasses become objects of their fields."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):  # an instant is one as well
        return value.isoformat()
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def _named(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    number = {"external_id": row.external_id} if isinstance(row, Customer) else {}
    return {"id": row.id, "name": row.name, **number}


def _point(point: ContactPoint) -> dict[str, Any]:
    names = ("id", "value", "label", "is_preferred", "verified_at", "verified_by", "bounced_at", "last_used_at")
    return {"scheme": point.scheme.value, "source": point.source.value} | {
        name: plain(getattr(point, name)) for name in names
    }


def _promise(promise: Owed) -> dict[str, Any]:
    return {
        "id": promise.id, "ref": promise.ref, "words": promise.title, "due_at": plain(promise.due_at),
        "owner": promise.owner,
    }  # fmt: skip


def _contract(contract: ContractSeen) -> dict[str, Any]:
    return plain(contract) | {"visits_left": contract.visits_left}


def _interaction(entry: InteractionEntry) -> dict[str, Any]:
    names = ("id", "at", "channel", "interaction_kind", "direction", "state", "agent", "disposition")
    told = {name: plain(getattr(entry, name)) for name in names}
    return told | {"ticket": ref_of(entry.ticket_id), "gist": entry.gist}


def _prompt(prompt: Prompt) -> dict[str, Any]:
    return {
        "rule": prompt.rule_id, "name": prompt.name, "sentence": prompt.sentence, "tone": prompt.tone.value,
        "about": prompt.about, "button": prompt.action.button, "action": prompt.action.kind.value,
    }  # fmt: skip
