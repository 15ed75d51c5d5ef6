"""The telephone as a channel: a call that joins a queue becomes a message like any other, and so a ticket.

What callers hear is `flow`; what moves is `contact_center.calls`. Nothing is sent by telephone: a call is made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contact_center.channels.base import OutboundMessage, RawMessage
from contact_center.errors import DeliveryError, Unreadable
from contact_center.text.addresses import Address, Scheme
from contact_center.text.sayings import gettext
from contact_center.tickets.inbound import InboundMessage, Kind


class PhoneChannel:
    """See `channels.base.Channel`. What is received is a call, as `taking_in` describes it."""

    name = "phone"

    def receive(self, source: dict[str, Any]) -> Iterable[RawMessage]:
        """One call is one raw message, however often it is told of."""
        payload = json.dumps(source, ensure_ascii=False, sort_keys=True).encode()
        at = datetime.fromisoformat(source["at"])
        chosen = {"queue_id": source["queue_id"]} if source["queue_id"] else {}
        yield RawMessage(
            self.name, f"{source['kind'].lower()}:{source['key']}", payload, at, source["number_id"], chosen
        )

    def normalise(self, raw: RawMessage) -> InboundMessage:
        try:
            call = json.loads(raw.payload)
            return _message(raw, call)
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(gettext("The record of this call cannot be read.")) from error

    def send(self, _message: OutboundMessage) -> str:
        raise DeliveryError(gettext("Nothing can be written to a telephone."), permanent=True)


def _message(raw: RawMessage, call: dict[str, Any]) -> InboundMessage:
    return InboundMessage(
        channel="phone",
        kind=Kind(call["kind"]),
        external_id=raw.external_id,
        content_hash=hashlib.sha256(raw.payload).digest(),
        sender=Address(Scheme.PHONE, call["caller"]) if call["caller"] else None,
        sender_name=call.get("name", ""),
        subject=call["subject"],
        text=call.get("said", ""),
        received_at=raw.received_at,
        recipients=(call["called"],),
        may_acknowledge=False,
        language=call["language"],
        fields=call.get("fields", {}),
        thread_keys=(f"token:{call['thread']}",) if call.get("thread") else (),
        customer_id=call["customer_id"],
        candidate_ids=tuple(call.get("candidates", ())),
        opens_prospect=False,
    )
