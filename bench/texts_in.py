"""Texts in: signed requests answered, and kept texts filed by the task, each against its own floor.

Answering is signature, raw row, files noted, committed; its floor checks the signature, looks the sender up and commits two
rows. Filing does the rest: rules, words, identity, joining, ticket, interaction, message, search tokens, events, committed;
its floor reads the text back, looks the sender up and commits two rows.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

os.environ |= {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "f" * 32}

import psycopg
from _ground import compare, figure, start_app
from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator

from contact_center.channels import inbox
from contact_center.channels.sms.adapter import Parcel, SmsChannel
from contact_center.extensions import db
from contact_center.jobs import texts
from contact_center.mailboxes import numbers, places

TEXTS = int(os.environ.get("BENCH_TEXTS", "600"))
WARM = 30  # before the clock runs: libraries are loaded, plans made
OURS = "+4930901820"
PATH = "/twilio/texts/in"


def main() -> None:
    forms = [_form(place) for place in range(TEXTS)]
    floor, ours = compare(lambda: bare(forms), lambda: take_in(forms))
    figure("texts answered, one process", ours, "/s", floor)
    floor, ours = compare(lambda: bare_filing(forms), lambda: file(forms))
    figure("texts filed, one process", ours, "/s", floor)


def _form(place: int) -> dict[str, str]:
    """One sender writes three times on average."""
    return {
        "MessageSid": f"SM{place:032d}", "From": f"+4915{place % (TEXTS // 3):08d}", "To": OURS,
        "Body": f"The kettle leaks, again ({place}).", "NumMedia": "0",
    }  # fmt: skip


def take_in(forms: list[dict[str, str]]) -> float:
    """Texts answered per second by the web server's own application, one after the other."""
    app = _start()
    signed = _signed(app, forms)
    client = app.test_client()
    for body, signature in signed[:WARM]:
        _send(client, body, signature)
    started = time.perf_counter()
    for body, signature in signed[WARM:]:
        _send(client, body, signature)
    return (len(forms) - WARM) / (time.perf_counter() - started)


def file(forms: list[dict[str, str]]) -> float:
    """Texts filed per second by the task that a kept text wakes."""
    app = _start()
    with app.app_context():
        _keep_all(forms[:WARM])
        texts.file_texts()
        _keep_all(forms[WARM:])
        started = time.perf_counter()
        texts.file_texts()
        elapsed = time.perf_counter() - started
        assert db.session.scalar(db.text("SELECT count(*) FROM message")) == len(forms)
        db.session.rollback()
    return (len(forms) - WARM) / elapsed


def _start() -> Flask:
    app = start_app(empty=True)
    with app.app_context():
        db.session.add(numbers.PhoneNumber(address=OURS, queue_id=1, acknowledges=False))
        db.session.commit()
        places.forget()
    return app


def _signed(app: Flask, forms: list[dict[str, str]]) -> list[tuple[str, str]]:
    signer, url = RequestValidator("f" * 32), app.config["CC"].public_url + PATH
    return [(urlencode(form), signer.compute_signature(url, form)) for form in forms]


def _keep_all(forms: list[dict[str, str]]) -> None:
    inbox.keep([raw for form in forms for raw in SmsChannel().receive(Parcel(urlencode(form).encode()))])


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
    with _floor() as connection:
        started = time.perf_counter()
        for form, signature in signed:
            assert checker.validate(url, form, signature)
            _keep(connection, form)
        return len(forms) / (time.perf_counter() - started)


def bare_filing(forms: list[dict[str, str]]) -> float:
    """Read back, look-up, two rows, commit."""
    with _floor() as connection:
        connection.cursor().executemany(
            "INSERT INTO f_raw VALUES (%s, %s)", [(place, json.dumps(form)) for place, form in enumerate(forms)]
        )
        connection.commit()
        started = time.perf_counter()
        for place in range(len(forms)):
            row = connection.execute("SELECT said FROM f_raw WHERE id = %s", [place]).fetchone()
            assert row is not None
            _keep(connection, json.loads(row[0]))
        return len(forms) / (time.perf_counter() - started)


@contextmanager
def _floor() -> Iterator[psycopg.Connection]:
    with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "")) as connection:
        connection.execute("DROP TABLE IF EXISTS f_text, f_sender, f_raw")
        connection.execute(
            "CREATE TABLE f_sender (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, number text UNIQUE)"
        )
        connection.execute(
            "CREATE TABLE f_text (ref text PRIMARY KEY, sender bigint REFERENCES f_sender, body text, kind text)"
        )
        connection.execute("CREATE TABLE f_raw (id bigint PRIMARY KEY, said text)")
        connection.commit()
        yield connection
        connection.execute("DROP TABLE f_text, f_sender, f_raw")


def _keep(connection: psycopg.Connection, form: dict[str, str]) -> None:
    row = connection.execute("SELECT id FROM f_sender WHERE number = %s", [form["From"]]).fetchone()
    if row is None:
        asked = "INSERT INTO f_sender (number) VALUES (%s) RETURNING id"
        row = connection.execute(asked, [form["From"]]).fetchone()
    assert row is not None
    for kind in ("raw", "text"):
        asked = "INSERT INTO f_text VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
        connection.execute(
            asked, [form.get("MessageSid", form.get("CallSid", "")) + kind, row[0], form.get("Body", ""), kind]
        )
    connection.commit()


if __name__ == "__main__":
    main()
