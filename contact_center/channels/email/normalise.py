"""The mail channel's `normalise`: one raw mail in, one `InboundMessage` out. Pure; raises Unreadable and nothing else.

Called by the adapter. Ordinary mails are read here and now; what is large or has very many parts goes to `sandbox`.
"""

from __future__ import annotations

from contact_center.channels.base import RawMessage
from contact_center.channels.email import reading, sandbox
from contact_center.tickets.inbound import InboundMessage

_LARGE = 1_000_000
_MANY_PARTS = 50
_MANY_DASHES = 400  # boundary lines of parts that do not even state a type


def normalise(raw: RawMessage, *, default_language: str | None = None) -> InboundMessage:
    """The message in *raw*. Of `raw.facts` it reads `envelope_to`, `envelope_from` and `authserv_id`, all optional."""
    if needs_sandbox(raw.payload):
        return sandbox.read(raw, default_language=default_language)
    return reading.read(raw, default_language=default_language)


def needs_sandbox(payload: bytes) -> bool:
    """Whether reading this could cost more than a moment. Counts, does not parse."""
    if len(payload) > _LARGE:
        return True
    if payload.count(b"\n--") > _MANY_DASHES:
        return True
    return (
        sum(payload.count(b"\n%s-%s:" % (c, t)) for c in (b"Content", b"content") for t in (b"Type", b"type"))
        > _MANY_PARTS
    )
