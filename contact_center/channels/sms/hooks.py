"""Where the carrier calls us about texts: one has come, or one of ours is further; and fetches the files of ours.

Whatever is said back to a customer is sent by the outbox, never in the answer here: a carrier that asks twice would
send it twice.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, send_file

from contact_center import access
from contact_center.channels import raws
from contact_center.channels.sms import links, media, receipts
from contact_center.channels.sms.adapter import KEPT, Parcel, SmsChannel
from contact_center.channels.sms.registry import PROVIDER
from contact_center.events import bus
from contact_center.extensions import csrf, db

blueprint = Blueprint("texts", __name__, url_prefix="/twilio/texts")
csrf.exempt(blueprint)
_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@blueprint.post("/in")
@access.carrier(PROVIDER.verify)
def come_in() -> Response:
    """Keep a text and its files' addresses. Once it is kept the carrier need not come back; a job files it."""
    [raw] = SmsChannel().receive(Parcel(request.get_data()))
    [raw_id] = raws.store([raw])
    media.note(raw_id, raw.payload)
    bus.after_commit(KEPT, {"raw_message": raw_id})
    db.session.commit()
    return Response(_NOTHING, mimetype="text/xml")


@blueprint.post("/status")
@access.carrier(PROVIDER.verify)
def status() -> Response:
    """Take over how far a text of ours is; what we do not know is none of ours."""
    receipt = PROVIDER.receipt(request)
    if receipt is not None:
        receipts.apply(receipt)
        db.session.commit()
    return Response(status=204)


@blueprint.get("/files/<token>")
@access.public
def file(token: str) -> Response:
    """A file that goes with a text of ours; the link is the key."""
    found = links.find(token)
    if found is None:
        abort(404)
    response = send_file(found.path, mimetype=found.content_type, download_name=found.name, max_age=0)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response
