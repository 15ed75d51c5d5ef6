"""From an OutboundMessage to the bytes of a mail. Pure: the same message gives the same bytes on every try.

`sending` calls `build`. Headers are written by `header_lines`, bodies here; the standard library's EmailMessage is not
used for writing because its folding and its checks cannot be relied upon across Python versions.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
import re
from dataclasses import dataclass
from email.utils import format_datetime

from contact_center import clock
from contact_center.channels.base import OutboundFile, OutboundMessage
from contact_center.channels.email import header_lines as lines

MOST_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class _Part:
    """One MIME entity: its headers in wire form, and its body."""

    headers: bytes
    body: bytes

    @property
    def bytes(self) -> bytes:
        return self.headers + b"\r\n" + self.body


def needs_utf8(message: OutboundMessage) -> bool:
    """Whether an address has a local part that only SMTPUTF8 can carry."""
    everybody = (message.sender, *message.recipients, *message.copies, message.reply_to or "")
    return not all(address.rpartition("@")[0].isascii() for address in everybody)


def build(message: OutboundMessage) -> bytes:
    """The mail, ready for DATA. Raises ValueError if an address or our own id cannot stand in a header."""
    content = _content(message)
    return _headers(message) + b"MIME-Version: 1.0\r\n" + content.bytes


def _headers(message: OutboundMessage) -> bytes:
    utf8 = needs_utf8(message)
    own = lines.message_id(message.external_id)
    if own is None:
        raise ValueError("the Message-ID is not well-formed")
    written = [
        ("Date", format_datetime(message.written_at or clock.now())),
        ("Message-ID", own),
        ("From", lines.addresses_line("From", [(message.sender_name, _address(message.sender))])),
        *_receivers(message),
        *_subject(message),
        *_thread(message),
        *_automatic(message),
        ("Content-Language", "zh-CN" if message.language.startswith("zh") else "en"),
    ]
    return b"".join(lines.header(name, value, utf8=utf8) for name, value in written)


def _receivers(message: OutboundMessage) -> list[tuple[str, str]]:
    found = []
    for name, everybody in (("To", message.recipients), ("Cc", message.copies)):
        if everybody:
            found.append((name, lines.addresses_line(name, [("", _address(each)) for each in everybody])))
    if message.reply_to:
        reply_to = lines.addresses_line("Reply-To", [(message.sender_name, _address(message.reply_to))])
        found.append(("Reply-To", reply_to))
    return found


def _address(address: str) -> str:
    found = lines.ascii_address(address)
    if found is None:
        raise ValueError(f"{address!r} is not an e-mail address")
    return found


def _subject(message: OutboundMessage) -> list[tuple[str, str]]:
    subject = lines.words("Subject", message.subject)
    return [("Subject", subject)] if subject else []


def _thread(message: OutboundMessage) -> list[tuple[str, str]]:
    """The last reference is what we answer; a long history keeps its first and its newest ids."""
    references = lines.message_ids(message.references)
    if not references:
        return []
    if len(references) > MOST_REFERENCES:
        references = [references[0], *references[1 - MOST_REFERENCES :]]
    return [("In-Reply-To", references[-1]), ("References", "\r\n ".join(references))]


def _automatic(message: OutboundMessage) -> list[tuple[str, str]]:
    """RFC 3834, and Exchange's own word for it: nobody's robot shall answer ours."""
    if not message.automatic:
        return []
    answer = "auto-replied" if message.references else "auto-generated"
    return [("Auto-Submitted", answer), ("X-Auto-Response-Suppress", "All")]


def _content(message: OutboundMessage) -> _Part:
    boundary = _Boundaries(message.external_id)
    shown = _text("plain", message.text)
    if message.html:
        html = _text("html", message.html)
        inline = [_attachment(file) for file in message.attachments if file.content_id]
        rich = _multipart("related", [html, *inline], boundary.next()) if inline else html
        shown = _multipart("alternative", [shown, rich], boundary.next())
    loose = [_attachment(file) for file in message.attachments if not (file.content_id and message.html)]
    return _multipart("mixed", [shown, *loose], boundary.next()) if loose else shown


class _Boundaries:
    """Boundaries that depend on the Message-ID alone. `=_` cannot occur in quoted-printable or base64."""

    def __init__(self, external_id: str) -> None:
        self._stem = hashlib.sha256(external_id.encode()).hexdigest()[:24]
        self._count = 0

    def next(self) -> str:
        self._count += 1
        return f"=_{self._stem}_{self._count}"


def _multipart(kind: str, parts: list[_Part], boundary: str) -> _Part:
    headers = lines.header("Content-Type", f'multipart/{kind};\r\n boundary="{boundary}"')
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + part.bytes + b"\r\n" for part in parts)
    return _Part(headers, body + mark + b"--\r\n")


def _text(kind: str, text: str) -> _Part:
    """A text part in the shorter of quoted-printable and base64: both survive every relay."""
    data = "\r\n".join(re.split(r"\r\n|\r|\n", text.replace("\0", ""))).encode("utf-8", "replace")
    if data and not data.endswith(b"\r\n"):
        data += b"\r\n"
    quoted = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    coded = base64.encodebytes(data).replace(b"\n", b"\r\n")
    name, body = ("quoted-printable", quoted) if len(quoted) <= len(coded) else ("base64", coded)
    headers = lines.header("Content-Type", f"text/{kind}; charset=utf-8")
    return _Part(headers + lines.header("Content-Transfer-Encoding", name), body)


def _attachment(file: OutboundFile) -> _Part:
    place = "inline" if file.content_id else "attachment"
    kind = lines.content_type(file.content_type)
    headers = [
        lines.header("Content-Type", kind + lines.file_name("name", file.name)),
        lines.header("Content-Disposition", place + lines.file_name("filename", file.name)),
        lines.header("Content-Transfer-Encoding", "base64"),
    ]
    if file.content_id and (found := lines.message_id(file.content_id)):
        headers.append(lines.header("Content-ID", found))
    return _Part(b"".join(headers), base64.encodebytes(file.data).replace(b"\n", b"\r\n"))
