"""A carrier for tests: it signs what it sends us as the real one does, and serves its REST interface over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from contact_center import clock, jobs
from contact_center.events import bus

SID = "AC" + "0" * 32
TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "http://127.0.0.1:8000"
OURS = "+4930901820"
SAM = "+4915112345678"
PREFIX = f"/2010-04-01/Accounts/{SID}"


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Carrier:
    """What was asked of it, what it holds, and how it answers the next requests instead (`faults`)."""

    base: str = ""
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    media: dict[str, Answer] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, list[tuple[str, str]]]] = field(default_factory=list)
    faults: list[Callable[[], Answer | None]] = field(default_factory=list)
    date: str = field(default_factory=lambda: format_datetime(clock.now()))  # of everything it is handed

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.messages.values()]

    def sent(self) -> list[dict[str, str]]:
        return [dict(form) for method, path, form in self.asked if method == "POST" and path.endswith("/Messages.json")]

    def refuse(self, status: int, code: int, message: str = "no") -> None:
        body = json.dumps({"code": code, "message": message, "status": status, "more_info": ""}).encode()
        self.faults.append(lambda: Answer(status, body))

    def answer(self, method: str, path: str, form: list[tuple[str, str]], query: dict[str, list[str]]) -> Answer:
        self.asked.append((method, path, form))
        if method == "POST" and path.endswith("/Messages.json"):
            sid = f"SM{len(self.messages) + 1:032d}"
            said = dict(form)
            self.messages[sid] = {
                "sid": sid, "to": said["To"], "from": said["From"], "body": said["Body"], "status": "queued",
                "error_code": None, "date_created": self.date, "date_sent": None, "num_segments": "1",
            }  # fmt: skip
            if self.faults and (fault := self.faults.pop(0)()):
                if fault.status in (400, 429):  # refused: it was never carried out
                    del self.messages[sid]
                return fault
            return self._json(201, self.messages[sid])
        if method == "GET" and path.endswith("/Messages.json"):
            wanted = {name: values[0] for name, values in query.items()}
            found = [m for m in self.messages.values() if m["to"] == wanted["To"] and m["from"] == wanted["From"]]
            return self._json(200, {"messages": [] if "DateSent>" in wanted else found, "next_page_uri": None})
        if method == "DELETE":
            self.deleted.append(path)
            return Answer(204, b"")
        sid = path.rpartition("/")[2].removesuffix(".json")
        if sid in self.messages:
            return self._json(200, self.messages[sid])
        return self.media.get(path, Answer(404, b"{}"))

    def _json(self, status: int, body: Any) -> Answer:
        return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


class Server:
    """The carrier's HTTP side, on a free port of this machine."""

    def __init__(self) -> None:
        self.carrier = Carrier()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.carrier))
        self.carrier.base = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(carrier: Carrier) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)
            parts = urlsplit(self.path)
            if self.headers.get("Authorization"):
                form.append(("authorization", "given"))
            answer = carrier.answer(self.command, parts.path, form, parse_qs(parts.query))
            if answer.status == 0:  # it hangs up without a word
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_args: Any) -> None:
            pass

    return Handler


def post(client: FlaskClient, path: str, form: list[tuple[str, str]], *, token: str = TOKEN) -> TestResponse:
    """A signed request, as the carrier sends it."""
    from werkzeug.datastructures import MultiDict

    signature = RequestValidator(token).compute_signature(PUBLIC + path, MultiDict(form))
    return client.post(
        path, data=urlencode(form), content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )  # fmt: skip


def incoming(body: str, ref: str = "SM1", sender: str = SAM, to: str = OURS, **more: str) -> list[tuple[str, str]]:
    said = {"MessageSid": ref, "AccountSid": SID, "From": sender, "To": to, "Body": body, "NumMedia": "0", **more}
    return list(said.items())


def text(client: FlaskClient, body: str, ref: str = "SM1", sender: str = SAM, **more: str) -> TestResponse:
    return bring(client, incoming(body, ref, sender, **more))


def bring(client: FlaskClient, form: list[tuple[str, str]]) -> TestResponse:
    """Bring a text, and have it filed by the task that its nudge wakes."""
    nudges: list[bus.Nudge] = []
    with bus.only(nudges.extend):
        answer = post(client, "/twilio/texts/in", form)
    for name, ids in nudges:
        task, what = jobs.WHEN[name]
        task(ids[what])
    return answer


def status(client: FlaskClient, outgoing_id: int, ref: str, word: str, code: str = "") -> TestResponse:
    form = [("MessageSid", ref), ("MessageStatus", word), *([("ErrorCode", code)] if code else [])]
    return post(client, f"/twilio/texts/status?o={outgoing_id}", form)
