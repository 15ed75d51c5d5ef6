"""Large and many-parted mails are read in a child process: a bomb ends the child, not the mail room.

`read` is called by `normalise`; `python -m contact_center.channels.email.sandbox` is the child. It gets no environment
(so no secret), limits itself before the first byte, and answers in JSON and plain bytes: unpickling what a process that
may have been taken over says would undo the separation.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import IO, Any

from contact_center.channels.base import RawMessage
from contact_center.channels.email import reading
from contact_center.errors import Unreadable
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.inbound import Automatic, InboundFile, InboundMessage, Kind

_MEMORY = 1024 * 1024 * 1024
_CPU_SECONDS = 20
_WALL_SECONDS = 30
_COMMAND = (sys.executable, "-I", "-m", "contact_center.channels.email.sandbox")
_PLAIN = (
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
_TUPLES = ("recipients", "copies", "thread_keys", "notes")


def read(raw: RawMessage, *, default_language: str | None) -> InboundMessage:
    """Read *raw* in a child. Raises Unreadable if it needs more than the limits, or ends in any other way."""
    with subprocess.Popen(
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as child:
        try:
            answer, _ = child.communicate(_question(raw, default_language), timeout=_WALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise Unreadable(f"This mail could not be read within {_WALL_SECONDS} seconds.") from None
        finally:
            child.kill()
    if child.returncode != 0:
        raise Unreadable("This mail needs more memory or computing time than reading one mail may take.")
    return message_from(answer)


def _question(raw: RawMessage, default_language: str | None) -> bytes:
    head = {
        "channel": raw.channel,
        "external_id": raw.external_id,
        "received_at": raw.received_at.isoformat(),
        "facts": raw.facts,
        "default_language": default_language,
    }
    return json.dumps(head).encode() + b"\n" + raw.payload


def answer_for(message: InboundMessage) -> Iterator[bytes]:
    """The message as bytes: one line of JSON, then the attachments' contents."""
    head: dict[str, Any] = {name: getattr(message, name) for name in _PLAIN + _TUPLES}
    head["kind"], head["automatic"] = message.kind.value, message.automatic.value
    head["sender"] = message.sender.value if message.sender else None
    head["received_at"] = message.received_at.isoformat()
    head["content_hash"] = message.content_hash.hex()
    head["fields"] = dict(message.fields)
    head["files"] = [[f.name, f.content_type, f.content_id, f.inline, len(f.data)] for f in message.attachments]
    yield json.dumps(head).encode() + b"\n"
    for file in message.attachments:
        yield file.data


def message_from(answer: bytes) -> InboundMessage:
    """What `answer_for` wrote. Raises Unreadable if it is something else."""
    line, _, contents = answer.partition(b"\n")
    try:
        head = json.loads(line)
        plain: dict[str, Any] = {name: head[name] for name in _PLAIN}
        plain |= {name: tuple(head[name]) for name in _TUPLES}
        return InboundMessage(
            **plain,
            kind=Kind(head["kind"]),
            automatic=Automatic(head["automatic"]),
            sender=Address(Scheme.EMAIL, head["sender"]) if head["sender"] else None,
            received_at=datetime.fromisoformat(head["received_at"]),
            content_hash=bytes.fromhex(head["content_hash"]),
            fields=MappingProxyType(head["fields"]),
            attachments=tuple(_files(head["files"], contents)),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("Reading this mail gave no usable answer.") from error


def _files(described: list[list[Any]], contents: bytes) -> Iterator[InboundFile]:
    at = 0
    for name, content_type, content_id, inline, size in described:
        yield InboundFile(name, content_type, contents[at : at + size], content_id, inline)
        at += size
    if at != len(contents):
        raise ValueError("the sizes do not add up")


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
