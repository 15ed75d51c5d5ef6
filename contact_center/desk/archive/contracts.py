"""Service contracts: those that end soon, and signing, changing and cancelling one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.customers.models import Customer
from contact_center.desk import asked
from contact_center.desk.archive import left
from contact_center.entitlements import assets, contracts
from contact_center.entitlements.kinds import RequestKind
from contact_center.entitlements.models import Asset, ServiceContract
from contact_center.extensions import db
from contact_center.orders import accounts, keyset, numbers
from contact_center.orders.putting import Known

blueprint = Blueprint("contracts", __name__)
SOON = timedelta(days=90)
ROWS = 50
TYPED = (
    "name", "valid_from", "valid_until", "hours", "response_minutes", "resolution_minutes", "visits_included",
    "visits_used", "fee", "currency",
)  # fmt: skip


@blueprint.get("/contracts")
@access.agent
def ending() -> str:
    """Contracts that end within 90 days."""
    beyond = keyset.edge(request.args.get("after"), date.fromisoformat)
    rows = contracts.ending(accounts.today() + SOON, beyond=beyond, limit=ROWS + 1)
    more = keyset.cursor(str(rows[ROWS - 1].valid_until), rows[ROWS - 1].id) if len(rows) > ROWS else None
    return render_template("desk/archive/ending_contracts.html", rows=rows[:ROWS], next=more, counts=left.counts())


@blueprint.get("/customers/<int:customer_id>/contracts/new")
@access.supervisor
def new(customer_id: int) -> str:
    """The dialogue that signs one."""
    return _dialogue(left.customer_or_404(customer_id), None)


@blueprint.post("/customers/<int:customer_id>/contracts")
@access.supervisor
def sign(customer_id: int) -> Any:
    """Sign it, under a number of ours."""
    customer = left.customer_or_404(customer_id)
    once.made(ServiceContract, lambda: _put(numbers.new("K"), customer, is_new=True))
    return _done(customer)


@blueprint.get("/contracts/<int:contract_id>")
@access.supervisor
def edit(contract_id: int) -> str:
    """The dialogue that changes one."""
    contract: ServiceContract = left.row_or_404(ServiceContract, contract_id)
    return _dialogue(contract.customer, contract)


@blueprint.post("/contracts/<int:contract_id>")
@access.supervisor
def change(contract_id: int) -> Any:
    """Change it."""
    contract: ServiceContract = left.row_or_404(ServiceContract, contract_id)
    _put(contract.external_id, contract.customer)
    return _done(contract.customer)


@blueprint.post("/contracts/<int:contract_id>/<any(cancel, restore):act>")
@access.supervisor
def act(contract_id: int, act: str) -> Any:
    """Cancel it from today, or take that back."""
    contract: ServiceContract = left.row_or_404(ServiceContract, contract_id)
    ended = accounts.today() if act == "cancel" else None
    contracts.put(contract.external_id, by=access.me(), cancelled_on=ended)
    undo = url_for("archive.contracts.act", contract_id=contract_id, act="restore") if ended else ""
    return _done(contract.customer, _("%(name)s is cancelled.", name=contract.name) if undo else "", undo=undo)


def _put(number: str, customer: Customer, *, is_new: bool = False) -> ServiceContract:
    form = request.form
    typed: dict[str, Any] = {name: form[name] for name in TYPED if name in form}
    typed |= {"customer": Known(customer.id)} if is_new else {}
    kinds = [kind for kind in form.getlist("kind") if kind in RequestKind.__members__]
    theirs = {asset.id for asset in assets.of([customer.id], retired=True)}
    chosen = [Known(asset_id) for asset_id in asked.numbers("asset") if asset_id in theirs]
    contract: ServiceContract = contracts.put(number, by=access.me(), kinds=kinds, assets=chosen, **typed).row
    return contract


def _dialogue(customer: Customer, contract: ServiceContract | None) -> str:
    owned: list[Asset] = assets.of([customer.id])
    chosen = {asset.id for asset in contract.assets} if contract else set()
    return render_template(
        "desk/archive/_contract_form.html",
        customer=customer, contract=contract, owned=owned, chosen=chosen, kinds=RequestKind, today=accounts.today(),
    )  # fmt: skip


def _done(customer: Customer, text: str = "", *, undo: str = "") -> Any:
    left.check_tickets(customer)
    db.session.commit()
    otherwise = url_for("archive.belongings.contracts_of", customer_id=customer.id)
    return asked.done(text, otherwise=otherwise, undo=undo)
