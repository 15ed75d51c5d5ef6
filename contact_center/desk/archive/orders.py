"""Orders: the list, the page of one with everything that belongs to it, and recording a settlement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contact_center import access, clock, once
from contact_center.agents.models import Agent
from contact_center.customers import history
from contact_center.customers import search as customers
from contact_center.desk import asked
from contact_center.desk.archive import left
from contact_center.entitlements.models import Asset
from contact_center.extensions import db
from contact_center.orders import lists, settlements
from contact_center.orders.lists import Filter
from contact_center.orders.models import (
    Invoice,
    Order,
    OrderLine,
    OrderState,
    Payment,
    Settlement,
    SettlementKind,
    Shipment,
)
from contact_center.orders.putting import Known
from contact_center.tickets import scope
from contact_center.tickets.models import Ticket

blueprint = Blueprint("orders", __name__, url_prefix="/orders")
KEPT = ("q", "state", "region")
CUSTOMERS_FOUND = 20
SHOWN = 100  # invoices, payments, settlements and assets of one order
TICKETS = 10


@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for; anything unknown in it is passed over."""

    filter: Filter
    state: str
    text: str

    @classmethod
    def of_request(cls) -> Asked:
        state = request.args.get("state", "open")
        text = request.args.get("q", "").replace("\x00", "").strip()[:100]
        states: dict[str, tuple[OrderState, ...]] = {"open": lists.OPEN, "late": (), "all": ()}
        states |= {word: (OrderState(word),) for word in OrderState.__members__}
        state = state if state in states else "open"
        state = "all" if text and "state" not in request.args else state
        region = request.args.get("region", "").replace("\x00", "")[:100]
        wanted = Filter(states[state], is_late=state == "late", region=region)
        return cls(wanted, state, text)


@blueprint.get("")
@access.agent
def listing() -> str:
    """One page of the list; htmx asks for it anew while somebody types."""
    current = Asked.of_request()
    after, before = request.args.get("after"), request.args.get("before")
    return render_template(
        "desk/archive/orders.html",
        current=current,
        found=lists.page(_narrowed(current), after=after, before=before),
        asked_for=asked_for,
        counts=left.counts(),
        regions=lists.regions(),
        states=OrderState,
    )


def asked_for(**changed: str | None) -> str:
    """The address of the same list with something changed; None drops it. A change begins at the first page."""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name)}
    wanted = {name: value for name, value in (kept | changed).items() if value}
    return url_for("archive.orders.listing", **wanted)  # type: ignore[arg-type]


@blueprint.get("/<int:order_id>")
@access.agent
def page(order_id: int) -> str:
    """The whole order; a look at it is a look at its customer."""
    order, agent = _order_or_404(order_id), access.me()
    shown = render_template(
        "desk/archive/order.html",
        order=order,
        invoices=_of(Invoice, order, Invoice.issued_on),
        payments=_payments(order),
        settlements=_of(Settlement, order, Settlement.at),
        assets=_of(Asset, order, Asset.id),
        tickets=_tickets(order, agent),
        counts=left.counts(),
        steps=_steps(order),
    )
    history.record_look(order.customer, agent)
    db.session.commit()
    return shown


@blueprint.get("/<int:order_id>/settlement")
@access.supervisor
def settlement(order_id: int) -> str:
    """The dialogue that records a return, a compensation or a discount."""
    order = _order_or_404(order_id)
    return render_template("desk/archive/_settlement.html", order=order, kinds=SettlementKind)


@blueprint.post("/<int:order_id>/settlement")
@access.supervisor
def settle(order_id: int) -> Any:
    """Record it."""
    order, form = _order_or_404(order_id), request.form
    product = asked.number("product")
    given = {"kind": form.get("kind", ""), "amount": form.get("amount", ""), "reason": form.get("reason", "")}
    if product:
        given["product"] = Known(product)  # type: ignore[assignment]
    once.made(Settlement, lambda: settlements.give(access.me(), order=Known(order.id), at=clock.now(), **given))
    db.session.commit()
    return asked.done(_("Recorded."), otherwise=url_for("archive.orders.page", order_id=order_id))


def _order_or_404(order_id: int) -> Order:
    order: Order = left.row_or_404(Order, order_id)
    together = (
        joinedload(Order.customer),
        selectinload(Order.lines).joinedload(OrderLine.product),
        selectinload(Order.shipments).selectinload(Shipment.tracking),
    )
    return db.session.scalars(select(Order).where(Order.id == order.id).options(*together)).one()


def _narrowed(current: Asked) -> Filter:
    """What was typed is the beginning of a number, or else it is customers."""
    if not current.text:
        return current.filter
    by_number = Filter(**{**_fields(current.filter), "text": current.text})
    if lists.count(by_number):
        return by_number
    found = tuple(customer.id for customer in customers.find(current.text, limit=CUSTOMERS_FOUND))
    return Filter(**{**_fields(current.filter), "customer_ids": found})


def _fields(wanted: Filter) -> dict[str, Any]:
    return {"states": wanted.states, "is_late": wanted.is_late, "region": wanted.region}


def _of(model: Any, order: Order, newest: Any) -> list[Any]:
    return list(db.session.scalars(select(model).where(model.order_id == order.id).order_by(newest).limit(SHOWN)))


def _payments(order: Order) -> list[Payment]:
    """What came in for the order's invoices."""
    asked_for = select(Payment).join(Invoice, Invoice.id == Payment.invoice_id).where(Invoice.order_id == order.id)
    return list(db.session.scalars(asked_for.order_by(Payment.received_at).limit(SHOWN)))


def _tickets(order: Order, agent: Agent) -> list[Ticket]:
    """Tickets that name the order, as far as the reader may see them."""
    named = (Ticket.order_number == order.external_id, scope.visible_to(agent))
    return list(db.session.scalars(select(Ticket).where(*named).order_by(Ticket.id.desc()).limit(TICKETS)))


def _steps(order: Order) -> list[tuple[str, str]]:
    """How far the order is: each step with done, now or next."""
    words = [OrderState.PLACED, OrderState.CONFIRMED, OrderState.SHIPPED, OrderState.DELIVERED]
    if order.state is OrderState.CANCELLED:
        return []
    here = words.index(order.state)
    is_done = order.state is OrderState.DELIVERED
    return [
        (word, "done" if at < here or is_done else "now" if at == here else "next") for at, word in enumerate(words)
    ]
