"""The company of a person, and the contact persons of a company, on their pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.customers import points, records
from contact_center.customers.models import Customer, CustomerKind
from contact_center.desk.customers import fragments
from contact_center.errors import Invalid
from contact_center.extensions import db

blueprint = Blueprint("company", __name__, url_prefix="/<int:customer_id>")


def people(customer: Customer) -> list[Customer]:
    """The contact persons of a company; nobody for a person."""
    return records.people_of(customer) if customer.kind is CustomerKind.COMPANY else []


@blueprint.get("/company")
@access.agent
def section(customer_id: int) -> Any:
    """The section; ?add=1 opens the form."""
    return _section(fragments.customer_or_404(customer_id), add=request.args.get("add") == "1")


@blueprint.post("/company")
@access.agent
def choose(customer_id: int) -> Any:
    """Make the person a contact person of `company_id`."""
    person = fragments.customer_or_404(customer_id)
    company = fragments.customer_or_404(fragments.number("company_id"))
    records.set_company(person, company, access.me(), **_place())
    db.session.commit()
    return _section(person)


@blueprint.post("/company/leave")
@access.agent
def leave(customer_id: int) -> Any:
    """Take the person out of their company."""
    person = fragments.customer_or_404(customer_id)
    company, place = person.company, _held(person)
    records.set_company(person, None, access.me())
    db.session.commit()
    if company is None:
        return _section(person)
    back = url_for("customers.company.choose", customer_id=person.id, company_id=company.id, **place)
    text = _("%(person)s is not a contact person of %(company)s any more", person=person.name, company=company.name)
    return _section(person, toast=fragments.undo(text, back, "company"))


@blueprint.post("/people")
@access.agent
def add_person(customer_id: int) -> Any:
    """Make somebody a contact person of this company: a customer we have (`person_id`), or a new one by name."""
    company = fragments.customer_or_404(customer_id)
    try:
        if request.values.get("person_id"):
            person = fragments.customer_or_404(fragments.number("person_id"))
            records.set_company(person, company, access.me(), **_place(person))
        else:
            once.made(Customer, lambda: _new_person(company))
    except Invalid as refused:
        db.session.rollback()
        return _section(company, status=refused.status, add=True, typed=request.form, wrong=refused.fields)
    db.session.commit()
    return _section(company)


@blueprint.post("/people/<int:person_id>/remove")
@access.agent
def remove_person(customer_id: int, person_id: int) -> Any:
    """Take a contact person out of this company; the person stays a customer."""
    company, person = fragments.customer_or_404(customer_id), fragments.customer_or_404(person_id)
    if person.company_id != company.id:
        return _section(company)
    place = _held(person)
    records.set_company(person, None, access.me())
    db.session.commit()
    back = url_for("customers.company.add_person", customer_id=company.id, person_id=person.id, **place)
    text = _("%(person)s is not a contact person of %(company)s any more", person=person.name, company=company.name)
    return _section(company, toast=fragments.undo(text, back, "company"))


def _new_person(company: Customer) -> Customer:
    form = request.form
    addresses = [points.read(form["value"])] if form.get("value", "").strip() else []
    told: dict[str, Any] = {"company_id": company.id, "status": company.status, "language": company.language}
    return records.open_customer(form.get("name", ""), access.me(), points=addresses, **told, **_place())


def _place(person: Customer | None = None) -> dict[str, Any]:
    """Position and role as the request has them, else as the person had them."""
    held = _held(person) if person else {}
    return {name: request.values.get(name) or held.get(name, "") for name in ("position", "role")}


def _held(person: Customer) -> dict[str, Any]:
    return {"position": person.position or "", "role": person.role or ""}


def _section(customer: Customer, **more: Any) -> Any:
    return fragments.fragment("customers/_company.html", customer=customer, people=people(customer), **more)
