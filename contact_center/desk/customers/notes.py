"""Notes on the page of a customer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.customers import notes
from contact_center.customers.models import Customer, CustomerNote
from contact_center.desk.customers import fragments
from contact_center.errors import Invalid, Stale
from contact_center.extensions import db

blueprint = Blueprint("notes", __name__, url_prefix="/<int:customer_id>/notes")


@blueprint.get("")
@access.agent
def section(customer_id: int) -> Any:
    """All notes; ?edit=ID opens one of one's own."""
    return _section(fragments.customer_or_404(customer_id), edit=fragments.number("edit"))


@blueprint.post("")
@access.agent
def add(customer_id: int) -> Any:
    """Write a note."""
    customer, text = fragments.customer_or_404(customer_id), request.form.get("text", "")
    try:
        once.made(CustomerNote, lambda: notes.add(customer, access.me(), text))
    except Invalid as refused:
        db.session.rollback()
        return _section(customer, status=refused.status, typed=text, error=refused.sentence)
    db.session.commit()
    return _section(customer)


@blueprint.post("/<int:note_id>")
@access.agent
def save(customer_id: int, note_id: int) -> Any:
    """Mend one's own note; a stale one comes back with what stands there now."""
    note = fragments.note_or_404(customer_id, note_id)
    customer, text = fragments.customer_or_404(customer_id), request.form.get("text", "")
    try:
        notes.edit(note, access.me(), text, seen=request.form.get("seen"))
    except (Invalid, Stale) as refused:
        db.session.rollback()
        db.session.refresh(note)
        return _section(customer, status=refused.status, edit=note_id, edited=text, edit_error=refused.sentence)
    db.session.commit()
    return _section(customer)


@blueprint.post("/<int:note_id>/<any(pin, unpin):act>")
@access.agent
def pin(customer_id: int, note_id: int, act: str) -> Any:
    """Keep a note on top, or let it sink."""
    notes.pin(fragments.note_or_404(customer_id, note_id), access.me(), is_pinned=act == "pin")
    db.session.commit()
    return _section(fragments.customer_or_404(customer_id))


@blueprint.post("/<int:note_id>/remove")
@access.agent
def remove(customer_id: int, note_id: int) -> Any:
    """Take one's own note away, with a toast that brings it back."""
    notes.remove(fragments.note_or_404(customer_id, note_id), access.me())
    db.session.commit()
    back = url_for("customers.notes.restore", customer_id=customer_id, note_id=note_id)
    toast = fragments.undo(_("Note removed"), back, "notes")
    return _section(fragments.customer_or_404(customer_id), toast=toast)


@blueprint.post("/<int:note_id>/restore")
@access.agent
def restore(customer_id: int, note_id: int) -> Any:
    """Bring one's own removed note back."""
    customer = fragments.customer_or_404(customer_id)
    notes.restore(customer, note_id, access.me())
    db.session.commit()
    return _section(customer)


def _section(customer: Customer, **more: Any) -> Any:
    return fragments.fragment("customers/_notes.html", customer=customer, notes=notes.of(customer), **more)
