"""Saying on a customer's page that they buy from us, not yet, or not any more, and why."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.customers import standing
from contact_center.customers.models import CustomerStatus
from contact_center.desk.customers import fragments, words
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.text.lines import one_line

blueprint = Blueprint("standing", __name__)
MAX_REASON = 200
_VERBS = {
    CustomerStatus.ACTIVE: standing.activate,
    CustomerStatus.FORMER: standing.retire,
    CustomerStatus.PROSPECT: standing.doubt,
}


@blueprint.post("/<int:customer_id>/standing")
@access.agent
def become(customer_id: int) -> Any:
    """Change what they are to us; `because` is kept in the history."""
    customer, status = fragments.customer_or_404(customer_id), request.form.get("status", "")
    if status not in CustomerStatus.__members__:
        raise Invalid(_("A customer is a prospect, active or former."))
    try:
        because = one_line(request.form.get("because"), MAX_REASON)
    except ValueError as error:
        raise Invalid(str(error), {"because": str(error)}) from None
    if _VERBS[CustomerStatus(status)](customer, access.me(), because):
        flash(_("%(name)s: %(status)s.", name=customer.name, status=words.status_word(status)), "success")
    db.session.commit()
    return redirect(url_for("customers.record.page", customer_id=customer.id), 303)
