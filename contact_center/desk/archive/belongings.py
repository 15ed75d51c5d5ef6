"""All that belongs to one customer: orders, assets, contracts, and the account with its statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from contact_center import access
from contact_center.customers import history
from contact_center.customers.models import Customer
from contact_center.desk.archive import left
from contact_center.entitlements import assets, contracts
from contact_center.extensions import db
from contact_center.orders import accounts, exposure
from contact_center.orders import history as orders
from contact_center.putting import reading

blueprint = Blueprint("belongings", __name__, url_prefix="/customers/<int:customer_id>")
ROWS = 30
YEAR = timedelta(days=365)


@blueprint.get("/orders")
@access.agent
def orders_of(customer_id: int) -> str:
    """Their orders, newest first."""

    def found(customer: Customer) -> dict[str, Any]:
        rows = orders.of_customer([customer.id], before=request.args.get("before"), limit=ROWS + 1)
        return {"rows": rows[:ROWS], "next": rows[ROWS - 1].cursor if len(rows) > ROWS else None}

    return _shown(customer_id, "orders", found)


@blueprint.get("/assets")
@access.agent
def assets_of(customer_id: int) -> str:
    """What they own, and owned."""
    return _shown(customer_id, "assets", lambda customer: {"rows": assets.of([customer.id], retired=True)})


@blueprint.get("/contracts")
@access.agent
def contracts_of(customer_id: int) -> str:
    """Their service contracts, ended ones too."""
    return _shown(customer_id, "contracts", lambda customer: {"rows": contracts.of([customer.id], ended=True)})


@blueprint.get("/account")
@access.agent
def account_of(customer_id: int) -> str:
    """What they owe, and the statement of one currency; of the last year unless the address says."""
    return _shown(customer_id, "account", _account)


def _account(customer: Customer) -> dict[str, Any]:
    theirs, today = [customer.id], accounts.today()
    known = accounts.currencies(theirs)
    currency = request.args.get("currency", "")
    currency = currency if currency in known else next(iter(known), "")
    since, until = _day("since", today - YEAR), _day("until", today)
    return {
        "standing": accounts.standing(theirs),
        "exposure": exposure.of(theirs),
        "record": accounts.payment_record(theirs),
        "currencies": known,
        "currency": currency,
        "statement": accounts.statement(theirs, currency, since, until) if currency else None,
    }


def _day(name: str, otherwise: date) -> date:
    try:
        return reading.day(request.args.get(name, ""))
    except ValueError:
        return otherwise


def _shown(customer_id: int, part: str, found: Callable[[Customer], dict[str, Any]]) -> str:
    """One part; a look at it is a look at the customer."""
    customer = left.customer_or_404(customer_id)
    shown = render_template(f"desk/archive/of_{part}.html", customer=customer, part=part, **found(customer))
    history.record_look(customer, access.me())
    db.session.commit()
    return shown
