"""Calls over REST: placed, listed, fetched, given another document, ended.

Source: "Call resource"; errors 21201, 21205, 21210, 21211, 21220.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial

from carrier import calls, interpreter, recordings, running
from carrier.calls import Order
from carrier.errors import Refused
from carrier.exchange import Exchange
from carrier.legs import Leg, Subscription
from carrier.lines import Fetch, Line, Redirected
from carrier.parameters import VERSION, rfc2822
from carrier.process import Steps
from carrier.rest.answers import Body, RestAnswer, created, found, page, uri
from carrier.rest.requests import Request, missing, no_number

NOT_LIVE = Refused(400, 21220, "Call is not in-progress. Cannot redirect.")
SHOWN = {"initiated": "queued"}


def create(request: Request) -> RestAnswer:
    """Place a call."""
    exchange = request.exchange
    to, from_ = request.need("To", 21201), request.need("From", 21213)
    request.refuse("MachineDetection", "AsyncAmd", "SendDigits", "TimeLimit", "Byoc", "CallerId")
    check_addresses(exchange, to, from_)
    if not (request.get("Url") or request.get("Twiml") or request.get("ApplicationSid")):
        raise Refused(400, 21205, "Url parameter is required.")
    order = order_of(request, to, from_)
    leg = calls.place(exchange, interpreter.perform, order, partial(_then, request, _first(request)))
    return created(shown(request, leg))


def order_of(request: Request, to: str, from_: str) -> Order:
    """How a call is to be placed."""
    return Order(
        to=to,
        from_=from_,
        timeout=float(request.whole("Timeout", 60)),
        subscription=request.subscription(),
        fallback=(request.get("FallbackUrl"), request.way("FallbackMethod")),
    )


def check_addresses(exchange: Exchange, to: str, from_: str) -> None:
    """Refuse what cannot be rung, and whom the account may not call as."""
    if not re.fullmatch(r"\+[1-9]\d{5,14}|client:\w{1,121}(\?.*)?|sips?:\S+@\S+", to):
        raise no_number(to, 21211, "To")
    if to.startswith("+") and exchange.number_of(from_) is None:
        raise Refused(400, 21210, f"The source phone number provided, {from_}, is not yet verified for your account.")


def _first(request: Request) -> Fetch:
    if request.get("Twiml"):
        return Fetch("", twiml=request.get("Twiml"))
    application = request.exchange.applications.get(request.get("ApplicationSid"))
    if application is not None:
        return Fetch(application.hooks.voice_url, application.hooks.voice_method)
    return Fetch(request.get("Url"), request.way("Method"))


def _then(request: Request, first: Fetch, line: Line) -> Steps:
    if request.flag("Record"):
        wanted = request.subscription("RecordingStatusCallback")
        channels = 2 if request.get("RecordingChannels") == "dual" else 1
        recordings.start(line.exchange, "OutboundAPI", leg=line.leg, channels=channels, subscription=wanted)
    yield from running.run(line, first)


def fetch(request: Request) -> RestAnswer:
    """One call."""
    return found(shown(request, the(request)))


def listing(request: Request) -> RestAnswer:
    """Calls, the latest first."""
    legs = [leg for leg in reversed(request.exchange.legs.values()) if _asked(request, leg)]
    return page(request, "calls", legs, partial(shown, request))


def _asked(request: Request, leg: Leg) -> bool:
    wanted = {"Status": _status(leg), "To": leg.to, "From": leg.from_, "ParentCallSid": leg.parent_sid}
    if leg.sid in request.exchange.hidden and request.exchange.now < request.exchange.hidden[leg.sid]:
        return False
    if any(request.has(name) and request.get(name) != value for name, value in wanted.items()):
        return False
    return _in_time(request, "StartTime", leg.started_at or leg.created_at) and _in_time(
        request, "EndTime", leg.ended_at
    )


def _in_time(request: Request, name: str, value: datetime | None) -> bool:
    """Whether an instant is on, before or after the day or the instant asked for."""
    for sign in ("", "<", ">"):
        asked = request.get(name + sign)
        if not asked:
            continue
        if value is None:
            return False
        written = value.strftime("%Y-%m-%d") if len(asked) == 10 else value.strftime("%Y-%m-%dT%H:%M:%SZ")
        if not {"": written == asked, "<": written <= asked, ">": written >= asked}[sign]:
            return False
    return True


def update(request: Request) -> RestAnswer:
    """End a call, or give it another document."""
    leg = the(request)
    _change(request, leg)
    status = request.get("Status")
    if status:
        _end(request, leg, status)
    elif request.get("Url") or request.get("Twiml"):
        if leg.status != "in-progress" or leg.process is None:
            raise NOT_LIVE
        twiml = request.get("Twiml") or None
        redirected = Redirected(Fetch(request.get("Url"), request.way("Method"), twiml=twiml))
        timings = request.exchange.timings
        if not request.exchange.beliefs.recording_survives_redirect:
            recordings.end_all(request.exchange, leg)
        leg.process.interrupt(redirected, request.exchange.chances.within("rest", timings.rest_effect))
    return found(shown(request, leg))


def _change(request: Request, leg: Leg) -> None:
    if request.has("StatusCallback"):
        events = leg.subscription.events if leg.subscription else frozenset({"completed"})
        leg.subscription = Subscription(request.get("StatusCallback"), request.way("StatusCallbackMethod"), events)
    if request.has("FallbackUrl"):
        leg.fallback = (request.get("FallbackUrl"), request.way("FallbackMethod"))


def _end(request: Request, leg: Leg, status: str) -> None:
    if status not in {"canceled", "completed"}:
        raise Refused(400, 20001, f"Invalid value for parameter Status: {status}")
    if not leg.live or (status == "canceled" and leg.status == "in-progress"):
        raise NOT_LIVE
    leg.hang_up(request.exchange.chances.within("rest", request.exchange.timings.rest_effect), by="api")


def events(request: Request) -> RestAnswer:
    """What was asked about a call and what the application answered."""
    leg = the(request)
    sent = [one for one in request.exchange.sent if ("CallSid", leg.sid) in one.form]
    return page(
        request,
        "events",
        sent,
        lambda one: {
            "request": {"method": one.method.lower(), "url": one.url, "parameters": dict(one.form)},
            "response": {"response_code": one.outcome, "response_body": one.body},
        },
    )


def the(request: Request, place: int = 0) -> Leg:
    """The call of the address."""
    leg = request.exchange.legs.get(request.keys[place])
    if leg is None:
        raise missing(request)
    return leg


def _status(leg: Leg) -> str:
    return SHOWN.get(leg.status, leg.status)


def _instant(value: datetime | None) -> str | None:
    return None if value is None else rfc2822(value)


def shown(request: Request, leg: Leg) -> Body:
    """A call as REST shows it."""
    own = uri(request, "Calls", leg.sid)
    below = own.removesuffix(".json")
    parts = {
        "events": "Events", "notifications": "Notifications", "payments": "Payments", "recordings": "Recordings",
        "siprec": "Siprec", "streams": "Streams", "transcriptions": "Transcriptions",
        "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
        "user_defined_messages": "UserDefinedMessages",
    }  # fmt: skip
    return {
        "sid": leg.sid,
        "date_created": rfc2822(leg.created_at),
        "date_updated": rfc2822(leg.updated_at or leg.created_at),
        "parent_call_sid": leg.parent_sid or None,
        "account_sid": request.exchange.account.sid,
        "to": leg.to,
        "to_formatted": leg.to,
        "from": leg.from_,
        "from_formatted": leg.from_,
        "phone_number_sid": leg.phone_number_sid or None,
        "status": _status(leg),
        "start_time": _instant(leg.started_at),
        "end_time": _instant(leg.ended_at),
        "duration": None if leg.live else str(leg.seconds),
        "price": None,
        "price_unit": "USD",
        "direction": leg.direction,
        "answered_by": None,
        "api_version": VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(int(leg.queue_time * 1000)),
        "trunk_sid": None,
        "uri": own,
        "subresource_uris": {name: f"{below}/{part}.json" for name, part in parts.items()},
    }
