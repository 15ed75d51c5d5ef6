"""Texts, both ways: what people write reaches the application, what it sends becomes sent, delivered or not.

Sources: "Message resource", "Webhooks: incoming message", "Outbound message status in status callbacks", "Advanced
Opt-Out", "Message queueing". The first status is in the answer only; no callback tells it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from carrier import faults, opting, overrides, parameters, texts, webhooks, writing
from carrier.couriers import Outcome
from carrier.errors import Refused
from carrier.exchange import Exchange
from carrier.faults import Fault
from carrier.legs import Subscription
from carrier.texts import Media, Text
from carrier.webhooks import Webhook, WebhookAnswer

LONGEST_QUEUE = 36_000.0  # seconds: ten hours, then 30001
PARTS_PER_SECOND = 1.0  # of a long number
RANK = {"accepted": 0, "queued": 1, "sending": 2, "sent": 3, "delivered": 4, "undelivered": 4, "failed": 4, "read": 5}
WINDOW = 86_400.0  # seconds in which a WhatsApp conversation stays open
MESSAGES = {
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Carrier violation",
    30008: "Unknown error",
    63016: "Failed to send freeform message because you are outside the allowed window",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person sends with a text."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A text that the application wants sent."""

    to: str
    from_: str
    body: str
    media_urls: tuple[str, ...] = ()
    service_sid: str = ""
    content_sid: str = ""
    subscription: Subscription | None = None


def receive(
    exchange: Exchange, from_: str, to: str, body: str, media: Sequence[Attachment], extra: Mapping[str, str]
) -> Text:
    """Somebody wrote to a number of the account."""
    sid = exchange.chances.sid("MM" if media else "SM")
    now = exchange.now
    text = Text(sid, "inbound", from_, to, body, now, now, "received", texts.segments(body))
    for file in media:
        _attach(exchange, text, file.content_type, file.content)
    exchange.texts[sid] = text
    exchange.note_of(sid, "text received", from_=from_, to=to, body=body)
    keyword = opting.take(exchange, text)
    if keyword and not exchange.beliefs.stop_is_delivered:
        return text
    writing.tell(exchange, text, dict(extra), keyword)
    return text


def send(exchange: Exchange, letter: Letter) -> Text:
    """Send a text for the application, or refuse it."""
    _check(exchange, letter)
    now = exchange.now
    sid = exchange.chances.sid("MM" if letter.media_urls else "SM")
    by_service = bool(letter.service_sid) and not letter.from_
    text = Text(sid, "outbound-api", letter.from_, letter.to, letter.body, now, now, "queued", 0)
    text.service_sid, text.subscription = letter.service_sid, letter.subscription
    if by_service:
        text.status = "accepted"
    else:
        text.segments = texts.segments(letter.body)
    for url in letter.media_urls:
        _fetch(exchange, _attach(exchange, text, "application/octet-stream", b"", url), sid)
    exchange.texts[sid] = text
    exchange.note_of(sid, "text accepted", to=letter.to, body=letter.body)
    struck = list(exchange.faults.strike("message", letter.to, letter.body[:20]))
    exchange.clock.schedule(0.05, partial(_queue, exchange, text, letter, struck))
    return text


def read(exchange: Exchange, text: Text) -> None:
    """The person opens a WhatsApp message."""
    _reach(exchange, text, "read")


def window_open(exchange: Exchange, ours: str, theirs: str) -> bool:
    """Whether somebody wrote over WhatsApp in the last day."""
    return any(
        text.direction == "inbound"
        and (text.to, text.from_) == (ours, theirs)
        and (exchange.now - text.created_at).total_seconds() < WINDOW
        for text in exchange.texts.values()
    )


