"""Whether a request comes from the carrier: it signs the address that we are known by, and what it says.

The doors of telephone and texts name `verify` in their rule of `access`. Nothing is believed by its Host header.
"""

from __future__ import annotations

from flask import Request, current_app
from flask_babel import gettext as _

from contact_center.channels.twilio import account
from contact_center.errors import Untrusted

MOST_BYTES = 256 * 1024  # a text of 1,600 letters with ten pictures' addresses is a tenth of it
HEADER = "X-Twilio-Signature"
SETTINGS = "X-Twilio-Webhooks-Signature-Settings"


def verify(request: Request) -> None:
    """Raise Untrusted unless the carrier has signed *request* with our account's token."""
    ours, signature = account.current(), request.headers.get(HEADER, "")
    if ours is None or not signature.isascii() or (request.content_length or 0) > MOST_BYTES:
        raise Untrusted(_("This request is not signed by the carrier."))
    from twilio.request_validator import RequestValidator, get_signature_algorithm

    request.max_content_length = MOST_BYTES  # of what comes without saying how long it is
    request.get_data()  # kept as it came: reading the form would use it up
    algorithm = get_signature_algorithm(request.headers.get(SETTINGS))
    said = request.form if request.method == "POST" else {}
    try:
        is_genuine = RequestValidator(ours.token).validate(url_of(request), said, signature, algorithm)
    except ValueError:  # an address or a text that nobody can have signed
        is_genuine = False
    if not is_genuine:
        raise Untrusted(_("This request is not signed by the carrier."))


def url_of(request: Request) -> str:
    """The address as the carrier has called it: what the settings say we are known by, and the rest as it came."""
    public: str = current_app.config["CC"].public_url
    path = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
    return public + (path if path.startswith("/") else request.full_path.rstrip("?"))
