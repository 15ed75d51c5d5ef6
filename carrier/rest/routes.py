"""Which handler answers which request of the REST API; authentication, faults and everything that is not emulated.

Source: Twilio's OpenAPI description `twilio_api_v2010`; "REST API: authentication"; errors 20003, 20004, 20404, 20429.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from carrier import faults
from carrier.errors import Refused, TimedOut
from carrier.exchange import Exchange
from carrier.parameters import VERSION
from carrier.rest import calls, conferences, numbers, participants, queues, recordings, texts
from carrier.rest.answers import RestAnswer, error
from carrier.rest.requests import Pairs, Request, missing

Handler = Callable[[Request], RestAnswer]
_KEY = "([^/]+)"
_TABLE: list[tuple[str, str, Handler]] = [
    ("POST", "Calls", calls.create),
    ("GET", "Calls", calls.listing),
    ("GET", "Calls/*", calls.fetch),
    ("POST", "Calls/*", calls.update),
    ("GET", "Calls/*/Events", calls.events),
    ("POST", "Calls/*/Recordings", recordings.create),
    ("GET", "Calls/*/Recordings", recordings.of_call),
    ("GET", "Calls/*/Recordings/*", recordings.fetch_of_call),
    ("POST", "Calls/*/Recordings/*", recordings.update_of_call),
    ("DELETE", "Calls/*/Recordings/*", recordings.delete_of_call),
    ("GET", "Conferences", conferences.listing),
    ("GET", "Conferences/*", conferences.fetch),
    ("POST", "Conferences/*", conferences.update),
    ("GET", "Conferences/*/Recordings", recordings.of_room),
    ("GET", "Conferences/*/Recordings/*", recordings.fetch_of_room),
    ("POST", "Conferences/*/Recordings/*", recordings.update_of_room),
    ("POST", "Conferences/*/Participants", participants.create),
    ("GET", "Conferences/*/Participants", participants.listing),
    ("GET", "Conferences/*/Participants/*", participants.fetch),
    ("POST", "Conferences/*/Participants/*", participants.update),
    ("DELETE", "Conferences/*/Participants/*", participants.delete),
    ("POST", "Queues", queues.create),
    ("GET", "Queues", queues.listing),
    ("GET", "Queues/*", queues.fetch),
    ("POST", "Queues/*", queues.update),
    ("DELETE", "Queues/*", queues.delete),
    ("GET", "Queues/*/Members", queues.members),
    ("GET", "Queues/*/Members/*", queues.member),
    ("POST", "Queues/*/Members/*", queues.dequeue),
    ("GET", "Recordings", recordings.listing),
    ("GET", "Recordings/*", recordings.fetch),
    ("DELETE", "Recordings/*", recordings.delete),
    ("POST", "Messages", texts.create),
    ("GET", "Messages", texts.listing),
    ("GET", "Messages/*", texts.fetch),
    ("POST", "Messages/*", texts.update),
    ("DELETE", "Messages/*", texts.delete),
    ("GET", "Messages/*/Media", texts.media),
    ("GET", "Messages/*/Media/*", texts.fetch_media),
    ("DELETE", "Messages/*/Media/*", texts.delete_media),
    ("POST", "IncomingPhoneNumbers", numbers.create_number),
    ("GET", "IncomingPhoneNumbers", numbers.list_numbers),
    ("GET", "IncomingPhoneNumbers/*", numbers.fetch_number),
    ("POST", "IncomingPhoneNumbers/*", numbers.update_number),
    ("POST", "Applications", numbers.create_application),
    ("GET", "Applications", numbers.list_applications),
    ("GET", "Applications/*", numbers.fetch_application),
    ("POST", "Applications/*", numbers.update_application),
]
_ROUTES = [(method, re.compile(pattern.replace("*", _KEY)), handler) for method, pattern, handler in _TABLE]
_FILES: list[tuple[re.Pattern[str], Handler]] = [
    (re.compile(r"Recordings/(RE[0-9a-f]{32})(\.wav|\.mp3)?"), recordings.sound),
    (re.compile(r"Messages/([^/]+)/Media/(ME[0-9a-f]{32})"), texts.media_file),
]


def serve(exchange: Exchange, method: str, path: str, query: Pairs, form: Pairs, auth: tuple[str, str]) -> RestAnswer:
    """Answer a request."""
    if not exchange.account.knows(*auth):
        return error(401, 20003, "Authenticate")
    request = Request(exchange, method.upper(), path, query, form)
    struck = list(exchange.faults.strike("rest", path, request.method))
    for fault in struck:
        if isinstance(fault, faults.Refuse):
            return error(fault.status, fault.code, fault.message)
    answer = _answered(request)
    for fault in struck:
        if isinstance(fault, faults.LoseAnswer):
            raise TimedOut(f"{method} {path}")
        if isinstance(fault, faults.Hide) and answer.status == 201 and answer.body is not None:
            sid = answer.body.get("sid") or answer.body.get("call_sid") or ""
            exchange.hidden[sid] = exchange.now + timedelta(seconds=fault.seconds)
        if isinstance(fault, faults.Slow):
            answer = RestAnswer(answer.status, answer.body, answer.content, answer.content_type, fault.seconds)
    return answer


def _answered(request: Request) -> RestAnswer:
    try:
        return _handler(request)(request)
    except Refused as refused:
        return error(refused.status, refused.code, refused.message)


def _handler(request: Request) -> Handler:
    own = f"/{VERSION}/Accounts/{request.exchange.account.sid}/"
    if not request.path.startswith(own):
        if re.fullmatch(rf"/{VERSION}/Accounts/AC[0-9a-f]{{32}}/.*", request.path):
            raise missing(request)
        raise Refused(501, 20501, f"{request.path} is not emulated")
    rest = request.path.removeprefix(own)
    if not rest.endswith(".json"):
        return _file(request, rest)
    allowed = False
    for method, pattern, handler in _ROUTES:
        match = pattern.fullmatch(rest.removesuffix(".json"))
        if match is None:
            continue
        allowed = True
        if method == request.method:
            request.keys = match.groups()
            _refuse_hidden(request)
            return handler
    if allowed:
        raise Refused(405, 20004, "Method not allowed")
    raise Refused(501, 20501, f"{request.path} is not emulated")


def _file(request: Request, rest: str) -> Handler:
    for pattern, handler in _FILES:
        match = pattern.fullmatch(rest)
        if match is not None and request.method == "GET":
            request.keys = tuple(group or "" for group in match.groups())
            return handler
    raise missing(request)


def _refuse_hidden(request: Request) -> None:
    """What was created a moment ago may not be found yet."""
    exchange = request.exchange
    for key in request.keys:
        until = exchange.hidden.get(key)
        if until is not None and exchange.now < until:
            raise missing(request)
