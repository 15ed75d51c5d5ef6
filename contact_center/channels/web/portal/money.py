"""The signed-in customer's money: the account statement 对账单 on the page, as PDF and CSV; invoices and charges.

`wiring` registers the blueprint. Sums of different currencies never meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from contact_center import access
from contact_center.channels.web.portal import documents, door
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.orders.accounts import AccountStatement
from contact_center.orders.models import Invoice, InvoiceKind, Order
from contact_center.selfservice import deflections
from contact_center.selfservice.models import DeflectionKind

LONGEST = timedelta(days=3 * 366)
USUAL = timedelta(days=90)
_CHARGES = 50

blueprint = Blueprint("my_money", __name__, url_prefix="/my")
door.prepare(blueprint)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A currency and a period, and what was wrong with what was typed."""

    currency: str
    currencies: list[str]
    since: date
    until: date
    problem: str = ""

    def typed(self, name: str) -> str:
        """What stands in the field for a day: with a problem, what was typed."""
        return request.args.get(name, "") if self.problem else str(getattr(self, name))


@blueprint.get("/statement")
@access.customer
def statement() -> str:
    """The account of a period: what was charged, what was paid, and what is open after each."""
    me, asked = door.me(), _asked()
    found = _statement(asked)
    if found is not None:
        _note()
    standing = accounts.standing(me.ids).get(asked.currency)
    return render_template(
        "portal/statement.html",
        me=me,
        asked=asked,
        statement=found,
        standing=standing,
        kind_of=documents.kind_of,
        verdict=documents.verdict,
    )


@blueprint.get("/statement.pdf")
@access.customer
def statement_pdf() -> Response:
    """The same on paper."""
    found = _statement(_asked()) or abort(404)
    _note()
    return _download(documents.statement_pdf(found, _holder()), "application/pdf", _name(found, "pdf"))


@blueprint.get("/statement.csv")
@access.customer
def statement_csv() -> Response:
    """The same as a table."""
    found = _statement(_asked()) or abort(404)
    _note()
    return _download(documents.statement_csv(found), "text/csv; charset=utf-8", _name(found, "csv"))


@blueprint.get("/invoices/<path:invoice_number>")
@access.customer
def invoice(invoice_number: str) -> Response:
    """A copy of an invoice of one's own."""
    if "\x00" in invoice_number:
        abort(404)
    asked = select(Invoice).where(Invoice.external_id == invoice_number, Invoice.customer_id.in_(door.me().ids))
    found = db.session.scalar(asked.where(Invoice.cancelled_at.is_(None))) or abort(404)
    mine = (Order.id == found.order_id, Order.customer_id.in_(door.me().ids))
    order = db.session.scalar(select(Order).where(*mine).options(selectinload(Order.lines))) if found.order_id else None
    return _download(documents.invoice_pdf(found, order, _holder()), "application/pdf", f"{_safe(invoice_number)}.pdf")


@blueprint.get("/charges")
@access.customer
def charges() -> str:
    """What services cost: visits, contracts, repairs outside the warranty."""
    asked = select(Invoice).where(Invoice.customer_id.in_(door.me().ids), Invoice.kind == InvoiceKind.SERVICE)
    rows = db.session.scalars(
        asked.where(Invoice.cancelled_at.is_(None)).order_by(Invoice.issued_on.desc(), Invoice.id.desc())
    )
    return render_template("portal/charges.html", me=door.me(), charges=list(rows.fetchmany(_CHARGES)))


def _asked() -> _Asked:
    currencies = accounts.currencies(door.me().ids)
    today = accounts.today()
    wanted = request.args.get("currency", "")
    currency = wanted if wanted in currencies else currencies[0] if currencies else ""
    usual = today - USUAL, today
    since, until = _day("since", usual[0]), _day("until", usual[1])
    if since is None or until is None:
        return _Asked(currency, currencies, *usual, _("A date looks like 2026-03-31."))
    if until < since:
        return _Asked(currency, currencies, *usual, _("The period ends before it begins."))
    if until - since > LONGEST:
        return _Asked(currency, currencies, until - LONGEST, until, _("A statement can be of three years at most."))
    return _Asked(currency, currencies, since, until)


def _day(name: str, otherwise: date) -> date | None:
    typed = request.args.get(name, "").strip()
    if not typed:
        return otherwise
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if date(1970, 1, 1) <= day <= date(2200, 1, 1) else None


def _statement(asked: _Asked) -> AccountStatement | None:
    return accounts.statement(door.me().ids, asked.currency, asked.since, asked.until) if asked.currency else None


def _note() -> None:
    deflections.note(DeflectionKind.STATEMENT, door.me().customer.id)
    db.session.commit()


def _holder() -> str:
    me = door.me()
    return f"{me.company.name} · {me.customer.name}" if me.company else me.customer.name


def _name(found: AccountStatement, ending: str) -> str:
    return f"statement-{found.currency}-{found.since}-{found.until}.{ending}"


def _safe(number: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in number)[:80] or "invoice"


def _download(content: bytes, kind: str, name: str) -> Any:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
