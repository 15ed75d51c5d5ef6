"""Calls in: the voice webhook that answers a ring, against signature, look-up and a committed two-row insert.

Ours checks the signature, finds the caller, writes call, leg and ledger, and renders what they hear. The floor checks the
signature, looks the caller up and commits two rows.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from urllib.parse import urlencode

os.environ |= {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "f" * 32}

from _ground import compare, figure, start_app
from flask.testing import FlaskClient
from texts_in import bare_at
from twilio.request_validator import RequestValidator

from contact_center import clock
from contact_center.calls import lines
from contact_center.extensions import db
from contact_center.mailboxes import numbers, places

CALLS = int(os.environ.get("BENCH_CALLS", "600"))
WARM = 30  # before the clock runs: libraries are loaded, plans made
OURS = "+4930901820"
OPEN = datetime(2026, 11, 18, 10, tzinfo=UTC)  # a Wednesday morning, at whatever hour it is run
PATH = "/twilio/calls/in"


def main() -> None:
    forms = [_form(place) for place in range(CALLS)]
    floor, ours = compare(lambda: bare_at(PATH, forms), lambda: take_in(forms))
    figure("voice webhook, one process", ours, "/s", floor)


def _form(place: int) -> dict[str, str]:
    return {
        "CallSid": f"CA{place:032d}", "From": f"+4915{place % (CALLS // 3):08d}", "To": OURS, "Direction": "inbound",
        "CallStatus": "ringing", "AccountSid": "AC" + "0" * 32, "ApiVersion": "2010-04-01",
    }  # fmt: skip


def take_in(forms: list[dict[str, str]]) -> float:
    """Calls per second through the web server's own application, one after the other."""
    app = start_app(empty=True)
    with app.app_context():
        db.session.add(numbers.PhoneNumber(address=OURS, queue_id=1))
        db.session.commit()
        places.forget()
        lines.forget()
        public = app.config["CC"].public_url
    signer, client = RequestValidator("f" * 32), app.test_client()
    signed = [(urlencode(form), signer.compute_signature(public + PATH, form)) for form in forms]
    with clock.standing_at(OPEN):
        for body, signature in signed[:WARM]:
            _ring(client, body, signature)
        started = time.perf_counter()
        for body, signature in signed[WARM:]:
            _ring(client, body, signature)
        return (len(forms) - WARM) / (time.perf_counter() - started)


def _ring(client: FlaskClient, body: str, signature: str) -> None:
    kind, headers = "application/x-www-form-urlencoded", {"X-Twilio-Signature": signature}
    answer = client.post(PATH, data=body, content_type=kind, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "<Say" in answer.text


if __name__ == "__main__":
    main()
