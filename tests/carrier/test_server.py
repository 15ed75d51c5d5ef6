"""The carrier in real time over HTTP: REST for the application, JSON for a console, and nobody from elsewhere."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import make_server

from carrier import Account, Timings
from carrier.http import deliver, is_loopback
from carrier.server.serving import Serving, make_app
from carrier.webhooks import Webhook
from tests.carrier.office import ACCOUNT_SID, OURS, THEIRS, TOKEN

AT_ONCE = Timings(
    first_webhook=(0, 0), callback_median=0.001, announcement=0, breath=0.001, rest_effect=(0, 0), ring=(0, 0)
)


class Desk:
    """An application on a port of this machine."""

    def __init__(self) -> None:
        self.app = Flask(__name__)
        self.app.add_url_rule("/in", view_func=self.answer, methods=["POST"])
        self.app.add_url_rule("/menu", view_func=self.menu, methods=["POST"])
        self.app.add_url_rule("/status", view_func=self.status, methods=["POST"])
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.asked = threading.Event()
        self.over = threading.Event()
        self.digits = ""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self) -> Response:
        signature = request.headers["X-Twilio-Signature"]
        assert RequestValidator(TOKEN).validate(request.url, request.form, signature)
        self.asked.set()
        return Response('<Response><Gather numDigits="1" action="/menu"/></Response>', mimetype="text/xml")

    def menu(self) -> Response:
        self.digits = request.form["Digits"]
        return Response("<Response/>", mimetype="text/xml")

    def status(self) -> Response:
        self.over.set()
        return Response(status=204)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def serving(desk: Desk) -> Iterator[Serving]:
    made = Serving(Account(ACCOUNT_SID, TOKEN))
    made.carrier.exchange.timings = AT_ONCE
    made.carrier.number(OURS, voice_url=f"{desk.url}/in", status_callback=f"{desk.url}/status")
    made.start()
    yield made
    made.stop()


def post(url: str, said: dict[str, Any], **headers: str) -> Any:
    asked = urllib.request.Request(url, json.dumps(said).encode(), {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def test_somebody_calls_presses_a_key_and_is_seen(serving: Serving, desk: Desk) -> None:
    leg = post(f"{serving.url}/calls", {"from": THEIRS, "to": OURS})
    assert desk.asked.wait(10)
    while leg["status"] != "in-progress":
        leg = post(f"{serving.url}/calls/{leg['sid']}/say", {"text": "hello"})
    client = Client(ACCOUNT_SID, TOKEN)
    client.api.base_url = serving.url
    (call,) = client.calls.list()
    assert (call.sid, call.status) == (leg["sid"], "in-progress")
    post(f"{serving.url}/calls/{leg['sid']}/press", {"keys": "4"})
    assert desk.over.wait(10)
    assert desk.digits == "4"
    with urllib.request.urlopen(f"{serving.url}/state") as answer:
        state = json.load(answer)
    assert [(one["sid"], one["status"]) for one in state["legs"]] == [(leg["sid"], "completed")]
    assert "gather" in [event["kind"] for event in state["timeline"]]


def test_a_carrier_that_stops_ends_its_calls_and_says_so(serving: Serving, desk: Desk) -> None:
    post(f"{serving.url}/calls", {"from": THEIRS, "to": OURS})
    assert desk.asked.wait(10)
    serving.stop()
    assert desk.over.is_set()


@pytest.fixture
def console(carrier: object) -> Any:
    return make_app(carrier).test_client()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"Host": "evil.example"}, "127.0.0.1"),
        ({"Origin": "http://evil.example"}, "127.0.0.1"),
        ({"Sec-Fetch-Site": "cross-site"}, "127.0.0.1"),
        ({}, "192.0.2.7"),
    ],
)
def test_strangers_and_other_sites_are_turned_away(console: Any, headers: dict[str, str], address: str) -> None:
    answer = console.post(
        "/calls", json={"from": THEIRS, "to": OURS}, headers=headers, environ_base={"REMOTE_ADDR": address}
    )
    assert answer.status_code == 403


def test_a_form_cannot_place_a_call(console: Any, carrier: Any) -> None:
    assert console.post("/calls", data={"from": THEIRS, "to": OURS}).status_code == 400
    assert not carrier.legs


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("localhost", True), ("[::1]", True), ("192.0.2.7", False), ("example.test", False)],
)
def test_only_this_machine_is_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_webhooks_go_nowhere_else() -> None:
    from carrier import Unreachable

    with pytest.raises(Unreachable):
        deliver(Webhook("POST", "http://192.0.2.7/x", [], {}))


def test_nobody_listening_is_no_connection() -> None:
    from carrier import Unreachable

    with socket.socket() as taken:  # nobody else gets the port, and nobody listens
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            deliver(Webhook("POST", f"http://127.0.0.1:{taken.getsockname()[1]}/in", [], {}))
