"""The REST API over HTTP, with Basic authentication, as the official client asks for it."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app, jsonify, request

from carrier.clocks import RealClock
from carrier.company import Carrier
from carrier.errors import TimedOut
from carrier.parameters import VERSION
from carrier.rest import RestAnswer

LONGER_THAN_ANYBODY_WAITS = 30.0
blueprint = Blueprint("api", __name__)


def company() -> Carrier:
    """The carrier that is served."""
    found: Carrier = current_app.extensions["carrier"]
    return found


def clock() -> RealClock:
    """Its clock, whose lock everybody holds who looks at the carrier."""
    found = company().clock
    assert isinstance(found, RealClock)
    return found


@blueprint.route(f"/{VERSION}/<path:_rest>", methods=["GET", "POST", "DELETE", "PUT"])
def ask(_rest: str) -> Response:
    """Any request to the REST API."""
    auth = request.authorization
    names = (auth.username or "", auth.password or "") if auth else ("", "")
    query = list(request.args.items(multi=True))
    form = list(request.form.items(multi=True))
    try:
        with clock().lock:
            answer = company().rest(request.method, request.path, query, form, names)
    except TimedOut:
        time.sleep(LONGER_THAN_ANYBODY_WAITS)
        return Response(status=504)
    time.sleep(answer.seconds)
    return _written(answer)


def _written(answer: RestAnswer) -> Response:
    if answer.body is not None:
        response = jsonify(answer.body)
        response.status_code = answer.status
    else:
        response = Response(answer.content, status=answer.status, mimetype=answer.content_type)
    if answer.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response
