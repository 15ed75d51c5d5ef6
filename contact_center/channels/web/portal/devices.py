"""The signed-in customer's devices, warranties and contracts; registering a device by its serial number.

`wiring` registers the blueprint. A registered device is unconfirmed; a ticket with a task asks an agent to look at it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels import raws
from contact_center.channels.web import forms, seals
from contact_center.channels.web.portal import door, limits, visit
from contact_center.channels.web.submissions import Form, Submission
from contact_center.entitlements import contracts
from contact_center.entitlements.models import Asset
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.selfservice import devices
from contact_center.tickets import tasks
from contact_center.tickets.models import RequestKind, Ticket

_FIELDS = ("name", "serial", "bought_on")

blueprint = Blueprint("my_devices", __name__, url_prefix="/my/devices")
door.prepare(blueprint)


@blueprint.get("")
@access.customer
def listing() -> str:
    """Everything they own, and the contracts with what is left of them."""
    me = door.me()
    return render_template("portal/devices.html", me=me, devices=devices.of(me.ids), contracts=contracts.of(me.ids))


@blueprint.get("/new")
@access.customer
def blank() -> Response:
    return _form(dict.fromkeys(_FIELDS, ""))


@blueprint.post("/new")
@access.customer
@door.keeps_what_was_typed
def register() -> AnyResponse:
    """Add a device, and ask an agent to confirm it."""
    typed = {name: forms.clean(request.form.get(name, ""), is_line=True) for name in _FIELDS}
    token = visit.token(Form.REQUEST, _of())
    if door.is_expired() or token is None:
        return _form(typed, notice=door.expired(), status=400)
    if again := limits.by_address(f"customer {door.me().customer.id}"):
        return visit.until(again, _form(typed, notice=visit.too_often(again), status=429))
    try:
        asset = devices.register(door.me().customer, typed)
        db.session.commit()
    except Invalid as wrong:
        db.session.rollback()
        return _form(typed, problems=wrong.fields, notice=wrong.sentence, status=422)
    _ask_to_confirm(asset, token)
    flash(_("The device is in your list. We check the number and write to you."), "success")
    return redirect(url_for("my_devices.listing"), 303)


@blueprint.get("/<int:asset_id>")
@access.customer
def show(asset_id: int) -> str:
    """One device: its warranty, its contracts, and what can be asked about it."""
    me = door.me()
    found = devices.one(me.ids, asset_id)
    if found is None:
        abort(404)
    return render_template(
        "portal/device.html", me=me, device=found, contracts=devices.contracts_for(me.ids, found.asset)
    )


def _ask_to_confirm(asset: Asset, token: seals.Token) -> None:
    """A ticket in the customer's name, with the task under it; if it cannot be filed now, the sweep files it."""
    me, asset_id, name, serial = door.me(), asset.id, asset.name, asset.serial
    submission = Submission(
        form=Form.REQUEST,
        nonce=token.nonce,
        sender=me.address,
        sender_name=me.customer.name,
        text=_("I have registered a device: %(name)s, serial number %(serial)s.", name=name, serial=serial),
        language=visit.language(),
        fields={"kind": str(RequestKind.OTHER), "asset_id": str(asset_id)},
        customer_id=me.customer.id,
    )
    try:
        outcome = raws.outcome(visit.hand_over(submission))
    except OperationalError:
        db.session.rollback()
        return
    ticket = db.session.get(Ticket, outcome.ticket_id) if outcome.ticket_id else None
    if ticket is not None:
        tasks.add(ticket, None, _task(name, serial))
        db.session.commit()


def _task(name: str, serial: str | None) -> str:
    with force_locale(visit.config().default_language):
        return str(_("Confirm the device %(name)s, serial number %(serial)s", name=name[:80], serial=serial))[:200]


def _of() -> str:
    return f"device {door.me().id}"


def _form(typed: dict[str, str], *, problems: dict[str, str] | None = None, notice: str = "", status: int = 200) -> Any:
    sealed = request.form.get("token", "") if visit.token(Form.REQUEST, _of()) else seals.issue(Form.REQUEST, _of())
    page = render_template(
        "portal/device_new.html", me=door.me(), typed=typed, problems=problems or {}, notice=notice, token=sealed
    )
    return make_response(page, status)
