"""Twilio as a carrier of texts: its form fields, its words for how far a text is, and its REST calls.

Nothing of this is known outside. Sources: "Message resource", "Outbound message status in status callbacks".
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from flask import Request, current_app

from contact_center.channels.sms import downloads
from contact_center.channels.sms.provider import Download, Incoming, Receipt, Transport, Written
from contact_center.channels.twilio import client, failures, signatures
from contact_center.errors import Unreadable
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.text.sayings import gettext

MOST_FILES = 10
_PREFIX = "whatsapp:"
_STATES = {
    "scheduled": (0, OutgoingState.SENT), "accepted": (0, OutgoingState.SENT), "queued": (1, OutgoingState.SENT),
    "sending": (2, OutgoingState.SENT), "sent": (3, OutgoingState.SENT), "delivered": (4, OutgoingState.DELIVERED),
    "partially_delivered": (4, OutgoingState.DELIVERED), "undelivered": (4, OutgoingState.UNDELIVERED),
    "failed": (4, OutgoingState.FAILED), "canceled": (4, OutgoingState.FAILED), "read": (5, OutgoingState.READ),
}  # fmt: skip
_ASKED = {"STOP", "START", "HELP"}
_HELP = {"help", "info"}
_SKEW = timedelta(seconds=60)  # their clock and ours
_MEDIA = re.compile(r"/Messages/([A-Za-z0-9]+)/Media/([A-Za-z0-9]+)$")


class TwilioMessages:
    """Texts by Twilio, or by the emulated carrier that plays it."""

    name = "twilio"

    def verify(self, request: Request) -> None:
        signatures.verify(request)

    def incoming(self, payload: bytes) -> Incoming:
        try:
            pairs = parse_qsl(payload.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500)
        except ValueError as error:
            raise Unreadable(gettext("This text cannot be read: %(what)s", what=str(error)[:200])) from None
        said: dict[str, str] = {}
        for name, value in pairs:  # the first of a name counts, as in every form
            said.setdefault(name, value.replace("\x00", ""))
        whatsapp = said.get("From", "").startswith(_PREFIX)
        asked = said.get("OptOutType", "")
        return Incoming(
            ref=said.get("MessageSid") or said.get("SmsSid", ""),
            sender=said.get("From", "").removeprefix(_PREFIX),
            recipient=said.get("To", "").removeprefix(_PREFIX),
            transport=Transport.WHATSAPP if whatsapp else Transport.SMS,
            body=said.get("Body", ""),
            name=said.get("ProfileName", ""),
            asked=asked.lower() if asked in _ASKED else "",
            media=tuple(_files(said)),
        )

    def answers_help(self, body: str, transport: Transport) -> bool:
        is_its_own = transport is Transport.SMS and body.strip().casefold() in _HELP
        return is_its_own and bool(current_app.config["CC"].twilio_answers_help)

    def receipt(self, request: Request) -> Receipt | None:
        said = request.form
        tracking = request.args.get("o", "")
        found = _receipt(said.get("MessageSid", ""), said.get("MessageStatus", ""), said.get("ErrorCode", ""))
        if found is None or not (tracking.isascii() and tracking.isdecimal() and len(tracking) < 19):
            return None
        return Receipt(found.ref, found.state, found.rank, found.code, int(tracking))

    def send(self, text: Written) -> Receipt:
        with failures.asking():
            sent = client.current().messages.create(
                to=_address(text.recipient, text.transport), from_=_address(text.sender, text.transport),
                body=text.body, status_callback=_callback(text.tracking),
                **({"media_url": list(text.media)} if text.media else {}),
            )  # fmt: skip
        return _of(sent)

    def find(self, text: Written, since: datetime) -> Receipt | None:
        to, sender = _address(text.recipient, text.transport), _address(text.sender, text.transport)
        with failures.asking():
            listed = client.current().messages.list(to=to, from_=sender, date_sent_after=since - _SKEW, limit=50)
            listed += client.current().messages.list(to=to, from_=sender, limit=20)  # not sent yet, so without a date
        for each in listed:
            is_late = each.date_created is None or each.date_created >= since - _SKEW
            if is_late and each.body == text.body and not _is_anothers(each.sid, text.tracking):
                return _of(each)
        return None

    def look(self, ref: str) -> Receipt:
        with failures.asking():
            return _of(client.current().messages(ref).fetch())

    def download(self, url: str) -> Download:
        return downloads.fetch(url)

    def remove(self, url: str) -> None:
        found = _MEDIA.search(url)
        if found is None:
            return
        with failures.asking():
            client.current().messages(found[1]).media(found[2]).delete()


def _files(said: dict[str, str]) -> list[tuple[str, str]]:
    count = said.get("NumMedia", "0")
    most = min(int(count), MOST_FILES) if count.isascii() and count.isdecimal() and len(count) < 4 else 0
    named = [(said.get(f"MediaUrl{n}", ""), said.get(f"MediaContentType{n}", "")[:100]) for n in range(most)]
    return [(url[:2000], kind) for url, kind in named if url]


def _address(number: str, transport: Transport) -> str:
    return f"{_PREFIX}{number}" if transport is Transport.WHATSAPP else number


def _callback(tracking: int) -> str:
    return f"{current_app.config['CC'].public_url}/twilio/texts/status?o={tracking}"


def _of(row: Any) -> Receipt:
    found = _receipt(str(row.sid), str(getattr(row.status, "value", row.status)), str(row.error_code or ""))
    return found or Receipt(str(row.sid), OutgoingState.SENT, 0)


def _receipt(ref: str, word: str, code: str) -> Receipt | None:
    if word not in _STATES or not ref or len(ref) > 64:
        return None
    rank, state = _STATES[word]
    is_code = code.isascii() and code.isdecimal() and 0 < len(code) < 7
    return Receipt(ref, state, rank, int(code) if is_code else None)


def _is_anothers(ref: str, tracking: int) -> bool:
    known = db.select(Outgoing.id).where(Outgoing.provider_ref == ref, Outgoing.id != tracking)
    return db.session.scalar(known) is not None
