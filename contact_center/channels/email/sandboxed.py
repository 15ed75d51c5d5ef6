"""The child process in which one mail is read; see `sandbox`. It limits itself before the first byte.

Knows no settings, no database and no languages, and starts the quicker for it.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from contact_center.channels.base import RawMessage
from contact_center.channels.email import reading
from contact_center.tickets.inbound import InboundMessage

_MEMORY = 1024 * 1024 * 1024
_CPU_SECONDS = 20
PLAIN = (
    "channel",
    "external_id",
    "sender_name",
    "subject",
    "text",
    "full_text",
    "html",
    "authenticated",
    "may_acknowledge",
    "about",
    "failed_address",
    "language",
)
TUPLES = ("recipients", "copies", "thread_keys", "notes")


def answer_for(message: InboundMessage) -> Iterator[bytes]:
    """The message as bytes: one line of JSON, then the attachments' contents."""
    head: dict[str, Any] = {name: getattr(message, name) for name in PLAIN + TUPLES}
    head["kind"], head["automatic"] = message.kind.value, message.automatic.value
    head["sender"] = message.sender.value if message.sender else None
    head["received_at"] = message.received_at.isoformat()
    head["content_hash"] = message.content_hash.hex()
    head["fields"] = dict(message.fields)
    head["files"] = [[f.name, f.content_type, f.content_id, f.inline, len(f.data)] for f in message.attachments]
    yield json.dumps(head).encode() + b"\n"
    for file in message.attachments:
        yield file.data


def _limit_this_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(questions: IO[bytes], answers: IO[bytes]) -> None:
    """The child's whole life: one mail in, one message out."""
    _limit_this_process()
    head = json.loads(questions.readline())
    raw = RawMessage(
        channel=head["channel"],
        external_id=head["external_id"],
        payload=questions.read(),
        received_at=datetime.fromisoformat(head["received_at"]),
        facts=head["facts"],
    )
    for chunk in answer_for(reading.read(raw, default_language=head["default_language"])):
        answers.write(chunk)
    answers.flush()


if __name__ == "__main__":
    answer(sys.stdin.buffer, sys.stdout.buffer)
