"""Asks the application for a document and waits for it: fifteen seconds, retries, redirects, the fallback address.

Sources: "Webhooks (HTTP callbacks): connection overrides", "TwiML: request parameters", errors 11200, 11205, 11215,
12100, 12300, "Availability and reliability: fallback URLs".
"""

from __future__ import annotations

from urllib.parse import urljoin

from carrier import faults, overrides, parameters, webhooks
from carrier.callbacks import kind_of_failure
from carrier.couriers import Outcome
from carrier.errors import FetchFailed, TwimlError
from carrier.exchange import Sent
from carrier.lines import CallFailed, Fetch, Line
from carrier.overrides import Overrides
from carrier.process import Steps, Wait
from carrier.twiml import documents
from carrier.twiml.contexts import Context
from carrier.twiml.documents import Document, Verb
from carrier.webhooks import Form, Webhook, WebhookAnswer

ANSWER = frozenset({"answer"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
XML = ("text/xml", "application/xml", "text/html")


def document(line: Line, fetch: Fetch) -> Steps:
    """The document at an address, or raise why there is none."""
    if fetch.twiml is not None:
        return Document(fetch.url, documents.parse(fetch.twiml, line.context))
    form = parameters.of_leg(line.exchange, line.leg)
    line.is_silent()
    answer = yield from ask(line, fetch.method, fetch.url, [*form, *line.extra(), *fetch.form])
    return _read(line, overrides.read(fetch.url).url, answer)


def document_or_fallback(line: Line, fetch: Fetch) -> Steps:
    """The document at an address; when there is none, the one at the fallback address; else the call fails."""
    try:
        return (yield from document(line, fetch))
    except FetchFailed as failed:
        line.exchange.alert(failed.code, f"{failed.why}: {failed.url}", line.leg.sid)
        code, url = failed.code, failed.url
    except TwimlError as error:
        line.exchange.blame(error, line.leg.sid)
        code, url = error.code, fetch.url
    fallback, method = line.leg.fallback
    if not fallback:
        raise CallFailed(str(code))
    said = (("ErrorCode", str(code)), ("ErrorUrl", url))
    line.exchange.note(line.leg, "fallback", url=fallback, error=code)
    try:
        return (yield from document(line, Fetch(fallback, method, said)))
    except (FetchFailed, TwimlError) as failed:
        raise CallFailed(str(code)) from failed


def ask(line: Line, method: str, url: str, form: Form) -> Steps:
    """Send a request and wait for its answer, trying again as the address says."""
    token = line.exchange.chances.sid("")
    limits = overrides.read(url)
    address = limits.url
    for attempt in range(limits.retries + 1):
        outcome = yield from _once(line, method, address, form, token, limits)
        for _ in range(10):  # a redirect is asked for again, with GET and without what was posted
            if not isinstance(outcome, WebhookAnswer) or outcome.status not in REDIRECTS:
                break
            address = urljoin(address, outcome.headers.get("Location", ""))
            method, form = "GET", []
            outcome = yield from _once(line, method, address, form, token, limits)
        failure = kind_of_failure(outcome)
        if not failure and isinstance(outcome, WebhookAnswer):
            return outcome
        if attempt == limits.retries or not limits.again_after(failure):
            break
    raise FetchFailed(address, 11205 if failure in {"ct", "rt"} else 11200, failure or "too many redirects")


def _once(line: Line, method: str, url: str, form: Form, token: str, limits: Overrides) -> Steps:
    exchange = line.exchange
    webhook = webhooks.signed(
        method, url, form, token=exchange.account.token, extra={"I-Twilio-Idempotency-Token": token}
    )
    started = exchange.now
    outcome = yield from _struck(line, webhook, limits)
    said, body = (str(outcome.status), outcome.body) if isinstance(outcome, WebhookAnswer) else (outcome, "")
    exchange.sent.append(Sent(started, "document", method, url, tuple(form), token, said, body))
    return outcome


def _struck(line: Line, webhook: Webhook, limits: Overrides) -> Steps:
    """Deliver, unless a fault says otherwise."""
    for fault in line.exchange.faults.strike("request", webhook.url, line.leg.status):
        match fault:
            case faults.Respond(status):
                yield Wait(0.1)
                return WebhookAnswer(status)
            case faults.LoseAnswer():
                yield from _delivered(line, webhook, limits)
                return "ct"
            case faults.Slow(seconds):
                outcome = yield from _delivered(line, webhook, limits)
                yield Wait(min(seconds, limits.read))
                return "rt" if seconds >= limits.read else outcome
    return (yield from _delivered(line, webhook, limits))


def _delivered(line: Line, webhook: Webhook, limits: Overrides) -> Steps:
    """Send, and wait for this very answer: others may arrive late."""
    mine = object()

    def done(outcome: Outcome) -> None:
        assert line.process is not None
        line.process.signal("answer", (mine, outcome))

    line.exchange.courier.send(webhook, limits, done)
    while True:
        signal = yield Wait(None, ANSWER)
        if signal is not None and signal.value[0] is mine:
            return signal.value[1]


def _read(line: Line, url: str, answer: WebhookAnswer) -> Document:
    kind = answer.content_type.partition(";")[0].strip().lower()
    if kind.startswith("audio/") and line.context in {Context.QUEUE, Context.ROOM}:
        return Document(url, (Verb("Play", {}, url),))
    if not answer.body.strip():
        return Document(url, ())
    if kind == "text/plain":
        return Document(url, (Verb("Say", {}, answer.body.strip()),))
    if kind not in XML:
        raise TwimlError(12300, f"{url} answered with {kind or 'no content type'}")
    try:
        return Document(url, documents.parse(answer.body, line.context))
    except TwimlError as error:
        raise TwimlError(error.code, f"{error.message}; in the document of {url}") from error
