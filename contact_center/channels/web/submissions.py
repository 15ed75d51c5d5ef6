"""One sent form: what the portal hands to the channel, and the canonical bytes in which it is kept.

Written by `portal/`, read by `WebChannel`. The bytes depend on the content alone: the same form sent twice gives the
same external id, an edited one another.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from contact_center.text.addresses import Address, Scheme


class Form(StrEnum):
    REQUEST = "request"  # the public form: opens a ticket
    REPLY = "reply"  # the box on the private page: continues one


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the store already; `digest` finds it there."""

    digest: str
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Submission:
    """`nonce` comes from the form's token; `ticket_token` and `customer_id` from whose page it is, no field."""

    form: Form
    nonce: str
    sender: Address | None
    sender_name: str
    text: str
    language: str
    fields: dict[str, str] = field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()
    ticket_token: str | None = None
    customer_id: int | None = None  # who was signed in

    def payload(self) -> bytes:
        """Everything but the nonce, as canonical JSON."""
        content = asdict(self)
        del content["nonce"]
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def external_id(self) -> str:
        """The same for the same content of the same form, however often it is sent."""
        return f"{self.form}.{self.nonce}.{hashlib.sha256(self.payload()).hexdigest()[:16]}"


def parse(payload: bytes) -> Submission:
    """The submission that *payload* keeps; raises ValueError, KeyError or TypeError if it is none."""
    content: dict[str, Any] = dict(json.loads(payload))
    sender = content.pop("sender")
    content["sender"] = Address(Scheme(sender["scheme"]), sender["value"]) if sender else None
    content["form"] = Form(content["form"])
    content["files"] = tuple(StoredFile(**file) for file in content["files"])
    return Submission(nonce="", **content)
