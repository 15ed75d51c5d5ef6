"""The list of customers, and opening a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contact_center import access, once
from contact_center.agents.models import Agent
from contact_center.calls import whose
from contact_center.customers import custom, fields, lists, points, records, search
from contact_center.customers.lists import NOBODY, Filter, Sort
from contact_center.customers.models import TIERS, Customer, CustomerKind, CustomerStatus, CustomField, ValueColour
from contact_center.desk import asked
from contact_center.desk.customers import fragments
from contact_center.errors import Invalid
from contact_center.extensions import db

blueprint = Blueprint("listing", __name__)
KEPT = ("q", "kind", "status", "owner", "tier", "colour", "region", "industry", "sort")
_PARAMETERS = {"text": "q", "owner_id": "owner"}  # filters that the address calls otherwise


@dataclass(frozen=True)
class Asked:
    """What the address of the page asks for; anything unknown in it is passed over."""

    filter: Filter
    sort: Sort
    owner: str
    fields: dict[str, CustomField]  # searchable ones by key

    @classmethod
    def of_request(cls) -> Asked:
        args = request.args
        owner = args.get("owner", "")
        owner_id = {"me": access.me().id, "nobody": NOBODY}.get(owner, fragments.number("owner") or None)
        searchable = {key: field for key, field in custom.active().items() if field.is_searched}
        asked = Filter(
            text=args.get("q", "").strip()[:200],
            kind=CustomerKind(args["kind"]) if args.get("kind") in CustomerKind.__members__ else None,
            status=CustomerStatus(args["status"]) if args.get("status") in CustomerStatus.__members__ else None,
            owner_id=owner_id,
            tier=args["tier"] if args.get("tier") in TIERS else "",
            colour=ValueColour(args["colour"]) if args.get("colour") in ValueColour.__members__ else None,
            region=_word(args.get("region")),
            industry=_word(args.get("industry")),
            custom=tuple(_custom(searchable)),
        )
        return cls(asked, Sort.NAME if args.get("sort") == Sort.NAME else Sort.NEWEST, owner, searchable)


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
        dropped=dropped,
        kinds=CustomerKind,
        statuses=CustomerStatus,
        tiers=TIERS,
        colours=ValueColour,
        regions=lists.words_in_use("region"),
        industries=lists.words_in_use("industry"),
        label=custom.label,
    )


def asked_for(**changed: str | None) -> str:
    """The address of the same list with something changed; None drops it. A change begins at the first page."""
    kept = {name: value for name, value in request.args.items() if name in KEPT or name.startswith(custom.PREFIX)}
    wanted = {name: value for name, value in (kept | changed).items() if value}
    return url_for("customers.listing.page", **wanted)  # type: ignore[arg-type]


def dropped(name: str) -> str:
    """The address of the same list without one of its filters."""
    if name == "custom":
        return asked_for(**{key: None for key in request.args if key.startswith(custom.PREFIX)})
    return asked_for(**{_PARAMETERS.get(name, name): None})


def _word(given: str | None) -> str:
    return (given or "").replace("\x00", "").strip()[:100]


def _custom(searchable: dict[str, CustomField]) -> Iterator[tuple[str, Any]]:
    """The firm's own fields that the address narrows to; what is no value of theirs is passed over."""
    for key, field in searchable.items():
        try:
            value = custom.clean(field, request.args.get(custom.PREFIX + key))
        except ValueError:
            continue
        if value is not None:
            yield key, value


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
    """Open the customer, and make them the customer of `ticket` where one is given; with `stays` no page is left."""
    customer, ref = once.made(Customer, _open), request.form.get("ticket")
    for other in _namesakes(customer):
        flash(_("%(name)s has the same address. Is this the same customer?", name=other.name), "info")
    db.session.commit()
    if ref and "stays" in request.form:
        text = _("%(ref)s now belongs to %(name)s", ref=ref, name=customer.name)
        return asked.done(text, undo=url_for("customers.choice.undo", ref=ref), otherwise=f"/desk/tickets/{ref}")
    if ref:
        return redirect(f"/desk/tickets/{ref}", 303)
    return redirect(url_for("customers.record.page", customer_id=customer.id), 303)


def _open() -> Customer:
    customer = _opened(request.form)
    if ref := request.form.get("ticket"):
        seen = fragments.number("instead_of") if "instead_of" in request.form else None
        whose.choose(fragments.ticket_or_404(ref), customer, access.me(), instead_of=seen, is_opened=True)
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
    Invalid.raise_for(wrong)
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
