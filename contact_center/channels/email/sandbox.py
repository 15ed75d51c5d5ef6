"""Large and many-parted mails are read in a child process: a bomb ends the child, not the mail room.

`read` is called by `normalise`; `sandboxed` is the child. It gets no environment (so no secret), and answers in JSON
and plain bytes: unpickling what a process that may have been taken over says would undo the separation.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Any

from contact_center.channels.base import RawMessage
from contact_center.channels.email import sandboxed
from contact_center.errors import Unreadable
from contact_center.text.addresses import Address, Scheme
from contact_center.text.sayings import gettext
from contact_center.tickets.inbound import Automatic, InboundFile, InboundMessage, Kind

_WALL_SECONDS = 30
_COMMAND = (sys.executable, "-I", "-m", sandboxed.__name__)


def read(raw: RawMessage, *, default_language: str | None) -> InboundMessage:
    """Read *raw* in a child. Raises Unreadable if it needs more than the limits, or ends in any other way."""
    with subprocess.Popen(
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as child:
        try:
            answer, _ = child.communicate(_question(raw, default_language), timeout=_WALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise Unreadable(
                gettext("This mail could not be read within %(seconds)d seconds.", seconds=_WALL_SECONDS)
            ) from None
        finally:
            child.kill()
    if child.returncode != 0:
        raise Unreadable(gettext("This mail needs more memory or computing time than reading one mail may take."))
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


def message_from(answer: bytes) -> InboundMessage:
    """What `sandboxed` wrote. Raises Unreadable if it is something else."""
    line, _, contents = answer.partition(b"\n")
    try:
        head = json.loads(line)
        plain: dict[str, Any] = {name: head[name] for name in sandboxed.PLAIN}
        plain |= {name: tuple(head[name]) for name in sandboxed.TUPLES}
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
        raise Unreadable(gettext("Reading this mail gave no usable answer.")) from error


def _files(described: list[list[Any]], contents: bytes) -> Iterator[InboundFile]:
    at = 0
    for name, content_type, content_id, inline, size in described:
        yield InboundFile(name, content_type, contents[at : at + size], content_id, inline)
        at += size
    if at != len(contents):
        raise ValueError("the sizes do not add up")
