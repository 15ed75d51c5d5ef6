"""The documents of a customer on their page: uploaded, described, downloaded, removed and brought back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.customers import documents
from contact_center.customers.models import Customer, CustomerDocument
from contact_center.desk import attachments
from contact_center.desk.customers import fragments
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.files import names

blueprint = Blueprint("documents", __name__, url_prefix="/<int:customer_id>/documents")


@blueprint.get("")
@access.agent
def section(customer_id: int) -> Any:
    """All documents; ?edit=ID opens the description of one."""
    return _section(fragments.customer_or_404(customer_id), edit=fragments.number("edit"))


@blueprint.post("")
@access.agent
def add(customer_id: int) -> Any:
    """Keep the files that were chosen, with what they are."""
    customer, about = fragments.customer_or_404(customer_id), request.form.get("about", "")
    sent = [file for file in request.files.getlist("file") if file.filename]
    try:
        if not sent:
            raise Invalid(_("Choose a file."), {"file": str(_("Choose a file."))})
        once.made(CustomerDocument, lambda: [_keep(customer, file, about) for file in sent][-1])
    except Invalid as refused:
        db.session.rollback()
        return _section(customer, status=refused.status, error=refused.sentence, typed=about)
    db.session.commit()
    return _section(customer)


@blueprint.get("/<int:document_id>")
@access.agent
def download(customer_id: int, document_id: int) -> Response:
    """The file under its safe name, never shown under our origin."""
    return attachments.send(fragments.document_or_404(customer_id, document_id))


@blueprint.post("/<int:document_id>")
@access.agent
def describe(customer_id: int, document_id: int) -> Any:
    """Say what it is."""
    row, about = fragments.document_or_404(customer_id, document_id), request.form.get("about", "")
    customer = fragments.customer_or_404(customer_id)
    try:
        documents.describe(row, access.me(), about)
    except Invalid as refused:
        db.session.rollback()
        return _section(customer, status=refused.status, edit=document_id, edited=about, edit_error=refused.sentence)
    db.session.commit()
    return _section(customer)


@blueprint.post("/<int:document_id>/remove")
@access.agent
def remove(customer_id: int, document_id: int) -> Any:
    """Take it away, with a toast that brings it back."""
    row = fragments.document_or_404(customer_id, document_id)
    name = row.name
    documents.remove(row, access.me())
    db.session.commit()
    back = url_for("customers.documents.restore", customer_id=customer_id, document_id=document_id)
    toast = fragments.undo(_("%(value)s removed", value=name), back, "documents")
    return _section(fragments.customer_or_404(customer_id), toast=toast)


@blueprint.post("/<int:document_id>/restore")
@access.agent
def restore(customer_id: int, document_id: int) -> Any:
    """Bring a removed one back as it was."""
    customer = fragments.customer_or_404(customer_id)
    documents.restore(customer, document_id, access.me())
    db.session.commit()
    return _section(customer)


def _keep(customer: Customer, file: Any, about: str) -> CustomerDocument:
    kind = (file.mimetype or "application/octet-stream")[: attachments.LONGEST_TYPE]
    return documents.add(customer, access.me(), names.safe(file.filename), kind, file.read(), about)


def _section(customer: Customer, **more: Any) -> Any:
    return fragments.fragment("customers/_documents.html", customer=customer, documents=documents.of(customer), **more)
