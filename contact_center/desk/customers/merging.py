"""Possible duplicates: beside a customer, as a list, compared side by side, merged, told apart, and merges undone.

Everybody sees on a customer's page whom they may be the same as; supervisors decide.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from contact_center import access, pages
from contact_center.customers import absorbing, comparing, duplicates, merging, search
from contact_center.customers.models import Customer, Duplicate, Merge
from contact_center.desk.customers import archive_words, fragments, words
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.extensions import db

blueprint = Blueprint("merging", __name__)
_DETAILS = ("points", "address", "birthday")


def side(customer: Customer) -> dict[str, Any]:
    """What the section beside a customer shows."""
    return {"likely": [_other(row, customer) for row in duplicates.of(customer)], "merges": merging.of(customer)}


@blueprint.get("/<int:customer_id>/duplicates")
@access.agent
def section(customer_id: int) -> Any:
    """Whom the customer may be the same as, looked at anew; ?find=1 opens the search for somebody else."""
    customer = fragments.customer_or_404(customer_id)
    duplicates.look([customer.id])
    db.session.commit()
    return _section(customer, find=request.args.get("find") == "1")


@blueprint.get("/<int:customer_id>/duplicates/find")
@access.supervisor
def find(customer_id: int) -> Any:
    """Customers for what is typed, each with the way to the comparison."""
    customer, typed = fragments.customer_or_404(customer_id), request.args.get("q", "")[:200]
    found = [other for other in search.find(typed, 7) if other.id != customer.id]
    return fragments.fragment("customers/_merge_found.html", customer=customer, found=found, q=typed)


@blueprint.post("/<int:customer_id>/duplicates/<int:other_id>/<any(dismiss, revive):act>")
@access.supervisor
def decide(customer_id: int, other_id: int, act: str) -> Any:
    """Remember that two are not the same, or take that back."""
    customer, other = fragments.customer_or_404(customer_id), fragments.customer_or_404(other_id)
    if customer.id == other.id:
        abort(404)
    (duplicates.dismiss if act == "dismiss" else duplicates.revive)(customer, other, access.me())
    db.session.commit()
    toast = None
    if act == "dismiss":
        back = url_for("customers.merging.decide", customer_id=customer_id, other_id=other_id, act="revive")
        text = _("%(one)s and %(other)s are not the same", one=customer.name, other=other.name)
        toast = fragments.undo(text, back, "duplicates")
    if request.form.get("from") == "list":
        return fragments.fragment("customers/_told_apart.html", customer=customer, other=other)
    return _section(customer, toast=toast)


@blueprint.get("/duplicates")
@access.supervisor
def listing() -> str:
    """Pairs that may be one, the likeliest first."""
    found = duplicates.page(after=_place())
    return render_template("desk/customers/duplicates.html", found=found, is_first=not request.args.get("after"))


@blueprint.get("/<int:customer_id>/merge/<int:other_id>")
@access.supervisor
def compare(customer_id: int, other_id: int) -> str:
    """The two side by side, with what would stay and what would go over."""
    survivor, gone = _pair(customer_id, other_id)
    return _compared(survivor, gone, {})


@blueprint.post("/<int:customer_id>/merge/<int:other_id>")
@access.supervisor
def merge(customer_id: int, other_id: int) -> Any:
    """Merge as chosen. What cannot be comes back with its sentence; who came second is led to the survivor."""
    survivor, gone = _pair(customer_id, other_id)
    names = comparing.names(survivor, gone)
    chosen = {name: request.form[f"take-{name}"] for name in names if f"take-{name}" in request.form}
    try:
        done = merging.merge(customer_id, other_id, access.me(), chosen, is_sure=request.form.get("sure") == "1")
    except AlreadyTaken:
        raise
    except IllegalMove as refused:
        if pages.wants_fragment():  # the page stays, with what was chosen on it
            raise
        db.session.rollback()
        flash(refused.sentence, "error")
        return _compared(*_pair(customer_id, other_id), chosen), refused.status
    db.session.commit()
    flash(_("%(name)s is merged into this customer.", name=done.merged_name), "success")
    return redirect(url_for("customers.record.page", customer_id=done.survivor_id), 303)


@blueprint.post("/merges/<int:merge_id>/undo")
@access.supervisor
def undo(merge_id: int) -> Any:
    """Make two of them again."""
    row = db.session.get(Merge, merge_id) or abort(404)
    done = merging.undo(row.id, access.me())
    db.session.commit()
    back = db.session.get_one(Customer, done.merged_id)
    there = url_for("customers.record.page", customer_id=back.id)
    told = Markup('<a class="link" href="{}">{}</a>').format(there, back.name)
    flash(Markup(_("%(name)s is a customer of their own again.")) % {"name": told}, "success")  # noqa: S704
    return redirect(url_for("customers.record.page", customer_id=done.survivor_id), 303)


def _place() -> tuple[int, int] | None:
    score, _dot, row = request.args.get("after", "").partition(".")
    is_place = all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (score, row))
    return (int(score), int(row)) if is_place else None


def _pair(survivor_id: int, gone_id: int) -> tuple[Customer, Customer]:
    if survivor_id == gone_id:
        abort(404)
    gone = db.session.get(Customer, gone_id)
    if gone is None and merging.survivors([gone_id]):
        raise AlreadyTaken(_("Somebody else has just merged one of these customers."))
    return fragments.customer_or_404(survivor_id), gone or abort(404)


def _compared(survivor: Customer, gone: Customer, chosen: dict[str, str]) -> str:
    differences = comparing.differences(survivor, gone)
    return render_template(
        "desk/customers/merge.html",
        survivor=survivor,
        gone=gone,
        differences=differences,
        chosen={one.name: chosen.get(one.name, one.chosen) for one in differences},
        said={one.name: (_said(one.name, one.left), _said(one.name, one.right)) for one in differences},
        likeness=duplicates.compared(survivor.id, gone.id),
        are_apart=comparing.are_verified_apart(survivor, gone),
        moves=archive_words.moved(absorbing.counts(Customer.metadata.tables["customer"], gone.id)),
        days=merging.KEPT_FOR.days,
    )


def _said(name: str, value: Any) -> str:
    """A value in words, also of fields that hold the number of a row."""
    if name in ("owner_id", "company_id") and value:
        return archive_words.named(name, value)
    return words.in_words(value.isoformat() if hasattr(value, "isoformat") else value, name)


def _other(row: Duplicate, customer: Customer) -> tuple[Duplicate, Customer]:
    return row, row.right if row.left_id == customer.id else row.left


def _section(customer: Customer, **more: Any) -> Any:
    return fragments.fragment("customers/_duplicates.html", customer=customer, **side(customer), **more)
