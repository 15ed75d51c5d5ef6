"""The fields of a customer, each edited where it stands and saved by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.customers import custom, fields, history, lists, records
from contact_center.customers.history import Entry
from contact_center.customers.models import Customer, CustomerKind, CustomerStatus, CustomField, FieldKind
from contact_center.desk.customers import fragments, words
from contact_center.errors import Invalid, Stale
from contact_center.events.names import Name
from contact_center.extensions import db

blueprint = Blueprint("details", __name__)
ELSEWHERE = ("company_id",)  # chosen in its own section
RELOADS = ("kind",)  # so much hangs on it that the page is built anew
LONG = ("about", "education", "family", "work", "interests", "personality", "business")


@blueprint.get("/<int:customer_id>/fields/<name>")
@access.agent
def show(customer_id: int, name: str) -> Any:
    """One field as it stands, or with ?edit=1 the form to change it."""
    customer = _customer(customer_id, name)
    if request.args.get("edit") != "1":
        return _shown(customer, name, has_focus=True)
    return _form(customer, name, records.value_of(customer, name))


@blueprint.post("/<int:customer_id>/fields/<name>")
@access.agent
def save(customer_id: int, name: str) -> Any:
    """Save one field. What is wrong comes back beside it; a stale save comes back with what stands there now."""
    customer = _customer(customer_id, name)
    typed, seen = request.form.get("value", ""), request.form.get("seen", "")
    try:
        records.change(customer, access.me(), fragments.number("version"), seen={name: seen}, **{name: typed})
    except Invalid as refused:
        db.session.rollback()
        return _form(customer, name, typed, status=refused.status, error=refused.sentence)
    except Stale as stale:
        db.session.rollback()
        db.session.refresh(customer)
        return _form(customer, name, typed, status=stale.status, stale=_by_whom(customer, name))
    db.session.commit()
    answer = _shown(customer, name, has_focus=True)
    if name in RELOADS:
        answer.headers["HX-Refresh"] = "true"
    return answer


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading: those that say something, and those that are offered to be filled in."""

    key: str
    title: str
    shown: Sequence[str]
    empty: Sequence[str]


def groups(customer: Customer) -> list[Group]:
    """All fields of a customer of this kind, the firm's own among them."""
    is_company = customer.kind is CustomerKind.COMPANY
    own = custom.keys(custom.active(customer.kind).values())
    drawer = (_("Business"), fields.OF_COMPANIES) if is_company else (_("Person"), fields.OF_PERSONS)
    return [
        _group(customer, "details", _("Details"), (*_ALWAYS, "region", "time_zone")),
        _group(customer, "address", _("Address"), _ADDRESS),
        _group(customer, "archive", *drawer),
        _group(customer, "own", _("Custom fields"), own),
        _group(customer, "about", _("About"), ("about",)),
    ]


def _group(customer: Customer, key: str, title: str, names: Sequence[str]) -> Group:
    shown = [name for name in names if name in _STANDING or records.value_of(customer, name) not in (None, "")]
    return Group(key, str(title), shown, [name for name in names if name not in shown])


_ALWAYS = ("status", "kind", "owner_id", "language", "external_id")
_ADDRESS = ("street", "postcode", "city", "country")
_STANDING = frozenset({*_ALWAYS, *_ADDRESS, "about"})  # shown though they are empty: most customers have them


def _customer(customer_id: int, name: str) -> Customer:
    customer = fragments.customer_or_404(customer_id)
    if name.startswith(custom.PREFIX):
        return customer if _own(customer, name) else abort(404)
    return customer if name in fields.NAMES and name not in ELSEWHERE else abort(404)


def _own(customer: Customer, name: str) -> CustomField | None:
    return custom.active(customer.kind).get(name.removeprefix(custom.PREFIX))


def _shown(customer: Customer, name: str, *, has_focus: bool = False) -> Any:
    is_hidden = name not in _STANDING and name != "name" and records.value_of(customer, name) in (None, "")
    context: dict[str, Any] = {"customer": customer, "name": name, "has_focus": has_focus, "is_hidden": is_hidden}
    return fragments.fragment("customers/_field.html", **context)


def _form(
    customer: Customer, name: str, typed: Any, *, status: int = 200, error: str = "", stale: Entry | None = None
) -> Any:
    return fragments.fragment(
        "customers/_field_form.html",
        status=status,
        customer=customer,
        name=name,
        typed=_written(typed),
        now=_written(records.value_of(customer, name)),
        options=_options(customer, name),
        known=lists.words_in_use(name) if name in ("region", "industry") else _KNOWN.get(name, ()),
        own=_own(customer, name) if name.startswith(custom.PREFIX) else None,
        is_long=name in LONG,
        error=error,
        is_stale=status == Stale.status,
        stale=stale,
    )


def _written(value: Any) -> Any:
    """A value as a form has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def _by_whom(customer: Customer, name: str) -> Entry | None:
    """The newest change of this field."""
    recent = history.page(customer, limit=20)
    return next((e for e in recent if e.name is Name.CUSTOMER_CHANGED and name in e.data["changes"]), None)


def _options(customer: Customer, name: str) -> list[tuple[str, str]]:
    """What can be chosen, for fields that are chosen from a list."""
    if name.startswith(custom.PREFIX):
        return _choices(_own(customer, name))
    if name == "kind":
        return [(kind, words.kind_word(kind)) for kind in CustomerKind]
    if name == "status":
        return [(status, words.status_word(status)) for status in CustomerStatus]
    if name == "owner_id":
        workers = select(Agent.id, Agent.name).where(Agent.active | (Agent.id == customer.owner_id))
        return [("", "—"), *((str(row.id), row.name) for row in db.session.execute(workers.order_by(Agent.name)))]
    if name == "language":
        known = {*fields.LANGUAGES, customer.language or "en"}
        return [("", "—"), *_by_word((code, words.language_word(code)) for code in known)]
    if name == "country":
        return [("", "—"), *_by_word((code, words.country_word(code)) for code in fields.country_codes().values())]
    if name == "time_zone":
        return [("", "—"), *((zone, zone) for zone in sorted(available_timezones()) if "/" in zone)]
    return []


def _choices(field: CustomField | None) -> list[tuple[str, str]]:
    if field is None or field.kind not in (FieldKind.CHOICE, FieldKind.YES_NO):
        return []
    if field.kind is FieldKind.YES_NO:
        return [("", "—"), ("yes", _("yes")), ("no", _("no"))]
    return [("", "—"), *((choice, choice) for choice in field.choices)]


def _by_word(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(set(options), key=lambda option: option[1])


_KNOWN = {
    "nature": (
        _l("Private company"), _l("State-owned company"), _l("Listed company"), _l("Public body"), _l("Association"),
    ),
    "scale": (_l("up to 10 people"), _l("11 to 50 people"), _l("51 to 250 people"), _l("more than 250 people")),
}  # fmt: skip
