"""Tells the application that somebody wrote, and what became of what it sent: the webhooks of texts.

Sources: "Webhooks: incoming message", "Outbound message status in status callbacks", WhatsApp: "ProfileName, WaId".
"""

from __future__ import annotations

import re
from functools import partial
from xml.etree import ElementTree as ET

from carrier import faults, overrides, parameters, webhooks
from carrier.callbacks import kind_of_failure
from carrier.couriers import Outcome
from carrier.errors import TwimlError
from carrier.exchange import Exchange, Sent
from carrier.texts import Text
from carrier.webhooks import Form, WebhookAnswer


def is_address(text: str) -> bool:
    """Whether a text can go there."""
    return re.fullmatch(r"(?:whatsapp:)?\+[1-9]\d{5,14}", text) is not None


def tell(exchange: Exchange, text: Text, extra: dict[str, str], keyword: str = "") -> None:
    """Tell the application of a text, at the number's address."""
    number = exchange.number_of(text.to.removeprefix("whatsapp:"))
    if number is None:
        return
    application = exchange.applications.get(number.sms_application_sid)
    hooks = application.hooks if application else number.hooks
    if not hooks.sms_url:
        return
    form = inbound_form(exchange, text, extra, keyword)
    token = exchange.chances.sid("")
    fallback = (hooks.sms_fallback_url, hooks.sms_fallback_method)
    _send(exchange, text, (hooks.sms_url, hooks.sms_method), form, token, 0, fallback)


def inbound_form(exchange: Exchange, text: Text, extra: dict[str, str], keyword: str) -> Form:
    """What comes with an inbound text."""
    form = [
        ("MessageSid", text.sid),
        ("SmsSid", text.sid),
        ("SmsMessageSid", text.sid),
        ("AccountSid", exchange.account.sid),
        ("From", text.from_),
        ("To", text.to),
        ("Body", text.body),
        ("NumMedia", str(len(text.media))),
        ("NumSegments", str(text.segments)),
        ("SmsStatus", "received"),
        ("ApiVersion", parameters.VERSION),
    ]
    for place, media in enumerate(text.media.values()):
        form += [(f"MediaUrl{place}", media.url), (f"MediaContentType{place}", media.content_type)]
    if text.from_.startswith("whatsapp:"):
        form += [("ProfileName", extra.pop("ProfileName", "")), ("WaId", text.from_.removeprefix("whatsapp:+"))]
    if keyword and exchange.beliefs.opt_out_type_sent:
        form.append(("OptOutType", keyword))
    return form + list(extra.items())


def status_form(exchange: Exchange, text: Text) -> Form:
    """What comes with a status callback."""
    form = [
        ("MessageSid", text.sid),
        ("SmsSid", text.sid),
        ("AccountSid", exchange.account.sid),
        ("MessageStatus", text.status),
        ("SmsStatus", text.status),
        ("From", text.from_),
        ("To", text.to),
        ("ApiVersion", parameters.VERSION),
    ]
    if text.service_sid:
        form.append(("MessagingServiceSid", text.service_sid))
    if text.error_code is not None:
        form += [("ErrorCode", str(text.error_code)), ("ErrorMessage", text.error_message)]
    if text.status == "delivered":
        form.append(("RawDlrDoneDate", exchange.now.strftime("%y%m%d%H%M")))
    return form


def _send(
    exchange: Exchange,
    text: Text,
    where: tuple[str, str],
    form: Form,
    token: str,
    attempt: int,
    fallback: tuple[str, str],
) -> None:
    url, method = where
    limits = overrides.read(url)
    webhook = webhooks.signed(
        method, limits.url, form, token=exchange.account.token, extra={"I-Twilio-Idempotency-Token": token}
    )

    def done(outcome: Outcome) -> None:
        said = str(outcome.status) if isinstance(outcome, WebhookAnswer) else outcome
        exchange.sent.append(Sent(exchange.now, "text", method, url, tuple(form), token, said))
        failure = kind_of_failure(outcome)
        if isinstance(outcome, WebhookAnswer) and not failure:
            _read(exchange, text, outcome)
        elif limits.again_after(failure) and attempt < limits.retries:
            _send(exchange, text, where, form, token, attempt + 1, fallback)
        else:
            _fall_back(exchange, text, url, form, failure, fallback)

    for fault in exchange.faults.strike("request", url, "text"):
        if isinstance(fault, faults.Respond):
            exchange.clock.schedule(0.1, partial(done, WebhookAnswer(fault.status)))
            return
        if isinstance(fault, faults.LoseAnswer):
            exchange.courier.send(webhook, limits, lambda _outcome: done("ct"))
            return
    exchange.courier.send(webhook, limits, done)


def _fall_back(exchange: Exchange, text: Text, url: str, form: Form, failure: str, fallback: tuple[str, str]) -> None:
    code = "11205" if failure in {"ct", "rt"} else "11200"
    exchange.alert(int(code), f"the text's webhook failed ({failure}): {url}", text.sid)
    if fallback[0]:
        said = [*form, ("ErrorCode", code), ("ErrorUrl", url)]
        _send(exchange, text, fallback, said, exchange.chances.sid(""), 0, ("", "POST"))


def _read(exchange: Exchange, text: Text, answer: WebhookAnswer) -> None:
    """An application replies over REST here; messages in the answer could be sent twice and are not emulated."""
    if not answer.body.strip() or answer.status == 204:
        return
    try:
        root = ET.fromstring(answer.body)  # noqa: S314 - the application's own text
    except ET.ParseError as error:
        exchange.blame(TwimlError(12100, f"not well-formed: {error}"), text.sid)
        return
    if len(root):
        exchange.blame(TwimlError(12200, f"<{root[0].tag}> in the answer to a text is not emulated"), text.sid)