def _check(exchange: Exchange, letter: Letter) -> None:
    if not letter.to:
        raise Refused(400, 21604, "A 'To' phone number is required.")
    if not letter.from_ and not letter.service_sid:
        raise Refused(400, 21603, "A 'From' phone number is required.")
    if not letter.body and not letter.media_urls and not letter.content_sid:
        raise Refused(400, 21602, "Message body is required.")
    if len(letter.body) > texts.LONGEST:
        raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    if len(letter.media_urls) > 10:
        raise Refused(400, 21623, "Number of media files exceeds allowed limit.")
    if not writing.is_address(letter.to):
        raise Refused(400, 21211, f"The 'To' number {letter.to} is not a valid phone number.")
    if letter.from_ and not _owned(exchange, letter.from_):
        raise Refused(400, 21606, f"The 'From' phone number {letter.from_} is not a valid message-capable number.")
    if opting.is_out(exchange, letter.to, letter.from_, letter.service_sid):
        raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")


def _owned(exchange: Exchange, address: str) -> bool:
    return exchange.number_of(address.removeprefix("whatsapp:")) is not None


def _attach(exchange: Exchange, text: Text, kind: str, content: bytes, url: str = "") -> Media:
    sid = exchange.chances.sid("ME")
    path = f"/{parameters.VERSION}/Accounts/{exchange.account.sid}/Messages/{text.sid}/Media/{sid}"
    text.media[sid] = Media(sid, kind, content, url or exchange.api_base + path, exchange.now)
    return text.media[sid]


def _fetch(exchange: Exchange, file: Media, sid: str) -> None:
    """Have the file from the application's own address; what cannot be had is an error in the debugger (11200)."""
    limits = overrides.read(file.url)

    def take(outcome: Outcome) -> None:
        if isinstance(outcome, WebhookAnswer) and outcome.status < 400:
            file.content, file.content_type = outcome.content, outcome.content_type.partition(";")[0]
        else:
            exchange.alert(11200, f"a file could not be had: {file.url}", sid)

    request = Webhook("GET", limits.url, [], {"User-Agent": webhooks.USER_AGENT, "Accept": "*/*"})
    exchange.courier.send(request, limits, take)


def _queue(exchange: Exchange, text: Text, letter: Letter, struck: list[Fault]) -> None:
    """Give it to its sender, who sends one part a second."""
    if not text.from_:
        text.from_ = next((number.number for number in exchange.numbers.values()), "")
        text.segments = texts.segments(text.body)
    parts = max(1, text.segments)
    sender = text.from_
    free_at = max(exchange.now.timestamp(), exchange.senders.get(sender, 0.0))
    exchange.senders[sender] = free_at + parts / PARTS_PER_SECOND
    delay = free_at - exchange.now.timestamp() + exchange.timings.message_sent
    if delay > LONGEST_QUEUE:
        exchange.clock.schedule(1.0, partial(_fail, exchange, text, 30001, "failed"))
        return
    if sender.startswith("whatsapp:") and not letter.content_sid and not window_open(exchange, sender, text.to):
        exchange.clock.schedule(1.0, partial(_fail, exchange, text, 63016, "failed"))
        return
    exchange.clock.schedule(delay, partial(_sent, exchange, text, struck))


def _sent(exchange: Exchange, text: Text, struck: list[Fault]) -> None:
    text.sent_at = exchange.now
    _reach(exchange, text, "sent")
    if any(isinstance(fault, faults.Lose) for fault in struck):
        return
    delay = exchange.chances.within("message", exchange.timings.message_delivered)
    failing = next((fault for fault in struck if isinstance(fault, faults.Fail)), None)
    if failing is None or failing.late:
        exchange.clock.schedule(delay, partial(_reach, exchange, text, "delivered"))
    if failing is not None:
        late = delay + 3.0 if failing.late else delay
        exchange.clock.schedule(late, partial(_fail, exchange, text, failing.code, failing.status))


def _fail(exchange: Exchange, text: Text, code: int, status: str) -> None:
    text.error_code, text.error_message = code, MESSAGES.get(code, f"Error {code}")
    _reach(exchange, text, status)


def _reach(exchange: Exchange, text: Text, status: str) -> None:
    text.status, text.updated_at = status, exchange.now
    text.history.append(status)
    exchange.note_of(text.sid, f"text {status}", to=text.to)
    if text.subscription is not None:
        exchange.callbacks.post(exchange, text.subscription, writing.status_form(exchange, text), status)
