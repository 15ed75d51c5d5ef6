"""The console over HTTP: its page, who may see it, and what it does to a carrier that asks a scripted application."""

from __future__ import annotations

import json
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, request
from werkzeug.serving import make_server

from carrier import Account, Carrier
from carrier.server.serving import Serving, make_app
from tests.carrier.office import ACCOUNT_SID, OURS, THEIRS, TOKEN
from tests.carrier.test_server import AT_ONCE

OTHERS = "+4915112345679"
WELCOME = "Welcome to our house. Press a key, or tell us what you need."
ANSWERS = {
    "in": f'<Gather numDigits="1" action="/menu" timeout="60"><Say>{WELCOME}</Say></Gather>',
    "menu": '<Dial><Conference statusCallback="/events" statusCallbackEvent="start">a room</Conference></Dial>',
}


class Script:
    """An application that answers as written, and keeps what it was asked."""

    def __init__(self) -> None:
        self.got: queue.Queue[tuple[str, dict[str, str]]] = queue.Queue()
        app = Flask(__name__)
        app.add_url_rule("/<step>", view_func=self.answer, methods=["POST"])
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, step: str) -> Response:
        self.got.put((step, request.form.to_dict()))
        return Response(f"<Response>{ANSWERS.get(step, '')}</Response>", mimetype="text/xml")

    def next(self, step: str) -> dict[str, str]:
        """The next request for a step, whatever else comes before."""
        while True:
            asked, form = self.got.get(timeout=10)
            if asked == step:
                return form


class Console:
    """What the page does."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, method: str, path: str, said: dict[str, Any] | None = None) -> Any:
        body = None if said is None else json.dumps(said).encode()
        asked = urllib.request.Request(self._url + path, body, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(asked) as answer:
            return json.load(answer)

    def call(self, number: str) -> str:
        return str(self.ask("POST", "/calls", {"from": number, "to": OURS})["sid"])

    def act(self, sid: str, deed: str, **said: str) -> None:
        self.ask("POST", f"/calls/{sid}/{deed}", said)

    def leg(self, sid: str) -> Any:
        return self.ask("GET", f"/calls/{sid}")

    def hears(self, sid: str) -> Any:
        """The first thing that somebody hears, as soon as they do."""
        while not (heard := self.leg(sid)["heard"]):
            pass
        return heard[0]

    def state(self, part: str) -> Any:
        return self.ask("GET", "/state")[part]


@pytest.fixture
def script() -> Iterator[Script]:
    made = Script()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def serving(script: Script) -> Iterator[Serving]:
    made = Serving(Account(ACCOUNT_SID, TOKEN))
    made.carrier.exchange.timings = AT_ONCE
    made.carrier.number(
        OURS, voice_url=f"{script.url}/in", status_callback=f"{script.url}/status", sms_url=f"{script.url}/texts"
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def console(serving: Serving) -> Console:
    return Console(serving.url)


def test_the_page_and_what_belongs_to_it_come_from_here_alone(carrier: Carrier) -> None:
    client = make_app(carrier).test_client()
    with client.get("/console") as page:
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert "/pages/console.js" in page.text
    for name in ("console.js", "console.css", "console-live.js", "console-past.js", "console-words.js"):
        with client.get(f"/pages/{name}") as answer:
            assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/console", "/state", "/requests/x"])
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_no_other_name_and_no_other_site_sees_it(carrier: Carrier, path: str, headers: dict[str, str]) -> None:
    assert make_app(carrier).test_client().get(path, headers=headers).status_code == 403


def test_one_sees_what_a_caller_hears_and_what_the_application_was_asked(console: Console, script: Script) -> None:
    sid = console.call(THEIRS)
    assert console.hears(sid)["what"] == WELCOME
    console.act(sid, "press", keys="4")
    assert script.next("menu")["Digits"] == "4"
    (sent,) = [one for one in console.leg(sid)["webhooks"] if one["url"].endswith("/in")]
    (attempt,) = console.ask("GET", f"/requests/{sent['token']}")
    assert attempt["outcome"] == "200"
    assert WELCOME in attempt["body"]
    assert ["From", THEIRS] in attempt["form"]
    console.act(sid, "hang-up")
    assert script.next("status")["CallStatus"] == "completed"
    assert console.leg(sid)["hears"] is None


def test_two_in_a_room_are_seen_to_hear_each_other(console: Console, script: Script) -> None:
    sids = [console.call(THEIRS), console.call(OTHERS)]
    for sid in sids:
        console.hears(sid)
        console.act(sid, "press", keys="1")
    script.next("events")
    (room,) = console.state("rooms")
    assert sorted(room["heard"]) == sorted([sids, sids[::-1]])
    assert console.leg(sids[0])["hears"] == {"kind": "people", "who": [sids[1]]}


def test_a_text_of_any_number_reaches_the_application(console: Console, script: Script) -> None:
    console.ask("POST", "/texts", {"from": OTHERS, "to": OURS, "body": "<b>Where is it?</b>"})
    assert script.next("texts")["Body"] == "<b>Where is it?</b>"
    (text,) = console.state("texts")
    assert (text["from"], text["body"], text["direction"]) == (OTHERS, "<b>Where is it?</b>", "inbound")


def test_a_text_to_a_number_that_is_not_the_account_s_is_refused(console: Console) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        console.ask("POST", "/texts", {"from": OTHERS, "to": THEIRS, "body": "Hello"})


def test_a_fault_strikes_until_it_is_removed(console: Console, script: Script) -> None:
    console.ask("POST", "/faults", {"when": {"point": "message"}, "do": "Lose"})
    console.ask("POST", "/faults", {"when": {"point": "request", "path": "/texts"}, "do": "Respond"})
    said = {"from": THEIRS, "to": OURS, "body": "Hello"}
    console.ask("POST", "/texts", said)
    while not (sent := console.state("webhooks")):
        pass
    assert sent[0]["outcome"] == "500"
    kept, fault = console.state("faults")
    assert (fault["do"], fault["with"], fault["struck"]) == ("Respond", {"status": 500}, 1)
    console.ask("DELETE", f"/faults/{fault['key']}")
    assert [one["key"] for one in console.state("faults")] == [kept["key"]]
    assert script.got.empty()
    console.ask("POST", "/texts", said)
    assert script.next("texts")["From"] == THEIRS
