"""Texts in: the whole way from a signed request to a filed ticket, against signature, look-up and a two-row insert.

Ours does everything: signature, raw row kept and committed, rules, words, identity, joining, ticket, interaction, message,
search tokens, events, committed. The floor checks the signature, looks the sender up and commits two rows.
"""

from __future__ import annotations

import os
import time
from urllib.parse import urlencode

os.environ |= {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "f" * 32}

import psycopg
from _ground import compare, figure, start_app
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator

from contact_center.extensions import db
from contact_center.mailboxes import numbers, places

TEXTS = int(os.environ.get("BENCH_TEXTS", "600"))
WARM = 30  # before the clock runs: libraries are loaded, plans made
OURS = "+4930901820"
PATH = "/twilio/texts/in"


def main() -> None:
    forms = [_form(place) for place in range(TEXTS)]
    floor, ours = compare(lambda: bare(forms), lambda: take_in(forms))
    figure("texts in, one process", ours, "/s", floor)


def _form(place: int) -> dict[str, str]:
    """One sender writes three times on average."""
    return {
        "MessageSid": f"SM{place:032d}", "From": f"+4915{place % (TEXTS // 3):08d}", "To": OURS,
        "Body": f"The kettle leaks, again ({place}).", "NumMedia": "0",
    }  # fmt: skip


def take_in(forms: list[dict[str, str]]) -> float:
    """Texts per second through the web server's own application, one after the other."""
    app = start_app(empty=True)
    with app.app_context():
        db.session.add(numbers.PhoneNumber(address=OURS, queue_id=1, acknowledges=False))
        db.session.commit()
        places.forget()
        public = app.config["CC"].public_url
    signer, client = RequestValidator("f" * 32), app.test_client()
    signed = [(urlencode(form), signer.compute_signature(public + PATH, form)) for form in forms]
    for body, signature in signed[:WARM]:
        _send(client, body, signature)
    started = time.perf_counter()
    for body, signature in signed[WARM:]:
        _send(client, body, signature)
    return (len(forms) - WARM) / (time.perf_counter() - started)


def _send(client: FlaskClient, body: str, signature: str) -> None:
    kind, headers = "application/x-www-form-urlencoded", {"X-Twilio-Signature": signature}
    assert client.post(PATH, data=body, content_type=kind, headers=headers).status_code == 200


def bare(forms: list[dict[str, str]]) -> float:
    return bare_at(PATH, forms)


def bare_at(path: str, forms: list[dict[str, str]]) -> float:
    """Signature, look-up, two rows, commit: what nobody can do without."""
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}{path}"
    checker = RequestValidator("f" * 32)
    signed = [(form, checker.compute_signature(url, form)) for form in forms]
    with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "")) as connection:
        connection.execute("DROP TABLE IF EXISTS f_text, f_sender")
        connection.execute(
            "CREATE TABLE f_sender (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, number text UNIQUE)"
        )
        connection.execute(
            "CREATE TABLE f_text (ref text PRIMARY KEY, sender bigint REFERENCES f_sender, body text, kind text)"
        )
        connection.commit()
        started = time.perf_counter()
        for form, signature in signed:
            assert checker.validate(url, form, signature)
            _keep(connection, form)
        elapsed = time.perf_counter() - started
        connection.execute("DROP TABLE f_text, f_sender")
    return len(forms) / elapsed


def _keep(connection: psycopg.Connection, form: dict[str, str]) -> None:
    row = connection.execute("SELECT id FROM f_sender WHERE number = %s", [form["From"]]).fetchone()
    if row is None:
        asked = "INSERT INTO f_sender (number) VALUES (%s) RETURNING id"
        row = connection.execute(asked, [form["From"]]).fetchone()
    for kind in ("raw", "text"):
        asked = "INSERT INTO f_text VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
        connection.execute(
            asked, [form.get("MessageSid", form.get("CallSid", "")) + kind, row[0], form.get("Body", ""), kind]
        )
    connection.commit()


if __name__ == "__main__":
    main()
