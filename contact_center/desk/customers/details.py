"""The fields of a customer, each edited where it stands and saved by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, abort, request
from sqlalchemy import select

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.customers import fields, history, records
from contact_center.customers.history import Entry
from contact_center.customers.models import Customer, CustomerKind, CustomerStatus
from contact_center.desk.customers import fragments, words
from contact_center.errors import Invalid, Stale
from contact_center.events.names import Name
from contact_center.extensions import db

blueprint = Blueprint("details", __name__)
ELSEWHERE = ("company_id",)  # chosen in its own section
RELOADS = ("kind",)  # so much hangs on it that the page is built anew


@blueprint.get("/<int:customer_id>/fields/<name>")
@access.agent
def show(customer_id: int, name: str) -> Any:
    """One field as it stands, or with ?edit=1 the form to change it."""
    customer = _customer(customer_id, name)
    if request.args.get("edit") != "1":
        return _shown(customer, name, has_focus=True)
    return _form(customer, name, getattr(customer, name))


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


def _customer(customer_id: int, name: str) -> Customer:
    return fragments.customer_or_404(customer_id) if name in fields.NAMES and name not in ELSEWHERE else abort(404)


def _shown(customer: Customer, name: str, *, has_focus: bool = False) -> Any:
    return fragments.fragment("customers/_field.html", customer=customer, name=name, has_focus=has_focus)


def _form(
    customer: Customer, name: str, typed: Any, *, status: int = 200, error: str = "", stale: Entry | None = None
) -> Any:
    return fragments.fragment(
        "customers/_field_form.html",
        status=status,
        customer=customer,
        name=name,
        typed="" if typed is None else typed,
        now="" if getattr(customer, name) is None else getattr(customer, name),
        options=_options(customer, name),
        error=error,
        is_stale=status == Stale.status,
        stale=stale,
    )


def _by_whom(customer: Customer, name: str) -> Entry | None:
    """The newest change of this field."""
    recent = history.page(customer, limit=20)
    return next((e for e in recent if e.name is Name.CUSTOMER_CHANGED and name in e.data["changes"]), None)


def _options(customer: Customer, name: str) -> list[tuple[str, str]]:
    """What can be chosen, for fields that are chosen from a list."""
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


def _by_word(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(set(options), key=lambda option: option[1])
