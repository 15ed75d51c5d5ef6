"""The list of customers, and opening a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contact_center import access, once
from contact_center.agents.models import Agent
from contact_center.customers import fields, lists, points, records, search
from contact_center.customers.lists import NOBODY, Filter, Sort
from contact_center.customers.models import Customer, CustomerKind, CustomerStatus
from contact_center.desk.customers import fragments
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.tickets import customer_choice

blueprint = Blueprint("listing", __name__)
KEPT = ("q", "kind", "status", "owner", "sort")


@dataclass(frozen=True)
class Asked:
    """What the address of the page asks for; anything unknown in it is passed over."""

    filter: Filter
    sort: Sort
    owner: str

    @classmethod
    def of_request(cls) -> Asked:
        args = request.args
        owner = args.get("owner", "")
        owner_id = {"me": access.me().id, "nobody": NOBODY}.get(owner, fragments.number("owner") or None)
        asked = Filter(
            text=args.get("q", "").strip()[:200],
            kind=CustomerKind(args["kind"]) if args.get("kind") in CustomerKind.__members__ else None,
            status=CustomerStatus(args["status"]) if args.get("status") in CustomerStatus.__members__ else None,
            owner_id=owner_id,
        )
        return cls(asked, Sort.NAME if args.get("sort") == Sort.NAME else Sort.NEWEST, owner)


@blueprint.get("")
@access.agent
def page() -> str:
    """One page of the list; htmx asks for it anew while somebody types."""
    asked = Asked.of_request()
    after, before = request.args.get("after"), request.args.get("before")
    found = lists.page(asked.filter, after=after, before=before, sort=asked.sort)
    return render_template(
        "desk/customers/list.html",
        found=found,
        asked=asked,
        counted=None if asked.filter.text else lists.count(asked.filter),
        instead=None if found.rows or asked.filter.active() == ["text"] else lists.instead(asked.filter),
        owner_name=_owner_name(asked.filter.owner_id),
        asked_for=asked_for,
        owners=_owners(),
        kinds=CustomerKind,
        statuses=CustomerStatus,
    )


def asked_for(**changed: str | None) -> str:
    """The address of the same list with something changed; None drops it. A change begins at the first page."""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name)}
    wanted = {name: value for name, value in (kept | changed).items() if value}
    return url_for("customers.listing.page", **wanted)  # type: ignore[arg-type]


@blueprint.get("/find")
@access.agent
def find() -> Any:
    """A few people for the `company` that looks for contact persons, or companies for a `person`."""
    args = request.args
    typed, kind = (args.get("q") or args.get("name") or "")[:200], args.get("kind", "")
    found = search.find(typed, 6, lambda customer: [customer.kind == kind, customer.company_id.is_(None)])
    sought_by = {"person_id": fragments.number("person"), "company_id": fragments.number("company")}
    return fragments.fragment("customers/_found.html", found=found, q=typed, sought_by=sought_by)


@blueprint.get("/known")
@access.agent
def known() -> Any:
    """Who has the address already that is typed into the form for a new customer."""
    args = request.args
    try:
        address = points.read(args.get("email") or args.get("phone") or "")
    except Invalid:
        return ""
    return fragments.fragment("customers/_known.html", others=points.owners(address))


@blueprint.get("/new")
@access.agent
def new() -> str:
    """The form for a new customer; a ticket that nobody is known for fills it in."""
    return render_template("desk/customers/new.html", values=request.args)


@blueprint.post("")
@access.agent
def create() -> Any:
    """Open the customer, and make them the customer of `ticket` where one is given."""
    customer, ref = once.made(Customer, _open), request.form.get("ticket")
    for other in _namesakes(customer):
        flash(_("%(name)s has the same address. Is this the same customer?", name=other.name), "info")
    db.session.commit()
    if ref:
        return redirect(f"/desk/tickets/{ref}", 303)
    return redirect(url_for("customers.record.page", customer_id=customer.id), 303)


def _open() -> Customer:
    customer = _opened(request.form)
    if ref := request.form.get("ticket"):
        customer_choice.choose(fragments.ticket_or_404(ref), customer, access.me())
    return customer


def _opened(form: Any) -> Customer:
    """Raises Invalid with everything that is wrong at once, addresses included."""
    wrong: dict[str, str] = {}
    addresses = []
    for name in ("email", "phone"):
        try:
            addresses += [points.read(form[name])] if form.get(name, "").strip() else []
        except Invalid as refused:
            wrong[name] = refused.sentence
    told = {name: form[name] for name in ("kind", "status", "language", "city") if form.get(name)}
    try:
        fields.clean({"name": form.get("name"), **told})
    except Invalid as refused:
        wrong = refused.fields | wrong
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    return records.open_customer(form["name"], access.me(), points=addresses, **told)


def _namesakes(customer: Customer) -> list[Customer]:
    return list({other.id: other for point in customer.points for other in points.others(point)}.values())


def _owners() -> list[Agent]:
    """Whom a list can be narrowed to: everybody else who works here."""
    others = select(Agent).where(Agent.active, Agent.id != access.me().id).order_by(Agent.name)
    return list(db.session.scalars(others.options(lazyload(Agent.roles))))


def _owner_name(owner_id: int | None) -> str:
    if owner_id is None:
        return ""
    if owner_id == NOBODY:
        return str(_("Nobody"))
    return db.session.scalar(select(Agent.name).where(Agent.id == owner_id)) or str(_("Nobody"))
