"""A company's credit on one page: grade and limit, how they pay, ratios by period, score sheets. For supervisors."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once, rows
from contact_center.credit import limits, ratios, sheets, statements, words
from contact_center.credit.models import CreditLimit, CreditSheet, Template
from contact_center.customers.models import Customer
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.orders import accounts, exposure

blueprint = Blueprint("credit", __name__, url_prefix="/floor/credit/<int:customer_id>")


@blueprint.get("")
@access.supervisor
def show(customer_id: int) -> str:
    """The whole page; ?template= chooses the score sheet to fill in."""
    return _page(_customer(customer_id))


@blueprint.post("/limit")
@access.supervisor
def limit(customer_id: int) -> Any:
    """Set the limit."""
    customer = _customer(customer_id)
    typed = request.form.to_dict() | {"currency": request.form.get("limit_currency", "")}
    return _do(customer, "limit", lambda: limits.put(customer, access.me(), _version(), typed))


@blueprint.post("/sheets")
@access.supervisor
def score(customer_id: int) -> Any:
    """Write a score sheet."""
    customer = _customer(customer_id)
    comment = request.form.get("comment", "")

    def write() -> CreditSheet:
        return sheets.add(customer, access.me(), request.form.get("template", ""), request.form, comment)

    return _do(customer, "sheet", lambda: once.made(CreditSheet, write))


@blueprint.post("/figures")
@access.supervisor
def figures(customer_id: int) -> Any:
    """Write the figures of a period."""
    customer = _customer(customer_id)
    return _do(customer, "figures", lambda: statements.put(customer, access.me(), request.form))


@blueprint.post("/figures/remove")
@access.supervisor
def remove(customer_id: int) -> Any:
    """Take a period out."""
    customer = _customer(customer_id)
    try:
        period = date.fromisoformat(request.form.get("period_end", ""))
    except ValueError:
        abort(404)
    statements.remove(customer, access.me(), period)
    return _done(customer)


def _do(customer: Customer, form: str, verb: Any) -> Any:
    try:
        verb()
    except Invalid as error:
        db.session.rollback()
        return _page(_customer(customer.id), form, error.fields or {"": error.sentence}), error.status
    return _done(customer)


def _done(customer: Customer) -> Any:
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("credit.show", customer_id=customer.id), 303)


def _page(customer: Customer, form: str = "", problems: dict[str, str] | None = None) -> str:
    periods = statements.of(customer.id)
    typed = request.form.to_dict() if form else {}
    wanted = typed.get("template") or request.args.get("template", "")
    return render_template(
        "floor/credit.html", section="customers", customer=customer, form=form, problems=problems or {}, typed=typed,
        row=db.session.get(CreditLimit, customer.id), use=limits.use_of(customer.id),
        owed=exposure.of([customer.id]), record=accounts.payment_record([customer.id]), periods=periods,
        ratios=[ratios.of(period) for period in periods], sheets=sheets.newest(customer.id),
        template=Template(wanted) if wanted in list(Template) else Template.FIVE_C, templates=list(Template),
        factors=sheets.FACTORS, weights=sheets.settings().weights, words=words.factors(), ratio_words=words.ratios(),
        figure_words=words.figures(),
    )  # fmt: skip


def _customer(customer_id: int) -> Customer:
    return db.session.get(Customer, customer_id) or abort(404)


def _version() -> int:
    return rows.number(request.form.get("version", "")) or 0
