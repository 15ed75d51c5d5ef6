"""What the customer lets us do, on their page: what holds now, how we know, every word so far, and a new one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from contact_center import access, once
from contact_center.customers import consents
from contact_center.customers.models import Consent, Customer
from contact_center.desk.customers import fragments
from contact_center.errors import Invalid
from contact_center.extensions import db

blueprint = Blueprint("consents", __name__, url_prefix="/<int:customer_id>/consents")


def state(customer: Customer) -> dict[str, Any]:
    """What the section shows: purposes with what holds for each channel that somebody has spoken about."""
    return {
        "consents": sorted(consents.current(customer.id).items()),
        "purposes": list(consents.Purpose),
        "channels": list(consents.Channel),
        "usual": consents.DEFAULTS,
    }


@blueprint.get("")
@access.agent
def section(customer_id: int) -> Any:
    """The section; ?add=1 opens the form, ?all=1 every word so far."""
    customer, args = fragments.customer_or_404(customer_id), request.args
    words = consents.every(customer.id) if args.get("all") == "1" else None
    return _section(customer, add=args.get("add") == "1", words=words, typed=args)


@blueprint.post("")
@access.agent
def record(customer_id: int) -> Any:
    """Write down what the customer said, and how we know."""
    customer, form = fragments.customer_or_404(customer_id), request.form
    try:
        once.made(Consent, lambda: _record(customer))
    except Invalid as refused:
        db.session.rollback()
        return _section(customer, status=refused.status, add=True, typed=form, wrong=refused.fields)
    db.session.commit()
    return _section(customer)


def _record(customer: Customer) -> Consent:
    form = request.form
    return consents.record(
        customer,
        form.get("channel", ""),
        form.get("purpose", ""),
        access.me(),
        is_granted=form.get("word") == "yes",
        evidence=form.get("evidence", ""),
    )


def _section(customer: Customer, **more: Any) -> Any:
    return fragments.fragment("customers/_consents.html", customer=customer, **state(customer), **more)
